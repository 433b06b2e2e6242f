"""Base of sources that read files line by line: once, or for as long as they grow."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Callable, Iterable

from workbench.flow.lines import Line, offset_of, read_lines
from workbench.flow.services import Source
from workbench.flow.source import RowSource, wait
from workbench.flow.tail import Tail

POLL_S = 0.1
"""How often to look whether a file has grown."""


class LineSource(RowSource):
    """Goes on behind the last line that was taken: override `take_line`."""

    goes_on = True

    def __init__(self, path: str, follow: bool, source: Source) -> None:
        super().__init__(source)
        self.path, self.follow = path, follow

    @abstractmethod
    def take_line(self, line: Line) -> None:
        """Put the rows that a line gives, or reject it."""

    def take_rest(self) -> None:
        """Put what is left when files that are read once have ended."""

    @property
    def between(self) -> bool:
        """Whether one could go on behind the last line; not within something of several lines."""
        return True

    def read(self) -> None:
        """Take each line."""
        if not self.follow:
            self._take(read_lines(self.path, self.offset), lambda line: offset_of(line.uri, line.number))
            self.take_rest()
            return
        tail = Tail(self.path, positions=json.loads(self.offset or "{}"))
        while True:
            ending = self.source.stop.is_set()
            self._take(tail.poll(), lambda line: tail.offset())
            self.flush()
            if ending:
                break
            wait(self.source, POLL_S)
        tail.close()

    def _take(self, lines: Iterable[Line], offset: Callable[[Line], str]) -> None:
        line = None
        for line in lines:
            self.take_line(line)
            if self.full and self.between:
                self.reached(offset(line))
            if self.source.stop.is_set() and not self.follow:
                break
        if line is not None and self.between:
            self.reached(offset(line))
