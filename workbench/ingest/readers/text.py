"""Plain-text logs: the header of the lines is learned from the file, then each line is cut into its parts.

This is the one format that is read in Python: a learned header is a regular expression with look-ahead, which DuckDB's
engine (RE2) does not have. Lines come in blocks, so memory stays flat.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

import pyarrow as pa

from workbench.ingest import sql
from workbench.ingest.clock import EARLIEST, LATEST
from workbench.ingest.columns import attributes, severity_number
from workbench.ingest.contents import open_stream
from workbench.ingest.file_names import service_of_file
from workbench.ingest.files import Found
from workbench.ingest.plan import BATCH_VIEW, Part
from workbench.ingest.profile import FileRule
from workbench.ingest.readers.lines import Lines
from workbench.ingest.shape import Shape
from workbench.semconv import NANOS_PER_SECOND, Table
from workbench.signals.origins import pod_of
from workbench.signals.timecolumns import NO_TIME, parse_times
from workbench.signals.times import parse_time

MOST_SERVICES = 20
"""More components than this are parts of one program."""
_CODE = re.compile(r"[.$@/(:]")
BLOCK_LINES = 50_000
LONGEST_BODY = 65_536
"""Characters of one record that are kept; stack traces stay whole, dumps are cut."""
LONGEST_LINE = 2 * 1024 * 1024
"""Bytes of a line that are read; the rest of a longer one is skipped, and the line is rejected."""

_SCHEMA = pa.schema(
    [
        ("line", pa.int64()),
        ("time", pa.int64()),
        ("level", pa.string()),
        ("component", pa.string()),
        ("service", pa.string()),
        ("instance", pa.string()),
        ("host", pa.string()),
        ("body", pa.string()),
        ("reason", pa.string()),
    ]
)


def build(file: Found, rule: FileRule, lines: Lines) -> tuple[Part, str]:
    """Return the part that selects from `blocks`, and what the service is."""
    constant = rule.columns["service_name"].constant if "service_name" in rule.columns else None
    service, pod, said = (constant, "", "the profile") if constant else _service(file, lines)
    named = sql.text(service) if service else "component"
    if lines.names_services and not constant:
        said = "the program before each line" if lines.origins else "what each record says"
        named = f"coalesce(nullif(service, ''), {named})" if not lines.origins else "service"
    values = {
        "time_unix_nano": "time",
        "service_name": named,
        "service_instance_id": f"coalesce(nullif(instance, ''), {sql.text(pod)})",
        "host_name": "host",
        "severity_number": severity_number("level"),
        "severity_text": "level",
        "body": "body",
        "attributes": attributes({"component": "component"}) if named != "component" else "'{}'",
    }
    listed = ", ".join(f"{expression} AS {target}" for target, expression in values.items())
    select = f"SELECT line AS source_line, line AS ordinal, {listed}, reason, left(body, 4096) AS raw FROM {BATCH_VIEW}"
    return Part(Table.LOGS, select, tuple(values)), said


def _service(file: Found, lines: Lines) -> tuple[str, str, str]:
    """Return service, '' for the component of each line, pod, and why."""
    workload, pod = pod_of(file.relative)
    if workload:
        return workload, pod, "the pod in the file's path"
    components = lines.components
    code = sum(bool(_CODE.search(one)) for one in components)
    if components and code * 2 < len(components) and len(set(components)) <= MOST_SERVICES:
        return "", "", "the component of the line"
    why = "components are names of code" if components else "lines have no component"
    service, part = service_of_file(file)
    return service, "", f"{part}; {why}"


def blocks(file: Found, shape: Shape, lines: Lines) -> pa.RecordBatchReader:
    """Return the file's records in blocks: a line that goes on belongs to the record before it."""
    return pa.RecordBatchReader.from_batches(_SCHEMA, _batches(file, shape, lines))


def year_of(file: Found, first: str) -> int:
    """Return the year of times that are written without one: the last in which `first` is no later than the file."""
    changed = os.stat(file.path).st_mtime
    year = datetime.fromtimestamp(changed, UTC).year
    time = parse_time(first, year=year)
    return year - 1 if time is not None and time > (changed + 86_400) * NANOS_PER_SECOND else year


def _batches(file: Found, shape: Shape, lines: Lines) -> Iterator[pa.RecordBatch]:
    year = year_of(file, lines.first_time)
    block: list[_Record] = []
    for record in _records(file, shape, lines):
        block.append(record)
        if len(block) >= BLOCK_LINES:
            yield _batch(block, year)
            block = []
    if block:
        yield _batch(block, year)


class _Record(NamedTuple):
    number: int
    time: str
    level: str
    component: str
    service: str
    instance: str
    host: str
    body: str


def _records(file: Found, shape: Shape, lines: Lines) -> Iterator[_Record]:
    """Yield the records; lines of several programs may lie between one another, so each has its own last record."""
    last: dict[tuple[str, str, str], _Record] = {}
    more: dict[tuple[str, str, str], list[str]] = {}
    for number, line in _lines(file, shape.encoding):
        said = lines.read(line)
        key = (said.service, said.instance, said.host) if lines.origins else ("", "", "")
        before = last.get(key)
        if said.goes_on and before is not None and before.time:
            more[key].append(said.body)
            continue
        if before is not None:
            yield _joined(before, more[key])
        last[key] = _Record(number, *said[:-1])
        more[key] = []
    for key, record in last.items():
        yield _joined(record, more[key])


def _joined(record: _Record, more: list[str]) -> _Record:
    body = "\n".join([record.body, *more]) if more else record.body
    return record._replace(body=body[:LONGEST_BODY])


def _lines(file: Found, encoding: str) -> Iterator[tuple[int, str]]:
    number = 0
    with open_stream(file) as stream:
        if encoding == "utf-16":
            text = stream.read().decode("utf-16", errors="replace")
            yield from ((at, line) for at, line in enumerate(text.splitlines(), start=1) if line.strip())
            return
        while piece := stream.readline(LONGEST_LINE):
            number += 1
            whole = piece
            while len(piece) == LONGEST_LINE and not piece.endswith(b"\n"):
                piece = stream.readline(LONGEST_LINE)
            line = whole[:LONGEST_BODY].decode(encoding, errors="replace").rstrip("\r\n").lstrip("\ufeff")
            if line.strip():
                yield number, line


def _batch(block: list[_Record], year: int) -> pa.RecordBatch:
    numbers, texts, levels, *others = zip(*block, strict=True)
    times = parse_times(list(texts), year=year)
    reasons = [
        None if EARLIEST <= time < LATEST else _why(text, time)
        for text, time in zip(texts, times.tolist(), strict=True)
    ]
    columns = [list(numbers), times, list(levels), *map(list, others), reasons]
    arrays = [pa.array(column, type=field.type) for column, field in zip(columns, _SCHEMA, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=_SCHEMA)


def _why(text: str, time: int) -> str:
    if not text:
        return "the line has no time, and no record with one stands before it"
    return f"time {text[:80]!r} " + ("cannot be read" if time == NO_TIME else "lies outside of 1980 to 2200")
