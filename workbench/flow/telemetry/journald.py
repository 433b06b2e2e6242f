"""Entries of systemd's journal as log rows: from `journalctl -o json` and from `journalctl -o export`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from workbench.flow.telemetry.columns import row_of
from workbench.flow.telemetry.syslog import LEVELS
from workbench.semconv import SEVERITY, Table

LARGEST_FIELD = 64 << 20
"""Bytes of a field with a length in front."""


def entry_row(entry: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return an entry as a row of `logs`: the unit is the service, else the program's name.

    Raises:
        ValueError: it is no entry.
    """
    fields = {name: _text(value) for name, value in entry.items()}
    time = fields.get("__REALTIME_TIMESTAMP") or fields.get("_SOURCE_REALTIME_TIMESTAMP", "")
    if not time.isdigit():
        raise ValueError("no entry of a journal: __REALTIME_TIMESTAMP is missing")
    priority = fields.get("PRIORITY", "")
    level = LEVELS[int(priority)] if priority.isdigit() and int(priority) < len(LEVELS) else ""
    unit = fields.get("_SYSTEMD_UNIT", "").removesuffix(".service")
    taken = ("MESSAGE", "PRIORITY", "_HOSTNAME", "_SYSTEMD_UNIT")
    values = {
        "time_unix_nano": int(time) * 1000,
        "service_name": unit or fields.get("SYSLOG_IDENTIFIER", "") or fields.get("_COMM", ""),
        "service_instance_id": fields.get("CONTAINER_NAME", ""),
        "host_name": fields.get("_HOSTNAME", ""),
        "severity_number": SEVERITY.get(level, 0),
        "severity_text": level,
        "body": fields.get("MESSAGE", ""),
        "attributes": {name: text for name, text in fields.items() if name not in taken and not name.startswith("__")},
    }
    return row_of(Table.LOGS, values)


def export_entries(stream: BinaryIO) -> Iterator[tuple[int, dict[str, bytes] | str]]:
    """Yield each entry with its number, or a sentence about what is broken; nothing behind that can be read.

    A field is `NAME=value`, or `NAME`, then eight bytes of length (little endian) and so many bytes; an empty line
    ends an entry (systemd, "Journal Export Formats").
    """
    number, entry = 1, dict[str, bytes]()
    for line in iter(stream.readline, b""):
        if line == b"\n":
            if entry:
                yield number, entry
                number, entry = number + 1, {}
            continue
        name, has_value, value = line.rstrip(b"\n").partition(b"=")
        if not has_value:
            head = stream.read(8)
            size = int.from_bytes(head, "little")
            if len(head) < 8 or size > LARGEST_FIELD:
                yield number, f"field {_shown(name)} has no length that can be read"
                return
            value = stream.read(size)
            if len(value) < size or stream.read(1) != b"\n":
                yield number, f"field {_shown(name)} is cut off"
                return
        entry[name.decode("utf-8", "replace")] = value
    if entry:
        yield number, entry


def _shown(name: bytes) -> str:
    return repr(name[:60].decode("utf-8", "replace"))


def _text(value: Any) -> str:
    """Return a field as text: journalctl writes bytes that are no text as numbers, and fields that repeat as lists."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, list):
        if value and all(isinstance(one, int) for one in value):
            return bytes(one & 255 for one in value).decode("utf-8", "replace")
        return "\n".join(_text(one) for one in value)
    return "" if value is None else str(value)
