"""Follows the format of a log while it is read: when its lines stop to look as they did, the header is learned anew."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.signals.headers import Header, learn_header

WINDOW = 1000
"""Lines after which it is looked whether the header still fits."""
MOST_UNFIT = 0.2
"""Share of a window's lines that may stop before the header's last time or level."""
_BETTER = 0.5
"""A new header has to leave less than this share of the lines that the old one left unfit."""
_OLD_HEADERS = 3
_BARE_FACTOR = 4
"""A log without a header is looked at again after so many times as many lines."""


class Formats:
    """Cuts messages out of the lines of one log, of one format or of several one after the other."""

    def __init__(self) -> None:
        self._headers: list[Header] = []
        self.learned = 0
        """How often a header was learned."""
        self._bare_until = WINDOW
        self._seen = 0

    def messages(self, lines: Sequence[str]) -> list[str]:
        """Return the message of each line of the log's next lines; what was learned holds for those that follow."""
        found: list[str] = []
        for start in range(0, len(lines), WINDOW):
            found += self._window(lines[start : start + WINDOW], lines)
        return found

    def describe(self) -> list[str]:
        """Return one line for each kind of header that is in use, for people."""
        return self._headers[0].describe() if self._headers else []

    def _window(self, window: Sequence[str], lines: Sequence[str]) -> list[str]:
        if not self._headers:
            self._learn(lines)
        self._seen += len(window)
        header = self._headers[0]
        if header.is_bare() and (self._seen < _BARE_FACTOR * self._bare_until or len(window) < WINDOW):
            return list(window)
        cuts = [header.cut(line) for line in window]
        if header.is_bare():
            # Ever more rarely: learning in vain costs time.
            self._bare_until = self._seen
        odd = [line for line, (_, fits) in zip(window, cuts, strict=True) if not fits]
        if len(window) == WINDOW and len(odd) > MOST_UNFIT * WINDOW:
            self._change(window, odd)
        if len(self._headers) == 1:
            return [message for message, _ in cuts]
        return [self._best(line) for line in window]

    def _learn(self, lines: Sequence[str]) -> None:
        self._headers.insert(0, learn_header(lines))
        self.learned += 1

    def _change(self, window: Sequence[str], odd: Sequence[str]) -> None:
        """Go back to an earlier header, or learn one from the window, if it fits far more of its lines."""
        unfit = len(odd)
        for header in self._headers[1:]:
            if sum(not header.cut(line)[1] for line in window) < _BETTER * unfit:
                self._headers.remove(header)
                self._headers.insert(0, header)
                return
        if sum(all(not header.cut(line)[1] for header in self._headers) for line in odd) <= MOST_UNFIT * WINDOW:
            return
        new = learn_header(window)
        if not new.is_bare() and sum(not new.cut(line)[1] for line in window) < _BETTER * unfit:
            self._headers.insert(0, new)
            del self._headers[_OLD_HEADERS:]
            self.learned += 1

    def _best(self, line: str) -> str:
        for header in self._headers:
            message, fits = header.cut(line)
            if fits:
                return message
        return self._headers[0].message(line)


def messages_of(lines: Sequence[str]) -> list[str]:
    """Return the message of each line of one log, without its header."""
    return Formats().messages(lines)
