"""Wide metrics: one row per time and instance, or one header over several rows; each numeric cell becomes a row."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from workbench.errors import ProfileError
from workbench.ingest import columns, sql
from workbench.ingest.clock import Clock
from workbench.ingest.plan import Part
from workbench.ingest.profile import FileRule
from workbench.ingest.raw import LINE, RAW, Raw
from workbench.ingest.readers.records import time_case
from workbench.ingest.shape import Shape
from workbench.semconv import Table

_EMPTY = "'', 'nan', 'null', 'na', 'n/a', 'none'"
_FROM_HEADER = ("metric_name", "statistic", "unit", "service_name", "host_name", "peer_service_name")


def metric_columns(raw: Raw, rule: FileRule) -> list[str]:
    """Return the columns that hold metrics."""
    used = {one.column for one in rule.columns.values()} | set(rule.wide.exclude)
    used |= {rule.time.column} if rule.time else set()
    return [name for name in raw.columns if name not in used]


def build(raw: Raw, rule: FileRule, clocks: Mapping[str, Clock]) -> Part:
    """Return the part of a file with one metric per column.

    Raises:
        ProfileError: there is no time column, or no column is left that is a metric.
    """
    names = metric_columns(raw, rule)
    if rule.time is None or not names:
        what = "no column is a time" if rule.time is None else "no column is left that could be a metric"
        raise ProfileError(what, where=raw.where, hint="Name the time column in a profile, and shorten `wide.exclude`")
    facts = [_facts(raw.title(name), rule, raw.where, raw.units.get(name, "")) for name in names]
    shared = {target: columns.text_of(one, raw.text) for target, one in rule.columns.items()}
    return _unpivot(raw, rule.time.column, clocks[rule.time.column], names, facts, shared)


def build_multi_header(raw: Raw, shape: Shape, rule: FileRule, clock: Clock) -> Part:
    """Return the part of a file whose header is several rows: service, metric, statistic over each column.

    Raises:
        ProfileError: the profile does not name as many header rows as the file has.
    """
    titles = [row for row in shape.header_rows if any(cell.strip() for cell in row[1:])]
    if len(titles) != len(rule.header_columns):
        raise ProfileError(
            f"the file has {len(titles)} header rows, the profile names {len(rule.header_columns)}",
            where=raw.where,
            hint="Name what each row says: `header_columns: [service_name, metric_name, statistic]`",
        )
    facts = [
        {target: row[at].strip() for target, row in zip(rule.header_columns, titles, strict=True)}
        for at in range(1, len(shape.columns))
    ]
    return _unpivot(raw, shape.columns[0], clock, shape.columns[1:], facts, {})


def _facts(name: str, rule: FileRule, where: str, unit: str = "") -> dict[str, str]:
    """Return what a column's name says: metric_name, statistic, unit, and the services of a pair.

    Args:
        name: The column, as the file calls it.
        rule: With what is known of names.
        where: The file.
        unit: That of the cells, if they have one.
    """
    facts = dict(rule.wide.constants) | ({"unit": unit} if unit else {})
    if rule.wide.split_pair:
        caller, divider, callee = name.partition(rule.wide.split_pair)
        if not divider:
            hint = "Put it into `wide.exclude` if it is no metric"
            raise ProfileError(
                f"column {name!r} has no {rule.wide.split_pair!r} between two names", where=where, hint=hint
            )
        return {"metric_name": name, **facts, "service_name": caller, "peer_service_name": callee}
    match = re.search(rule.wide.name, name)
    if not match or not match.groupdict().get("metric_name", name):
        raise ProfileError(f"column {name!r} does not fit `wide.name`", where=where, hint=f"It is {rule.wide.name}")
    found = {target: text or "" for target, text in match.groupdict().items()}
    facts = {"metric_name": name, **found, **facts}
    if rule.wide.without_service and re.search(rule.wide.without_service, name):
        facts["service_name"] = ""
    return facts


def _unpivot(
    raw: Raw,
    time: str,
    clock: Clock,
    names: Sequence[str],
    facts: Sequence[Mapping[str, str]],
    shared: Mapping[str, str],
) -> Part:
    targets = tuple(target for target in _FROM_HEADER if any(target in one for one in facts))
    outer = []
    for target in dict.fromkeys((*targets, *shared)):
        if target not in targets:
            outer.append(f"{sql.name('row_' + target)} AS {target}")
            continue
        fallback = sql.name("row_" + target) if target in shared else "''"
        given = sql.texts([one.get(target, "\0") for one in facts]).replace("'\0'", "NULL")
        outer.append(f"coalesce({given}[spot], {fallback}) AS {target}")
    cells = ", ".join(raw.typed(name)[0] for name in names)
    per_row = "".join(f", {expression} AS {sql.name('row_' + target)}" for target, expression in shared.items())
    carried = "".join(f", {sql.name('row_' + target)}" for target in shared)
    moment = clock.expression(*raw.typed(time))
    reason = f"CASE {time_case('time_unix_nano', '__time', time)} WHEN value IS NULL OR NOT isfinite(value) THEN "
    reason += "concat('value ''', cell, ''' is no finite number') END"
    select = (
        f"SELECT {LINE} AS source_line, ({LINE} * {len(names)} + spot - 1) AS ordinal, time_unix_nano, "
        f"{', '.join(outer)}, value, {RAW} AS raw, {reason} AS reason "
        f"FROM (SELECT *, try_cast(cell AS DOUBLE) AS value FROM ("
        f"SELECT {LINE}, {RAW}, __time, time_unix_nano{carried}, "
        f"unnest([{cells}]) AS cell, unnest(range(1, {len(names) + 1})) AS spot "
        f"FROM (SELECT *, {raw.text(time)} AS __time, {moment} AS time_unix_nano{per_row} FROM ({raw.query}))"
        f") WHERE cell IS NOT NULL AND lower(trim(CAST(cell AS VARCHAR))) NOT IN ({_EMPTY}))"
    )
    produced = ("time_unix_nano", *dict.fromkeys((*targets, *shared)), "value")
    return Part(Table.METRICS, select, produced, cells=f"SELECT count(*) * {len(names)} FROM ({raw.query})")
