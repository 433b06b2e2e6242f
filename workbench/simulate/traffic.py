"""Shoppers: when they come over a day and in bursts, where they go, and the words that their requests put into logs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from workbench.semconv import NANOS_PER_SECOND
from workbench.simulate.clock import Steps
from workbench.simulate.dice import Dice
from workbench.simulate.request import serve
from workbench.simulate.state import World
from workbench.simulate.visit import Trace

_DAY_S = 86_400
_NAMES = (
    "anna",
    "ben",
    "carla",
    "deniz",
    "emil",
    "fatou",
    "greta",
    "hugo",
    "ines",
    "jonas",
    "kira",
    "leo",
    "mira",
    "nils",
)
_FAMILIES = (
    "berg",
    "costa",
    "dietz",
    "ekman",
    "falk",
    "garcia",
    "haas",
    "ito",
    "jansen",
    "kaya",
    "lind",
    "moser",
    "novak",
)
_MAILS = ("example.com", "example.org", "example.net")
_CITIES = ("Bremen", "Lyon", "Gent", "Porto", "Graz", "Turku", "Cork", "Siena")
_SEARCHES = ("rain jacket", "mug", "lamp", "desk chair", "tent 2p", "wool socks", "kettle", "bike light")


@dataclass(frozen=True, slots=True)
class _Burst:
    start_s: float
    end_s: float
    factor: float


def day_factor(time_unix_nano: int) -> float:
    """Return the traffic at a time of day relative to the mean of the day: least at 4 h, most at 16 h UTC."""
    hour = time_unix_nano / NANOS_PER_SECOND % _DAY_S / 3600
    return 1.0 + 0.45 * math.sin((hour - 10.0) / 24 * 2 * math.pi) + 0.08 * math.sin((hour - 19.0) / 12 * 2 * math.pi)


class Shoppers:
    """The people who visit the shop in one run."""

    def __init__(self, seed: int) -> None:
        dice = Dice(seed, "shoppers")
        self._people = [
            (
                f"u-{dice.whole(10_000, 99_999)}",
                f"{dice.pick(_NAMES)}.{dice.pick(_FAMILIES)}{dice.whole(1, 99)}@{dice.pick(_MAILS)}",
                f"{dice.pick(('198.51.100', '203.0.113', '192.0.2'))}.{dice.whole(1, 254)}",
                dice.pick(_CITIES),
            )
            for _ in range(300)
        ]
        self._products = [dice.letters(10, "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789") for _ in range(60)]
        self._dice = dice

    def words(self) -> dict[str, object]:
        """Return what one request is about."""
        dice = self._dice
        user, email, ip, city = dice.pick(self._people)
        return {
            "user": user,
            "email": email,
            "ip": ip,
            "city": city,
            # Few products are asked for most of the time.
            "product": self._products[int(60 * dice.uniform() ** 2)],
            "session": f"s{dice.hex(10)}",
            "order": f"O-{dice.hex(8)}",
            "token": dice.hex(12),
            "card": dice.whole(1000, 9999),
            "search": dice.pick(_SEARCHES),
            "quantity": dice.whole(1, 4),
            "count": dice.whole(4, 24),
            "stock": dice.whole(3, 400),
            "bytes": dice.whole(900, 48_000),
            "amount": f"{dice.around(42, 0.7):.2f}",
            "rate": f"{dice.between(2.9, 14.9):.2f}",
        }

    def route(self, routes: Mapping[tuple[str, str], float]) -> tuple[str, str]:
        """Return which service one visits, and which operation of it."""
        mark = self._dice.uniform() * sum(routes.values())
        for route, share in routes.items():
            mark -= share
            if mark < 0:
                return route
        return next(iter(routes))


def visits(world: World, rate_per_s: float) -> Steps[None]:
    """Send requests to the front until the run ends; `rate_per_s` is the mean over a day.

    A Poisson process whose rate varies, by thinning (Lewis and Shedler 1979).
    """
    dice, shoppers = Dice(world.seed, "arrivals"), Shoppers(world.seed)
    clock, routes = world.clock, world.system.routes
    bursts = _bursts(Dice(world.seed, "bursts"), world.end_s)
    phase = dice.between(0, 2 * math.pi)
    ceiling = rate_per_s * 1.6 * 1.15 * max([1.0, *(burst.factor for burst in bursts)])
    while True:
        yield dice.waiting(1 / ceiling)
        now_s = clock.now
        rate = rate_per_s * day_factor(world.nano(now_s)) * (1 + 0.12 * math.sin(phase + now_s / 140))
        rate *= math.prod(burst.factor for burst in bursts if burst.start_s <= now_s < burst.end_s)
        if not dice.chance(rate / ceiling):
            continue
        trace = Trace(world.trace_dice.hex(32), shoppers.words())
        service, name = shoppers.route(routes)
        front = world.members[service]
        operation = front.service.operations[name]
        instance = front.choose()
        if instance:
            clock.start(serve(world, instance, operation, trace, "", None))


def _bursts(dice: Dice, end_s: float) -> list[_Burst]:
    found, start_s = [], dice.waiting(400)
    while start_s < end_s:
        length_s = dice.between(30, 110)
        found.append(_Burst(start_s, start_s + length_s, dice.between(0.75, 1.45)))
        start_s += length_s + dice.waiting(400)
    return found
