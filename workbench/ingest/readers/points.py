"""Values of metrics that a reader has parsed in Python, handed over in blocks: memory stays flat for long files."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

import pyarrow as pa

from workbench.ingest.clock import out_of_range
from workbench.ingest.contents import open_stream
from workbench.ingest.files import Found
from workbench.ingest.plan import BATCH_VIEW, Part
from workbench.semconv import Table

_BLOCK = 50_000
_SCHEMA = pa.schema(
    [
        ("line", pa.int64()),
        ("time_unix_nano", pa.int64()),
        ("metric_name", pa.string()),
        ("value", pa.float64()),
        ("unit", pa.string()),
        ("service_name", pa.string()),
        ("host_name", pa.string()),
        ("attributes", pa.string()),
        ("reason", pa.string()),
        ("raw", pa.string()),
        ("ordinal", pa.int64()),
    ]
)
_GIVEN = ("time_unix_nano", "metric_name", "value", "unit", "service_name", "host_name", "attributes")


class Point(NamedTuple):
    """One value of one metric, or a line that cannot be used and the reason."""

    line: int
    time: int | None = None
    name: str = ""
    value: float = 0.0
    unit: str = ""
    service: str = ""
    host: str = ""
    attributes: Mapping[str, str] = {}
    reason: str = ""
    raw: str = ""


def part() -> Part:
    """Return the part that selects the values from `batches`."""
    select = (
        f"SELECT line AS source_line, ordinal, {', '.join(_GIVEN)}, raw, CASE WHEN reason <> '' THEN reason "
        "WHEN NOT isfinite(value) THEN concat('value of ', metric_name, ' is no finite number') "
        f"{out_of_range('time_unix_nano')} END AS reason FROM {BATCH_VIEW}"
    )
    return Part(Table.METRICS, select, _GIVEN)


def batches(points: Callable[[], Iterable[Point]]) -> Callable[[], pa.RecordBatchReader]:
    """Return what `Plan.batches` wants: a reader of the values, made anew each time."""
    return lambda: pa.RecordBatchReader.from_batches(_SCHEMA, _blocks(iter(points())))


def numbered_lines(file: Found, encoding: str) -> Iterator[tuple[int, str]]:
    """Yield number and text of each line of a file, empty ones too."""
    with (
        open_stream(file) as stream,
        io.TextIOWrapper(stream, encoding.replace("utf-8", "utf-8-sig"), "replace") as text,
    ):
        for number, line in enumerate(text, start=1):
            yield number, line.rstrip("\r\n")


def _blocks(points: Iterator[Point]) -> Iterator[pa.RecordBatch]:
    seen = 0
    while block := list(islice(points, _BLOCK)):
        columns = [list(cells) for cells in zip(*block, strict=True)]
        columns[7] = [json.dumps(one, ensure_ascii=False) if one else "{}" for one in columns[7]]
        columns[9] = [raw[:2048] for raw in columns[9]]
        columns.append(list(range(seen + 1, seen + len(block) + 1)))
        seen += len(block)
        arrays = [pa.array(cells, type=field.type) for cells, field in zip(columns, _SCHEMA, strict=True)]
        yield pa.RecordBatch.from_arrays(arrays, schema=_SCHEMA)
