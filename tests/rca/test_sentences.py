"""What is said of an incident is true for somebody who looks at the calls, the store and the clock."""

import pandas as pd
import pytest

from tests.rca.made import START, call, frame
from tests.rca.test_slow_statement import calls, usual
from workbench.facts.diagnosis import Cause
from workbench.facts.telemetry import Case, Telemetry
from workbench.rca.actions import actions_for
from workbench.rca.changes import changes_near
from workbench.rca.diagnose import diagnose
from workbench.rca.explained import explained_store
from workbench.rca.narrate import EdgeSign, Span, edge_evidence, with_unit
from workbench.rca.network import slow_network
from workbench.rca.statements import SlowStatement
from workbench.rca.windows import seconds
from workbench.semconv import Table

ONSET_S, END_S = 300, 600


@pytest.mark.parametrize(("work_ms", "said"), [(10.0, True), (90.0, False)], ids=["as-ever", "the-answer-is-late"])
def test_calls_that_take_longer_are_not_called_well_whoever_is_to_blame(work_ms: float, said: bool) -> None:
    rows = []
    for turn in range(END_S):
        late = turn >= ONSET_S
        rows += call(3 * turn, "web", "stock", turn, gap_ms=300.0 + turn % 7 if late else 2.0 + 0.1 * (turn % 5))
        rows += call(3 * turn + 1, "api", "stock", turn + 0.3, own_ms=work_ms if late else 10.0 + 0.1 * (turn % 7))
        rows += call(3 * turn + 2, "web", "mail", turn + 0.6, gap_ms=2.0 + 0.1 * (turn % 5))

    found = diagnose(Case("late", Telemetry(spans=frame(Table.SPANS, rows)), at_unix_nano=START + seconds(ONSET_S)))

    against = [one.summary for cause in found.causes for one in cause.evidence if not one.supports]
    assert any(text.startswith("Calls from api to stock are neither slower") for text in against) is said


@pytest.mark.parametrize(("after_s", "undone"), [(-60, True), (10, True), (45, False)])
def test_a_change_that_came_after_the_onset_is_not_undone(after_s: int, undone: bool) -> None:
    event = {"time_unix_nano": START + seconds(after_s), "service_name": "cart", "event_name": "deploy"}

    changes = changes_near(frame(Table.EVENTS, [event]), START)
    titles = [one.title for one in actions_for(Cause(rank=1, service_name="cart", confidence=0.9), changes)]

    assert any(title.startswith("Undo the change of cart") for title in titles) is undone
    assert ("hardly started it" in changes[0].sentence()) is not undone


def test_a_store_that_one_statement_keeps_busy_is_told_so() -> None:
    base = pd.concat([calls("cart", "SELECT a · SELECT ? FROM a", usual(60)), calls("stock", "SELECT b", usual(60))])
    late = [900.0] * 60
    test = pd.concat([calls("cart", "SELECT a · SELECT ? FROM a", late), calls("stock", "SELECT b", usual(60))])

    told = explained_store(slow_network(base, test).edges, SlowStatement("db", "cart", "SELECT a · SELECT ? FROM a"))

    assert told == {
        "db": "db is busy with one statement of cart: SELECT a takes 900 ms, healthy is 6 ms. "
        "What else is slow there waits for it."
    }


def test_nothing_is_said_of_the_inside_of_a_callee_without_spans() -> None:
    edge = pd.Series(
        {"caller": "cart", "callee": "db", "operation": "SELECT a", "value": 0.4, "median": 0.1, "calls": 50}
    )
    told = [
        edge_evidence(edge, "cart", 2.0, Span(0, 1), what=what, silent=silent).summary
        for what in (EdgeSign.GAPS, EdgeSign.FAILED)
        for silent in (False, True)
    ]

    assert ["side of db" in text for text in told] == [True, False, True, False]


@pytest.mark.parametrize(("value", "text"), [(0.0121, "12.1 ms"), (1.85, "1.85 s"), (0.0, "0 s")])
def test_parts_of_a_second_are_milliseconds(value: float, text: str) -> None:
    assert with_unit(value, "s") == text
