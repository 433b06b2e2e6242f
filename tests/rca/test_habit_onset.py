"""The time at which requests leave out a step, and lines in which one word varies."""

import numpy as np

from tests.rca.made import START, call, frame
from workbench.facts.telemetry import empty_frame
from workbench.rca.faulttype import code_fault
from workbench.rca.habit_onset import habit_onset
from workbench.rca.items import VisitTable, make_visits
from workbench.rca.joined import Part
from workbench.rca.line_patterns import line_patterns, with_line_patterns
from workbench.rca.structure import BrokenRule, broken_rules
from workbench.rca.windows import seconds
from workbench.semconv import Table

NO_LOGS = empty_frame(Table.LOGS)
EXTENT = (START, START + seconds(600))
CITIES = ("Bremen", "Cork", "Gent", "Graz", "Lyon", "Porto")


def requests(onset_s: float, *, left_out: int = 1, of: int = 1, before: int = 0) -> VisitTable:
    """A request each two seconds: web calls cart, cart calls stock but for `left_out` of `of` requests since the
    onset, and for `before` of them until then.
    """
    rows = []
    for trace, at in enumerate(range(0, 600, 2)):
        outer = call(trace, "web", "cart", at)
        inner = call(trace, "cart", "stock", at)
        inner[1]["parent_span_id"] = outer[2]["span_id"]
        rows += outer + ([] if trace % of < (left_out if at >= onset_s else before) else inner[1:])
    return make_visits(frame(Table.SPANS, rows), NO_LOGS)


def test_step_that_is_left_out_is_dated_wherever_it_begins() -> None:
    for onset_s in (150, 300, 500):
        found = habit_onset(requests(onset_s, left_out=2, of=3), EXTENT)

        assert found is not None
        assert 0 <= onset_s - (found - START) / seconds(1) <= 20


def test_what_most_requests_did_and_few_do_now_is_dated_too() -> None:
    found = habit_onset(requests(300, left_out=4, of=5, before=1), EXTENT, mostly=True)

    assert found is not None
    assert 0 <= 300 - (found - START) / seconds(1) <= 20
    assert habit_onset(requests(300, left_out=2, of=5, before=1), EXTENT, mostly=True) is None
    assert habit_onset(requests(300, left_out=4, of=5, before=1), EXTENT) is None


def test_habits_that_hold_have_no_onset() -> None:
    assert habit_onset(requests(600), EXTENT) is None
    assert habit_onset(requests(0, left_out=1, of=2), EXTENT) is None
    assert habit_onset(make_visits(empty_frame(Table.SPANS), NO_LOGS), EXTENT) is None


def test_line_with_a_varying_word_is_missed() -> None:
    def quoted(first: int, *, silent: bool) -> VisitTable:
        spans = [row for trace in range(first, first + 60) for row in call(trace, "web", "quotes", trace)]
        lines = [
            {
                "trace_id": f"t{trace}",
                "span_id": f"{trace}cquotes",
                "service_name": "quotes",
                "body": f"INFO quote for {CITIES[trace % len(CITIES)]} made",
            }
            for trace in range(first, first + 60)
            if not silent or trace % 5 == 0
        ]
        return make_visits(frame(Table.SPANS, spans), frame(Table.LOGS, lines))

    both = with_line_patterns(_one_after_another(quoted(0, silent=False), quoted(100, silent=True)))
    early = both.start < START + seconds(90)

    found = broken_rules([Part(both, early)], Part(both, ~early))

    assert "quotes" in found.scores
    assert "log:INFO quote for <*> made" in {rule.then for rule in found.rules}


def _one_after_another(one: VisitTable, other: VisitTable) -> VisitTable:
    columns = {
        name: np.concatenate([getattr(one, name), getattr(other, name)])
        for name in ("entry", "kind", "service", "trace", "start", "end", "own_ms", "caller", "before_last", "item")
    }
    shift = len(one)
    columns["caller"][shift:] = np.where(other.caller >= 0, other.caller + shift, -1)
    items = np.concatenate([one.item_visit, other.item_visit + shift])
    return VisitTable(spans=one.spans, item_visit=items, lines=one.lines, **columns)


def test_only_words_with_many_values_become_a_pattern() -> None:
    cities = [("quotes", f"log:INFO quote for {city}") for city in CITIES]
    states = [("cart", f"log:INFO cart is {state}") for state in ("full", "empty")]
    levels = [("cart", f"log:{level} cart was lost") for level in ("INFO", "WARN", "ERROR", "FATAL")]

    found = line_patterns([*cities, *states, *levels])

    assert set(found) == set(cities)
    assert set(found.values()) == {"log:INFO quote for <*>"}


def test_steps_left_out_without_an_error_are_a_wrong_return_where_errors_would_be_seen() -> None:
    def rule(then: str, *, novel: bool) -> BrokenRule:
        return BrokenRule("cart|do", "cart", novel, "op:do", then, 1e-9, 40, 50, 0, 200)

    missing = [rule("call:stock|do", novel=False)]

    assert code_fault(missing, NO_LOGS, statuses=True) == "return"
    assert code_fault(missing, NO_LOGS, statuses=False) == "exception"
    assert code_fault([*missing, rule("error:do", novel=True)], NO_LOGS, statuses=True) == "exception"
    assert code_fault([*missing, rule("log:ERROR lost", novel=True)], NO_LOGS, statuses=True) == "exception"
