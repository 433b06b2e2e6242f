"""Fills in what a profile does not say: table, layout and columns, from names that are common and from the cells."""

from __future__ import annotations

import re
from dataclasses import dataclass

from workbench.errors import BadInput
from workbench.ingest.clock import Clock
from workbench.ingest.decide_clock import decide
from workbench.ingest.files import Found
from workbench.ingest.infer_cells import (
    find_clocks,
    leading_clock,
    left_out,
    mostly_numbers,
    numeric_columns,
    refine,
)
from workbench.ingest.infer_owner import (
    names_from_file,
    owner_from_file,
    owner_from_item,
    owner_from_words,
    service_from_instance,
    service_from_path,
)
from workbench.ingest.infer_spans import outcome, plain_ids, unit_of
from workbench.ingest.profile import ColumnRule, FileRule, TimeRule, WideRule
from workbench.ingest.series_names import SAID, series_rule
from workbench.ingest.shape import Shape
from workbench.ingest.vocabulary import DURATION_UNITS, find, rank, squeeze
from workbench.semconv import COLUMNS, ORIGIN, TIME_COLUMN, Table

_WIDE_NAME = r"^(?P<metric_name>.+?)(?:[_. ]?(?P<statistic>[Pp]\d{2,3}))?\s*(?:[(\[](?P<unit>[^)\]]*)[)\]])?$"
_WIDE_SERVICE = r"^(?P<service_name>.+)_(?P<metric_name>[^_]+?)(?:-(?P<statistic>\d{2}|[Pp]\d{2,3}))?$"
NAMES_SAID = {
    _WIDE_NAME: "a percentile (p95) and a unit in brackets at the end of its name are taken off",
    _WIDE_SERVICE: "its name is SERVICE_METRIC, perhaps with a percentile",
    **SAID,
}
"""What the patterns that are inferred for the names of metrics mean."""
_NOT_TARGETS = {*ORIGIN, "attributes", "template_id", *TIME_COLUMN.values(), "end_time_unix_nano"}


@dataclass(frozen=True, slots=True)
class Inferred:
    """A complete rule and the reasons for what was filled in."""

    rule: FileRule
    clocks: dict[str, Clock]
    notes: tuple[str, ...]


def complete(file: Found, shape: Shape, rule: FileRule) -> Inferred:
    """Return the rule with nothing left open.

    Raises:
        BadInput: the columns are those of no telemetry that is known.
    """
    if shape.layout == "adjacency_matrix":
        return Inferred(
            _with(rule, layout="adjacency_matrix", table=Table.EDGES), {}, ("names of rows and columns agree",)
        )
    if shape.layout == "multi_header_metrics":
        return _multi_header(shape, rule)
    if rule.columns or rule.layout == "wide_metrics" or (rule.table and rule.time):
        return _as_said(shape, rule)
    return _by_names(file, shape, rule)


def _with(rule: FileRule, **changes: object) -> FileRule:
    return FileRule.model_validate(
        {**dict(rule), **{name: value for name, value in changes.items() if value is not None}}
    )


def _as_said(shape: Shape, rule: FileRule) -> Inferred:
    rule = _with(rule, layout=rule.layout or shape.layout, table=rule.table or Table.METRICS)
    clocks = {}
    for time in (rule.time, rule.end_time):
        if time:
            clocks[time.column] = _clock(shape, time)
        if time and time.fallback:
            clocks[time.fallback] = _clock(shape, TimeRule(column=time.fallback, zone=time.zone))
    return Inferred(rule, clocks, ("as the profile says",))


def _clock(shape: Shape, rule: TimeRule) -> Clock:
    cells = shape.cells(rule.column) if rule.column in shape.columns else []
    return decide(cells, rule) or Clock(rule.column, "iso", rule.unit, rule.zone, rule.format)


def _multi_header(shape: Shape, rule: FileRule) -> Inferred:
    labels = [row[0] for row in shape.header_rows if any(cell.strip() for cell in row[1:])]
    targets = ("service_name", "metric_name", "statistic", "unit")
    named = [next((target for target in targets if find(target, [label])), None) for label in labels]
    titles = tuple(name or targets[min(at, 3)] for at, name in enumerate(named))
    index = shape.header_rows[-1][0].strip() or "first column"
    given = rule.time or TimeRule(column=index)
    clock = decide(shape.cells(shape.columns[0]), given) or Clock(index, "iso", given.unit, given.zone)
    rule = _with(
        rule,
        layout="multi_header_metrics",
        table=Table.METRICS,
        time=given,
        header_columns=rule.header_columns or titles,
    )
    return Inferred(rule, {given.column: clock}, (f"{len(labels)} header rows: {', '.join(labels)}",))


