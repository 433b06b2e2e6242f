import numpy as np
import pandas as pd

from tests.rca.made import call, frame
from tests.rca.test_structure import whole
from workbench.rca.items import VisitTable, make_visits
from workbench.rca.repeats import written_twice
from workbench.rca.structure import broken_rules
from workbench.semconv import Table


def twice(*rows: tuple[int, str, int, str]) -> list[bool]:
    visit, key, time, body = (list(column) for column in zip(*rows, strict=True))
    code, keys = pd.factorize(np.array(key, dtype=object))
    found = written_twice(np.array(visit), code, list(keys), np.array(time), np.array(body, dtype=object))
    return [bool(value) for value in found]


def test_second_line_in_a_row_is_found_within_its_visit_only() -> None:
    assert twice((0, "INFO sum", 1, "sum 1"), (1, "INFO sum", 2, "sum 2"), (0, "INFO sum", 3, "sum 3")) == [
        False,
        False,
        True,
    ]


def test_another_line_between_parts_them() -> None:
    assert not any(twice((0, "INFO sum", 1, "sum 1"), (0, "INFO seat", 2, "seat"), (0, "INFO sum", 3, "sum 3")))


def test_row_that_was_read_twice_counts_once() -> None:
    assert not any(twice((0, "INFO sum", 1, "sum 1"), (0, "INFO sum", 1, "sum 1")))


def test_place_in_the_code_tells_the_statement_already() -> None:
    assert not any(twice((0, "INFO Cart#12", 1, "a"), (0, "INFO Cart#12", 2, "b")))


def _logged(first: int, count: int, sentences: int) -> VisitTable:
    spans = [row for trace in range(first, first + count) for row in call(trace, "web", "cart", trace)]
    entry = next(row for row in spans if row["service_name"] == "cart")
    lines = [
        {
            "trace_id": row["trace_id"],
            "span_id": row["span_id"],
            "service_name": "cart",
            "time_unix_nano": row["start_time_unix_nano"] + number,
            "body": f"INFO the distance is {number}",
        }
        for row in spans
        if row["service_name"] == "cart" and row["span_name"] == entry["span_name"]
        for number in range(sentences)
    ]
    return make_visits(frame(Table.SPANS, spans), frame(Table.LOGS, lines))


def test_service_that_leaves_out_the_second_of_two_equal_lines_is_blamed() -> None:
    found = broken_rules([whole(_logged(0, 60, 2))], whole(_logged(100, 20, 1)))

    assert max(found.scores, key=lambda name: found.scores[name]) == "cart"
    assert {(rule.then, rule.novel) for rule in found.rules} == {("twice:INFO the distance is", False)}


def test_loops_of_any_length_are_one_habit() -> None:
    found = broken_rules([whole(_logged(0, 60, 3))], whole(_logged(100, 20, 5)))

    assert found.rules == []


def test_table_of_lines_does_not_depend_on_their_order() -> None:
    # Two lines of one instant: their texts say which came first.
    rows = [(0, "INFO sum", 2, "d"), (0, "INFO seat", 1, "a"), (0, "INFO sum", 2, "b"), (0, "INFO seat", 2, "c")]

    found = [sorted(zip((row[3] for row in order), twice(*order), strict=True)) for order in (rows, rows[::-1])]

    assert found[0] == found[1] == [("a", False), ("b", False), ("c", False), ("d", False)]


def test_lines_of_one_instant_follow_each_other_by_their_texts() -> None:
    assert twice((0, "INFO sum", 1, "b"), (0, "INFO sum", 1, "a")) == [True, False]
