"""Which part of a flow a run is of: up to a node, from a node on, or between two; and the rows it begins with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.engine.events import Given
from workbench.engine.portion import Portion
from workbench.errors import BadInput
from workbench.flow.graph import Flow
from workbench.flow.library import Located
from workbench.flow.options import RunOptions
from workbench.flow.partial import after, stretch
from workbench.tools.preview import given_rows
from workbench.tools.texts import count

if TYPE_CHECKING:
    from workbench.core import Workbench

FIRST_ROWS = 1000
"""Rows that a run from a node on begins with, unless others are pinned."""
_STATELESS = "a part keeps no state and is not started again; what the whole flow keeps is neither used nor changed"


@dataclass(frozen=True, slots=True)
class Part:
    """What a run is of."""

    flow: Flow
    portion: Portion | None = None
    """None for the whole flow."""


def part_of(
    wb: Workbench, found: Located, flow: Flow, options: RunOptions, *, first: str | None, last: str | None, pinned: str
) -> Part:
    """Return the part of a flow from a node on, up to a node, or between both; all of it when neither is named.

    Args:
        wb: The workbench, which is asked for the first rows of `first` when none are pinned.
        found: Where the flow lies.
        flow: The flow, with the settings of this run.
        options: How the whole flow would run.
        first: The node whose rows are given.
        last: The node that the part ends with.
        pinned: Rows that stand for the output of nodes, as `flow_preview` takes them; '' for none.

    Raises:
        NotFound: the flow has no such node.
        BadInput: the nodes do not lie behind each other, or there are no rows to begin with.
    """
    if first is None and last is None:
        if pinned:
            raise BadInput("pinned rows are for a run from a node on", where="pinned", hint="Name it with --from")
        return Part(flow)
    whole = flow.expanded()
    notes = [_STATELESS] * options.keeps_state
    given: dict[str, Given] = {}
    if first is not None:
        behind = after(whole, first)
        # Rows that were pinned behind it would take the place of those that go through it now.
        rows_of = {name: one for name, one in given_rows(pinned).items() if name not in behind}
        stretch(whole, first=first, last=last, given=rows_of)
        given = {**rows_of, first: rows_of.get(first) or _first_rows(wb, found, whole, first)}
        where = "pinned" if first in rows_of else "as a preview shows them"
        notes.insert(0, f"it began with {count(len(given[first].rows), 'row')} of {first}, {where}")
    part = stretch(whole, first=first, last=last, given=given)
    words = " ".join([f"from {first}"] * (first is not None) + [f"up to {last}"] * (last is not None))
    there = {node.id for node in part.nodes}
    known = {name: one for name, one in given.items() if name in there}
    return Part(part, Portion(words=words, note="; ".join(notes), given=known, ends_with=last or ""))


def options_of_part(options: RunOptions, *, resume: bool | None, restart: str | None) -> RunOptions:
    """Return how a part runs: with nothing kept, since what is kept belongs to the whole flow.

    Raises:
        BadInput: it was asked to go on, or to be started again.
    """
    if resume or restart == "on-failure":
        raise BadInput(
            "a part of a flow keeps no state, so it cannot go on or be started again",
            where="resume" if resume else "restart",
            hint="Run the whole flow for that",
        )
    return options.model_copy(update={"resume": False, "restart": "never"})


def _first_rows(wb: Workbench, found: Located, flow: Flow, node: str) -> Given:
    seen = wb.supervisor.peek(flow, node, FIRST_ROWS, folder=found.folder)
    if not seen.rows:
        raise BadInput(f"no rows came to {node!r}", where=flow.name, hint="Pin rows to begin with, or run the flow")
    return Given(columns=seen.columns, rows=seen.rows)
