"""Puts two changes of the same flow together, or says where they contradict each other."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.flow.change import LAYOUT, Change, What
from workbench.flow.diff import apply, diff
from workbench.flow.graph import Flow
from workbench.flow.text import in_order

_OF_KIND = {What.KIND, What.SETTING, What.ORDER}
"""What means something else when the node is of another kind."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two changes that cannot both be made."""

    mine: Change
    theirs: Change

    def text(self) -> str:
        """Return both, on one line."""
        return (
            f"{self.mine.place or 'flow'}: yours is {self.mine.text().strip()!r}, theirs {self.theirs.text().strip()!r}"
        )


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of a merge."""

    flow: Flow | None
    """None when there is a conflict."""
    conflicts: list[Conflict]


def merge(base: Flow, mine: Flow, theirs: Flow) -> Merged:
    """Return `theirs` with my changes of `base` made to it as well.

    Changes meet when they are about the same setting, port or field, or when one removes a node that the other
    changes or reads from. The order of nodes in the document is theirs.
    """
    ours, others = diff(base, mine), diff(base, theirs)
    said = {_said(change) for change in others}
    mine_only = [change for change in ours if _said(change) not in said and change.what is not What.REORDERED]
    conflicts = [
        Conflict(change, other)
        for change in mine_only
        for other in others
        if other.what is not What.REORDERED and _meet(change, other)
    ]
    # Who moved a node last wins: a place on the canvas is worth no question.
    real = [one for one in conflicts if not {one.mine.what, one.theirs.what} <= LAYOUT]
    return Merged(None, real) if real else Merged(apply(theirs, mine_only), [])


def _meet(one: Change, other: Change) -> bool:
    if one.part != other.part:
        return any(
            first.what is What.FLOW and first.path == ["parts", second.part]
            for first, second in ((one, other), (other, one))
        )
    for removal, change in ((one, other), (other, one)):
        if removal.what is What.REMOVED and change.what is not What.REMOVED:
            reads = change.what is What.REWIRED and removal.node in change.after
            return reads or (change.node == removal.node and not _follows(removal, change))
    kinds = {one.what, other.what}
    if one.node == other.node and kinds == {What.SETTING, What.ORDER}:
        value, order = (one, other) if one.what is What.SETTING else (other, one)
        # Rows may be changed and put in order, but not when the map that they are in is another.
        return order.path[: len(value.path)] == value.path
    if (one.what, one.node) != (other.what, other.node):
        return one.node == other.node and What.KIND in kinds and kinds <= _OF_KIND
    shorter = min(len(one.path), len(other.path))
    return one.path[:shorter] == other.path[:shorter]


def _follows(removal: Change, change: Change) -> bool:
    """Tell whether a rewiring only takes away what the removed node read."""
    return change.what is What.REWIRED and change.node == removal.node and not change.after


def _said(change: Change) -> str:
    """Return what a change says to the letter: for Python, 1 is true and rows have no order."""
    return in_order(change.model_dump(mode="json"))
