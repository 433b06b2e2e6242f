"""Runs a tool that takes a while: the page stays alive, shows how far it is, and says what went wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

import panel_material_ui as pmui
from markupsafe import escape

from workbench.errors import CausewayError
from workbench.faces.panel.look import html, stack

_LOOK_S = 0.25


class Caller(Protocol):
    """A workbench, here or in another process."""

    def call(self, name: str, /, **arguments: Any) -> Any:
        """Call a tool."""
        ...


class Job:
    """A button that calls a tool, with a line below it that tells how it goes."""

    def __init__(
        self,
        wb: Caller,
        label: str,
        tool: str,
        arguments: Callable[[], dict[str, Any] | None],
        done: Callable[[Any], None],
        **look: Any,
    ) -> None:
        """Prepare the button.

        Args:
            wb: Where the tool is called.
            label: What the button says.
            tool: Name of the tool.
            arguments: Gives the tool's arguments when the button is pressed; None does nothing.
            done: Told the result.
            **look: More for the button.
        """
        self._wb, self._tool, self._arguments, self._done = wb, tool, arguments, done
        self.button = pmui.Button(label=label, on_click=self._pressed, margin=(4, 8, 4, 0), **look)
        self.bar = pmui.LinearProgress(value=-1, visible=False, sizing_mode="stretch_width", margin=(6, 0, 2, 0))
        self.line = html("", visible=False)
        self.status = stack(self.bar, self.line)

    async def press(self) -> None:
        """Do what pressing the button does."""
        await self._pressed(None)

    async def _pressed(self, _: Any) -> None:
        arguments = self._arguments()
        if arguments is None:
            return
        told: dict[str, Any] = {}

        def progress(done: float, total: float | None, text: str) -> None:
            told.update(done=done, total=total, text=text)

        self.button.disabled = True
        self.bar.visible = True
        self.show("Starting …")
        task = asyncio.create_task(asyncio.to_thread(self._wb.call, self._tool, on_progress=progress, **arguments))
        try:
            while not (await asyncio.wait({task}, timeout=_LOOK_S))[0]:
                if told:
                    self.bar.value = round(100 * told["done"] / told["total"]) if told["total"] else -1
                    self.show(f"{told['text']} …")
            result = task.result()
        except CausewayError as error:
            self.fail(str(error))
        else:
            self.line.visible = False
            self._done(result)
        finally:
            self.button.disabled = False
            self.bar.visible = False

    def show(self, text: str) -> None:
        """Show a line of text."""
        self.line.object = f'<p class="muted small" role="status">{escape(text)}</p>'
        self.line.visible = True

    def fail(self, text: str) -> None:
        """Show an error."""
        self.line.object = f'<p class="error" role="alert">{escape(text)}</p>'
        self.line.visible = True
