"""Gives drawn services the machines, pools and habits that fit how often they are called."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from workbench.simulate.connections import USUAL_PORTS
from workbench.simulate.dice import Dice
from workbench.simulate.drawn_code import Draft
from workbench.simulate.drawn_stores import Stores
from workbench.simulate.drawn_words import SOURCES
from workbench.simulate.topology import Call, Fan, LogStyle, Operation, Publish, Query, Service, Step, Work

Rates = dict[tuple[str, str], float]
_STYLES: tuple[LogStyle, ...] = ("located", "plain", "logger", "logfmt")


def call_rates(drafts: Mapping[str, Draft], routes: Mapping[tuple[str, str], float], rate_per_s: float) -> Rates:
    """Return how often each (service, operation) is called per second; queries as (store, '')."""
    rates: Rates = defaultdict(float)
    whole = sum(routes.values())
    waiting = [(place, rate_per_s * share / whole) for place, share in routes.items()]
    while waiting:
        (service, name), rate = waiting.pop()
        rates[service, name] += rate
        for step, share in _shares(drafts[service].operations[name]):
            if isinstance(step, Call):
                waiting.append(((step.service, step.operation), rate * share))
            elif isinstance(step, Query):
                rates[step.service, ""] += rate * share
                rates[step.service, "busy"] += rate * share * step.ms * 0.6 / 1000
            if isinstance(step, Publish):
                waiting += [(taker, rate * share) for taker in step.consumers]
    return rates


def _shares(operation: Operation) -> Iterator[tuple[Step, float]]:
    """Give the steps and in which share of the calls they are done."""
    missed = 1.0
    for step in operation.steps:
        share = missed if step.unless == "hit" else 1.0
        if isinstance(step, Query) and step.gives == "hit":
            missed = 1.0 - step.hit_ratio
        if isinstance(step, Fan):
            yield from ((call, share) for call in step.calls)
        else:
            yield step, share


def fitted(drafts: Mapping[str, Draft], stores: Stores, rates: Rates, dice: Dice) -> dict[str, Service]:
    """Return the services by name, the stores last."""
    every_s = dice.pick((10.0, 10.0, 30.0, 60.0))
    house = dice.pick(_STYLES)
    measured = dice.chance(0.5)
    made = {}
    for draft in drafts.values():
        style = house if dice.chance(0.6) else dice.pick(_STYLES)
        made[draft.name] = _service(draft, rates, dice, style, every_s, USUAL_PORTS if measured else 0)
    for store in stores.all():
        busy = rates[store.name, "busy"]
        fields = {**store.__dict__, "cores": max(0.004, busy / dice.between(0.08, 0.18))}
        made[store.name] = Service(**fields)
    return made


def _service(draft: Draft, rates: Rates, dice: Dice, style: LogStyle, every_s: float, ports: int) -> Service:
    rate = sum(rates[draft.name, name] for name in draft.operations)
    busy = sum(
        rates[draft.name, operation.name] * share * step.ms * step.cpu / 1000
        for operation in draft.operations.values()
        for step, share in _shares(operation)
        if isinstance(step, Work)
    )
    replicas = 2 if rate > 1.5 and dice.chance(0.8) else 1 + dice.chance(0.4)
    calls = any(isinstance(step, Call | Fan) for operation in draft.operations.values() for step in operation.steps)
    pool_of = draft.database.name if draft.database else "http" if calls and dice.chance(0.6) else ""
    return Service(
        draft.name,
        draft.language,
        draft.operations,
        replicas=replicas,
        workers=dice.pick((16, 24, 32, 48)) if draft.layer else 64,
        queue=60 if draft.layer else 200,
        cores=max(0.004, busy / replicas / dice.between(0.2, 0.4)),
        memory_mb=dice.pick((256, 512, 768, 1024)),
        pool=(dice.whole(6, 16) if draft.layer else 64) if pool_of else 0,
        pool_of=pool_of,
        source=SOURCES[draft.language].format(draft.noun),
        version=f"{dice.whole(1, 9)}.{dice.whole(0, 40)}.{dice.whole(0, 9)}",
        style=style,
        report_every_s=every_s,
        ports=ports,
    )
