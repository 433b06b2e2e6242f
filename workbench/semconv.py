"""Names and units of telemetry, as OpenTelemetry has them: tables, columns, severities, roles of metrics."""

from __future__ import annotations

import re
from enum import StrEnum

NANOS_PER_SECOND = 1_000_000_000
EARLIEST_UNIX_NANO = 315_532_800 * NANOS_PER_SECOND
"""1980: an earlier time is a number that is no time."""
LATEST_UNIX_NANO = 7_258_118_400 * NANOS_PER_SECOND
"""2200."""


class Table(StrEnum):
    """The telemetry tables of a workspace."""

    LOGS = "logs"
    SPANS = "spans"
    METRICS = "metrics"
    EVENTS = "events"
    EDGES = "edges"
    STATES = "states"


ORIGIN: dict[str, str] = {"row_id": "BIGINT", "source_id": "BIGINT", "source_line": "BIGINT"}
"""Columns by which each row is traced to the file and the line it came from."""

COLUMNS: dict[Table, dict[str, str]] = {
    Table.LOGS: ORIGIN
    | {
        "time_unix_nano": "BIGINT",
        "service_name": "VARCHAR",
        "service_instance_id": "VARCHAR",
        "host_name": "VARCHAR",
        "severity_number": "INTEGER",
        "severity_text": "VARCHAR",
        "body": "VARCHAR",
        "trace_id": "VARCHAR",
        "span_id": "VARCHAR",
        "template_id": "VARCHAR",
        "attributes": "VARCHAR",
    },
    Table.SPANS: ORIGIN
    | {
        "start_time_unix_nano": "BIGINT",
        "end_time_unix_nano": "BIGINT",
        "trace_id": "VARCHAR",
        "span_id": "VARCHAR",
        "parent_span_id": "VARCHAR",
        "service_name": "VARCHAR",
        "service_instance_id": "VARCHAR",
        "host_name": "VARCHAR",
        "span_name": "VARCHAR",
        "span_kind": "VARCHAR",
        "status_code": "VARCHAR",
        "status_message": "VARCHAR",
        "peer_service_name": "VARCHAR",
        "attributes": "VARCHAR",
    },
    Table.METRICS: ORIGIN
    | {
        "time_unix_nano": "BIGINT",
        "metric_name": "VARCHAR",
        "statistic": "VARCHAR",
        "service_name": "VARCHAR",
        "service_instance_id": "VARCHAR",
        "host_name": "VARCHAR",
        "peer_service_name": "VARCHAR",
        "value": "DOUBLE",
        "unit": "VARCHAR",
        "attributes": "VARCHAR",
    },
    Table.EVENTS: ORIGIN
    | {
        "time_unix_nano": "BIGINT",
        "event_name": "VARCHAR",
        "service_name": "VARCHAR",
        "service_instance_id": "VARCHAR",
        "summary": "VARCHAR",
        "attributes": "VARCHAR",
    },
    Table.EDGES: ORIGIN | {"caller_service_name": "VARCHAR", "callee_service_name": "VARCHAR"},
    Table.STATES: ORIGIN
    | {
        "observed_unix_nano": "BIGINT",
        "object_kind": "VARCHAR",
        "object_name": "VARCHAR",
        "namespace": "VARCHAR",
        "service_name": "VARCHAR",
        "attribute": "VARCHAR",
        "value": "VARCHAR",
        "attributes": "VARCHAR",
    },
}
"""DuckDB types of the columns. Times are UTC nanoseconds; text is '' when not known; `attributes` is a JSON object.

A row of `states` says what an object (a pod, a node, a claim) was like when somebody looked: `attribute` is a path with
dots (`spec.nodeSelector`), `value` its text, and `observed_unix_nano` is 0 when nobody wrote down when that was.
"""

TIME_COLUMN: dict[Table, str | None] = {
    Table.LOGS: "time_unix_nano",
    Table.SPANS: "start_time_unix_nano",
    Table.METRICS: "time_unix_nano",
    Table.EVENTS: "time_unix_nano",
    Table.EDGES: None,
    Table.STATES: None,
}

SEVERITY: dict[str, int] = {
    "TRACE": 1,
    "VERBOSE": 1,
    "FINEST": 1,
    "FINER": 3,
    "FINE": 5,
    "DEBUG": 5,
    "CONFIG": 7,
    "INFO": 9,
    "INFORMATION": 9,
    "LOG": 9,
    "NOTICE": 10,
    "WARN": 13,
    "WARNING": 13,
    "ERR": 17,
    "ERROR": 17,
    "SEVERE": 17,
    "CRIT": 21,
    "CRITICAL": 21,
    "ALERT": 21,
    "FATAL": 21,
    "EMERG": 24,
    "PANIC": 24,
}
"""OpenTelemetry severity number of the level words that logs use. Errors are 17 and above."""

