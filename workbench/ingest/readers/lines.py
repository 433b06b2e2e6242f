"""What one line of a text log says: who wrote it, when, at which level, and what; learned from a sample of the file.

A line may have a prefix of what collected it (`docker compose logs`, syslog, Kubernetes), a header of the program,
and a message that is a record itself (`2026-11-30 10:00:00 app {"level": "error", "msg": "..."}`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from workbench.ingest.levels import tells_failure
from workbench.semconv import SEVERITY
from workbench.signals.headers import Header, HeaderFields, learn_header
from workbench.signals.origins import NOBODY, Origin, Origins, learn_origins

_HALF = 0.5
_WORDS = "|".join(sorted(SEVERITY, key=len, reverse=True))
_LEVEL = re.compile(rf"\b({_WORDS})\b|(?i:\b(?:level|lvl|severity)[\"']?\s*[=:]\s*[\"']?(\w+))")
_NEAR = 120


class Said(NamedTuple):
    """One line, '' for what it does not say."""

    time: str
    level: str
    component: str
    service: str
    instance: str
    host: str
    body: str
    goes_on: bool
    """Whether the line belongs to the record before it: it has no time of its own, or is indented below a prefix."""


class Lines:
    """Reads the lines of one file."""

    def __init__(self, sample: Sequence[str]) -> None:
        self.origins: Origins | None = learn_origins(sample)
        bare = [self._origin(line).line for line in sample]
        self.header: Header = learn_header(bare)
        messages = [self.header.split(line).message for line in bare]
        records = not self.header.reads_records() and sum(said[:1] == "{" for said in messages) > _HALF * len(messages)
        self.inner: Header | None = found if records and (found := learn_header(messages)).reads_records() else None
        parts = [self._parts(line) for line in bare]
        self.names_services: bool = bool(self.origins and self.origins.name_services) or (
            sum(bool(part.service) for part in parts) > _HALF * len(parts)
        )
        self.components: list[str] = [part.component for part in parts if part.component]
        self.levels: str = "written" if any(part.level for part in parts) else ""
        if not self.levels:
            self.levels = "in the message" if any(_level_in(part.message) for part in parts) else "by words of failure"
        self.first_time: str = next((said.time for said in map(self.read, sample) if said.time), "")

    def _origin(self, line: str) -> Origin:
        return self.origins.split(line) if self.origins else NOBODY._replace(line=line)

    def _parts(self, line: str) -> HeaderFields:
        parts = self.header.split(line)
        if self.inner is None:
            return parts
        record = self.inner.split(parts.message)
        return HeaderFields(
            parts.time_text,
            record.level or parts.level,
            record.component or parts.component,
            record.process or parts.process,
            record.message,
            record.service or parts.service,
        )

    def read(self, line: str) -> Said:
        """Return what a line says."""
        origin = self._origin(line)
        parts = self._parts(origin.line)
        level = parts.level
        if self.levels == "in the message":
            level = _level_in(parts.message)
        elif self.levels == "by words of failure":
            level = _level_in(parts.message) or ("ERROR" if tells_failure(parts.message) else "INFO")
        goes_on = origin.line[:1] in (" ", "\t") if origin.time else not parts.time_text
        service = origin.service or parts.service
        time = origin.time or parts.time_text
        return Said(time, level, parts.component, service, origin.instance, origin.host, parts.message, goes_on)

    def describe(self) -> list[str]:
        """Return what was learned, for people."""
        said = [f"header learned: {kind}" for kind in self.header.describe()]
        said += [f"the message is one of {kind}" for kind in self.inner.describe()] if self.inner else []
        if self.levels != "written":
            said.append(f"no header has a level; it is told {self.levels}")
        return said


def _level_in(message: str) -> str:
    found = _LEVEL.search(message[:_NEAR])
    word = (found[1] or found[2] or "") if found else ""
    return word if word.upper() in SEVERITY else ""
