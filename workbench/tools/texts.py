"""Words for people: times, sizes, aligned columns, and lists that know how to show themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, RootModel

Row = TypeVar("Row", bound=BaseModel)

_SIZES = ("B", "kB", "MB", "GB", "TB")


class Listing(RootModel[list[Row]], Generic[Row]):
    """A list of models that is used, compared and sent as JSON like a list, and has a `text()` for people."""

    model_config = ConfigDict(frozen=True)

    def __iter__(self) -> Iterator[Row]:  # type: ignore[override]
        return iter(self.root)

    def __len__(self) -> int:
        return len(self.root)

    def __getitem__(self, place: int) -> Row:
        return self.root[place]

    def __eq__(self, other: object) -> bool:
        return self.root == (other.root if isinstance(other, Listing) else other)

    __hash__ = None  # type: ignore[assignment]


def utc(unix_nano: int | None) -> str:
    """Return a time as UTC ISO-8601 with whole seconds, such as 2026-01-31T09:35:00Z; "-" for None."""
    if unix_nano is None:
        return "-"
    seconds = unix_nano // 1_000_000_000
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def size(number: int) -> str:
    """Return a number of bytes in decimal units with three digits, such as 1.23 MB."""
    value, place = float(number), 0
    while value >= 999.5 and place < len(_SIZES) - 1:
        value, place = value / 1000, place + 1
    return f"{number} B" if place == 0 else f"{value:.3g} {_SIZES[place]}"


def duration(seconds: float) -> str:
    """Return a length of time in its two largest units, such as 2 d 3 h, 5 min 10 s or 1.5 s."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    whole = int(seconds)
    parts = [(whole // 86_400, "d"), (whole // 3600 % 24, "h"), (whole // 60 % 60, "min"), (whole % 60, "s")]
    first = next(place for place, (number, _) in enumerate(parts) if number)
    return " ".join(f"{number} {unit}" for number, unit in parts[first : first + 2])


def count(number: int, noun: str, plural: str = "") -> str:
    """Return "1 row", "2,000 rows"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def printable(text: str) -> str:
    """Return a text with its control characters written out, so that a log line cannot steer the terminal."""
    return text if text.isprintable() else "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode()


def one_line(text: str, width: int) -> str:
    """Return a text on one line, cut to a width with an ellipsis; control characters are written out."""
    flat = printable(" ".join(text.split()))
    return flat if len(flat) <= width else flat[: width - 1] + "…"


def columns(head: Sequence[str], rows: Sequence[Sequence[Any]], *, right: Sequence[int] = (), indent: str = "") -> str:
    """Return aligned columns under a head; columns named in `right` (by place) are flush right, as numbers are."""
    cells = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(head))]
    return "\n".join(
        indent
        + "  ".join(
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    )
