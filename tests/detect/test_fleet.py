"""Many services: false signs grow far slower than the services, and an outage of many is still seen."""

import random

import pytest

from workbench.detect.fleet import FEW, fair_signs, with_witness
from workbench.detect.history import Sign
from workbench.facts.diagnosis import IncidentKind
from workbench.signals.rates import score_of_tail, surprise_of_score

WIDTH_S = 60


def sign(bucket: int, tail: float) -> Sign:
    at = bucket * WIDTH_S * 1_000_000_000
    return Sign("latency", IncidentKind.LATENCY, at, score_of_tail(tail), 2.0, 1.0)


def noise(indicators: int, seed: int, buckets: int = 90) -> list[tuple[str, Sign]]:
    """What healthy indicators show: tail probabilities are uniform, those below 0.001 are signs."""
    rng = random.Random(seed)
    tails = [(f"s{number}", bucket, rng.random()) for number in range(indicators) for bucket in range(buckets)]
    return [(service, sign(bucket, tail)) for service, bucket, tail in tails if tail < 1e-3]


def test_false_signs_grow_far_slower_than_the_indicators():
    few, many = noise(30, 1), noise(3000, 2)

    assert len(fair_signs(few, 30, WIDTH_S)) == len(few) > 0
    assert len(many) > 200
    assert len(fair_signs(many, 3000, WIDTH_S)) < 4 * len(few)


def test_an_outage_of_many_services_stands_though_each_alone_would_not():
    outage = [(f"s{number}", sign(7, 1e-4)) for number in range(400)]

    assert fair_signs(outage[:1], 3000, WIDTH_S) == []
    assert fair_signs(outage, 3000, WIDTH_S) == outage


def test_a_lone_sure_sign_stands_among_thousands():
    sure = [("s", sign(7, 1e-9))]

    assert fair_signs(sure, 30_000, WIDTH_S) == sure


def test_signs_of_other_buckets_do_not_help():
    spread = [(f"s{number}", sign(number, 1e-4)) for number in range(400)]

    assert fair_signs(spread, 3000, WIDTH_S) == []


@pytest.mark.parametrize("indicators", [0, 1, FEW])
def test_in_a_small_system_each_is_judged_by_itself(indicators: int):
    signs = [("s", sign(1, 9e-4))]

    assert fair_signs(signs, indicators, WIDTH_S) == signs


@pytest.mark.parametrize("tail", [0.5, 1e-2, 1e-3, 1e-6, 1e-40])
def test_the_tail_of_a_score_is_the_tail_it_was_made_of(tail: float):
    assert 10.0 ** -surprise_of_score(score_of_tail(tail)) == pytest.approx(tail)


def test_a_score_of_one_has_a_finite_tail():
    assert surprise_of_score(1.0) == 300.0


def test_a_sign_falls_with_the_only_neighbour_it_had():
    weak, weaker = ("s", sign(7, 1e-5)), ("s", sign(8, 5e-4))

    left = fair_signs([weak, weaker], 300, WIDTH_S)

    assert left == [weak]
    assert with_witness(left, WIDTH_S, lambda _: 1.1) == []
    assert with_witness([weak, weaker], WIDTH_S, lambda _: 1.1) == [weak, weaker]


def test_a_neighbour_of_another_service_or_too_far_away_is_no_witness():
    signs = [("s", sign(7, 1e-5)), ("t", sign(8, 1e-5)), ("s", sign(10, 1e-5))]

    assert with_witness(signs, WIDTH_S, lambda _: 1.1) == []
    assert with_witness(signs, WIDTH_S, lambda _: 0.5) == signs


def test_a_run_whose_first_sign_is_dated_into_the_bucket_before_stays_whole():
    first, second = sign(7, 1e-5), sign(8, 1e-5)
    run = [("s", first.at(first.time_unix_nano - WIDTH_S * 1_000_000_000)), ("s", second)]

    assert with_witness(run, WIDTH_S, lambda _: 1.1) == run
