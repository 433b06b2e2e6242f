"""A finding: one thing in a flow that its author can mend, said with its place."""

from __future__ import annotations

from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING

from workbench.facts.evidence import Frozen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workbench.errors import BadExpression


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
    source: str = ""
    """The expression it is about."""
    start: int | None = None
    """Where in `source` it begins, in characters; None when the finding is not about an expression."""
    end: int | None = None

    @classmethod
    def of_expression(cls, node: str, field: str, error: BadExpression, code: str = "bad_expression") -> Finding:
        """Return the finding of a fault in an expression."""
        return cls(
            node=node,
            field=field,
            code=code,
            message=f"{error.what}.",
            hint=f"{error.hint}." if error.hint and error.hint[-1] not in "?." else error.hint,
            source=error.text,
            start=error.start,
            end=error.end,
        )

    def text(self) -> str:
        """Return the finding for people: one line, and where in an expression it is."""
        place = ".".join(part for part in (self.node, self.field) if part) or "flow"
        said = f"{self.severity}: {place}: {self.message}" + (f" {self.hint}" if self.hint else "")
        return said if self.start is None else f"{said}\n{pointed(self.source, self.start, self.end or self.start)}"


def pointed(text: str, start: int, end: int) -> str:
    """Return the line of a text that holds a place, and a line that points there."""
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", start)
    line = text[first : len(text) if last < 0 else last]
    marks = max(1, min(end, first + len(line)) - start)
    begin = max(0, start - first - 60)
    shown = line[begin : begin + 110].replace("\t", " ")
    return f"    {shown}\n    {' ' * (start - first - begin)}{'^' * min(marks, 110)}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a sentence that names the nearest known word, or all of them; empty when there is none.

    Of names with a group in front, as `tables.join`, the group alone makes no two alike; where it is right, only what
    is in it is named.
    """
    names = list(known)
    group, dot, own = word.rpartition(".")
    inside = [name for name in names if dot and name.startswith(f"{group}.")]
    if inside:
        near = get_close_matches(own, [name[len(group) + 1 :] for name in inside], n=1, cutoff=0.6)
        close, names = [f"{group}.{one}" for one in near], inside
    else:
        close = get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f"Did you mean {close[0]!r}?"
    return f"There is {', '.join(sorted(names))}." if names else ""
