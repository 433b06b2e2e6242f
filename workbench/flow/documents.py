"""JSON documents in files: one per line, or several lines each as kubectl and jq print them."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from workbench.flow.linereading import LineSource
from workbench.flow.lines import Line
from workbench.flow.listen.inbox import Item, Rejected
from workbench.flow.services import Source

MAX_CHARS = 64 << 20
"""Longest document of several lines."""


@dataclass(slots=True)
class Documents:
    """Puts documents together from the lines of files."""

    _parts: dict[str, list[Line]] = field(default_factory=dict)
    """Lines of the unfinished document of each file."""
    _size: dict[str, int] = field(default_factory=dict)

    def feed(self, line: Line) -> Iterator[tuple[Line, Any] | Rejected]:
        """Take a line; yield the document that ends with it, together with its first line."""
        parts = self._parts.get(line.uri)
        if parts is None:
            if line.text.strip():
                yield from self._begin(line)
            return
        if line.text[:1] in ("{", "["):
            # Inside of a document lines are indented, so the one before was cut off.
            yield from self._end(line.uri)
            yield from self._begin(line)
            return
        parts.append(line)
        self._size[line.uri] += len(line.text)
        # What tools print over several lines ends with a bracket at the left edge.
        if line.text[:1] in ("}", "]") or self._size[line.uri] > MAX_CHARS:
            yield from self._end(line.uri)

    def rest(self) -> Iterator[tuple[Line, Any] | Rejected]:
        """Yield what is left when the files have ended."""
        for uri in list(self._parts):
            yield from self._end(uri)

    @property
    def unfinished(self) -> bool:
        """Whether a document has begun and not ended."""
        return bool(self._parts)

    def _begin(self, line: Line) -> Iterator[tuple[Line, Any] | Rejected]:
        if line.text.rstrip()[-1] in "{[" and line.text[0] in "{[":
            self._parts[line.uri], self._size[line.uri] = [line], len(line.text)
            return
        yield _parsed(line, line.text)

    def _end(self, uri: str) -> Iterator[tuple[Line, Any] | Rejected]:
        parts = self._parts.pop(uri)
        del self._size[uri]
        yield _parsed(parts[0], "\n".join(part.text for part in parts))


class DocumentSource(LineSource):
    """Base of sources of JSON documents: override `rows`."""

    def __init__(self, path: str, follow: bool, source: Source) -> None:
        super().__init__(path, follow, source)
        self._documents = Documents()

    @abstractmethod
    def rows(self, document: Any) -> Iterable[Item]:
        """Return what a document holds; raises `ValueError` when it is none of the kind."""

    def take_line(self, line: Line) -> None:
        """Put the rows of the document that ends with a line."""
        self._put_all(self._documents.feed(line))

    def take_rest(self) -> None:
        """Put the rows of documents that were cut off."""
        self._put_all(self._documents.rest())

    @property
    def between(self) -> bool:
        """Not within a document."""
        return not self._documents.unfinished

    def _put_all(self, found: Iterable[tuple[Line, Any] | Rejected]) -> None:
        for one in found:
            if isinstance(one, Rejected):
                self._reject(one)
                continue
            line, document = one
            try:
                for item in self.rows(document):
                    if isinstance(item, Rejected):
                        self._reject(Rejected(item.reason, item.raw, line.number, line.uri))
                    else:
                        self.put(item)
            except ValueError as error:
                self._reject(Rejected(str(error), line.text[:2000], line.number, line.uri))

    def _reject(self, fault: Rejected) -> None:
        self.source.reject(uri=fault.uri, line=fault.line, reason=fault.reason, raw=fault.raw)


def _parsed(line: Line, text: str) -> tuple[Line, Any] | Rejected:
    try:
        return line, json.loads(text)
    except ValueError as error:
        return Rejected(f"not JSON: {error}", text[:2000], line.number, line.uri)
