"""Says how a budget was computed: every number, where it comes from, and what is not known."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from workbench.detect.slo.durations import UNITS, spoken
from workbench.detect.slo.model import Budgeting, Missing, Query, Ratio, Raw, Rolling, Rows, Slo

if TYPE_CHECKING:
    from workbench.detect.slo.status import Status

_OPS = {"lt": "below", "lte": "at most", "gt": "above", "gte": "at least"}
_UNKNOWN = {
    Missing.EXCLUDED: "count neither as good nor as bad",
    Missing.GOOD: "count as good, as the specification says",
    Missing.BAD: "count as bad, as the specification says",
}


def amount(value: float) -> str:
    """Return a count with thousands and at most three digits behind the point: `5,974`, `29.87`."""
    return f"{value:,.3f}".rstrip("0").rstrip(".") if value % 1 else f"{value:,.0f}"


def percent(value: float, digits: int = 4) -> str:
    """Return a percentage without useless zeros; never 100 for what is less."""
    text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
    if text == "100" and value < 100:
        text = "> 99." + "9" * digits
    return f"{text} %"


def when(unix_nano: int) -> str:
    """Return a time as `2026-01-31 09:35:00 UTC`."""
    return f"{datetime.fromtimestamp(unix_nano // 1_000_000_000, UTC):%Y-%m-%d %H:%M:%S} UTC"


def window_words(slo: Slo) -> str:
    """Return the window for people: `the last 30 days`, `each calendar month (America/New_York)`."""
    one = slo.window
    if isinstance(one, Rolling):
        return f"the last {spoken(one.seconds)}"
    name = UNITS[one.unit]
    each = f"each calendar {name}" if one.count == 1 else f"each {one.count} calendar {name}s"
    return f"{each} ({one.zone})"


def query_words(query: Query | None) -> str:
    """Return which rows a query means."""
    if query is None:
        return "nothing"
    if not isinstance(query, Rows):
        return f"the query {query.text.strip()!r}"
    parts = [f"{key} = {value}" for key, value in query.equals.items()]
    parts += [f"{key} is one of {', '.join(values)}" for key, values in query.one_of.items()]
    parts += [f"{key} contains {value!r}" for key, value in query.contains.items()]
    parts += [f"{key} >= {value:g}" for key, value in query.at_least.items()]
    parts += [f"{key} <= {value:g}" for key, value in query.at_most.items()]
    counted = {"rows": "", "value": ", by their value", "increase": ", by their increase"}[query.counts]
    return query.table.value + (f" where {' and '.join(parts)}" if parts else "") + counted


def indicator_words(slo: Slo) -> str:
    """Return what is measured, in one sentence."""
    one = slo.indicator
    if isinstance(one, Ratio):
        kind, part = ("Good", one.good) if one.good is not None else ("Bad", one.bad)
        return f"Events are {query_words(one.total)}. {kind} are {query_words(part)}."
    if isinstance(one, Raw):
        what = "good" if one.is_success else "bad"
        return f"Each sample of {query_words(one.query)} is one event, and its value the share that is {what}."
    of = "duration in ms" if isinstance(one.query, Rows) and one.query.table == "spans" else "value"
    return f"Events are {query_words(one.query)}; good ones have a {of} {_OPS[one.op]} {one.value:g}."


def how_computed(status: Status) -> list[str]:
    """Return the computation, a sentence or two a step."""
    slo, budget = status.slo, status.budget
    if budget is None or status.start_unix_nano is None or status.end_unix_nano is None:
        return []
    lines = [
        f"Objective: {percent(slo.objective, 6)} of {_things(slo)} are good over {window_words(slo)}; here from "
        f"{when(status.start_unix_nano)} to {when(status.end_unix_nano)}.",
        indicator_words(slo),
        *_slice_words(slo),
        _budget_words(status),
        _spent_words(status),
    ]
    if status.compliance is not None:
        lines.append(f"Compliance: {amount(status.good)} / {amount(status.total)} = {percent(status.compliance)}.")
    lines += _missing_words(status)
    lines += _burn_words(status)
    return [*lines, _forecast_words(status)]


def _spent_words(status: Status) -> str:
    slo, budget = status.slo, status.budget
    if budget is None:
        return ""
    bad, share = amount(status.total - status.good), budget.left_share
    spent = f"Spent: {amount(status.total)} - {amount(status.good)} = {bad} bad {_things(slo)}"
    spent += _minutes(slo, budget.spent)
    left = f"Left: {amount(budget.total)} - {amount(budget.spent)} = {amount(budget.left)} {budget.unit}"
    return f"{spent}. {left}{f', {percent(100 * share, 2)} of the budget' if share is not None else ''}."


def _things(slo: Slo) -> str:
    return "events" if slo.budgeting is Budgeting.OCCURRENCES else f"slices of {spoken(slo.slice_s)}"


def _minutes(slo: Slo, minutes: float) -> str:
    return "" if slo.budgeting is Budgeting.OCCURRENCES else f", {amount(minutes)} minutes"


def _slice_words(slo: Slo) -> list[str]:
    if slo.budgeting is Budgeting.TIMESLICES:
        return [f"A slice is good when at least {percent(100 * (slo.slice_target or 0.0))} of its events are good."]
    if slo.budgeting is Budgeting.RATIO_TIMESLICES:
        return ["A slice counts by its share of good events, however many events it has."]
    return []


def _budget_words(status: Status) -> str:
    slo, budget = status.slo, status.budget
    share = percent(100 * float(slo.budget_share), 6)
    start = f"Budget: 100 % - {percent(slo.objective, 6)} = {share} of "
    total = budget.total if budget else 0.0
    if slo.budgeting is Budgeting.OCCURRENCES:
        so_far = ""
        if slo.window.kind == "calendar" and (status.at_unix_nano or 0) < (status.end_unix_nano or 0):
            so_far = " so far; it grows with the traffic until the period ends"
        return f"{start}{amount(status.total)} events = {amount(total)} events may be bad{so_far}."
    minutes = ((status.end_unix_nano or 0) - (status.start_unix_nano or 0)) / 60e9
    return f"{start}the period's {amount(minutes)} minutes = {amount(total)} minutes may be bad."


def _missing_words(status: Status) -> list[str]:
    first, start, at = status.first_unix_nano, status.start_unix_nano, status.at_unix_nano
    lines = []
    if first is not None and start is not None and at is not None and first > start:
        lines.append(
            f"The data begins at {when(first)} and covers {spoken((at - first) / 1e9)} of the period; what lies "
            "before is not known and counts as nothing."
        )
    if status.slo.budgeting is Budgeting.OCCURRENCES:
        lines.append("Time without events adds nothing to either side.")
    elif status.unknown:
        slices = "1 slice has" if status.unknown == 1 else f"{status.unknown:,} slices have"
        lines.append(f"{slices} no event since the data began; they {_UNKNOWN[status.slo.missing]}.")
    return lines


def _burn_words(status: Status) -> list[str]:
    share = float(status.slo.budget_share)
    known = [one for one in status.burn_rates if one.rate is not None]
    age = ((status.at_unix_nano or 0) - (status.first_unix_nano or 0)) / 1e9
    # Windows that are longer than the data is old all hold the same.
    told = [one for number, one in enumerate(known) if number == 0 or known[number - 1].window_s < age]
    said = [
        f"{one.window}{' and more' if one is told[-1] and len(told) < len(known) else ''}: "
        f"{percent(100 * (one.rate or 0.0) * share)} bad / {percent(100 * share, 6)} allowed = {one.rate or 0.0:.3g}"
        for one in told
    ]
    lines = [f"Burn rates, where 1 spends the budget in one period: {'; '.join(said)}."] if said else []
    lines += [
        f"The alert {one.name!r} fires: {' and '.join(one.windows)} burn faster than {one.limit:.3g}."
        for one in status.alerts
        if one.firing
    ]
    young = [one.name for one in status.alerts if not one.judged]
    if young:
        lines.append(f"The data is too young to judge {', '.join(young)}.")
    return lines


def _forecast_words(status: Status) -> str:
    one = status.forecast
    if status.state == "exhausted":
        return "The budget is gone."
    if one.rate is None:
        return f"Nothing happened in the last {one.window}, so nothing can be said about what comes."
    at = f"At the rate of the last {one.window} ({one.rate:.3g})"
    if one.exhausted_unix_nano is not None:
        return f"{at} the budget is gone at {when(one.exhausted_unix_nano)}."
    return f"{at} the budget lasts."
