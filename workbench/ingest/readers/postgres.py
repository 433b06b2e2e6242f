"""PostgreSQL's own logs as CSV (`csvlog`, which has no header) and as JSON (`jsonlog`).

The columns are those of PostgreSQL's documentation, "Using CSV-Format Log Output" and "Using JSON-Format Log Output".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from workbench.ingest import columns, sql
from workbench.ingest.clock import Clock
from workbench.ingest.file_names import service_of_file
from workbench.ingest.files import Found
from workbench.ingest.plan import Part
from workbench.ingest.profile import ColumnRule, FileRule, TimeRule
from workbench.ingest.raw import LINE, Raw
from workbench.ingest.readers.statements import spans
from workbench.ingest.shape import Shape
from workbench.semconv import Table

CSV_COLUMNS = (
    *("log_time", "user_name", "database_name", "process_id", "connection_from", "session_id", "session_line_num"),
    *("command_tag", "session_start_time", "virtual_transaction_id", "transaction_id", "error_severity"),
    *("sql_state_code", "message", "detail", "hint", "internal_query", "internal_query_pos", "context", "query"),
    *("query_pos", "location", "application_name", "backend_type", "leader_pid", "query_id"),
)
_FEWEST = 22
"""PostgreSQL 8.4 had so many; later versions put theirs behind."""
_SEVERITIES = {
    *("DEBUG", "DEBUG1", "DEBUG2", "DEBUG3", "DEBUG4", "DEBUG5", "LOG", "INFO", "NOTICE", "WARNING", "ERROR"),
    *("FATAL", "PANIC"),
}
_JSON = {"timestamp", "pid", "session_id", "line_num", "error_severity", "message"}
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? \S+")
_TOOK = r"^duration: ([0-9.]+) ms(?:\s+(?:statement|execute [^:]*): (.*))?$"
"""What `log_min_duration_statement` and `log_duration` write; the times of `parse` and `bind` are parts of another."""


def csv_columns(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return the columns of rows without a header when they are PostgreSQL's; none when they are not."""
    first = rows[0]
    at = CSV_COLUMNS.index("error_severity")
    ours = (
        _FEWEST <= len(first) <= len(CSV_COLUMNS)
        and _TIME.fullmatch(first[0])
        and first[at] in _SEVERITIES
        and re.fullmatch(r"[0-9A-Z]{5}", first[at + 1])
    )
    return CSV_COLUMNS[: len(first)] if ours else ()


def rule_of(file: Found, shape: Shape, rule: FileRule) -> FileRule | None:
    """Return how PostgreSQL's columns are read; None when these are others, or a profile says how."""
    names = set(shape.columns)
    time = "log_time" if "log_time" in names else "timestamp"
    if rule.columns or rule.table or not (names >= set(CSV_COLUMNS[:_FEWEST]) or names >= _JSON):
        return None
    return rule.model_copy(
        update={
            "table": Table.LOGS,
            "time": rule.time or TimeRule(column=time),
            "columns": {
                "service_name": ColumnRule(constant=service_of_file(file)[0]),
                "severity_text": ColumnRule(column="error_severity"),
                "body": ColumnRule(column="message"),
            },
        }
    )


def statements(raw: Raw, rule: FileRule, clocks: dict[str, Clock]) -> Part:
    """Return the spans of the statements whose time is logged, of a file that `rule_of` has a rule for."""
    said = raw.text("message")
    session = {"database_name": "db.namespace", "dbname": "db.namespace", "user_name": "db.user", "user": "db.user"}
    kept = {**session, "application_name": "application_name"}
    statement = f"regexp_extract({said}, {sql.text(_TOOK)}, 2, 's')"
    tag = next((name for name in ("command_tag", "ps") if name in raw.columns), "")
    named = f"coalesce(nullif({statement}, ''), {raw.text(tag)}, '')" if tag else statement
    known = columns.attributes(
        {
            **{title: f"coalesce({raw.text(name)}, '')" for name, title in kept.items() if name in raw.columns},
            "db.query.text": statement,
        }
    )
    time = rule.time.column if rule.time else ""
    ended = clocks[time].expression(*raw.typed(time))
    took = f"CAST(round(try_cast(regexp_extract({said}, {sql.text(_TOOK)}, 1, 's') AS DOUBLE) * 1e6) AS BIGINT)"
    query = (
        f"SELECT {LINE}, {ended} AS ended, {took} AS took, {named} AS statement, {known} AS attributes "
        f"FROM ({raw.query}) WHERE starts_with({said}, 'duration: ')"
    )
    return spans(query, sql.text(rule.columns["service_name"].constant or "postgresql"))
