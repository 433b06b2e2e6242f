"""Finds values of several words: what stands in brackets or quotes and varies while the rest of the message does not.

The same vote as for single words, over whole pieces: their marks tell where a value begins and ends, which its words
cannot.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from workbench.signals.families import Families
from workbench.signals.masks import WILDCARD
from workbench.signals.rules import Rules

_CLOSERS = {"(": ")", "[": "]", "{": "}", '"': '"'}
_LEAST_OUTSIDE = 2
"""Constant words around a piece, without which the rest does not tell the event."""
_MOST_PIECES = 8

Words = tuple[str, ...]


class Piece(NamedTuple):
    """A stretch of an event's text: gap and offset of its opening and of its closing mark."""

    first: int
    start: int
    last: int
    end: int


def unite_pieces(roots: Iterable[int], families: Families, rules: Rules) -> bool:
    """Unite events that differ in one piece only, when it was seen with enough contents; tell whether any was."""
    places: dict[tuple[Words, Words, str], dict[Words, list[tuple[int, Piece]]]] = {}
    for root in dict.fromkeys(map(families.find, roots)):
        words, gaps = families.words[root], families.gaps[root]
        for piece in _pieces(gaps):
            before, inside, behind = words[: piece.first], words[piece.first : piece.last], words[piece.last :]
            if sum(word != WILDCARD for word in before + behind) >= _LEAST_OUTSIDE and not _has_fields(gaps, piece):
                place = (before, behind, gaps[piece.first][piece.start])
                places.setdefault(place, {}).setdefault(inside, []).append((root, piece))
    done: set[int] = set()
    for contents in places.values():
        # Events that an earlier place has changed have their turn in the next round.
        members = {root: piece for one in contents.values() for root, piece in one if root not in done}
        # Beside a value that was masked or found before, one other content is enough.
        known = any(_is_value(families.gaps[root], piece) for root, piece in members.items())
        needed = min(2, rules.words_needed) if known else rules.words_needed
        if len(contents) < needed or len(members) < len(contents):
            continue
        for root, piece in members.items():
            _reduce(families, root, piece)
            done.add(root)
        for root in members:
            families.unite(next(iter(members)), root)
    return bool(done)


def _pieces(gaps: Words) -> Iterator[Piece]:
    """Yield the pieces of a text that are not inside of others, at most eight."""
    opened: tuple[int, int, str] | None = None
    depth = found = 0
    for number, gap in enumerate(gaps):
        for at, mark in enumerate(gap):
            if opened is None:
                if mark in _CLOSERS:
                    opened, depth = (number, at, mark), 1
            elif mark == _CLOSERS[opened[2]]:
                depth -= 1
                if not depth:
                    yield Piece(opened[0], opened[1], number, at)
                    opened, found = None, found + 1
                    if found == _MOST_PIECES:
                        return
            elif mark == opened[2]:
                depth += 1


def _is_value(gaps: Words, piece: Piece) -> bool:
    return piece.first == piece.last and gaps[piece.first][piece.start + 1 : piece.end].strip() == WILDCARD


def _has_fields(gaps: Words, piece: Piece) -> bool:
    """Tell whether a piece has named fields: then it is several values, and its names are a part of the text."""
    inside = (gaps[piece.first][piece.start :], *gaps[piece.first + 1 : piece.last], gaps[piece.last][: piece.end])
    return (
        any("=" in gap for gap in inside) if piece.first < piece.last else "=" in inside[0][: piece.end - piece.start]
    )


def _reduce(families: Families, root: int, piece: Piece) -> None:
    """Make one value of a piece in an event's text."""
    words, gaps = families.words[root], families.gaps[root]
    gap = gaps[piece.first][: piece.start + 1] + WILDCARD + gaps[piece.last][piece.end :]
    families.rewrite(
        root, words[: piece.first] + words[piece.last :], (*gaps[: piece.first], gap, *gaps[piece.last + 1 :])
    )
