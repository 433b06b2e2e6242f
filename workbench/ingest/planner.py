"""Makes the plan of a file: looks at it, takes the profile's rule or infers one, and picks the reader."""

from __future__ import annotations

from dataclasses import replace

from workbench.errors import BadInput
from workbench.ingest.clock import Clock
from workbench.ingest.contents import read_head
from workbench.ingest.decide_clock import decide, shift_between
from workbench.ingest.files import Found
from workbench.ingest.infer import NAMES_SAID, Inferred, complete
from workbench.ingest.look import look
from workbench.ingest.plan import Part, Plan
from workbench.ingest.plan_lines import plan_of_lines
from workbench.ingest.profile import FileRule, Profile, TimeRule, WideRule
from workbench.ingest.raw import raw_rows
from workbench.ingest.readers import (
    jaeger,
    matrix,
    objects,
    otlp,
    parsed,
    postgres,
    prometheus,
    records,
    wide,
    zipkin,
)
from workbench.ingest.saved import reader
from workbench.ingest.saved.documents import is_one
from workbench.ingest.shape import Shape
from workbench.semconv import Table

_DOCUMENTS = {
    "otlp_json": otlp.build,
    "jaeger_json": jaeger.build,
    "zipkin_json": zipkin.build,
    "prometheus_json": prometheus.build,
}
_PARSED = {"objects_json": (objects.rows, objects.TABLES), "saved_text": (reader.rows, reader.TABLES)}
"""Formats that are parsed in Python: the reader of the rows, and the tables that they may go to."""
_SAID = {
    "otlp_json": ("epoch in ns, as OTLP says; UTC", "timeUnixNano"),
    "jaeger_json": ("epoch in us, as Jaeger writes it; UTC", "startTime"),
    "zipkin_json": ("epoch in us, as Zipkin writes it; UTC", "timestamp"),
    "prometheus_json": ("epoch in s, as Prometheus writes it; UTC", "values"),
}


def rule_for(file: Found, profile: Profile | None) -> FileRule | None:
    """Return the rule of a profile that fits a file; None when it is not to be read."""
    if profile is None:
        return FileRule()
    return next((rule for rule in profile.files if file.fits(rule.match)), None)


def make_plan(file: Found, rule: FileRule) -> Plan:
    """Return how a file is read; nothing but its beginning has been read by then.

    Raises:
        BadInput: the file is empty, broken, or of no known kind.
        ProfileError: the rule names something that the file does not have.
    """
    shape = look(file, rule)
    if shape.format in _DOCUMENTS:
        parts = _DOCUMENTS[shape.format](file, shape)
        said, times = _SAID[shape.format]
        clocks = (Clock(times, "epoch", said=said),)
        rule = _completed(rule, shape)
        return Plan(
            file, shape, rule, parts, clocks=clocks, notes=shape.reasons, mapping=(("columns", "by the format"),)
        )
    if shape.format in _PARSED:
        return _parsed(file, shape, rule)
    if of_lines := plan_of_lines(file, shape, rule):
        return of_lines
    try:
        return _tabular(file, shape, rule)
    except BadInput:
        if rule.format is None and rule.table is None and shape.format in ("json", "jsonl") and _is_document(file):
            saved = Shape("saved_text", columns=("line",), reasons=("a JSON document, read leaf by leaf",))
            return _parsed(file, saved, rule)
        raise


def _is_document(file: Found) -> bool:
    return is_one(read_head(file).decode("utf-8-sig", errors="replace"))


def _parsed(file: Found, shape: Shape, rule: FileRule) -> Plan:
    read, tables = _PARSED[shape.format]
    return Plan(
        file=file,
        shape=shape,
        rule=_completed(rule, shape),
        parts=parsed.parts(tables),
        batches=parsed.batches(lambda: read(file, shape)),
        clocks=(Clock("times", "text", said="as each object writes them; UTC where no zone is written"),),
        notes=shape.reasons,
        mapping=(("columns", "by the format"),),
    )


def _completed(rule: FileRule, shape: Shape) -> FileRule:
    return rule.model_copy(update={"format": shape.format})


def _tabular(file: Found, shape: Shape, rule: FileRule) -> Plan:
    known = postgres.rule_of(file, shape, rule)
    inferred = complete(file, shape, known or rule)
    parts: tuple[Part, ...] = (_part(file, shape, inferred),)
    if known:
        inferred = replace(
            inferred, notes=("the log of a PostgreSQL server; statements with their time are spans, too",)
        )
        parts += (postgres.statements(raw_rows(file, shape), inferred.rule, inferred.clocks),)
    return Plan(
        file=file,
        shape=shape,
        rule=_completed(inferred.rule, shape),
        parts=parts,
        clocks=tuple(inferred.clocks.values()),
        notes=shape.reasons + inferred.notes + _shifts(shape, inferred),
        mapping=_mapping(shape, inferred.rule),
    )


def _part(file: Found, shape: Shape, inferred: Inferred) -> Part:
    raw, rule = raw_rows(file, shape), inferred.rule
    if rule.layout == "adjacency_matrix":
        return matrix.build(raw, rule)
    if rule.layout == "multi_header_metrics" and rule.time:
        return wide.build_multi_header(raw, shape, rule, inferred.clocks[rule.time.column])
    if rule.layout == "wide_metrics":
        return replace(wide.build(raw, rule, inferred.clocks), unique=rule.unique)
    return records.build(raw, rule, rule.table or Table.LOGS, inferred.clocks)


def _shifts(shape: Shape, inferred: Inferred) -> tuple[str, ...]:
    """Compare the clock in use with the other clocks of the file."""
    time = inferred.rule.time
    used = inferred.clocks.get(time.column) if time else None
    if used is None or inferred.rule.layout == "multi_header_metrics":
        return ()
    named = set(inferred.clocks)
    others = (
        decide(shape.cells(name), TimeRule(column=name))
        for name in shape.columns
        if name not in named and _timely(name)
    )
    return tuple(said for other in others if other and (said := shift_between(used, other)))


def _timely(name: str) -> bool:
    return any(word in name.lower() for word in ("time", "date", "stamp", "epoch"))


def _mapping(shape: Shape, rule: FileRule) -> tuple[tuple[str, str], ...]:
    pairs = [(target, _said(one.model_dump(exclude_defaults=True))) for target, one in rule.columns.items()]
    if rule.layout == "wide_metrics":
        pairs.append(("metric_name, value", "each other column; " + _said_of_names(rule.wide)))
    if rule.layout == "multi_header_metrics":
        pairs += [(target, f"header row {at}") for at, target in enumerate(rule.header_columns, start=1)]
    if rule.layout == "adjacency_matrix":
        pairs += [("caller_service_name", "name of the row"), ("callee_service_name", "name of the column")]
    return tuple(pairs)


def _said_of_names(wide: WideRule) -> str:
    values = wide.model_dump(exclude_defaults=True)
    words = NAMES_SAID.get(wide.name)
    if words is None:
        return _said(values)
    values.pop("name", None)
    return "; ".join(one for one in (words, _said(values)) if one)


def _said(values: dict[str, object]) -> str:
    column = values.pop("column", "")
    rest = ", ".join(f"{name}: {value!r}" for name, value in values.items())
    return f"{column} ({rest})" if column and rest else str(column or rest)
