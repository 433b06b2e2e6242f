"""A finding: one thing in a flow that its author can mend, said with its place."""

from __future__ import annotations

from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING

from workbench.facts.evidence import Frozen

if TYPE_CHECKING:
    from collections.abc import Iterable


class Severity(StrEnum):
    """Whether the flow may run all the same."""

    ERROR = "error"
    WARNING = "warning"


class Finding(Frozen):
    """One fault of a flow."""

    node: str
    """Id of the node; empty when the fault is the whole flow's."""
    field: str = ""
    """Setting or port it is about, such as `columns.price`; empty when it is about the node."""
    code: str
    """Such as unknown_kind, bad_setting, missing_wire, cycle, missing_file, unknown_column, build."""
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR

    def text(self) -> str:
        """Return the finding as one line for people."""
        place = ".".join(part for part in (self.node, self.field) if part) or "flow"
        return f"{self.severity}: {place}: {self.message}" + (f" {self.hint}" if self.hint else "")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a sentence that names the nearest known word, or all of them; empty when there is none."""
    names = list(known)
    close = get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f"Did you mean {close[0]!r}?"
    return f"There is {', '.join(sorted(names))}." if names else ""
