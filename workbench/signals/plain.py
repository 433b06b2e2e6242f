"""Helpers for JSON that people export by hand: keys in any style, times in any form."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from workbench.signals.times import parse_time

_GIVEN_AWAY = re.compile(
    r"failure_?mode|root_?cause|fault_?type|ground_?truth|scenario|expected_?(output|answer)|answer"
)


class Plain:
    """A JSON object whose keys are found whatever their style: `MetricName` and `metric_name` are one."""

    def __init__(self, node: Mapping[str, Any]) -> None:
        self.node = node
        self._by_key = {flat(str(key)): value for key, value in node.items()}

    def get(self, *names: str) -> Any:
        """Return the value of the first name that is there, or None."""
        return next((self._by_key[name] for name in names if name in self._by_key), None)

    def text(self, *names: str) -> str:
        """Return the same as text; '' when it is not there or no leaf."""
        found = self.get(*names)
        return said(found) if found is not None and not isinstance(found, dict | list) else ""

    def has(self, *names: str) -> bool:
        """Tell whether all names are there."""
        return all(name in self._by_key for name in names)

    def inner(self, *names: str) -> Plain:
        """Return an object below this one; an empty one when it is not there."""
        found = self.get(*names)
        return Plain(found if isinstance(found, dict) else {})

    def each(self, *names: str) -> list[Plain]:
        """Return the objects of a list below this one."""
        found = self.get(*names)
        return [Plain(one) for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def flat(key: str) -> str:
    """Return a key in lower case without punctuation."""
    return re.sub(r"[^a-z0-9]+", "", key.lower())


def said(value: Any) -> str:
    """Return a leaf as text: true and false in lower case, whole numbers without a fraction, '' for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if isinstance(value, str) else json.dumps(value)


def time_of(value: Any) -> int | None:
    """Return a time as UTC nanoseconds; None when it is none."""
    return parse_time(said(value)) if value not in (None, "") and not isinstance(value, dict | list) else None


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the dotted path and the text of each leaf; lists of leaves are joined, of objects share one path."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        if all(not isinstance(one, dict | list) for one in value):
            yield path, ",".join(said(one) for one in value)
        else:
            for one in value:
                yield from leaves(one, path)
    elif value is not None:
        yield path, said(value)


def gives_answer_away(key: str) -> bool:
    """Tell whether a label names the cause, as benchmarks and post-mortems write: such labels are no evidence."""
    return bool(_GIVEN_AWAY.search(re.sub(r"[^a-z]+", "_", key.lower())))
