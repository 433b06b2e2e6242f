"""Evidence: run a stored query again and see whether it still says what the report says."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from workbench.errors import NotFound
from workbench.facts.evidence import Evidence, Frozen
from workbench.guard.tool import tool
from workbench.semconv import Table
from workbench.store import evidence as evidence_store
from workbench.store import sources
from workbench.tools.texts import columns, count, one_line, utc

if TYPE_CHECKING:
    from workbench.core import Workbench

_SHOWN_ROWS = 10
_SHOWN: dict[Table, tuple[str, ...]] = {
    Table.LOGS: ("time_unix_nano", "service_name", "severity_text", "body"),
    Table.SPANS: ("start_time_unix_nano", "service_name", "span_name", "duration_ms", "status_code"),
    Table.METRICS: ("time_unix_nano", "service_name", "metric_name", "value", "unit"),
    Table.EVENTS: ("time_unix_nano", "service_name", "event_name", "summary"),
    Table.EDGES: ("caller_service_name", "callee_service_name"),
    Table.STATES: ("object_kind", "object_name", "attribute", "value"),
}


class EvidenceCheck(Frozen):
    """Evidence, the query behind it, and what the query gives now."""

    evidence: Evidence
    incident_id: str
    holds: bool
    """True when the query gives exactly the rows of then."""
    reason: str
    sql: str
    parameters: list[Any]
    rows: list[dict[str, Any]]
    """The rows as they are now, with all columns."""
    origins: dict[int, str]
    """source_id -> the file, run or simulator that the rows came from."""
    sha256: str
    stored_sha256: str
    stored_unix_nano: int

    @property
    def exit_code(self) -> int:
        """0 when the evidence holds, else 1."""
        return 0 if self.holds else 1

    def text(self) -> str:
        """Return the statement, whether it holds, the query and the first rows."""
        one = self.evidence
        parts = [
            f"{one.evidence_id}  {one.summary}",
            f"{'Supports' if one.supports else 'Speaks against'} a cause in {one.service_name} ({one.kind}) of "
            f"{self.incident_id or 'no incident'}. Stored {utc(self.stored_unix_nano)}.",
            "",
            f"{'HOLDS' if self.holds else 'DOES NOT HOLD'}: {self.reason}.",
        ]
        if not self.sql or one.selection is None:
            return "\n".join(parts)
        parts += ["", readable(self.sql, self.parameters)]
        if self.rows:
            parts += ["", self._rows_text(one.selection.table)]
        return "\n".join([*parts, "", f"sha256 of the rows: {self.sha256}"])

    def _rows_text(self, table: Table) -> str:
        head = [*(name.removesuffix("_unix_nano").upper() for name in _SHOWN[table]), "FROM"]
        rows = [[*(_cell(row, name) for name in _SHOWN[table]), self._origin(row)] for row in self.rows[:_SHOWN_ROWS]]
        more = len(self.rows) - len(rows)
        rest = f"\n... and {count(more, 'row')} more; --json gives all" if more else ""
        return columns(head, rows) + rest

    def _origin(self, row: dict[str, Any]) -> str:
        name = PurePath(self.origins.get(row["source_id"], "?")).name
        return f"{name}:{row['source_line']}" if row["source_line"] else name


@tool(risk="read", command="evidence", positional=("evidence_id",))
def evidence(wb: Workbench, evidence_id: str) -> EvidenceCheck:
    """Run the query behind a piece of evidence again and compare the rows with those of then.

    Args:
        evidence_id: As a report names it, such as E0123456789.
    """
    stored = evidence_store.get(wb.store, evidence_id)
    checked = evidence_store.recheck(wb.store, evidence_id)
    return EvidenceCheck(
        evidence=stored.evidence,
        incident_id=stored.incident_id,
        holds=checked.holds,
        reason=checked.reason,
        sql=stored.sql,
        parameters=stored.parameters,
        rows=checked.rows,
        origins={source_id: _uri(wb, source_id) for source_id in {row["source_id"] for row in checked.rows}},
        sha256=checked.sha256,
        stored_sha256=checked.stored_sha256,
        stored_unix_nano=stored.stored_unix_nano,
    )


def readable(sql: str, parameters: list[Any]) -> str:
    """Return a query with its parameters written in, so that it can be pasted into any SQL shell."""
    # `evidence.compile` writes a question mark for parameters only, never inside of a text.
    first, *rest = sql.split("?")
    return first + "".join(_literal(value) + part for value, part in zip(parameters, rest, strict=True))


def _literal(value: Any) -> str:
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)


def _uri(wb: Workbench, source_id: int) -> str:
    try:
        return sources.get(wb.store, source_id).uri
    except NotFound:
        return "?"


def _cell(row: dict[str, Any], name: str) -> str:
    if name == "duration_ms":
        return f"{(row['end_time_unix_nano'] - row['start_time_unix_nano']) / 1e6:.1f}"
    value = row[name]
    if name.endswith("_unix_nano"):
        return utc(value)
    if isinstance(value, float):
        return f"{value:.6g}"
    return one_line(str(value), 60) if value not in (None, "") else "-"
