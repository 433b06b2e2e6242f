"""Calls of tools that run now, in whichever window or program they were begun: list them, and cancel one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from workbench.errors import NotFound
from workbench.facts.evidence import Frozen
from workbench.guard.tool import tool
from workbench.tools.texts import Listing, columns

if TYPE_CHECKING:
    from workbench.core import Workbench

_OWN = ("calls", "call_cancel", "events", "changes")


class CallShown(Frozen):
    """A call that runs."""

    call_id: str
    tool: str
    since_unix_nano: int
    seconds: float
    done: float = 0.0
    total: float | None = None
    """In all, in the unit of `done`; None when nobody knows."""
    text: str = ""
    """What it last said it was doing."""
    cancelled: bool = False
    """It was asked to end, and does so at its next step."""


class Calls(Listing[CallShown]):
    """Calls that run, the oldest first."""

    def text(self) -> str:
        """Return one line for each."""
        rows = [
            (one.call_id, one.tool, f"{one.seconds:.0f} s", "stopping" if one.cancelled else one.text) for one in self
        ]
        return columns(("CALL", "TOOL", "SINCE", "DOING"), rows) if rows else "Nothing runs."


@tool(risk="read")
def calls(wb: Workbench) -> Calls:
    """List the calls of tools that run now, such as imports and analyses, begun by whichever program."""
    now = time.time_ns()
    return Calls(
        [
            CallShown(
                call_id=one.call_id,
                tool=one.tool,
                since_unix_nano=one.since_unix_nano,
                seconds=round((now - one.since_unix_nano) / 1e9, 3),
                done=one.done,
                total=one.total,
                text=one.text,
                cancelled=one.cancel.asked,
            )
            for one in wb.running_calls()
            if one.tool not in _OWN
        ]
    )


@tool(risk="write", command="cancel", positional=("call_id",))
def call_cancel(wb: Workbench, call_id: str) -> str:
    """Stop a call that runs: it ends at its next step with the error `Cancelled`, and takes back what it had begun.

    Args:
        call_id: Its name, as `causeway calls` lists it.
    """
    found = next((one for one in wb.running_calls() if one.call_id == call_id), None)
    if found is None:
        raise NotFound("running call", call_id, hint="It may have ended already; `causeway calls` lists what runs")
    found.cancel.ask()
    return f"{found.tool} is being stopped"
