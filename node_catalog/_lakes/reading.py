"""Base of sources in lakes: the rows of a version, then what each later version has added and removed."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, Protocol

from workbench.errors import SystemUnfit
from workbench.flow.fields import Column
from workbench.flow.following import Follower, Following
from workbench.flow.naming import record_inside
from workbench.flow.node import Delivery
from workbench.flow.services import Source


class Versions(Protocol):
    """A table whose versions are known; every method raises `RetryLater` or `GiveUp`."""

    def newest(self) -> str | None:
        """Return the newest version; None when there is none yet."""

    def after(self, version: str) -> list[tuple[str, bool]]:
        """Return the versions behind one, oldest first, each with whether its rows differ from those before it.

        Rows do not differ when files were only written anew, to have fewer of them for example.
        """

    def pieces(self, version: str) -> Mapping[str, Any]:
        """Return what a version is made of, by a name that stands for the content."""

    def rows(self, version: str, pieces: list[Any]) -> Iterator[Any]:
        """Yield the rows of some pieces as batches of Arrow, always in the same order."""


class Lake(Following):
    """Settings of every source in a lake."""

    delivery: ClassVar[Delivery | None] = "exactly-once"

    key: list[Column] = []
    """Columns that tell rows apart: changed and deleted rows are followed too. Without any, only new ones can be."""


class LakeReader(Follower):
    """Goes from version to version: override `versions`."""

    node: Lake

    def __init__(self, node: Lake, source: Source, where: str) -> None:
        super().__init__(node, source, node.key if node.follow else ())
        self.where = where

    @abstractmethod
    def versions(self, connection: Any) -> Versions:
        """Return the table as it is now."""

    def poll(self, connection: Any) -> None:
        """Take what came behind the offset: version that was read, version that was begun, changes taken of it."""
        table = self.versions(connection)
        done, begun, taken = json.loads(self.offset) if self.offset else (None, None, 0)
        if done is None:
            first = begun if begun is not None else table.newest()
            if first is None or not self._step(table, None, first, taken):
                return
            done, begun, taken = first, None, 0
        for version, differs in table.after(done):
            if differs and not self._step(table, done, version, taken if version == begun else 0):
                return
            done = version
            self.reached(json.dumps([done, None, 0]))

    def _step(self, table: Versions, before: str | None, version: str, taken: int) -> bool:
        """Take the changes between two versions; tell whether all of them were."""
        for number, (added, record) in enumerate(self._changes(table, before, version), 1):
            if number <= taken:
                continue
            if added:
                self.take(record, where=f"{self.where}@{version}", place=number)
            else:
                self.take_back(record)
            if self.full:
                self.reached(json.dumps([before, version, number]))
                if self.stopping:
                    return False
        self.reached(json.dumps([version, None, 0]))
        return not self.stopping

    def _changes(self, table: Versions, before: str | None, version: str) -> Iterable[tuple[bool, Mapping[str, Any]]]:
        old = table.pieces(before) if before is not None else {}
        new = table.pieces(version)
        came = [new[name] for name in sorted(set(new) - set(old))]
        went = [old[name] for name in sorted(set(old) - set(new))]
        if went and not self.key:
            said = f"version {version} has changed or deleted rows, and without a key only new ones can be followed"
            raise SystemUnfit(self.where, said, hint="Name the columns of `key`, and run the flow afresh")
        if went and before is not None:
            stays = {self._key_of(row) for row in _records(table.rows(version, came))}
            for row in _records(table.rows(before, went)):
                if self._key_of(row) not in stays:
                    yield False, row
        for row in _records(table.rows(version, came)):
            yield True, row

    def _key_of(self, row: Mapping[str, Any]) -> str:
        return repr([row.get(name) for name in self.key])


def _records(batches: Iterable[Any]) -> Iterator[Mapping[str, Any]]:
    for batch in batches:
        yield from map(record_inside, batch.to_pylist())