SEVERITY_LETTERS = {"V": 1, "T": 1, "D": 5, "I": 9, "N": 10, "W": 13, "E": 17, "F": 21, "C": 21}
"""The same for levels of one letter."""

SEVERITY_ERROR = 17
STATUS_ERROR = "ERROR"


class MetricRole(StrEnum):
    """What a metric tells about its service."""

    CPU = "cpu"
    MEMORY = "memory"
    DISK = "disk"
    CONNECTIONS = "connections"
    THREADS = "threads"
    QUEUE = "queue"
    NETWORK = "network"
    LATENCY = "latency"
    ERRORS = "errors"
    AVAILABILITY = "availability"
    TRAFFIC = "traffic"
    HEARTBEAT = "heartbeat"
    RESTARTS = "restarts"
    OTHER = "other"


RESOURCES = (
    MetricRole.CPU,
    MetricRole.MEMORY,
    MetricRole.DISK,
    MetricRole.CONNECTIONS,
    MetricRole.THREADS,
    MetricRole.QUEUE,
)

# The first pattern that is found decides, so the narrow words come before the broad ones.
_ROLES: tuple[tuple[MetricRole, str], ...] = (
    (MetricRole.RESTARTS, r"restart"),
    (MetricRole.HEARTBEAT, r"heartbeat|\bup\b|alive|uptime"),
    (MetricRole.AVAILABILITY, r"availab|success|^sr$"),
    (MetricRole.ERRORS, r"error|fail|exception|fault|5xx|dropped|timeout"),
    (MetricRole.LATENCY, r"latenc|duration|response.?time|elapsed|\brtt\b|\bmrt\b"),
    (MetricRole.CONNECTIONS, r"connection|\bconn|pool"),
    (MetricRole.THREADS, r"thread|goroutine|worker"),
    (MetricRole.QUEUE, r"queue|backlog|pending|lag\b"),
    (MetricRole.CPU, r"cpu|processor|load.?avg"),
    (MetricRole.MEMORY, r"mem|heap|rss|swap"),
    (MetricRole.DISK, r"disk|filesystem|\bfs\b|inode|iops|volume|storage"),
    (MetricRole.NETWORK, r"network|bytes|packet|receive|transmit|socket"),
    (
        MetricRole.TRAFFIC,
        r"request|workload|ops\b|throughput|traffic|rps|qps|\btps\b|invocation|\bcount\b|\bcnt\b|^load$|calls",
    ),
)


LEFT = frozenset({"free", "freeable", "avail", "available", "idle", "remaining", "unused", "left", "headroom"})
"""Words in the name of a metric that counts what is left of a resource."""
_LEFT = re.compile(rf"\b({'|'.join(sorted(LEFT))})\b")
_BUSY = re.compile(r"\b(iowait|io|ios|iops|await|util|busy|reads?|writes?|written|blocks|latency|queue|sectors?|tps)\b")
_ROOM = re.compile(rf"\b(used|usage|full|size|capacity|{'|'.join(sorted(LEFT))})\b")
_HELD = re.compile(r"\b(cached?|buffers?|buffered|slab|iowait|wait|steal)\b")


def words_of_name(name: str) -> str:
    """Return the words of a metric's name in small letters: names are split at case and punctuation."""
    return re.sub(r"[^a-z0-9]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()).strip()


def tells_what_is_left(metric_name: str) -> bool:
    """Tell whether a metric counts what is left of a resource, so that less of it is worse: `MemAvailable`, `idle`."""
    return bool(_LEFT.search(words_of_name(metric_name)))


def tells_how_busy(metric_name: str) -> bool:
    """Tell whether a metric of a disk is about its work (`iowait`, `disk_write_latency`), not about its room."""
    words = words_of_name(metric_name)
    return bool(_BUSY.search(words)) and not _ROOM.search(words)


def metric_role(metric_name: str) -> MetricRole:
    """Tell what a metric is about from the words of its name.

    Memory that a kernel uses as a cache, and time that a processor waits, are no use of the resource.
    """
    words = words_of_name(metric_name)
    # `available` alone is about a service; available memory is about memory.
    without = _LEFT.sub("", words)
    known = next((role for role, pattern in _ROLES if re.search(pattern, without)), MetricRole.OTHER)
    if known not in RESOURCES:
        return next((role for role, pattern in _ROLES if re.search(pattern, words)), MetricRole.OTHER)
    return MetricRole.OTHER if known in (MetricRole.CPU, MetricRole.MEMORY) and _HELD.search(words) else known
