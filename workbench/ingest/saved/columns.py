"""Cuts the rows of a printed table at the places where its header's words begin."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_WORD = re.compile(r"\S+(?: \S+)*")
_HEADER = re.compile(
    r"^[A-Z][A-Z0-9()%/._+-]*(?: [A-Z0-9()%/._+-]+)*(?:\s{2,}[A-Z][A-Z0-9()%/._+-]*(?: [A-Z0-9()%/._+-]+)*)+\s*$"
)
_TREE = re.compile(r"^[\s│├└─]+")


@dataclass(frozen=True, slots=True)
class Header:
    """Titles of a table and the places where they begin."""

    titles: tuple[str, ...]
    starts: tuple[int, ...]

    def cells(self, row: str) -> dict[str, str]:
        """Return the cells of a row by title; `<none>` and `-` are ''."""
        found = self._at_places(row)
        if found is None:
            parts = re.split(r"\s{2,}", row.strip())
            last = len(self.titles) - 1
            found = [*parts[:last], " ".join(parts[last:])]
        return {title: _plain(cell) for title, cell in zip(self.titles, found, strict=False)}

    def _at_places(self, row: str) -> list[str] | None:
        # A cell that runs across the beginning of the next column shows that the row is not aligned.
        if any(0 < start <= len(row) - 1 and not row[start - 1].isspace() for start in self.starts):
            return None
        ends = (*self.starts[1:], len(row))
        return [row[start:end].strip() for start, end in zip(self.starts, ends, strict=True)]


def header_of(line: str) -> Header | None:
    """Return the header that a line is: capital words with two blanks or more between them; None when it is none."""
    return header_at(line) if _HEADER.match(line) else None


def header_at(line: str) -> Header:
    """Return a line as a header: its words are what two blanks or more part."""
    found = list(_WORD.finditer(line))
    return Header(tuple(one.group() for one in found), tuple(one.start() if at else 0 for at, one in enumerate(found)))


def titled(titles: Sequence[str], row: str) -> dict[str, str]:
    """Return the cells of a row without a header, whose columns are known."""
    return {title: _plain(cell) for title, cell in zip(titles, re.split(r"\s{2,}", row.strip()), strict=False)}


def without_tree(line: str) -> str:
    """Return a line of a tree with its branches as blanks, so that the columns stay where they are."""
    return _TREE.sub(lambda found: " " * len(found.group()), line)


def _plain(cell: str) -> str:
    return "" if cell in ("<none>", "<unset>", "-", "<unknown>", "<nil>") else cell
