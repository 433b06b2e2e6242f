"""What the address of a page for looking around says: stretch of time, service, data set; and links that change it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from workbench.faces.panel.router import Router
from workbench.report.words import clock, day_time, moment, span
from workbench.semconv import NANOS_PER_SECOND

PRESETS = (
    ("-15m", "15 min"), ("-1h", "1 h"), ("-6h", "6 h"), ("-1d", "24 h"), ("-7d", "7 d"), ("", "All"),
)  # fmt: skip
"""Stretches of time back from the newest row."""
_OWN = ("key", "dir")
"""What has no meaning any more once something else was chosen."""
_SHORT_NS = 600 * NANOS_PER_SECOND


@dataclass(frozen=True, slots=True)
class Choice:
    """One link among several."""

    label: str
    href: str
    current: bool = False
    hint: str = ""
    """What a label that is only a sign means."""


class Address:
    """Reads the query of the address, and makes links to the same page with other values."""

    def __init__(self, router: Router, page: str) -> None:
        self._router, self.page = router, page

    def get(self, name: str, default: str = "") -> str:
        """Return one value."""
        return self._router.get(name, default)

    def many(self, name: str) -> list[str]:
        """Return the values of a list, which stand with commas between them."""
        return [one for one in self.get(name).split(",") if one]

    def span(self) -> dict[str, Any]:
        """Return `start`, `end` and `scope` as the tools take them."""
        return {"start": self.get("from"), "end": self.get("to"), "scope": self.get("scope")}

    def link(self, **changes: str | None) -> str:
        """Return this address with other values; None or '' takes one away. `from_` stands for `from`."""
        given = {name.rstrip("_"): value for name, value in changes.items()}
        kept = {name: value for name, value in self._router.wanted().items() if name not in _OWN}
        merged = {"page": self.page} | kept | given
        return f"?{urlencode({name: value for name, value in merged.items() if value})}"

    def to(self, page: str, **values: str | None) -> str:
        """Return the address of another page for the same stretch of time and data set."""
        given = {name.rstrip("_"): value for name, value in values.items()}
        shared = {name: self.get(name) for name in ("from", "to", "scope")}
        merged = {"page": page} | shared | given
        return f"?{urlencode({name: value for name, value in merged.items() if value})}"

    def toggled(self, name: str, value: str) -> str:
        """Return this address with a value put into a list, or taken out of it."""
        known = self.many(name)
        now = [one for one in known if one != value] if value in known else [*known, value]
        return self.link(**{name: ",".join(now)})

    def go(self, **changes: str | None) -> None:
        """Show this page with other values; Back returns to those before."""
        self._router.query = self.link(**changes)

    def presets(self) -> list[Choice]:
        """Return the stretches of time that can be chosen."""
        here = (self.get("from"), self.get("to"))
        return [Choice(label, self.link(from_=back, to=None), here == (back, "")) for back, label in PRESETS]

    def moves(self, start: int | None, end: int | None) -> list[Choice]:
        """Return links that go earlier and later and take in more, from a known stretch of time."""
        if start is None or end is None:
            return []
        length = end - start
        return [
            Choice("←", self.between(start - length, start), hint="Earlier"),
            Choice("→", self.between(end, end + length), hint="Later"),
            Choice("−", self.between(start - length // 2, end + length // 2), hint="Zoom out"),
        ]

    def between(self, start: int, end: int, **changes: str | None) -> str:
        """Return this address for a stretch of time."""
        return self.link(from_=iso(start), to=iso(end), **changes)


def iso(unix_nano: int) -> str:
    """Return a time with microseconds at most, as the address has it."""
    at = moment(max(unix_nano, 0))
    text = at.strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".")
    return f"{text}Z"


def range_words(start: int | None, end: int | None) -> str:
    """Return `31 Jan 09:35 to 09:50 UTC, 15 min`; short ones with seconds, so that the length shows."""
    if start is None or end is None:
        return ""
    first, last = day_time(start), day_time(end)
    if end - start < _SHORT_NS:
        first, last = (f"{words}:{clock(at)[-2:]}" for words, at in ((first, start), (last, end)))
    same_day = first.rsplit(" ", 1)[0] == last.rsplit(" ", 1)[0]
    return f"{first} to {last.rsplit(' ', 1)[1] if same_day else last} UTC, {span((end - start) / 1e9)}"


def quoted(value: str) -> str:
    """Return a value as the search language takes it."""
    return value if re.fullmatch(r"[\w./:@-]+", value) else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
