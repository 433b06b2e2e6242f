"""Plans of text files, by the form of their lines."""

from __future__ import annotations

from dataclasses import replace

from workbench.ingest import sql
from workbench.ingest.clock import Clock
from workbench.ingest.files import Found
from workbench.ingest.plan import Plan
from workbench.ingest.profile import FileRule
from workbench.ingest.readers import mysql_slow, point_files, points, request_logs, requests, text
from workbench.ingest.readers.lines import Lines
from workbench.ingest.shape import Shape


def plan_of_lines(file: Found, shape: Shape, rule: FileRule) -> Plan | None:
    """Return how a text file is read; None when the file is of another kind."""
    if shape.format in point_files.FORMATS:
        return _points(file, shape, rule)
    makers = {"text": _text, "access_log": _access, "mysql_slow": _slow}
    return makers[shape.format](file, shape, rule) if shape.format in makers else None


def _text(file: Found, shape: Shape, rule: FileRule) -> Plan:
    lines = Lines([row[0] for row in shape.rows])
    part, service = text.build(file, rule, lines)
    first = lines.first_time
    said = f"written as {first!r}; UTC where no zone is written; year {text.year_of(file, first)} where none is"
    return Plan(
        file=file,
        shape=shape,
        rule=rule.model_copy(update={"format": shape.format}),
        parts=(part,),
        batches=lambda: text.blocks(file, shape, lines),
        clocks=(Clock("header", "text", said=said if first else "no line has a time"),),
        notes=(*shape.reasons, *lines.describe()),
        mapping=(
            ("time_unix_nano, severity_text", "the line's header"),
            ("service_name", service),
            ("body", "the rest of the line"),
        ),
    )


def _access(file: Found, shape: Shape, rule: FileRule) -> Plan:
    entries = request_logs.entries(file, shape)
    if "service_name" in rule.columns and (constant := rule.columns["service_name"].constant):
        entries = replace(entries, service=sql.text(constant), service_said=f"{constant}, the profile")
    timed = "no line says how long it took"
    if entries.timed:
        timed = f"lines say how long requests took ({entries.timed}): each is a span, too"
    backend = (("peer_service_name", "the backend that an entry names"),) if entries.peer else ()
    return Plan(
        file=file,
        shape=shape,
        rule=rule.model_copy(update={"format": shape.format}),
        parts=requests.parts(entries),
        clocks=(Clock("time", "text", said=entries.clock),),
        notes=(*shape.reasons, timed),
        mapping=(
            ("service_name", entries.service_said),
            *backend,
            ("severity_text", "ERROR from status 500 on"),
            ("body", "the request and its status"),
        ),
    )


def _slow(file: Found, shape: Shape, rule: FileRule) -> Plan:
    constant = rule.columns["service_name"].constant if "service_name" in rule.columns else None
    service, why = (constant, "the profile") if constant else mysql_slow.service_of(file)
    return Plan(
        file=file,
        shape=shape,
        rule=rule.model_copy(update={"format": shape.format}),
        parts=mysql_slow.build(file, shape, service),
        clocks=(Clock("# Time", "text", said="UTC where no zone is written; SET timestamp where there is no # Time"),),
        notes=shape.reasons,
        mapping=(("service_name", f"{service}, {why}"), ("body", "the statement")),
    )


def _points(file: Found, shape: Shape, rule: FileRule) -> Plan:
    known = point_files.FORMATS[shape.format]
    return Plan(
        file=file,
        shape=shape,
        rule=rule.model_copy(update={"format": shape.format}),
        parts=(points.part(),),
        batches=points.batches(lambda: known.points(file, shape)),
        clocks=(Clock("time", "text", said=known.clock),),
        notes=shape.reasons,
        mapping=(("columns", "by the format"),),
    )
