"""The node editor in the app: the canvas as a Panel component, with the workbench behind its calls."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import panel as pn
import param
from bokeh.util.warnings import BokehUserWarning
from pydantic_core import to_json

import workbench
from workbench.errors import CausewayError, NotFound
from workbench.faces.panel.jobs import Caller

BUNDLE = Path(workbench.__file__).parent / "resources" / "canvas" / "causeway-canvas.js"
NO_BUNDLE = "the node editor is not built; run `python extensions/build.py` in the checkout, or install a wheel"

# An editor that is taken off the page says what it had not said yet, such as the last change of a draft. The browser
# has let go of its model by then and sends it anew; the one that is here is taken, which Bokeh remarks on each time.
warnings.filterwarnings("ignore", "reference already known", BokehUserWarning)


class FlowEditor(pn.custom.JSComponent):  # type: ignore[misc]
    """Shows a flow and lets it be edited; `flow` is the document, changed from both sides."""

    flow = param.Dict(default={"name": "untitled"}, doc="The document, as `Flow.to_json` has it.")
    catalog = param.List(
        default=[], doc="The node types, as `causeway flow nodes --json` has them; asked for when empty."
    )
    overlay = param.Dict(default={}, doc="What a run does; shown, never part of the document.")
    theme = param.Selector(default="auto", objects=["auto", "light", "dark"], doc="That of the page when `auto`.")
    readonly = param.Boolean(default=False)
    autosave = param.Boolean(default=True, doc="Write every change to the draft of the flow in the workspace.")
    selected = param.List(default=[], doc="Ids of the selected nodes.")

    _esm = BUNDLE

    def __init__(
        self, wb: Caller, on_command: Callable[[str, dict[str, Any]], None] | None = None, **given: Any
    ) -> None:
        """Make an editor.

        Args:
            wb: Where the tools are called that the canvas asks for.
            on_command: Told what the user wants of the page around it: save, run, stop, open.
            **given: Values of the parameters.

        Raises:
            NotFound: the canvas was not built.
        """
        if not BUNDLE.is_file():
            raise NotFound("file", BUNDLE.name, hint=NO_BUNDLE)
        self._wb, self._on_command = wb, on_command
        super().__init__(**given)

    def _handle_msg(self, message: dict[str, Any]) -> None:
        if "call" in message:
            task = asyncio.ensure_future(self._answer(message))
            _RUNNING.add(task)
            task.add_done_callback(_RUNNING.discard)
        elif "command" in message and self._on_command is not None:
            self._on_command(str(message["command"]), dict(message.get("args") or {}))

    async def _answer(self, message: dict[str, Any]) -> None:
        number = message["call"]
        try:
            result = await asyncio.to_thread(self._wb.call, str(message["tool"]), **dict(message.get("args") or {}))
        except CausewayError as error:
            self._send_msg({"call": number, "error": str(error), "code": error.code})
        else:
            self._send_msg({"call": number, "json": to_json(result, inf_nan_mode="null").decode()})


_RUNNING: set[asyncio.Future[None]] = set()
"""Keeps answers from being collected before they are given."""
