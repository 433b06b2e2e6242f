"""What is computed of a table is remembered with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, cast

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Remembering:
    """Base of tables of arrays that nobody changes; a copy made by `replace` remembers nothing."""

    held: dict[str, object] = field(default_factory=dict, init=False, compare=False, repr=False)

    def once(self, name: str, make: Callable[[], T]) -> T:
        """Return what `make` gives, which is computed once per table under this name."""
        if name not in self.held:
            self.held[name] = make()
        return cast(T, self.held[name])
