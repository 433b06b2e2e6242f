"""A profile says how a layout of files becomes telemetry: files, columns, clocks, and where a case's neighbours lie."""

from __future__ import annotations

import re
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from workbench.ingest.levels import Scale
from workbench.semconv import COLUMNS, Table

Format = Literal[
    "csv",
    "jsonl",
    "json",
    "parquet",
    "access_log",
    "mysql_slow",
    "vmstat",
    "sysstat",
    "top",
    "line_protocol",
    "otlp_json",
    "jaeger_json",
    "zipkin_json",
    "prometheus_json",
    "objects_json",
    "saved_text",
    "text",
]
Layout = Literal["records", "wide_metrics", "multi_header_metrics", "adjacency_matrix"]
Unit = Literal["auto", "s", "ms", "us", "ns"]
NANOS: dict[str, int] = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}


class Rule(BaseModel):
    """Base of all parts of a profile: unknown names are errors, because a misspelt one would be ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is no regular expression: {error}") from error
    return text


class TimeRule(Rule):
    """Which column is a time, and how it is written."""

    column: str
    unit: Unit = "auto"
    """Unit of a number; `auto` decides by its magnitude."""
    zone: str = "UTC"
    """Zone of a time that is written without one: an IANA name or an offset such as +08:00."""
    format: str = ""
    """A strptime format, when the time is written in an unusual way."""
    leading: bool = False
    """The column is a text that begins with its time, as lines of logs do."""
    fallback: str = ""
    """Another column, read where this one holds no time."""

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        if re.fullmatch(r"[+-]\d{2}:?\d{2}", zone):
            return zone
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"{zone!r} is no time zone; write an IANA name (Europe/Berlin) or an offset") from error
        return zone


class ColumnRule(Rule):
    """Where the text of one target column comes from. The transforms are applied in the order written here."""

    column: str = ""
    """Source column; in JSON a path with dots. Empty with `constant`."""
    constant: str | None = None
    """The same text for every row."""
    unwrap_json: str = ""
    """The cell is a JSON object: take this key of it. A cell that is no JSON stays as it is."""
    pattern: str = ""
    """Regular expression: take its first group."""
    strip_suffix_parts: int = Field(0, ge=0)
    """Cut so many parts off the end, counted at `separator`: 2 makes a service of a pod's name."""
    separator: str = "-"
    empty_if: tuple[str, ...] = ()
    """Texts that mean "nothing", such as the parent `root` of a root span."""
    component: Literal["", "service", "instance", "host"] = ""
    """The cell names a service, a pod, a host, or `HOST.POD`: take this part of it."""
    success: bool = False
    """The cell says whether it went well: `false` is an error."""
    path: bool = False
    """The cell is the path of a log file: take the service that it names."""
    scale: Scale = ""
    """The cell is a level that is a number on this scale: take its word."""
    failure_words: bool = False
    """Take the first level word; where none is, ERROR if words of failure are in the text, else INFO."""
    level_word: bool = False
    """Take the first level word (INFO, WARN ...) that stands near the start."""

    _is_pattern = field_validator("pattern")(_pattern)

    @model_validator(mode="before")
    @classmethod
    def _bare_column(cls, value: Any) -> Any:
        return {"column": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _has_origin(self) -> ColumnRule:
        if not self.column and self.constant is None:
            raise ValueError("say `column: NAME` or `constant: TEXT`")
        return self


class WideRule(Rule):
    """Metrics in columns: each numeric column becomes one metric row per time and instance."""

    exclude: tuple[str, ...] = ()
    """Columns that are no metrics."""
    name: str = r"^(?P<metric_name>.*?)(?:\((?P<unit>[^)]*)\))?$"
    """Regular expression over a column's name; its groups metric_name, statistic, unit fill these columns."""
    split_pair: str = ""
    """The column is called caller, this separator, callee: they become service_name and peer_service_name."""
    constants: dict[str, str] = {}
    """Columns of `metrics` that are the same for all of this file's metrics."""
    without_service: str = ""
    """Regular expression over a column's name: what it measures belongs to no service."""

    _are_patterns = field_validator("name", "without_service")(_pattern)


class FileRule(Rule):
    """How one kind of file is read. What is not said is found out from the file."""

    match: tuple[str, ...] = ("*",)
    """Globs over the file's path below the folder given; .gz and .zst at the end are ignored."""
    format: Format | None = None
    layout: Layout | None = None
    table: Table | None = None
    time: TimeRule | None = None
    end_time: TimeRule | None = None
    duration: str = ""
    """Column with the length of a span; used when no end is given."""
    duration_unit: Literal["s", "ms", "us", "ns"] = "us"
    columns: dict[str, ColumnRule] = {}
    """Column of the table (OpenTelemetry's name) -> where it comes from."""
    attributes: tuple[str, ...] | None = None
    """Source columns kept in the JSON object `attributes`; all that are not used elsewhere when left out."""
    unique: tuple[str, ...] = ()
    """Columns of the table that name a row; a row that comes a second time is dropped and counted."""
    wide: WideRule = WideRule()
    header_columns: tuple[str, ...] = ()
    """`multi_header_metrics`: what each header row says (service_name, metric_name, statistic, unit)."""
    above: float = 0.0
    """`adjacency_matrix`: an entry above this is an edge from the row to the column."""

    @field_validator("match", mode="before")
    @classmethod
    def _bare_glob(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _known_targets(self) -> FileRule:
        if self.table is not None:
            known = COLUMNS[self.table]
            for name in (*self.columns, *self.unique):
                if name not in known:
                    raise ValueError(f"table {self.table} has no column {name!r}; it has {', '.join(list(known)[3:])}")
        return self


class CaseRule(Rule):
    """Where the neighbours of a case folder lie.

    `{name}` is filled from the groups of `folder`, `{day}` with the date of the case's first metric, in UTC.
    """

    folder: str = ""
    """Regular expression over the case folder's name."""
    references: tuple[str, ...] = ()
    """Globs relative to the case folder: folders or files of fault-free telemetry. The case's own day comes first."""
    graph: tuple[str, ...] = ()
    """Globs relative to the case folder: call graphs that belong to the case."""

    _is_pattern = field_validator("folder")(_pattern)


class Profile(Rule):
    """A named layout of files."""

    name: str
    description: str = ""
    files: tuple[FileRule, ...] = ()
    """The first rule whose glob fits a file is taken; files that fit none are not read."""
    case: CaseRule | None = None
