"""Draws the databases, caches and brokers of a system."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.simulate.dice import Dice
from workbench.simulate.drawn_words import STORES
from workbench.simulate.topology import Service


@dataclass(frozen=True, slots=True)
class Stores:
    """Stores by role."""

    databases: tuple[Service, ...]
    caches: tuple[Service, ...]
    brokers: tuple[Service, ...]

    def all(self) -> tuple[Service, ...]:
        """Return all of them."""
        return self.databases + self.caches + self.brokers

    def __len__(self) -> int:
        return len(self.all())


def draw_stores(count: int, nouns: list[str], dice: Dice) -> Stores:
    """Return the stores of a system of so many services; their names are about the last of the nouns."""
    topics = iter(reversed(nouns))
    spans = dice.chance(0.35)
    every_s = dice.pick((10.0, 10.0, 30.0))

    def some(role: str, number: int) -> tuple[Service, ...]:
        products = [system for system, (its, _) in STORES.items() if its == role]
        return tuple(
            _store(dice.pick(products), next(topics), dice, spans=spans and role == "database", every_s=every_s)
            for _ in range(number)
        )

    databases = 1 + (count >= 12) + (count >= 25 and dice.chance(0.7)) + (count >= 40)
    caches = int(count >= 7) + (count >= 30 and dice.chance(0.5))
    brokers = int(count >= 9 and dice.chance(0.75))
    return Stores(some("database", databases), some("cache", caches), some("broker", brokers))


def _store(system: str, noun: str, dice: Dice, *, spans: bool, every_s: float) -> Service:
    role, shape = STORES[system]
    return Service(
        shape.format(noun),
        "native",
        {},
        workers=24 if role == "database" else 32,
        queue=400,
        memory_mb=dice.pick((512, 1024, 2048)),
        source="main.c",
        version=f"{dice.whole(5, 16)}.{dice.whole(0, 9)}.{dice.whole(0, 9)}",
        role=role,  # type: ignore[arg-type]
        system=system,
        spans=spans,
        style="plain",
        report_every_s=every_s,
    )
