"""Masks so that the local user can undo it: numbered placeholders whose values stay in this process's memory."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, NoReturn

from workbench.guard.pii import Masked, PiiType, find, masked_value

_NUMBERED = re.compile(r"\[(?:" + "|".join(PiiType) + r"|TEXT)_\d+\]")


class Vault:
    """Values that were masked, by placeholder such as `[EMAIL_1]`. It can be neither printed nor pickled nor stored.

    One value has one placeholder, so masked texts still show which lines speak of the same person.
    """

    def __init__(self) -> None:
        self._values: dict[str, str] = {}
        self._names: dict[tuple[str, str], str] = {}

    def mask_text(self, text: str) -> Masked:
        """Replace every found value by a numbered placeholder. `unmask` gives the text back exactly."""
        # What already looks like a placeholder is put away too, or `unmask` could not tell it from ours.
        parts: list[str] = []
        kinds: Counter[str] = Counter()
        done = 0
        for literal in [*_NUMBERED.finditer(text), None]:
            piece = text[done : literal.start() if literal else len(text)]
            parts.append(self._masked(piece, kinds))
            if literal:
                parts.append(self._placeholder("TEXT", literal.group()))
                done = literal.end()
        return Masked("".join(parts), sum(kinds.values()), dict(kinds))

    def mask(self, value: Any) -> tuple[Any, dict[str, int]]:
        """Mask a nested value as `pii.mask` does, with numbered placeholders."""
        counts: Counter[str] = Counter()
        return masked_value(value, self._placeholder, counts), dict(counts)

    def unmask(self, text: str) -> str:
        """Put the values back where their placeholders stand; placeholders of other vaults stay."""
        return _NUMBERED.sub(lambda match: self._values.get(match.group(), match.group()), text)

    def forget(self) -> None:
        """Drop all values; what was masked stays masked from now on."""
        self._values.clear()
        self._names.clear()

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"<Vault of {len(self)} values>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Vault stays in the memory of its process; it cannot be pickled or copied")

    def _masked(self, text: str, kinds: Counter[str]) -> str:
        parts: list[str] = []
        done = 0
        for span in find(text):
            parts += [text[done : span.start], self._placeholder(span.type, text[span.start : span.end])]
            kinds[str(span.type)] += 1
            done = span.end
        return "".join([*parts, text[done:]])

    def _placeholder(self, kind: str, value: str) -> str:
        name = self._names.get((kind, value))
        if name is None:
            number = 1 + sum(known == kind for known, _ in self._names)
            name = self._names[kind, value] = f"[{kind}_{number}]"
            self._values[name] = value
        return name
