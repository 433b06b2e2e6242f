"""Puts two changes of the same flow together, or says where they contradict each other."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.flow.change import LAYOUT, Change, What
from workbench.flow.diff import apply, diff
from workbench.flow.graph import Flow


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
    mine_only = [change for change in ours if change not in others and change.what is not What.REORDERED]
    conflicts = [
        Conflict(change, other)
        for change in mine_only
        for other in others
        if other.what is not What.REORDERED and change != other and _meet(change, other)
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
    if (one.what, one.node) != (other.what, other.node):
        return {one.what, other.what} == {What.KIND, What.SETTING} and one.node == other.node
    shorter = min(len(one.path), len(other.path))
    return one.path[:shorter] == other.path[:shorter]


def _follows(removal: Change, change: Change) -> bool:
    """Tell whether a rewiring only takes away what the removed node read."""
    return change.what is What.REWIRED and change.node == removal.node and not change.after
