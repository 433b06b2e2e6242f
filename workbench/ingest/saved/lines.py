"""Reads what programs wrote: log lines, with a time or without, with the name of a container before them or not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workbench.ingest.clock import EARLIEST, LATEST
from workbench.ingest.saved.rows import Row, log
from workbench.semconv import SEVERITY
from workbench.signals.headers import Header, HeaderFields, learn_header
from workbench.signals.plain import said
from workbench.signals.times import parse_time
from workbench.signals.workloads import workload_of

_PREFIX = re.compile(r"^\[(?:pod/)?(?P<pod>[a-z0-9][\w.-]*)(?:/(?P<container>[\w.-]+))?\]\s(?P<rest>.*)$")
_SECTION = re.compile(r"^(?:==>|---+|===+)\s*(?P<name>\S.*?)\s*(?:<==|---+|===+)\s*$")
_FRONT = re.compile(
    r"^\W{0,2}(?:(?:ts|time|timestamp|t)=\"?)?"
    r"(?P<time>\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|\s?[+-]\d\d:?\d\d)?)"
)
_INSIDE = re.compile(r"\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?")
_LEVELS = "|".join(sorted(SEVERITY, key=len, reverse=True))
_LEVEL = re.compile(
    rf"\b(?:level|lvl|severity)=\"?(?P<pair>\w+)|^\W*(?:\S+\s){{0,6}}?\W?(?P<word>{_LEVELS})\b(?=[\]:|\s]|$)"
    rf"|^\W*(?:\S+\s){{0,6}}?(?:\[(?P<bracketed>(?i:{_LEVELS}))\]|(?P<colon>(?i:{_LEVELS})):)"
)
_TIMES, _LEVEL_KEYS = ("time", "ts", "timestamp", "@timestamp", "date", "t"), ("level", "severity", "lvl", "log.level")
_MESSAGES = ("msg", "message", "log", "body", "event", "error")
_NUMBERS = {10: "TRACE", 20: "DEBUG", 30: "INFO", 40: "WARN", 50: "ERROR", 60: "FATAL"}
_RULER = re.compile(r"^[=\-*#]{20,}\s*$")
_ABOUT = re.compile(r"\b(?:METADATA|QUERY (?:INFO|SUMMARY|PARAMETERS))\b")
_STACK = re.compile(r"^(?:\s+at |\s+File \"|Caused by:|\s+\.\.\. \d+ more|\t)")
_SAMPLE = 400


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose lines these are."""

    service: str = ""
    pod: str = ""
    container: str = ""
    namespace: str = ""


def read(lines: Sequence[str], first_line: int, origin: Origin) -> Iterator[Row]:
    """Yield a row per record; lines that go on with the one before (stack traces) belong to it."""
    sample = [line for line in lines[: _SAMPLE * 3] if line.strip()][:_SAMPLE]
    learned = learn_header(sample)
    header = learned if any(learned.split(line).time_text for line in sample) else None
    inside = _most_have_a_time_inside(lines)
    waiting: _Record | None = None
    ruled = ""
    for number, line in enumerate(lines, start=first_line):
        if not line.strip():
            continue
        if _RULER.match(line):
            ruled = "open" if ruled != "open" else ""
            continue
        if ruled == "open" and _ABOUT.search(line):
            # What follows tells about the query, not about the system.
            break
        ruled = "" if ruled == "open" else ruled
        if section := _SECTION.match(line):
            origin = _of_section(section["name"], origin)
            continue
        if waiting is not None and _STACK.match(line):
            waiting.more.append(line)
            continue
        if waiting is not None:
            yield waiting.row()
        waiting = _record(line, number, header, origin, inside=inside)
    if waiting is not None:
        yield waiting.row()


class _Record:
    def __init__(self, line: int, origin: Origin, time: int, level: str, body: str) -> None:
        self.line, self.origin, self.time, self.level, self.body = line, origin, time, level, body
        self.more: list[str] = []

    def row(self) -> Row:
        said_by = self.origin
        return log(
            "\n".join([self.body, *self.more]),
            time=self.time,
            level=self.level,
            service=said_by.service,
            instance=said_by.pod,
            line=self.line,
            namespace=said_by.namespace,
            container=said_by.container,
        )


def _record(line: str, number: int, header: Header | None, origin: Origin, *, inside: bool) -> _Record:
    if found := _PREFIX.match(line):
        pod = found["pod"]
        origin = Origin(workload_of(pod), pod, found["container"] or "", origin.namespace)
        line = found["rest"]
    if line.startswith("{") and (record := _json(line)) is not None:
        return _Record(number, origin, *record)
    parts = header.split(line) if header else HeaderFields(message=line)
    time_text, level, body = parts.time_text, parts.level, parts.message or line
    time = parse_time(time_text) if time_text else None
    if time is None and (front := _FRONT.match(line)):
        time, body = parse_time(front["time"]), line
    if time is None and inside and (within := _INSIDE.search(line)):
        time = parse_time(within.group())
    if not level and (found := _LEVEL.search(line[:200])):
        level = (found["pair"] or found["word"] or found["bracketed"] or found["colon"]).upper()
    good = time is not None and EARLIEST <= time < LATEST
    # Without a time nothing shows that the first words are a header.
    return _Record(number, origin, time if good and time else 0, level, body if good else line)


def _json(line: str) -> tuple[int, str, str] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    if not isinstance(found, dict):
        return None
    time = next((parsed for key in _TIMES if (parsed := parse_time(said(found.get(key)))) is not None), 0)
    level: object = next((found[key] for key in _LEVEL_KEYS if found.get(key) not in (None, "")), "")
    level = _NUMBERS.get(level, "") if isinstance(level, int) else said(level)
    message = next((said(found[key]) for key in _MESSAGES if isinstance(found.get(key), str) and found[key]), "")
    rest = {key: value for key, value in found.items() if key not in (*_TIMES, *_LEVEL_KEYS, "pid", "hostname")}
    body = message if set(rest) <= set(_MESSAGES) and message else f"{message} {said(rest)}".strip()
    return (time if EARLIEST <= time < LATEST else 0), str(level), body if message else line


def _of_section(name: str, origin: Origin) -> Origin:
    """Return whose lines follow a heading such as `==> pod/container <==`."""
    word = name.split()[-1].removeprefix("pod/")
    if not re.fullmatch(r"[a-z0-9][\w.-]*(?:/[\w.-]+)?", word):
        return origin
    pod, _, container = word.partition("/")
    if not container and origin.pod:
        return Origin(origin.service, origin.pod, pod, origin.namespace)
    return Origin(workload_of(pod), pod, container, origin.namespace)


def _most_have_a_time_inside(lines: Sequence[str]) -> bool:
    sample = [line for line in lines[:_SAMPLE] if line.strip()]
    return bool(sample) and sum(bool(_INSIDE.search(line)) for line in sample) * 2 > len(sample)
