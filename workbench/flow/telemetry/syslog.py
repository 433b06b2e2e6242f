"""Syslog messages (RFC 5424, and RFC 3164 as senders really write it) as log rows; messages cut out of a TCP stream."""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import ZoneInfo

from workbench.flow.telemetry.columns import row_of
from workbench.semconv import SEVERITY, Table
from workbench.signals.syslog import PRIORITY, split_head, unix_nano_of
from workbench.signals.times import parse_time

FACILITIES = (
    *("kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp"),
    *("ntp", "audit", "alert", "clock", *(f"local{number}" for number in range(8))),
)
LEVELS = ("EMERG", "ALERT", "CRIT", "ERR", "WARNING", "NOTICE", "INFO", "DEBUG")
LONGEST = 65_536
"""Bytes of a message in a TCP stream."""
_NEW = re.compile(r"1 (\S+) (\S+) (\S+) (\S+) (\S+) (-|\[)")
_ELEMENT = re.compile(r'\[([^\s=\]"]+)((?: [^\s=\]"]+="(?:[^"\\\]]|\\.)*")*)\]')
_PARAMETER = re.compile(r' ([^\s=\]"]+)="((?:[^"\\\]]|\\.)*)"')


def syslog_row(raw: bytes, zone: ZoneInfo, now_unix_nano: int) -> tuple[Any, ...]:
    """Return a message as a row of `logs`: the program is the service.

    Args:
        raw: The message.
        zone: Zone of times that are written without one.
        now_unix_nano: Time of arrival: gives the year that RFC 3164 leaves out, and the time where there is none.

    Raises:
        ValueError: there is no priority at its start.
    """
    text = raw.decode("utf-8", "replace").rstrip("\r\n\0")
    found = PRIORITY.match(text)
    if not found or int(found[1]) > 191:
        raise ValueError("a syslog message begins with its priority, <0> to <191>")
    priority, rest = int(found[1]), text[found.end() :]
    new = _NEW.match(rest)
    values = _of_5424(new, rest, now_unix_nano) if new else _of_3164(rest, zone, now_unix_nano)
    level = LEVELS[priority % 8]
    attributes = {"facility": FACILITIES[priority // 8], **values.pop("attributes")}
    shared = {"severity_number": SEVERITY[level], "severity_text": level, "attributes": attributes}
    return row_of(Table.LOGS, values | shared)


def _of_5424(head: re.Match[str], rest: str, now: int) -> dict[str, Any]:
    time, host, program, process, message_id, _ = ("" if part == "-" else part for part in head.groups())
    place, attributes = head.end(), {}
    if head[6] == "[":
        place -= 1
        while element := _ELEMENT.match(rest, place):
            for name, value in _PARAMETER.findall(element[2]):
                attributes[f"{element[1]}.{name}"] = re.sub(r'\\(["\\\]])', r"\1", value)
            place = element.end()
    plain = {"procid": process, "msgid": message_id}
    return {
        "time_unix_nano": (parse_time(time) if time else None) or now,
        "host_name": host,
        "service_name": program,
        "body": rest[place:].removeprefix(" ").removeprefix("\ufeff"),
        "attributes": {name: value for name, value in plain.items() if value} | attributes,
    }


def _of_3164(rest: str, zone: ZoneInfo, now: int) -> dict[str, Any]:
    head = split_head(rest)
    return {
        "time_unix_nano": (unix_nano_of(head.time, zone, now) if head.time else None) or now,
        "host_name": head.host,
        "service_name": head.program,
        "body": head.message,
        "attributes": {"procid": head.process} if head.process else {},
    }


class Frames:
    """Cuts messages out of a stream: counted (`12 <13>...`, RFC 6587) or each ended by a line end."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Return the messages that are complete now.

        Raises:
            ValueError: a message is longer than allowed; the stream cannot be read any further.
        """
        self._rest += data
        found = []
        while (message := self._next()) is not None:
            if message.strip():
                found.append(message)
        if len(self._rest) > LONGEST + 8:
            raise ValueError(f"a message has more than {LONGEST} bytes")
        return found

    def last(self) -> bytes:
        """Return what stood behind the last line end when the sender went."""
        rest, self._rest = self._rest, b""
        return rest

    def _next(self) -> bytes | None:
        counted = re.match(rb"([1-9]\d{0,5}) ", self._rest)
        if counted:
            size = int(counted[1])
            if size > LONGEST:
                raise ValueError(f"a message has more than {LONGEST} bytes")
            start = counted.end()
            if len(self._rest) < start + size:
                return None
            message, self._rest = self._rest[start : start + size], self._rest[start + size :]
            return message
        line, ended, behind = self._rest.partition(b"\n")
        if not ended:
            return None
        self._rest = behind
        return line
