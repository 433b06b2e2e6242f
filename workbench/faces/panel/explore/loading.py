"""Asks tools in the background, so that the page stays alive; an answer that is no longer wanted is dropped."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import panel as pn
from markupsafe import escape

from workbench.errors import CausewayError
from workbench.faces.panel.look import html

Found = TypeVar("Found")

_POOL = ThreadPoolExecutor(max_workers=8, thread_name_prefix="causeway-look")


class Loader:
    """Runs one question after the other for one part of a page; the newest question wins."""

    def __init__(self) -> None:
        # Hidden by being empty: Panel fails where a pane that was not visible is shown before it was drawn.
        self.line = html("")
        """Says that an answer is on its way, or what went wrong."""
        self._numbers = itertools.count(1)
        self._wanted = 0
        self._closed = False

    def load(self, work: Callable[[], Found], done: Callable[[Found], None], text: str = "Loading") -> None:
        """Call `work` in a thread and hand its result to `done` in the session; without a session at once.

        Args:
            work: Asks; may raise `CausewayError`, which is shown.
            done: Shows.
            text: What is on its way; '' says nothing, for what is asked again by itself and must not move the page.
        """
        number = self._wanted = next(self._numbers)
        document = pn.state.curdoc
        if document is None or document.session_context is None:
            self._finish(number, self._answer(work), done)
            return
        if text:
            self.say(f'<p class="muted small loading" role="status">{escape(text)} …</p>')

        def run() -> None:
            answer = self._answer(work)
            if not self._closed:
                document.add_next_tick_callback(lambda: self._finish(number, answer, done))

        _POOL.submit(run)

    def fail(self, text: str) -> None:
        """Show an error; one of several lines, such as with a mark below the word that is wrong, keeps them."""
        tag = "pre" if "\n" in text else "p"
        self.say(f'<{tag} class="error" role="alert">{escape(text)}</{tag}>')

    def say(self, text: str) -> None:
        """Show a line of HTML; '' hides it."""
        self.line.object = text

    def close(self) -> None:
        """Drop what is still on its way."""
        self._closed, self._wanted = True, -1

    def _answer(self, work: Callable[[], Any]) -> tuple[Any, str]:
        try:
            return work(), ""
        except CausewayError as error:
            return None, str(error)

    def _finish(self, number: int, answer: tuple[Any, str], done: Callable[[Any], None]) -> None:
        if number != self._wanted:
            return
        found, wrong = answer
        if wrong:
            self.fail(wrong)
            return
        self.say("")
        done(found)
