"""Log lines that are records: JSON objects, or `key=value` pairs. Finds which key holds what by its values."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from workbench.signals.fields import is_level, is_time
from workbench.signals.times import parse_time

PAIRS = re.compile(r"([A-Za-z_@][\w.@-]*)=(\"(?:\\.|[^\"\\])*\"|\S*)(?:\s+|$)")
_WORDY = 0.75
"""Plain words a line that a message has on average at least."""
_MOSTLY = 0.9
_COMPONENT = re.compile(r"(?i)(?:^|[._])(?:logger(?:_?name)?|component|caller|module|source|class)$")
_SERVICE = re.compile(r"(?i)(?:^|[._])(?:service|svc|app|application|microservice)(?:[._]?name)?$")
_PROCESS = re.compile(r"(?i)(?:^|[._])(?:pid|process(?:_?id)?|thread(?:_?(?:name|id))?)$")


@dataclass(frozen=True, slots=True)
class RecordKeys:
    """The keys of a record that hold the parts of a header, '' where no key does."""

    message: str = ""
    time: str = ""
    level: str = ""
    component: str = ""
    process: str = ""
    service: str = ""


def read_json(line: str) -> dict[str, str] | None:
    """Return a JSON object's scalar values by dotted key, as text; None if the line is no object."""
    if line[:1] != "{":
        return None
    try:
        loaded = json.loads(line)
    except ValueError:
        return None
    return _flat(loaded) if isinstance(loaded, dict) else None


def read_pairs(line: str) -> dict[str, str] | None:
    """Return the values of a line of `key=value` pairs; None if the line does not begin with one."""
    return {key: unquoted(value) for key, value in PAIRS.findall(line)} if PAIRS.match(line) else None


def unquoted(value: str) -> str:
    """Return a value without its double quotes and their escapes."""
    if len(value) > 1 and value[0] == value[-1] == '"':
        return value[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return value


def learn_keys(records: Sequence[Mapping[str, str]]) -> RecordKeys:
    """Return which key holds which part; `message` is '' when no key has running text."""
    keys = Counter(key for record in records for key in record)
    common = [key for key, count in keys.items() if 2 * count >= len(records)]
    time = _best(records, common, lambda value: parse_time(value) is not None)
    level = _best(records, common, is_level)
    return RecordKeys(
        message=_message_key(records),
        time=time,
        level=level,
        component=next((key for key in common if _COMPONENT.search(key)), ""),
        process=next((key for key in common if _PROCESS.search(key)), ""),
        service=next((key for key in common if _SERVICE.search(key)), ""),
    )


def _best(records: Sequence[Mapping[str, str]], keys: Sequence[str], test: Callable[[str], bool]) -> str:
    best, most = "", 0
    for key in keys:
        values = [record[key] for record in records if record.get(key)]
        if values and sum(map(test, values)) >= _MOSTLY * len(values) and len(set(values)) > most:
            best, most = key, len(set(values))
    return best


def _message_key(records: Sequence[Mapping[str, str]]) -> str:
    """Return the key with the largest vocabulary of plain words; a thread's name has many, but always the same."""
    count: Counter[str] = Counter()
    vocabulary: dict[str, set[str]] = {}
    for record in records:
        for key, value in record.items():
            if value and not is_time(value):
                words = [word for token in value.split() if (word := token.strip('.,:;()[]"')).isalpha()]
                count[key] += max(len(words), 1 if " " in value else 0)
                vocabulary.setdefault(key, set()).update(words)
    wordy = [(len(vocabulary[key]), count[key], key) for key in count if count[key] >= _WORDY * len(records)]
    return max(wordy)[2] if wordy else ""


def _flat(record: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    out: dict[str, str] = {}
    for key, value in record.items():
        if isinstance(value, dict):
            out |= _flat(value, f"{prefix}{key}.")
        elif isinstance(value, str):
            out[prefix + key] = value
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            out[prefix + key] = str(value)
    return out
