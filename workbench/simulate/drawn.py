"""Draws whole systems at random: layers of services that call each other, with databases, caches and queues.

Services lie in layers, and calls go to lower layers only. Every service is called by at least one other, the work of
one request is bounded, and processors are made so large that they are as busy as those of real systems: 20 to 40 %.
"""

from __future__ import annotations

from collections.abc import Mapping

from workbench.errors import BadInput
from workbench.simulate.dice import Dice
from workbench.simulate.drawn_code import Draft, draw_code
from workbench.simulate.drawn_machines import call_rates, fitted
from workbench.simulate.drawn_stores import draw_stores
from workbench.simulate.drawn_words import FRONTS, NOUNS, SHAPES
from workbench.simulate.shop import SHOP_SYSTEM
from workbench.simulate.topology import Operation, Service, System

LEAST_SERVICES, MOST_SERVICES = 5, 60
USUAL_RATE_PER_S = 8.0
RARE_PER_S = 0.25
"""Services that are called less often are spared, and stores that nobody asks: nobody could tell what is wrong."""


def draw_topology(seed: int, services: int | None = None) -> System:
    """Return the system of a seed, with this number of services, stores included; None draws the number, too.

    Raises:
        BadInput: the number is not between 5 and 60.
    """
    dice = Dice(seed, "topology")
    # Small systems are as common as large ones.
    count = services if services is not None else round(5 * 12 ** dice.uniform())
    if not LEAST_SERVICES <= count <= MOST_SERVICES:
        raise BadInput(
            f"{count} services", where="topology", hint=f"Give {LEAST_SERVICES} to {MOST_SERVICES}, such as random:30"
        )
    nouns = _shuffled(NOUNS, dice)
    stores = draw_stores(count, nouns, dice)
    code = count - len(stores)
    fronts = 1 if code < 12 or dice.chance(0.5) else 2
    drafts = draw_code(_names(code, fronts, nouns, dice), fronts, stores, dice)
    routes = _routes(drafts, dice)
    rates = call_rates(drafts, routes, USUAL_RATE_PER_S)
    made = fitted(drafts, stores, rates, dice)
    rare = {name for name, service in made.items() if not service.is_store and _called(rates, service) < RARE_PER_S}
    asked = set[str]().union(*(service.callees() for service in made.values()))
    idle = {name for name, service in made.items() if service.is_store and name not in asked}
    brokers = {name for name, service in made.items() if service.role == "broker"}
    return System(
        name="system",
        services=made,
        routes=routes,
        hosts=tuple(f"node-{dice.letters(4)}" for _ in range(3 + len(made) // 8)),
        spared=frozenset({service for service, _ in routes} | rare | idle | brokers),
    )


def choose_topology(text: str, seed: int) -> System:
    """Return the system that a user names: `shop`, `random`, or `random:30` for one with 30 services.

    Raises:
        BadInput: there is no such topology.
    """
    kind, _, number = text.partition(":")
    if kind == "shop" and not number:
        return SHOP_SYSTEM
    if kind != "random" or (number and not number.isdigit()):
        raise BadInput(
            f"no topology {text!r}", where="topology", hint="Give shop, random, or random:30 for 30 services"
        )
    return draw_topology(seed, int(number) if number else None)


def _shuffled(words: tuple[str, ...], dice: Dice) -> list[str]:
    return [word for _, word in sorted((dice.uniform(), word) for word in words)]


def _names(count: int, fronts: int, nouns: list[str], dice: Dice) -> list[tuple[str, str]]:
    """Return name and noun of the services with code, the fronts first."""
    shape = dice.pick(SHAPES)
    inner = [(shape.format(noun), noun) for noun in nouns[: count - fronts]]
    return [(name, name.split("-")[0]) for name in _shuffled(FRONTS, dice)[:fronts]] + inner


def _routes(drafts: Mapping[str, Draft], dice: Dice) -> dict[tuple[str, str], float]:
    return {
        (draft.name, operation): dice.between(0.5, 1.5)
        for draft in drafts.values()
        if draft.layer == 0
        for operation in draft.operations
    }


def _called(rates: Mapping[tuple[str, str], float], service: Service) -> float:
    operations: Mapping[str, Operation] = service.operations
    return sum(rates.get((service.name, name), 0.0) for name in operations)
