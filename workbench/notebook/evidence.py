"""The evidence of an incident: each piece can be checked again, and gives the stored rows that it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from workbench.errors import NotFound
from workbench.facts.evidence import Evidence
from workbench.notebook.frames import Frames
from workbench.notebook.shown import Caller, Shown, render
from workbench.report.content import ReportContent
from workbench.report.words import clock

if TYPE_CHECKING:
    import pyarrow as pa

_MOST_ROWS = 8
_OURS = ("row_id", "source_id", "source_line", "attributes")
"""Columns that only Causeway itself needs."""


class EvidencePiece(Frames, Shown):
    """One piece of evidence; its rows are those that its query gives now."""

    def __init__(self, wb: Caller, evidence: Evidence) -> None:
        self._wb = wb
        self.evidence = evidence
        self._checked: Any = None
        self.title = f"Evidence {evidence.evidence_id}"

    def check(self) -> Any:
        """Run the query again and return what it gives, and whether that is what it gave then."""
        self._checked = self._wb.call("evidence", evidence_id=self.evidence.evidence_id)
        return self._checked

    @property
    def holds(self) -> bool:
        """Whether the query gives exactly the rows of then; runs it once."""
        return bool((self._checked or self.check()).holds)

    @property
    def sql(self) -> str:
        """The query behind it."""
        return str((self._checked or self.check()).sql)

    def rows(self) -> Sequence[Mapping[str, Any]]:
        """Return the stored rows that it rests on."""
        found: Sequence[Mapping[str, Any]] = (self._checked or self.check()).rows
        return found

    def arrow(self) -> pa.Table:
        """Return the rows as an Arrow table, with all columns of their table and the times as timestamps."""
        import pyarrow as pa

        found = pa.Table.from_pylist([dict(row) for row in self.rows()])
        for place, name in enumerate(found.column_names):
            if name.endswith("_unix_nano"):
                time = found.column(name).cast(pa.timestamp("ns", tz="UTC"))
                found = found.set_column(place, name.removesuffix("_unix_nano"), time)
        return found

    def act(self, action: str, value: str) -> None:
        """Check again."""
        if action != "check":
            super().act(action, value)
        self.check()

    def fragment(self, live: bool = False) -> str:
        """Return the statement, its query, and what it gave if it was checked."""
        head, rows = self._table() if self._checked is not None else ([], [])
        return render("piece.html.j2", e=self.evidence, checked=self._checked, head=head, rows=rows, live=live)

    def _table(self) -> tuple[list[str], list[list[str]]]:
        """Return the columns that say something, and the first rows."""
        shown = [
            {name: clock(value) if name.endswith("_unix_nano") else _cell(value) for name, value in row.items()}
            for row in self.rows()[:_MOST_ROWS]
        ]
        head = [
            name for name in dict.fromkeys(name for row in shown for name in row)
            if name not in _OURS and any(row.get(name) for row in shown)
        ]  # fmt: skip
        rows = [[row.get(name, "") for name in head] for row in shown]
        return [name.removesuffix("_unix_nano").replace("_", " ") for name in head], rows


class EvidenceList(Frames, Shown):
    """All evidence of an incident, by cause; use it like a list, or by id."""

    columns: ClassVar[Mapping[str, str]] = {
        "evidence_id": "text", "cause": "text", "service_name": "text", "kind": "text", "supports": "bool",
        "strength": "float", "value": "float", "baseline": "float", "unit": "text", "observed": "time",
        "summary": "text",
    }  # fmt: skip

    def __init__(self, wb: Caller, content: ReportContent) -> None:
        self._wb, self._content = wb, content
        self._pieces = {
            one.evidence_id: EvidencePiece(wb, one) for cause in content.causes for one in cause.evidence
            if one.evidence_id
        }  # fmt: skip
        self.title = f"Evidence of {content.incident_id or content.case}"

    def rows(self) -> Sequence[Mapping[str, Any]]:
        """Return one row for each piece."""
        return [
            {
                **one.model_dump(include=set(self.columns), mode="json"),
                "cause": cause.service_name,
                "observed": one.observed_unix_nano,
            }
            for cause in self._content.causes
            for one in cause.evidence
        ]

    def selectable(self) -> list[str]:
        """Return the ids."""
        return list(self._pieces)

    def act(self, action: str, value: str) -> None:
        """Check one piece again."""
        self[value].act(action, value)

    def fragment(self, live: bool = False) -> str:
        """Return the statements by cause."""
        return render("evidence_list.html.j2", c=self._content, pieces=self._pieces, live=live)

    def __getitem__(self, place: int | str) -> EvidencePiece:
        if isinstance(place, int):
            return list(self._pieces.values())[place]
        if place not in self._pieces:
            raise NotFound("evidence", place, hint="Ids: " + (", ".join(self._pieces) or "none"))
        return self._pieces[place]

    def __iter__(self) -> Iterator[EvidencePiece]:
        return iter(self._pieces.values())

    def __len__(self) -> int:
        return len(self._pieces)


def _cell(value: Any) -> str:
    return "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