def _by_names(file: Found, shape: Shape, rule: FileRule) -> Inferred:
    columns = list(shape.columns)
    clocks = find_clocks(shape)
    days, leading = set(clocks), leading_clock(shape, clocks)
    clocks = leading or clocks
    table = rule.table or _table(shape, columns, clocks)
    if table is None:
        raise BadInput(
            "its columns are those of no telemetry that is known",
            where=str(file.path),
            hint=f"It has: {', '.join(columns[:30])}. Say which are what in a profile: see `causeway import --help`",
        )
    numeric = numeric_columns(shape, clocks)
    wide = table is Table.METRICS and not find("value", columns)
    ours = [name for name in columns if not (wide and name in numeric)]
    found = _columns(table, ours, days)
    notes = ["1 column by its name" if len(found) == 1 else f"{len(found)} columns by their names"]
    notes += owner_from_item(shape, table, found) + service_from_instance(shape, found) + refine(shape, table, found)
    notes += service_from_path(file, shape, found) if table is Table.LOGS else []
    time = rule.time or _main_time(table, columns, clocks)
    end, duration, unit = _end(table, columns, clocks, time)
    if table is Table.SPANS:
        notes += outcome(shape, found)
        if duration and time and (parent := found.get("parent_span_id")) and not _unit_named(duration):
            unit, said = unit_of(shape, clocks[time.column], found["span_id"].column, parent.column, duration, unit)
            notes += [said] if said else []
    changes: dict[str, object] = {"table": table, "layout": "wide_metrics" if wide else "records", "time": time}
    if wide:
        found = {target: one for target, one in found.items() if target in _ROW_FACTS}
        notes += owner_from_words(shape, clocks, numeric, found) or owner_from_file(file, found)
        metrics = [name for name in numeric if name not in {one.column for one in found.values()}]
        changes["wide"] = names = _wide(file, shape, metrics, found, time)
        notes += left_out(shape, [name for name in names.exclude if name not in clocks])
        notes.append(
            "1 numeric column: a metric" if len(metrics) == 1 else f"{len(metrics)} numeric columns, one metric each"
        )
    elif table is Table.METRICS and "metric_name" not in found:
        notes += names_from_file(file, found)
    changes |= {"columns": found, "end_time": end, "duration": duration, "duration_unit": unit}
    used = {name: clock for name, clock in clocks.items() if name in {one.column for one in (time, end) if one}}
    return Inferred(_with(rule, **changes), used, tuple(notes))


def _columns(table: Table, names: list[str], clocks: set[str]) -> dict[str, ColumnRule]:
    targets = [name for name in COLUMNS[table] if name not in _NOT_TARGETS]
    found = {
        target: ColumnRule(column=name) for target in targets if (name := find(target, names)) and name not in clocks
    }
    if table is Table.SPANS:
        found |= {target: ColumnRule(column=name) for target, name in plain_ids(names).items()}
    if table is Table.LOGS and "body" not in found and (value := find("value", names)):
        found["body"] = ColumnRule(column=value)
    return found


_ROW_FACTS = ("service_name", "service_instance_id", "host_name", "peer_service_name", "statistic", "unit")


def _table(shape: Shape, columns: list[str], clocks: dict[str, Clock]) -> Table | None:
    def has(*targets: str) -> bool:
        return all(find(target, columns) for target in targets)

    plain = plain_ids(columns)
    if clocks and (plain or has("trace_id", "span_id")):
        ends = plain or has("end_time_unix_nano") or has("duration") or has("parent_span_id")
        if ends and not (has("body") and not has("span_name")):
            return Table.SPANS
    if has("caller_service_name", "callee_service_name") and not clocks:
        return Table.EDGES
    if not clocks:
        return None
    if (
        has("value")
        and shape.cells(find("value", columns) or "")
        and mostly_numbers(shape, find("value", columns) or "")
    ):
        return Table.METRICS
    if has("body") or (has("value") and not has("event_name") and _sentences(shape, find("value", columns) or "")):
        return Table.LOGS
    if numeric_columns(shape, clocks) and not has("event_name"):
        return Table.METRICS
    return Table.EVENTS if has("event_name") else None


def _sentences(shape: Shape, column: str) -> bool:
    said = [cell for cell in shape.cells(column) if cell.strip()]
    return sum(" " in cell.strip() for cell in said) * 2 > len(said)


def _main_time(table: Table, columns: list[str], clocks: dict[str, Clock]) -> TimeRule | None:
    target = TIME_COLUMN[table]
    if target is None:
        return None
    ranked = sorted(
        clocks.values(),
        # A readable date wins over a bare number: digits go wrong unseen.
        key=lambda clock: (clock.kind == "epoch", not clock.zone_written, rank(target, clock.column)),
    )
    ranked = [
        clock for clock in ranked if not (table is Table.SPANS and find("end_time_unix_nano", [clock.column]))
    ] or ranked
    best = next((clock for clock in ranked if find(target, [clock.column])), ranked[0] if ranked else None)
    return TimeRule(column=best.column, leading=best.kind == "leading") if best else None


def _end(
    table: Table, columns: list[str], clocks: dict[str, Clock], start: TimeRule | None
) -> tuple[TimeRule | None, str, str]:
    if table is not Table.SPANS or start is None:
        return None, "", "us"
    end = find("end_time_unix_nano", columns)
    if end and end in clocks:
        return TimeRule(column=end), "", "us"
    duration = find("duration", columns) or ""
    clock = clocks[start.column]
    by_clock = "ms" if clock.kind != "epoch" else "ns" if clock.said.startswith("epoch in ns") else "us"
    return None, duration, _unit_named(duration) or by_clock


def _unit_named(duration: str) -> str:
    return next((unit for word, unit in DURATION_UNITS.items() if squeeze(duration).endswith(word)), "")


def _wide(
    file: Found, shape: Shape, metrics: list[str], found: dict[str, ColumnRule], time: TimeRule | None
) -> WideRule:
    used = {one.column for one in found.values()} | ({time.column} if time else set())
    exclude = tuple(name for name in shape.columns if name not in metrics and name not in used)
    if not found and metrics and (series := series_rule(file, metrics, dict(shape.units), exclude)):
        return series
    name = _WIDE_NAME
    if not found and len(metrics) > 3:
        suffixes = {match["metric_name"] for one in metrics if (match := re.search(_WIDE_SERVICE, one))}
        fitting = sum(bool(re.search(_WIDE_SERVICE, one)) for one in metrics)
        if fitting == len(metrics) and len(suffixes) * 2 <= len(metrics):
            name = _WIDE_SERVICE
    return WideRule(exclude=exclude, name=name)
