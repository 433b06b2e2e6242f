"""The head of a syslog line as RFC 3164 has it and as programs really write it: time, host, program and process."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple

from workbench.signals.times import parse_time

PRIORITY = re.compile(r"<(\d{1,3})>")
_TIME = re.compile(r"([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?|\d{4}-\d\d-\d\dT\S+) ")
# A program may name its part, as sshd(pam_unix)[812] does: the part is not the program.
_TAG = re.compile(r"([^\s:\[]{1,64}?)(?:\([\w.-]+\))?(?:\[([^\]]{1,64})\])?: ?")


class Head(NamedTuple):
    """What stands before a message; '' for what does not."""

    time: str
    """As it is written: `Nov 14 22:13:20`, or as in RFC 3339."""
    host: str
    program: str
    process: str
    message: str
    """What is left of the line."""


def split_head(line: str) -> Head:
    """Return the parts of a line behind its priority; any of them may be missing."""
    time, host = "", ""
    if dated := _TIME.match(line):
        time, line = dated[1], line[dated.end() :]
        # Programs that log on their own machine leave the host out, and begin with the tag.
        first, _, behind = line.partition(" ")
        if behind and not first.endswith(":"):
            host, line = first, behind
    tag = _TAG.match(line)
    if not tag:
        return Head(time, host, "", "", line)
    return Head(time, host, tag[1], tag[2] or "", line[tag.end() :])


def unix_nano_of(text: str, zone: tzinfo, now: int) -> int | None:
    """Return the time of a head in nanoseconds; None when it cannot be read.

    Args:
        text: The time.
        zone: Zone of times that are written without one.
        now: Time of arrival, which gives the year that RFC 3164 leaves out.
    """
    if text[0].isdigit():
        return parse_time(text)
    arrived = datetime.fromtimestamp(now / 1e9, zone)
    for year in (arrived.year, arrived.year - 1):
        form = "%Y %b %d %H:%M:%S.%f" if "." in text else "%Y %b %d %H:%M:%S"
        try:
            read = datetime.strptime(f"{year} {text}", form).replace(tzinfo=zone)
        except ValueError:
            continue
        # A message of December that comes in January.
        if read <= arrived + timedelta(days=2):
            return (read.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 1000
    return None
