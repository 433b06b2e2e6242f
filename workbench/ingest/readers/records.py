"""Records: one row of the file is one log record, span, metric point, event or edge."""

from __future__ import annotations

from workbench.errors import ProfileError
from workbench.ingest import columns, sql
from workbench.ingest.clock import EARLIEST, LATEST, Clock
from workbench.ingest.plan import Part
from workbench.ingest.profile import NANOS, FileRule, TimeRule
from workbench.ingest.raw import LINE, RAW, Raw
from workbench.semconv import COLUMNS, TIME_COLUMN, Table


def build(raw: Raw, rule: FileRule, table: Table, clocks: dict[str, Clock]) -> Part:
    """Return the part of a file whose rows are records.

    Args:
        raw: The file's rows.
        rule: Complete: `columns` names all targets that are known.
        table: Where the rows go.
        clocks: Clock of each time column of the file that the rule names.

    Raises:
        ProfileError: a column that the rule names is not there.
    """
    values = {target: columns.text_of(one, raw.text) for target, one in rule.columns.items() if target != "value"}
    _normalise(values)
    times = _times(raw, rule, table, clocks)
    if table is Table.METRICS:
        values["value"] = _value(raw, rule)
    if "attributes" in COLUMNS[table]:
        values["attributes"] = _attributes(raw, rule, values.get("attributes"))
    values |= times
    inner = ", ".join(f"{expression} AS {sql.name(target)}" for target, expression in values.items())
    reason = _reason(raw, rule, table, values)
    select = (
        f"SELECT {LINE} AS source_line, {LINE} AS ordinal, * EXCLUDE ({LINE}, {RAW}), {RAW} AS raw, {reason} AS reason "
        f"FROM (SELECT {LINE}, {RAW}, {_shown(raw, rule)} AS __time, {_shown_value(raw, rule, table)} AS __value, "
        f"{inner} FROM ({raw.query}))"
    )
    return Part(table, select, tuple(values), unique=rule.unique)


def _attributes(raw: Raw, rule: FileRule, given: str | None) -> str:
    rest = {name.removeprefix("attributes."): raw.text(name) for name in kept(raw, rule)}
    if given is None:
        return columns.attributes(rest)
    whole = f"CASE WHEN json_valid({given}) AND starts_with(trim({given}), '{{') THEN {given} ELSE '{{}}' END"
    return f"CAST(json_merge_patch({columns.attributes(rest)}, {whole}) AS VARCHAR)" if rest else whole


def kept(raw: Raw, rule: FileRule) -> list[str]:
    """Return the source columns that go into `attributes`."""
    if rule.attributes is not None:
        return list(rule.attributes)
    used = {one.column for one in rule.columns.values()} | {rule.duration}
    used |= {name for time in (rule.time, rule.end_time) if time for name in (time.column, time.fallback)}
    return [name for name in raw.columns if name not in used]


def _normalise(values: dict[str, str]) -> None:
    if "severity_number" in values:
        values["severity_number"] = f"coalesce(try_cast({values['severity_number']} AS INTEGER), 0)"
    elif "severity_text" in values:
        values["severity_number"] = columns.severity_number(values["severity_text"])
    for target, normal in (("span_kind", columns.span_kind), ("status_code", columns.status_code)):
        if target in values:
            values[target] = normal(values[target])


def _times(raw: Raw, rule: FileRule, table: Table, clocks: dict[str, Clock]) -> dict[str, str]:
    column = TIME_COLUMN[table]
    if column is None:
        return {}
    if rule.time is None:
        hint = f"The file has: {', '.join(raw.columns[:40])}. Name it in a profile: `time: {{column: NAME}}`"
        raise ProfileError(f"table {table} needs a time, and no column is one", where=raw.where, hint=hint)
    start = _time(raw, rule.time, clocks)
    found = {column: start}
    if table is Table.SPANS:
        if rule.end_time:
            found["end_time_unix_nano"] = _time(raw, rule.end_time, clocks)
        elif rule.duration:
            length = f"try_cast({raw.text(rule.duration)} AS DOUBLE) * {NANOS[rule.duration_unit]}"
            found["end_time_unix_nano"] = f"{start} + CAST(round({length}) AS BIGINT)"
        else:
            found["end_time_unix_nano"] = start
    return found


def _time(raw: Raw, rule: TimeRule, clocks: dict[str, Clock]) -> str:
    first = clocks[rule.column].expression(*raw.typed(rule.column))
    if not rule.fallback:
        return first
    second = clocks[rule.fallback].expression(*raw.typed(rule.fallback))
    return (
        f"CASE WHEN ({first}) >= {EARLIEST} AND ({first}) < {LATEST} THEN {first} ELSE coalesce({second}, {first}) END"
    )


def _value(raw: Raw, rule: FileRule) -> str:
    if "value" not in rule.columns:
        hint = "Name it in a profile: `columns: {value: NAME}`"
        raise ProfileError("table metrics needs a value, and no column is one", where=raw.where, hint=hint)
    return f"try_cast({raw.typed(rule.columns['value'].column)[0]} AS DOUBLE)"


def _shown(raw: Raw, rule: FileRule) -> str:
    return raw.text(rule.time.column) if rule.time else "''"


def _shown_value(raw: Raw, rule: FileRule, table: Table) -> str:
    return raw.text(rule.columns["value"].column) if table is Table.METRICS else "''"


def _reason(raw: Raw, rule: FileRule, table: Table, values: dict[str, str]) -> str:
    cases = []
    if raw.open_ended:
        cases.append(f"WHEN NOT json_valid({RAW}) THEN 'the line is no JSON'")
    if column := TIME_COLUMN[table]:
        name = rule.time.column if rule.time else ""
        cases.append(time_case(column, "__time", name))
    if table is Table.METRICS:
        cases.append(
            "WHEN value IS NULL OR NOT isfinite(value) "
            "THEN concat('value ', coalesce('''' || __value || '''', 'is empty and'), ' is no finite number')"
        )
    if table is Table.SPANS:
        cases.append("WHEN end_time_unix_nano IS NULL THEN 'the end time is not readable'")
    for target in ("trace_id", "span_id", "caller_service_name", "callee_service_name", "metric_name", "event_name"):
        must = table is not Table.LOGS and target in values
        cases += [f"WHEN {target} = '' THEN '{target} is empty'"] if must else []
    return f"CASE {' '.join(cases)} END" if cases else "NULL"


def time_case(column: str, shown: str, name: str) -> str:
    """Return the branch of a CASE that rejects an unreadable or impossible time."""
    cell = f"concat('time {name.replace(chr(39), '')} ', coalesce('''' || left({shown}, 80) || '''', 'is empty'))"
    return (
        f"WHEN {column} IS NULL THEN concat({cell}, ' cannot be read') "
        f"WHEN {column} < {EARLIEST} OR {column} >= {LATEST} THEN concat({cell}, ' lies outside of 1980 to 2200')"
    )
