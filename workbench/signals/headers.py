"""Learns from a log file where the header of its lines ends, and cuts lines into time, level, component and message.

No list of formats: JSON objects and `key=value` lines are recognised, everything else is learned from columns of the
file that behave like a header's (see `columns`). What was learned applies to later lines of the same file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from workbench.semconv import SEVERITY
from workbench.signals.fields import DECORATION, line_class, undecorated
from workbench.signals.layout import Layout, learn_layout
from workbench.signals.records import RecordKeys, learn_keys, read_json, read_pairs
from workbench.signals.roles import split_component

SAMPLE_LINES = 1000
"""Lines from which a header is learned; of a longer file every third of them is looked at."""
_CLASS_SHARE, _CLASS_LINES = 0.02, 20
_LETTERS = {"V": 1, "T": 1, "D": 5, "I": 9, "N": 10, "W": 13, "E": 17, "S": 17, "C": 21, "F": 21}


@dataclass(frozen=True, slots=True)
class HeaderFields:
    """The parts of one line, '' where the line has none; times and levels as written."""

    time_text: str = ""
    level: str = ""
    component: str = ""
    process: str = ""
    message: str = ""
    service: str = ""
    """Who wrote it, of records that say so."""


class Header:
    """What was learned about the headers of one file. Make one with `learn_header`."""

    def __init__(
        self,
        layouts: Mapping[str, Layout] | None = None,
        *,
        single: Layout | None = None,
        keys: RecordKeys | None = None,
        read: Callable[[str], dict[str, str] | None] | None = None,
    ) -> None:
        self._layouts, self._single = dict(layouts or {}), single
        self._keys, self._read = keys or RecordKeys(), read

    def split(self, line: str) -> HeaderFields:
        """Return the parts of a line; a line that does not look like the others is all message."""
        if self._read:
            record = self._read(line)
            return self._of_record(record) if record and self._keys.message in record else HeaderFields(message=line)
        layout = self._layout(line)
        found = layout.pattern.match(line) if layout else None
        if not layout or not found or not found.lastindex:
            return HeaderFields(message=line)
        roles, end = layout.roles, found.end()
        time = line[found.start(roles.time_first) : found.end(roles.time_last)] if roles.time_first else ""
        level = (found[roles.level] or "").strip(DECORATION + " ") if roles.level else ""
        if roles.level_in_time:
            level = time.strip(DECORATION)[:1]
        component, process = split_component(found[roles.component] or "") if roles.component else ("", "")
        if roles.process:
            process = process or undecorated(found[roles.process] or "")
        return HeaderFields(time.strip(DECORATION + " "), level, component, process, line[end:])

    def message(self, line: str) -> str:
        """Return the message of a line alone: several times faster than `split`."""
        if self._read:
            record = self._read(line)
            return record.get(self._keys.message, line) if record else line
        layout = self._layout(line)
        found = layout.pattern.match(line) if layout else None
        return line[found.end() :] if found and found.lastindex else line

    def cut(self, line: str) -> tuple[str, bool]:
        """Return the message of a line, and whether the line has all of the header up to its last time or level."""
        if self._read:
            record = self._read(line)
            fits = bool(record) and self._keys.message in (record or {})
            return record.get(self._keys.message, line) if record else line, fits
        layout = self._layout(line)
        found = layout.pattern.match(line) if layout else None
        if not layout or not found or not found.lastindex:
            return line, False
        anchor = max(layout.roles.time_last, layout.roles.level)
        return line[found.end() :], found.lastindex >= anchor

    def is_bare(self) -> bool:
        """Tell whether no header was found."""
        return not self._read and not self._layouts and not self._single

    def reads_records(self) -> bool:
        """Tell whether lines are records: JSON objects, or `key=value` pairs."""
        return self._read is not None

    def describe(self) -> list[str]:
        """Return one line for each kind of header found, for people; empty if the file has none."""
        if self._read:
            parts = ("message", "time", "level", "component", "process", "service")
            named = [f"{part} in {key!r}" for part in parts if (key := getattr(self._keys, part))]
            return [f"records with {', '.join(named)}"]
        return [layout.description for layout in self._layouts.values()]

    def _layout(self, line: str) -> Layout | None:
        if self._single or not self._layouts:
            return self._single
        return self._layouts.get(line_class(line))

    def _of_record(self, record: Mapping[str, str]) -> HeaderFields:
        keys = self._keys
        named = (keys.time, keys.level, keys.component, keys.process, keys.message, keys.service)
        return HeaderFields(*(record.get(key, "") for key in named))


def learn_header(lines: Sequence[str]) -> Header:
    """Learn the header from a file's first lines (1,000 are used); a file without a header is learned as such."""
    sample = [line for line in sample_of(lines) if line.strip()]
    objects = [record for line in sample if (record := read_json(line)) is not None]
    if sample and 2 * len(objects) >= len(sample):
        keys = learn_keys(objects)
        return Header(keys=keys, read=read_json) if keys.message else Header()
    pairs = [record for line in sample if (record := read_pairs(line)) is not None]
    if sample and 2 * len(pairs) >= len(sample):
        keys = learn_keys(pairs)
        if keys.message:
            return Header(keys=keys, read=read_pairs)
    return _learn_layouts(sample)


def sample_of(lines: Sequence[str]) -> Sequence[str]:
    """Return the lines that a header is learned from."""
    return lines[:SAMPLE_LINES:3] if len(lines) >= SAMPLE_LINES else lines


def severity_number(level: str) -> int:
    """Return the OpenTelemetry severity of a level as logs write it (words, or one letter), 0 if it is none."""
    word = level.strip(DECORATION + " ").upper()
    return SEVERITY.get(word) or _LETTERS.get(word, 0)


def _learn_layouts(sample: Sequence[str]) -> Header:
    classes: dict[str, list[str]] = {}
    for line in sample:
        classes.setdefault(line_class(line), []).append(line)
    layouts: dict[str, Layout] = {}
    frequent = 0
    for name, members in sorted(classes.items(), key=lambda item: -len(item[1])):
        share = len(members) / len(sample)
        frequent += share >= _CLASS_SHARE
        if share == 1.0 or (share >= _CLASS_SHARE and len(members) >= _CLASS_LINES):
            layout = learn_layout(members, need_time=share < 0.5)
            if layout:
                layouts[name] = layout
    # With one class only its pattern is tried on every line, which saves finding the class.
    single = next(iter(layouts.values())) if frequent == 1 and layouts else None
    return Header(layouts, single=single)
