"""Streams of Loki as log rows: from its push API (JSON and protobuf) and from its answers to queries."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from workbench.flow.listen.inbox import Item, Rejected
from workbench.flow.telemetry.columns import row_of, severity_of
from workbench.flow.telemetry.labels import split_labels
from workbench.flow.telemetry.messages import message
from workbench.semconv import Table

LEVELS = ("detected_level", "level", "severity", "severity_text")
"""Labels and metadata that hold the level of a line, best first."""
_LABEL = re.compile(r'\s*([A-Za-z_]\w*)\s*=\s*("(?:[^"\\]|\\.)*"|`[^`]*`)\s*(?:,|(?=}))')


def push_rows(body: bytes, *, is_json: bool) -> Iterator[Item]:
    """Yield the rows of a push request; protobuf comes unpacked.

    Raises:
        ValueError: it is none.
    """
    if is_json:
        try:
            yield from stream_rows(json.loads(body)["streams"])
        except (ValueError, TypeError, KeyError) as error:
            raise ValueError(f"no push request of Loki: {error}") from error
        return
    from google.protobuf.message import DecodeError

    try:
        request = message("PushRequest").FromString(body)
    except DecodeError as error:
        raise ValueError(f"no push request of Loki: {error}") from error
    for stream in request.streams:
        labels = labels_of(stream.labels)
        for number, entry in enumerate(stream.entries, 1):
            time = entry.timestamp.seconds * 1_000_000_000 + entry.timestamp.nanos
            yield _row(labels, time, entry.line, {pair.name: pair.value for pair in entry.metadata}, number)


def stream_rows(streams: Any) -> Iterator[Item]:
    """Yield the rows of `[{"stream": {labels}, "values": [[nanoseconds, line, {metadata}]]}]`."""
    for stream in streams:
        labels = {str(name): str(value) for name, value in stream["stream"].items()}
        for number, value in enumerate(stream["values"], 1):
            try:
                yield _row(labels, int(value[0]), str(value[1]), _metadata(value), number)
            except (ValueError, TypeError, LookupError):
                yield Rejected("an entry is [nanoseconds, line]", json.dumps(value)[:2000], number)


def labels_of(text: str) -> dict[str, str]:
    """Return the labels that a selector such as `{app="cart", pod="cart-1"}` names.

    Raises:
        ValueError: it is no selector.
    """
    inner = text.strip()
    if not inner.startswith("{") or not inner.endswith("}"):
        raise ValueError(f"labels {text[:200]!r} are not in braces")
    found, place = {}, 1
    while inner[place:].strip() != "}":
        pair = _LABEL.match(inner, place)
        if not pair:
            raise ValueError(f"labels {text[:200]!r} cannot be read from character {place} on")
        quoted = pair[2]
        found[pair[1]] = quoted[1:-1] if quoted[0] == "`" else str(json.loads(quoted))
        place = pair.end()
    return found


def _metadata(value: Any) -> dict[str, str]:
    if len(value) < 3 or not isinstance(value[2], dict):
        return {}
    nested = {name: inner for part in value[2].values() if isinstance(part, dict) for name, inner in part.items()}
    return {**{k: v for k, v in value[2].items() if isinstance(v, str)}, **nested}


def _row(labels: Mapping[str, str], time: int, line: str, metadata: Mapping[str, str], number: int) -> Item:
    every = {**labels, **metadata}
    named, rest = split_labels(every, "service_name", "service_instance_id", "host_name")
    level = next((every[name] for name in LEVELS if every.get(name)), "")
    values = {
        **named,
        "time_unix_nano": time,
        "severity_number": severity_of(level),
        "severity_text": level,
        "body": line,
        "trace_id": every.get("trace_id", every.get("traceID", "")),
        "span_id": every.get("span_id", every.get("spanID", "")),
        "attributes": rest,
    }
    try:
        return row_of(Table.LOGS, values)
    except ValueError as error:
        return Rejected(str(error), line[:2000], number)
