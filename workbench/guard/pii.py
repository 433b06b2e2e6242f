"""Masks personal data and secrets in texts and nested values: `[EMAIL]`, `[PHONE]`, `[IP]`, `[AADHAAR]`, `[TOKEN]`, ...

Only forms are known here, not people: names and street addresses stay. Everything is deterministic and offline.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from workbench.guard.aadhaar import find_aadhaar
from workbench.guard.addresses import find_emails, find_ips
from workbench.guard.named import find_named, kind_of_name
from workbench.guard.phones import find_phones
from workbench.guard.rules import current
from workbench.guard.spans import PiiType, Span, without_overlaps
from workbench.guard.tokens import find_tokens

__all__ = ["Masked", "PiiType", "Span", "find", "mask", "mask_text"]

_CAPITAL = re.compile(r"[A-Z]")
_PLACEHOLDER = re.compile(r"\[(?:" + "|".join(PiiType) + r")(?:_\d+)?\]")


@dataclass(frozen=True, slots=True)
class Masked:
    """A text in which every found value is a placeholder."""

    text: str
    count: int
    """How many values were masked."""
    kinds: dict[str, int]
    """The same by kind, such as {"EMAIL": 2}."""


def find(text: str) -> list[Span]:
    """Return where personal data and secrets stand in a text, in its order and without overlaps."""
    low = text.lower()
    if len(low) != len(text):
        # Some capitals, such as the Turkish dotted I, grow when made small; the places must stay the same.
        low = _CAPITAL.sub(lambda match: match.group().lower(), text)
    rules = current()
    found = [
        *rules.spans(text),
        *find_tokens(text, low),
        *find_emails(text),
        *find_aadhaar(text),
        *find_named(text, low),
        *find_ips(text),
        *find_phones(text, low),
    ]
    if rules.off:
        found = [span for span in found if span.type not in rules.off]
    return without_overlaps(found) if found else []


def mask_text(text: str) -> Masked:
    """Replace every found value by the placeholder of its kind; masking twice changes nothing more."""
    return replace(text, lambda kind, _: f"[{kind}]")


def mask(value: Any) -> tuple[Any, dict[str, int]]:
    """Mask a JSON-like value: dicts (keys too), lists, tuples and texts; other leaves stay.

    A field whose name says what it holds (`password`, `userId`, `phone`) is masked whatever its value looks like.

    Returns:
        A new value of the same shape, and how many values were masked by kind.
    """
    counts: Counter[str] = Counter()

    def substitute(kind: str, _: str) -> str:
        return f"[{kind}]"

    return masked_value(value, substitute, counts), dict(counts)


def replace(text: str, substitute: Callable[[str, str], str]) -> Masked:
    """Replace every found value by what `substitute(kind, value)` returns."""
    spans = find(text)
    if not spans:
        return Masked(text, 0, {})
    parts: list[str] = []
    kinds: Counter[str] = Counter()
    done = 0
    for span in spans:
        parts += [text[done : span.start], substitute(span.type, text[span.start : span.end])]
        kinds[str(span.type)] += 1
        done = span.end
    return Masked("".join([*parts, text[done:]]), len(spans), dict(kinds))


def masked_value(value: Any, substitute: Callable[[str, str], str], counts: Counter[str], name: str = "") -> Any:
    """Mask a nested value as `mask` does, with placeholders of the caller's choice; adds to `counts`."""
    if isinstance(value, Mapping):
        return _masked_mapping(value, substitute, counts)
    if isinstance(value, list | tuple):
        parts = [masked_value(part, substitute, counts, name) for part in value]
        return parts if isinstance(value, list) else tuple(parts)
    kind = kind_of_name(name) if name else None
    if kind and kind not in current().off and _is_filled(value) and not _PLACEHOLDER.fullmatch(str(value)):
        counts[kind.value] += 1
        return substitute(kind, str(value))
    if not isinstance(value, str):
        return value
    masked = replace(value, substitute)
    counts.update(masked.kinds)
    return masked.text


def _masked_mapping(
    value: Mapping[Any, Any], substitute: Callable[[str, str], str], counts: Counter[str]
) -> dict[Any, Any]:
    made: dict[Any, Any] = {}
    for key, part in value.items():
        shown = masked_value(key, substitute, counts) if isinstance(key, str) else key
        # Two keys may become one placeholder; no entry may be lost by that.
        again, unique = 2, shown
        while unique in made:
            again, unique = again + 1, f"{shown} ({again})"
        made[unique] = masked_value(part, substitute, counts, key if isinstance(key, str) else "")
    return made


def _is_filled(value: Any) -> bool:
    return (isinstance(value, str) and value.strip() != "") or (isinstance(value, int) and not isinstance(value, bool))
