"""Budgets against hand-computed cases: events, slices, calendars, what is missing, and what comes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.detect.slo.made import DAY, HOUR, MINUTE, NOW, S, at, events, slo
from workbench.detect.slo.events import Events
from workbench.detect.slo.model import Alert, Budgeting, Calendar, Missing, Rolling, Slo
from workbench.detect.slo.periods import period_at, periods_between
from workbench.detect.slo.rule_settings import Alerting, Notice
from workbench.detect.slo.status import assess

BERLIN_MONTH = Calendar(count=1, unit="M", start="2026-01-01T00:00:00", zone="Europe/Berlin")


def steady(minutes: int, *, good: float, total: float, end: int = NOW) -> Events:
    """Return the same events in each minute up to a moment."""
    times = end - np.arange(1, minutes + 1) * MINUTE
    return Events.of(times, np.full(minutes, good), np.full(minutes, total))


def test_a_budget_of_events() -> None:
    # 10,000 events at 99.9 %: 10 may be bad, 4 were.
    one = assess(slo(), events((NOW - DAY, 5_998, 6_000), (NOW - HOUR, 3_998, 4_000)), NOW)

    assert (one.good, one.total, one.compliance) == (9_996, 10_000, 99.96)
    assert one.budget is not None
    assert (one.budget.unit, one.budget.total, one.budget.spent, one.budget.left) == ("events", 10, 4, 6)
    assert one.budget.left_share == 0.6
    assert one.how[2:5] == [
        "Budget: 100 % - 99.9 % = 0.1 % of 10,000 events = 10 events may be bad.",
        "Spent: 10,000 - 9,996 = 4 bad events. Left: 10 - 4 = 6 events, 60 % of the budget.",
        "Compliance: 9,996 / 10,000 = 99.96 %.",
    ]


def test_what_is_older_than_a_rolling_window_is_forgotten() -> None:
    one = assess(slo(), events((NOW - 31 * DAY, 0, 500), (NOW - 30 * DAY, 9, 10), (NOW - 1, 10, 10), (NOW, 0, 9)), NOW)

    assert (one.good, one.total) == (19, 20)


def test_exactly_the_budget_is_not_too_much() -> None:
    spent = assess(slo(alerting=Alerting(page=Notice(enabled=False), ticket=Notice(enabled=False))),
                   events((NOW - DAY, 2_997, 3_000)), NOW)  # fmt: skip
    over = assess(slo(), events((NOW - DAY, 2_996, 3_000)), NOW)

    assert spent.budget is not None
    assert (spent.budget.left, spent.state, over.state) == (0, "met", "exhausted")


def test_a_budget_of_slices_is_that_of_the_whole_period() -> None:
    # OpenSLO's own example: a week of minutes at 99.95 % may have 5 minutes and 2.4 seconds of bad ones.
    week = Calendar(count=1, unit="w", start="2026-01-26T00:00:00", zone="UTC")
    objective = slo(window=week, objective=99.95, budgeting=Budgeting.TIMESLICES, slice_s=60, slice_target=0.95)
    begin = at("2026-01-26T00:00:00")
    found = events((begin, 95, 100), (begin + MINUTE, 94, 100), (begin + 4 * MINUTE, 1, 1))

    one = assess(objective, found, begin + 5 * MINUTE)

    assert one.budget is not None
    assert one.budget.unit == "minutes"
    assert one.budget.total * 60 == pytest.approx(5 * 60 + 2.4)
    assert (one.good, one.total, one.budget.spent, one.unknown) == (2, 3, 1, 2)
    assert "2 slices have no event since the data began; they count neither as good nor as bad." in one.how


@pytest.mark.parametrize(
    ("missing", "good", "total"),
    [(Missing.EXCLUDED, 2, 3), (Missing.GOOD, 4, 5), (Missing.BAD, 2, 5)],
)
def test_slices_without_events_count_as_the_objective_says(missing: Missing, good: float, total: float) -> None:
    objective = slo(budgeting=Budgeting.TIMESLICES, slice_target=0.95, missing=missing)
    begin = NOW - 5 * MINUTE
    found = events((begin, 95, 100), (begin + MINUTE, 94, 100), (begin + 4 * MINUTE, 1, 1))

    one = assess(objective, found, NOW)

    assert (one.good, one.total) == (good, total)


def test_ratio_slices_weigh_minutes_and_not_events() -> None:
    # OpenSLO's comparison: a minute with very many events and 1 % good ones costs 0.99 minutes, however many they are.
    objective = slo(objective=95, budgeting=Budgeting.RATIO_TIMESLICES)
    found = events((NOW - 2 * MINUTE, 100, 10_000), (NOW - MINUTE, 10, 10))

    one = assess(objective, found, NOW)

    assert one.budget is not None
    assert one.budget.spent == pytest.approx(0.99)
    assert one.budget.total == pytest.approx(0.05 * 30 * 24 * 60)
    assert one.compliance == pytest.approx(100 * 1.01 / 2)


def test_a_slice_that_is_not_over_does_not_count_yet() -> None:
    objective = slo(budgeting=Budgeting.TIMESLICES, slice_target=1.0)
    found = events((NOW, 0, 10), (NOW - MINUTE, 10, 10))

    assert assess(objective, found, NOW + 59 * S).total == 1
    assert assess(objective, found, NOW + 60 * S).total == 2


@pytest.mark.parametrize(
    ("window", "moment", "start", "end"),
    [
        pytest.param(BERLIN_MONTH, "2026-03-31T21:59:59", "2026-02-28T23:00", "2026-03-31T22:00", id="month-of-a-jump"),
        pytest.param(BERLIN_MONTH, "2026-03-31T22:00:00", "2026-03-31T22:00", "2026-04-30T22:00", id="next-month"),
        pytest.param(BERLIN_MONTH, "2019-12-31T22:30:00", "2019-11-30T23:00", "2019-12-31T23:00", id="before-start"),
        pytest.param(Calendar(count=1, unit="d", start="2026-01-01T00:00:00", zone="America/New_York"),
                     "2026-03-08T12:00:00", "2026-03-08T05:00", "2026-03-09T04:00", id="day-of-23-hours"),
        pytest.param(Calendar(count=1, unit="d", start="2026-01-01T00:00:00", zone="America/New_York"),
                     "2026-11-01T12:00:00", "2026-11-01T04:00", "2026-11-02T05:00", id="day-of-25-hours"),
        pytest.param(Calendar(count=1, unit="w", start="2022-01-01T12:00:00", zone="America/New_York"),
                     "2022-01-08T16:59:59", "2022-01-01T17:00", "2022-01-08T17:00", id="week-from-saturday-noon"),
        pytest.param(Calendar(count=1, unit="Q", start="2026-01-01T00:00:00", zone="UTC"),
                     "2026-05-05T00:00:00", "2026-04-01T00:00", "2026-07-01T00:00", id="quarter"),
        pytest.param(Calendar(count=2, unit="M", start="2026-01-31T00:00:00", zone="UTC"),
                     "2026-04-01T00:00:00", "2026-03-31T00:00", "2026-05-31T00:00", id="last-days-of-months"),
        pytest.param(Calendar(count=1, unit="Y", start="2024-02-29T00:00:00", zone="UTC"),
                     "2026-02-28T00:00:00", "2026-02-28T00:00", "2027-02-28T00:00", id="leap-day"),
        pytest.param(Calendar(count=6, unit="h", start="2026-01-01T00:00:00", zone="UTC"),
                     "2026-01-02T07:00:00", "2026-01-02T06:00", "2026-01-02T12:00", id="six-hours"),
    ],
)  # fmt: skip
def test_calendar_periods(window: Calendar, moment: str, start: str, end: str) -> None:
    period = period_at(window, at(moment))

    assert (period.start, period.end) == (at(start), at(end))


ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"])


@given(zone=ZONES, unit=st.sampled_from("hdwMQY"), count=st.integers(1, 5), moment=st.integers(0, 4_000_000_000))
def test_periods_follow_each_other_without_gaps(zone: str, unit: str, count: int, moment: int) -> None:
    window = Calendar.model_validate({"count": count, "unit": unit, "start": "2026-01-31T02:30:00", "zone": zone})

    here = period_at(window, moment * S)
    after = period_at(window, here.end)

    assert here.start <= moment * S < here.end == after.start
    assert periods_between(window, moment * S, here.end) == [here, after]
    assert period_at(window, here.start) == here == period_at(window, here.end - 1)


def test_a_calendar_budget_is_full_again_in_each_period() -> None:
    spring = at("2026-03-31T21:00:00")
    found = events((spring, 0, 10), (spring + 2 * HOUR, 999, 1_000), (spring + 40 * DAY, 500, 500))

    one = assess(slo(window=BERLIN_MONTH, objective=99.0), found, spring + 40 * DAY + MINUTE)

    assert [(part.label, part.compliance, part.met, part.complete) for part in one.history] == [
        ("2026-03", 0.0, False, False),
        ("2026-04", 99.9, True, True),
        ("2026-05", 100.0, True, False),
    ]
    assert (one.good, one.total, one.state) == (500, 500, "met")
    assert "so far; it grows with the traffic until the period ends" in " ".join(one.how)


def test_a_rolling_objective_is_told_by_months_too() -> None:
    one = assess(slo(), events((NOW - DAY, 9, 10), (NOW, 10, 10)), NOW + HOUR)

    assert [(part.label, part.compliance, part.met) for part in one.history] == [
        ("2026-01", 90.0, False), ("2026-02", 100.0, True),
    ]  # fmt: skip


def test_a_rate_above_one_ends_the_budget_and_one_below_does_not() -> None:
    # A full window of 1,000 events a minute at 99.9 %: 43,200 of 43.2 million may be bad; 30,240 were.
    calm = steady(30 * 24 * 60, good=999.3, total=1_000)
    burning = calm + events((NOW + 5 * HOUR, 360_000 - 720, 360_000))
    later = NOW + 5 * HOUR + S

    lasts, ends = assess(slo(), calm, NOW).forecast, assess(slo(), burning, later).forecast

    assert (lasts.lasts, lasts.exhausted_unix_nano) == (True, None)
    assert lasts.rate == pytest.approx(0.7)
    assert ends.rate == pytest.approx((720 + 60 * 0.7) / (360_000 + 60_000) / 0.001, rel=0.02)
    assert ends.exhausted_unix_nano is not None
    assert ends.exhausted_unix_nano > later


def test_a_forecast_of_slices_counts_bad_minutes() -> None:
    # 1 of 2 minutes is bad, and 0.01 * 1,440 = 14.4 may be in a day; 5 were in 10 minutes, so 9.4 are left for 18.8.
    day = Calendar(count=1, unit="d", start="2026-01-01T00:00:00", zone="UTC")
    objective = slo(window=day, objective=99, budgeting=Budgeting.TIMESLICES, slice_target=1.0)
    found = Events.of([NOW + n * MINUTE for n in range(10)], [n % 2 for n in range(10)], [1] * 10)

    one = assess(objective, found, NOW + 10 * MINUTE)

    assert one.budget is not None
    assert one.budget.left == pytest.approx(9.4)
    assert one.forecast.exhausted_unix_nano == pytest.approx(NOW + 28.8 * MINUTE, abs=S)


def test_without_events_nothing_is_claimed() -> None:
    one = assess(slo(), events(), NOW)

    assert (one.state, one.compliance, one.budget, one.how) == ("no data", None, None, [])


def test_a_page_fires_while_both_windows_burn() -> None:
    # From minute 120 on a tenth is bad. Over 1 h that is 1.44 % after 8.64 minutes; over 5 min it is at once.
    minutes = np.arange(240)
    bad = np.where((minutes >= 120) & (minutes < 150), 10.0, 0.0)
    found = Events.of(NOW + minutes * MINUTE, 100 - bad, np.full(240, 100.0))

    one = assess(slo(), found, NOW + 240 * MINUTE)
    quick = next(state for state in one.alerts if state.name == "page quick")

    assert [(moment - NOW) // MINUTE for moment in quick.begins] == [129]
    # The short window lets go when less than 1.44 % of 5 minutes is bad: when the last bad one has left it.
    assert [(moment - NOW) // MINUTE for moment in quick.ends] == [155]
    assert not quick.firing


def test_the_first_bad_event_of_new_data_pages_nobody() -> None:
    one = assess(slo(), events((NOW, 0, 1)), NOW + MINUTE)

    assert [(state.judged, state.firing) for state in one.alerts] == [(False, False)] * 4
    assert "too young to judge page quick, page slow" in " ".join(one.how)


def test_an_alert_of_its_own_has_to_last() -> None:
    own = Alert(name="steady", severity="page", op="gte", burn_rate=1.9, lookback_s=300, after_s=600)
    minutes = np.arange(60)
    bad = np.where((minutes >= 20) & (minutes < 50), 1.0, 0.0)
    found = Events.of(NOW + minutes * MINUTE, 100 - bad, np.full(60, 100.0))

    state = assess(slo(alerts=[own]), found, NOW + 60 * MINUTE).alerts[-1]

    # One bad of 500 is a burn rate of 2: from minute 21 on, and ten minutes later it alerts.
    assert [(moment - NOW) // MINUTE for moment in state.begins] == [31]
    assert [(moment - NOW) // MINUTE for moment in state.ends] == [55]


BATCH = st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 5), st.integers(0, 5)), max_size=40)


@given(batch=BATCH, cut=st.integers(0, 40), budgeting=st.sampled_from(Budgeting), objective=st.sampled_from([50, 99.9]))
def test_batches_change_nothing_and_the_budget_adds_up(
    batch: list[tuple[int, int, int]], cut: int, budgeting: Budgeting, objective: float
) -> None:
    one_slo: Slo = slo(objective=objective, budgeting=budgeting, slice_target=0.5, slice_s=300)
    parts = [(NOW - second * S, good, good + bad) for second, good, bad in batch]

    whole = assess(one_slo, events(*parts), NOW)
    split = assess(one_slo, events(*parts[cut:]) + events(*parts[:cut]), NOW)

    assert split == whole
    if whole.budget:
        assert whole.budget.spent + whole.budget.left == pytest.approx(whole.budget.total)
        assert 0 <= whole.good <= whole.total


def test_the_rates_of_the_list_name_windows_that_are_not_the_usual_ones() -> None:
    found = events((NOW - 30 * S, 99, 100))
    day = Rolling(text="1d", seconds=86_400)

    assert [assess(slo(), found, NOW).page_rate(place) for place in (0, 1)] == ["10", "10"]
    assert assess(slo(window=day), found, NOW).page_rate(0) == "10 (2 min)"
    assert assess(slo(), events(), NOW).page_rate(0) == "-"
