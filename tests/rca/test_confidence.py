from itertools import pairwise

import pytest

from workbench.rca.confidence import HIGHEST, confidences


def test_nothing_to_rank_gives_nothing() -> None:
    assert confidences([], 1.0, 0.0, incident=True) == []


def test_grows_with_strength_and_with_the_margin_to_the_runner_up() -> None:
    def first(strength: float, runner_up: float) -> float:
        return confidences([100.0, 50.0], strength, runner_up, incident=True)[0]

    assert first(1.0, 0.5) < first(2.0, 1.0) < first(8.0, 4.0)
    assert first(2.0, 1.9) < first(2.0, 0.1)
    assert first(1000.0, 0.0) <= HIGHEST


@pytest.mark.parametrize("scores", [[5.0] * 12, [1.0, 0.0, 0.0], [9.0]])
def test_ranks_never_tie(scores: list[float]) -> None:
    found = confidences(scores, 3.0, 3.0, incident=True)

    assert len(found) == len(scores)
    assert all(one > other for one, other in pairwise(found))
    assert all(0 < value <= 1 for value in found)


def test_suspects_of_a_healthy_case_are_doubted() -> None:
    assert confidences([9.0], 0.9, 0.0, incident=False)[0] < confidences([9.0], 0.9, 0.0, incident=True)[0]


def test_thresholds_from_references_of_the_same_system_make_surer() -> None:
    def first(strength: float, *, calibrated: bool) -> float:
        return confidences([9.0, 8.0], strength, strength, incident=True, calibrated=calibrated)[0]

    assert first(1.0, calibrated=True) == 0.5
    assert first(1.0, calibrated=False) < 0.5
    assert first(2.0, calibrated=True) > first(2.0, calibrated=False)
