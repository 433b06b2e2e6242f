"""What moved when: order, direction, chance and gaps."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.facts.telemetry import Telemetry, empty_frame
from workbench.report.explain.strips import find_strips, first_by_service, said
from workbench.report.explain.svg import draw_strips
from workbench.report.window import Window
from workbench.semconv import Table

SECOND = 1_000_000_000
START = 1_770_000_000 * SECOND
ONSET = START + 600 * SECOND
WINDOW = Window(START, START + 1200 * SECOND, ONSET)


def metric(service: str, values: list[float], name: str = "process.cpu.utilization", unit: str = "1") -> pd.DataFrame:
    rows = pd.DataFrame(
        {
            "time_unix_nano": [START + 10 * SECOND * place for place in range(len(values))],
            "metric_name": name,
            "service_name": service,
            "service_instance_id": f"{service}-1",
            "value": values,
            "unit": unit,
        }
    )
    return pd.concat([empty_frame(Table.METRICS), rows]).fillna({"statistic": "", "peer_service_name": ""})


def telemetry(*frames: pd.DataFrame) -> Telemetry:
    return Telemetry(metrics=pd.concat(frames, ignore_index=True))


def noisy(level: float, seed: int, steps: dict[int, float] | None = None) -> list[float]:
    values = level + 0.02 * level * np.random.default_rng(seed).normal(size=120)
    for place, new in (steps or {}).items():
        values[place:] += new - level
    return [float(value) for value in values]


def test_series_are_in_the_order_in_which_they_moved() -> None:
    late, calm = metric("late", noisy(1, 1, {70: 3})), metric("calm", noisy(1, 3))
    frames = telemetry(late, metric("first", noisy(1, 2, {61: 2})), calm)
    found = find_strips(frames, WINDOW, ["late", "first", "calm"], "first")
    assert [one.service_name for one in found] == ["first", "late"]
    assert [one.cause for one in found] == [True, False]
    moved = first_by_service(found)
    assert 0 < moved["first"] - ONSET <= 20 * SECOND
    assert moved["late"] - moved["first"] >= 80 * SECOND


@pytest.mark.parametrize(("count", "moves"), [(1.0, False), (4.0, True)])
def test_one_thing_more_is_no_move(count: float, moves: bool) -> None:
    lost = metric("web", [0.0] * 62 + [count] * 20, "retransmits", "{segment}")
    assert bool(find_strips(telemetry(lost), WINDOW, ["web"], "")) is moves


def test_a_fall_is_a_move_too_and_is_said_as_one() -> None:
    (fall,) = find_strips(telemetry(metric("web", noisy(10, 1, {62: 2}), "requests", "{request}")), WINDOW, ["web"], "")
    assert fall.change < 0
    assert "fell from 10" in said(fall)
    assert "requests" in said(fall)


def test_one_wild_value_is_chance_and_what_moved_long_before_is_none_of_it() -> None:
    spike = noisy(1, 1)
    spike[80] = 9
    early = noisy(1, 2, {20: 3, 30: 1})
    assert find_strips(telemetry(metric("a", spike), metric("b", early)), WINDOW, ["a", "b"], "a") == []


def test_without_an_onset_or_a_healthy_time_nothing_moved() -> None:
    frames = telemetry(metric("a", noisy(1, 1, {61: 3})))
    assert find_strips(frames, Window(START, START + 1200 * SECOND), ["a"], "a") == []
    assert find_strips(frames, Window(START, START + 1200 * SECOND, START + 20 * SECOND), ["a"], "a") == []


def test_the_drawing_escapes_names_and_marks_the_onset() -> None:
    found = find_strips(telemetry(metric("<b>&", noisy(1, 2, {61: 2}))), WINDOW, ["<b>&"], "<b>&")
    drawn = draw_strips(found, ONSET)
    assert "&lt;b&gt;&amp;" in drawn
    assert "<b>" not in drawn
    assert "mark onset" in drawn
    assert draw_strips([], ONSET) == ""
