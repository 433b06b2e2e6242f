"""Runs a tool that takes a while: the page stays alive, tells how far it is and what went wrong, can cancel it."""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol
from uuid import uuid4

import panel_material_ui as pmui
from markupsafe import escape

from workbench.errors import Cancelled, CausewayError, NotFound
from workbench.faces.panel.look import html, stack

_LOOK_S = 0.25
_PATIENCE_S = 0.6


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
        self.line = html("")
        self.stop = pmui.Button(
            label="Cancel", icon="close", size="small", variant="outlined", visible=False, margin=(0, 0, 4, 0),
            on_click=self._cancel,
        )  # fmt: skip
        self.status = stack(self.bar, self.line, self.stop)
        self._call_id = ""

    async def press(self) -> None:
        """Do what pressing the button does."""
        await self._pressed(None)

    async def cancel(self) -> None:
        """Stop the call: it ends at its next step and takes back what it had begun."""
        self.stop.disabled = True
        # It may have ended in the meantime; then its result is shown.
        with suppress(NotFound):
            await asyncio.to_thread(self._wb.call, "call_cancel", call_id=self._call_id)

    async def _cancel(self, _: Any) -> None:
        await self.cancel()

    async def _pressed(self, _: Any) -> None:
        arguments = self._arguments()
        if arguments is None:
            return
        told: dict[str, Any] = {}
        self._call_id = uuid4().hex[:12]
        begun = time.monotonic()

        def progress(done: float, total: float | None, text: str) -> None:
            told.update(done=done, total=total, text=text)

        self.button.disabled = True
        self.bar.visible = True
        self.show("Starting …")
        called = functools.partial(self._wb.call, self._tool, on_progress=progress, as_call=self._call_id)
        task = asyncio.create_task(asyncio.to_thread(called, **arguments))
        try:
            while not (await asyncio.wait({task}, timeout=_LOOK_S))[0]:
                # What is over at once needs no button that flickers.
                self.stop.visible = time.monotonic() - begun > _PATIENCE_S
                if self.stop.disabled:
                    self.show("Stopping …")
                elif told:
                    self.bar.value = round(100 * told["done"] / told["total"]) if told["total"] else -1
                    self.show(f"{told['text']} …")
            result = task.result()
        except Cancelled:
            self.show("Cancelled. What it had begun was taken back.")
        except CausewayError as error:
            self.fail(str(error))
        else:
            self.line.object = ""
            self._done(result)
        finally:
            self.button.disabled = False
            self.bar.visible = False
            self.stop.visible = self.stop.disabled = False

    def show(self, text: str) -> None:
        """Show a line of text."""
        self.line.object = f'<p class="muted small" role="status">{escape(text)}</p>'

    def fail(self, text: str) -> None:
        """Show an error."""
        self.line.object = f'<p class="error" role="alert">{escape(text)}</p>'
