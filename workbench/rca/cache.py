"""Remembers what was computed from a fault-free reference, so that many cases of one system share it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TypeVar, cast

from workbench.facts.telemetry import Telemetry

T = TypeVar("T")


class ReferenceCache:
    """Values by name and by the identity of the telemetry they come from; the oldest leave first."""

    def __init__(self, size: int = 64) -> None:
        self._size = size
        # The owners are kept with the value: an identity is only unique while its object lives.
        self._held: OrderedDict[tuple[object, ...], tuple[tuple[Telemetry, ...], object]] = OrderedDict()

    def get(self, name: str, owners: Sequence[Telemetry], make: Callable[[], T]) -> T:
        """Return the value of this name for these very objects; `make` is called when it is not there."""
        key = (name, *(id(owner) for owner in owners))
        if key in self._held:
            self._held.move_to_end(key)
            return cast(T, self._held[key][1])
        value = make()
        self._held[key] = (tuple(owners), value)
        while len(self._held) > self._size:
            self._held.popitem(last=False)
        return value

    def __len__(self) -> int:
        return len(self._held)
