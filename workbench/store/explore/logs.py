"""Lines of logs: search by page, counts over time and by value, new lines as they come, a sample for patterns."""

from __future__ import annotations

import json
from typing import Any, Literal

import duckdb

from workbench.errors import BadInput
from workbench.facts.evidence import Frozen
from workbench.store.db import Store
from workbench.store.explore.language import Field, parse
from workbench.store.explore.where import Where, step_ns
from workbench.store.rows import number, records

LEVELS = ("none", "trace", "debug", "info", "warn", "error", "fatal")
"""Names of the bands of severity, by `language.band`."""
FIELDS = {
    "service": Field("service_name"),
    "level": Field("severity_number", "level"),
    "severity": Field("severity_number", "level"),
    "body": Field("body", "within"),
    "host": Field("host_name"),
    "instance": Field("service_instance_id"),
    "pod": Field("service_instance_id"),
    "trace": Field("trace_id"),
    "span": Field("span_id"),
    "template": Field("template_id"),
    "source": Field("source_id", "number"),
    "row": Field("row_id", "number"),
}
"""What may stand before the colon of a search for lines."""
FACETS = {"host": "host_name", "instance": "service_instance_id", "template": "template_id"}
"""Further columns that can be counted, beside service and level."""
_MOST_VALUES = 50
_LOOKED_BACK = 100_000
"""Rows among which the last few are looked for when a tail begins."""
_COLUMNS = (
    "row_id, source_id, source_line, time_unix_nano, service_name, service_instance_id, host_name, severity_number, "
    "severity_text, body, trace_id, span_id, template_id, attributes"
)
Direction = Literal["older", "newer"]


class LogFilter(Frozen):
    """Which lines are wanted."""

    start_unix_nano: int | None = None
    end_unix_nano: int | None = None
    """Exclusive."""
    services: list[str] = []
    levels: list[str] = []
    """Of `LEVELS`; empty asks nothing."""
    text: str = ""
    """In the language of `language`."""
    trace_id: str = ""
    scope: str = ""


class LogLine(Frozen):
    """One line."""

    row_id: int
    source_id: int
    source_line: int
    time_unix_nano: int
    service_name: str
    service_instance_id: str
    host_name: str
    severity_number: int
    severity_text: str
    body: str
    trace_id: str
    span_id: str
    template_id: str
    attributes: dict[str, Any]


class LogPage(Frozen):
    """Lines of one page, the newest first."""

    lines: list[LogLine]
    older: str
    """Key for the page of older lines; '' when there are none."""
    newer: str
    """Key for the page of newer lines; '' when there are none."""


class Value(Frozen):
    """How often a value occurs."""

    value: str
    count: int


class LogCounts(Frozen):
    """Lines over time and by value."""

    total: int
    start_unix_nano: int
    """Of the first bucket."""
    step_ns: int
    buckets: int
    levels: dict[str, list[int]]
    """Level -> lines per bucket; levels without lines are left out."""
    facets: dict[str, list[Value]]
    """`service` and `level` count what there would be without their own choice, so that one can be added to it."""


def search(
    store: Store, wanted: LogFilter, *, limit: int = 200, key: str = "", direction: Direction = "older"
) -> LogPage:
    """Return a page of lines, found by the key of its edge and never by counting rows off.

    Args:
        store: Where from.
        wanted: Which lines.
        limit: At most so many.
        key: Where the page begins, from another page; '' begins at the newest line.
        direction: On which side of the key.

    Raises:
        BadInput: the search text or the key cannot be read.
    """
    newer = direction == "newer" and bool(key)
    with store.connection() as cursor:
        where = _where(cursor, wanted)
        if key:
            at, row_id = _read_key(key)
            # The first comparison lets the engine leave out whole row groups, the second settles equal times.
            sign = ">" if newer else "<"
            where.add(f"time_unix_nano {sign}= ?", at)
            where.add(f"time_unix_nano {sign} ? OR row_id {sign} ?", at, row_id)
        order = "" if newer else " DESC"
        cursor.execute(
            f"SELECT {_COLUMNS} FROM logs WHERE {where.sql} ORDER BY time_unix_nano{order}, row_id{order} LIMIT ?",
            [*where.values, limit + 1],
        )
        lines = _lines(cursor)
    more = len(lines) > limit
    lines = lines[:limit]
    if newer:
        lines.reverse()
    first, last = (_key(lines[0]), _key(lines[-1])) if lines else (key, key)
    return LogPage(
        lines=lines,
        older=last if more or newer else "",
        newer=first if key and (more or not newer) else "",
    )


