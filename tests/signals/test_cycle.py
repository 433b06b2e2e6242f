"""A day that is lost is told from noise, and a frozen value from a quiet one."""

import math
import random

from workbench.signals.cycle import Cycle
from workbench.signals.forecast import Forecaster
from workbench.signals.stuck import Stuck

DAY = 48


def evidence(values: list[float]) -> list[float]:
    return Cycle(DAY).follow(Forecaster(DAY).follow(values, 0))


def days(count: int, noise: float, seed: int = 1) -> list[float]:
    rng = random.Random(seed)
    return [math.sin(2 * math.pi * i / DAY) + rng.gauss(0, noise) for i in range(count * DAY)]


def test_a_missing_day_and_a_faster_cycle_are_worth_a_page():
    missing, faster = days(20, 0.1), days(20, 0.1)
    for i in range(15 * DAY, 16 * DAY):
        missing[i] = missing[i] - math.sin(2 * math.pi * i / DAY)
        faster[i] = faster[i] - math.sin(2 * math.pi * i / DAY) + math.sin(5 * math.pi * i / DAY)

    for broken in (missing, faster):
        found = evidence(broken)
        assert max(found[: 15 * DAY]) < 1.0 <= max(found[15 * DAY : 16 * DAY])


def test_noise_without_a_day_is_no_broken_cycle():
    rng = random.Random(2)

    assert max(evidence([rng.gauss(0, 1) for _ in range(40 * DAY)])) < 0.9


def test_a_constant_has_no_cycle_to_lose():
    assert max(evidence([3.0] * (10 * DAY))) == 0.0


def test_a_frozen_value_is_found_within_hours():
    rng = random.Random(3)
    values = [rng.gauss(0, 1) for _ in range(1_000)]

    found = Stuck(24).follow(values + [values[-1]] * 24)

    assert max(found[:1_000]) == 0.0
    assert next(i for i, one in enumerate(found) if one >= 1.0) - 1_000 < 12


def test_a_series_that_often_stands_still_is_not_frozen():
    nights = [float(i % 24 if i % 24 < 14 else 0) for i in range(24 * 60)]

    assert max(Stuck(24).follow(nights)[24 * 10 :]) < 1.0


def test_a_constant_is_no_frozen_value():
    assert max(Stuck(24).follow([5.0] * 1_000)) == 0.0
