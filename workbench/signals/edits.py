"""What people changed about templates: united ones, split ones, names. Applied after mining, so each can be undone."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from workbench.errors import BadInput
from workbench.signals.masks import WILDCARD

MOST_PARTS = 1000
"""Values by which a split template falls apart; lines with further ones stay in it."""


@dataclass(frozen=True, slots=True)
class Split:
    """One template that shall be several."""

    at: str
    """Number of a `<*>`, from 1: each value there is a template; or a word: lines with this value are one."""
    template: str = ""
    """The template when the split was made; its `<*>` are found again when it has more of them now."""

    def value(self, template: str, message: str) -> tuple[int, str] | None:
        """Return which `<*>` (from 1) to fill with which value for this message; None to leave it as it is."""
        found = _pattern(template).fullmatch(" ".join(message.split()))
        values = found.groups() if found else ()
        if self.at.isdigit():
            place = self._place(template)
            return (place, values[place - 1]) if 0 < place <= len(values) else None
        return next(((place, value) for place, value in enumerate(values, start=1) if value == self.at), None)

    def _place(self, template: str) -> int:
        """Return the number that the `<*>` has in the template as it is now; 0 when it is gone."""
        place = int(self.at)
        if self.template in ("", template):
            return place
        found = _pattern(template).fullmatch(" ".join(self.template.split()))
        passed = 0
        for number, text in enumerate(found.groups() if found else (), start=1):
            passed += text.count(WILDCARD)
            if passed >= place:
                return number
        return 0


@dataclass(slots=True)
class Edits:
    """All changes of one system's templates."""

    merged: dict[str, str] = field(default_factory=dict)
    """Identifier -> the identifier it was united with."""
    splits: dict[str, list[Split]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    """Identifier -> name."""

    def merge(self, into: str, other: str) -> None:
        """Unite a template with another one.

        Raises:
            BadInput: they are one already.
        """
        if self.united(into) == self.united(other):
            raise BadInput(f"{other} and {into} are one template already")
        self.merged[self.united(other)] = self.united(into)

    def united(self, identifier: str) -> str:
        """Return the identifier that this one was united with in the end."""
        while identifier in self.merged:
            identifier = self.merged[identifier]
        return identifier

    def follow(self, renamed: Mapping[str, str]) -> Edits:
        """Return the edits with the identifiers that the templates have now."""

        def now(identifier: str) -> str:
            return renamed.get(identifier, identifier)

        made = Edits(names={now(key): name for key, name in self.names.items()})
        for key, splits in self.splits.items():
            made.splits.setdefault(now(key), []).extend(splits)
        for other, into in self.merged.items():
            # Two that were united by hand may have become one by themselves.
            if made.united(now(other)) != made.united(now(into)):
                made.merged[made.united(now(other))] = made.united(now(into))
        return made


class Editor:
    """Applies edits to mined lines."""

    def __init__(self, edits: Edits, texts: Mapping[str, str]) -> None:
        """Prepare; `texts` holds the template of each identifier."""
        self._edits, self._texts = edits, texts
        self._parts: dict[str, set[str]] = {}

    def apply(self, identifier: str, template: str, message: str) -> tuple[str, str]:
        """Return identifier and template of a line after all edits."""
        for split in self._edits.splits.get(identifier, ()):
            found = split.value(template, message)
            if found and self._has_room(identifier, found[1]):
                identifier, template = part_id(identifier, split.at, found[1]), filled(template, *found)
                break
        united = self._edits.united(identifier)
        return (united, self._texts.get(united, template)) if united != identifier else (identifier, template)

    def _has_room(self, identifier: str, value: str) -> bool:
        parts = self._parts.setdefault(identifier, set())
        if value not in parts and len(parts) < MOST_PARTS:
            parts.add(value)
        return value in parts


def part_id(identifier: str, at: str, value: str) -> str:
    """Return the identifier of the part of a template that was split at `at`; it stays when the template widens."""
    text = f"{identifier}\x00{at}\x00{value}"
    return "T" + hashlib.blake2s(text.encode(errors="replace"), digest_size=6).hexdigest()


def filled(template: str, place: int, value: str) -> str:
    """Return a template with one of its `<*>` (from 1) replaced by a value."""
    parts = template.split(WILDCARD)
    return WILDCARD.join(parts[:place]) + value + WILDCARD.join(parts[place:])


def check_split(template: str, at: str) -> None:
    """Refuse a split that cannot be made.

    Raises:
        BadInput: the template has no such `<*>`, or the word stands in its constant part.
    """
    count = template.count(WILDCARD)
    if not count:
        raise BadInput(f"{template!r} has no {WILDCARD} to split at", hint="Every line of it is the same")
    if at.isdigit() and not 1 <= int(at) <= count:
        raise BadInput(f"{template!r} has {count} {WILDCARD}, no number {at}", hint=f"Give 1 to {count}, or a word")
    if not at.strip():
        raise BadInput("the place of a split is empty", hint=f"Give 1 to {count}, or a word")


def edits_of(rows: Iterable[tuple[str, str, str]]) -> Edits:
    """Return the edits of (action, identifier, argument) rows in the order in which they were made."""
    edits = Edits()
    for action, identifier, argument in rows:
        if action == "merge" and edits.united(identifier) != edits.united(argument):
            edits.merge(identifier, argument)
        elif action == "split":
            at, _, template = argument.partition("\n")
            edits.splits.setdefault(identifier, []).append(Split(at, template))
        elif action == "rename":
            edits.names[identifier] = argument
    return edits


@cache
def _pattern(template: str) -> re.Pattern[str]:
    parts = [r"\s+".join(map(re.escape, part.split(" "))) for part in " ".join(template.split()).split(WILDCARD)]
    return re.compile("(.*?)".join(parts))