def count(store: Store, wanted: LogFilter, *, buckets: int = 120, facets: tuple[str, ...] = ()) -> LogCounts:
    """Count lines over time by level, and by value.

    Args:
        store: Where from.
        wanted: Which lines; both times have to be given.
        buckets: At most so many.
        facets: Of `FACETS`; each costs another look at the rows.

    Raises:
        BadInput: the search text cannot be read, or a facet is none.
    """
    unknown = [name for name in facets if name not in FACETS]
    if unknown:
        raise BadInput(f"no facet {unknown[0]!r}", hint=f"There are {', '.join(FACETS)}; service and level always come")
    start, end = wanted.start_unix_nano or 0, wanted.end_unix_nano or 1
    step = step_ns(start, end, buckets)
    begin = start // step * step
    size = max(1, -(-(end - begin) // step))
    services = Where().one_of("service_name", wanted.services)
    levels = Where().one_of("band", [LEVELS.index(level) for level in _known(wanted.levels)])
    with store.connection() as cursor:
        where = _where(cursor, wanted.model_copy(update={"services": [], "levels": []}))
        # One look at the rows; what a person has chosen is applied to the counts.
        cursor.execute(
            f"WITH cube AS MATERIALIZED (SELECT (time_unix_nano - {begin}) // {step} AS bucket, "
            "((severity_number + 3) // 4)::INTEGER AS band, service_name, count(*) AS n "
            f"FROM logs WHERE {where.sql} GROUP BY ALL) "
            "SELECT 0, bucket::BIGINT, band, '', sum(n)::BIGINT FROM cube "
            f"WHERE {services.sql} AND {levels.sql} GROUP BY bucket, band "
            "UNION ALL SELECT 1, 0, 0, service_name, sum(n)::BIGINT FROM cube "
            f"WHERE {levels.sql} GROUP BY service_name "
            f"UNION ALL SELECT 2, 0, band, '', sum(n)::BIGINT FROM cube WHERE {services.sql} GROUP BY band",
            [*where.values, *services.values, *levels.values, *levels.values, *services.values],
        )
        rows = cursor.fetchall()
        more = {name: _facet(cursor, wanted, FACETS[name]) for name in facets}
    over_time: dict[str, list[int]] = {}
    for kind, bucket, band, _, n in rows:
        if kind == 0:
            over_time.setdefault(_level(band), [0] * size)[min(bucket, size - 1)] += n
    by_level = {band: n for kind, _, band, _, n in rows if kind == 2}
    found = {
        "service": _values([(name, n) for kind, _, _, name, n in rows if kind == 1]),
        "level": [Value(value=_level(band), count=by_level[band]) for band in sorted(by_level, reverse=True)],
    }
    return LogCounts(
        total=sum(map(sum, over_time.values())),
        start_unix_nano=begin,
        step_ns=step,
        buckets=size,
        levels={level: over_time[level] for level in LEVELS if level in over_time},
        facets=found | more,
    )


class Tail(Frozen):
    """Lines that came since."""

    lines: list[LogLine]
    """In the order in which they came."""
    key: str
    """To ask for what comes next."""
    skipped: int = 0
    """Lines that came too fast to be shown: older ones than those here."""


def tail(store: Store, wanted: LogFilter, *, key: str = "", limit: int = 200) -> Tail:
    """Return the lines that were stored since a key; without one, the last few and the key of now.

    Late lines come, too: the order is that of arrival, not that of their times.

    Raises:
        BadInput: the search text or the key cannot be read.
    """
    with store.connection() as cursor:
        where = _where(cursor, wanted)
        last = number(cursor, "SELECT max(rowid) FROM logs") if number(cursor, "SELECT count(*) FROM logs") else -1
        since = _read_tail_key(key) if key else last - _LOOKED_BACK
        # Rows that were taken away may have been numbered anew.
        since = last if since > last else since
        where.add("rowid > ?", since).add("rowid <= ?", last)
        cursor.execute(
            f"SELECT {_COLUMNS} FROM logs WHERE {where.sql} ORDER BY rowid DESC LIMIT ?", [*where.values, limit]
        )
        lines = _lines(cursor)
        waiting = 0
        if key and len(lines) == limit:
            waiting = number(cursor, f"SELECT count(*) FROM logs WHERE {where.sql}", where.values) - limit
    return Tail(lines=lines[::-1], key=str(last), skipped=waiting)


def sample(store: Store, wanted: LogFilter, most: int) -> tuple[list[dict[str, Any]], int]:
    """Return at most `most` lines spread evenly over those wanted, in the order of time, and how many there are."""
    with store.connection() as cursor:
        where = _where(cursor, wanted)
        total = number(cursor, f"SELECT count(*) FROM logs WHERE {where.sql}", where.values)
        every = max(1, -(-total // most))
        # A hash spreads better than every n-th row, which may beat in time with a writer.
        chosen = f" AND hash(row_id) % {every} = 0" if every > 1 else ""
        cursor.execute(
            "SELECT row_id, time_unix_nano, service_name, severity_number, severity_text, body FROM logs "
            f"WHERE {where.sql}{chosen} ORDER BY time_unix_nano, row_id LIMIT {most}",
            where.values,
        )
        return records(cursor), total


def _where(cursor: duckdb.DuckDBPyConnection, wanted: LogFilter) -> Where:
    condition = parse(wanted.text, FIELDS, within="body")
    where = Where().between("time_unix_nano", wanted.start_unix_nano, wanted.end_unix_nano)
    where.of_scope(cursor, wanted.scope).one_of("service_name", wanted.services)
    where.one_of("((severity_number + 3) // 4)", [LEVELS.index(level) for level in _known(wanted.levels)])
    if wanted.trace_id:
        where.add("trace_id = ?", wanted.trace_id)
    return where.add(condition.sql, *condition.values) if wanted.text.strip() else where


def _known(levels: list[str]) -> list[str]:
    for level in levels:
        if level not in LEVELS:
            raise BadInput(f"no level {level!r}", hint=f"Levels: {', '.join(LEVELS)}")
    return levels


def _level(band: int) -> str:
    return LEVELS[min(max(band, 0), len(LEVELS) - 1)]


def _facet(cursor: duckdb.DuckDBPyConnection, wanted: LogFilter, column: str) -> list[Value]:
    where = _where(cursor, wanted)
    cursor.execute(
        f"SELECT {column}, count(*) FROM logs WHERE {where.sql} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {_MOST_VALUES}",
        where.values,
    )
    return _values(cursor.fetchall())


def _values(pairs: list[tuple[str, int]]) -> list[Value]:
    ordered = sorted(pairs, key=lambda pair: (-pair[1], pair[0]))
    return [Value(value=name, count=n) for name, n in ordered]


def _lines(cursor: duckdb.DuckDBPyConnection) -> list[LogLine]:
    return [
        LogLine.model_validate(row | {"attributes": json.loads(row["attributes"] or "{}")}) for row in records(cursor)
    ]


def _key(line: LogLine) -> str:
    return f"{line.time_unix_nano}.{line.row_id}"


def _read_key(key: str) -> tuple[int, int]:
    at, _, row_id = key.partition(".")
    try:
        return int(at), int(row_id)
    except ValueError as error:
        raise BadInput(f"{key!r} is no key of a page", hint="Use `older` or `newer` of a page") from error


def _read_tail_key(key: str) -> int:
    try:
        return int(key)
    except ValueError as error:
        raise BadInput(f"{key!r} is no key of a tail", hint="Use `key` of the answer before") from error
