"""Lines by page, by count and as they come."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tests.store.explore.conftest import T0, S
from workbench.errors import BadInput, NotFound
from workbench.semconv import Table
from workbench.store import telemetry
from workbench.store.db import Store
from workbench.store.explore import logs
from workbench.store.explore.logs import LogFilter, LogPage, Value


def ids(page: LogPage) -> list[int]:
    return [line.row_id % 2**36 for line in page.lines]


def test_pages_lead_to_each_other_without_gap_or_repetition(store: Store, lines: int) -> None:
    first = logs.search(store, LogFilter(), limit=4)
    second = logs.search(store, LogFilter(), limit=4, key=first.older)
    third = logs.search(store, LogFilter(), limit=4, key=second.older)

    assert [ids(page) for page in (first, second, third)] == [[9, 8, 7, 6], [5, 4, 3, 2], [1, 0]]
    assert (first.newer, third.older) == ("", "")

    back = logs.search(store, LogFilter(), limit=4, key=third.newer, direction="newer")
    top = logs.search(store, LogFilter(), limit=4, key=back.newer, direction="newer")

    assert (back.lines, back.older, back.newer) == (second.lines, second.older, second.newer)
    assert (top.lines, top.older, top.newer) == (first.lines, first.older, "")


def test_lines_of_one_moment_are_cut_between(store: Store, lines: int) -> None:
    page = logs.search(store, LogFilter(end_unix_nano=T0 + 5 * S), limit=1)

    assert ids(page) == [4]
    assert ids(logs.search(store, LogFilter(), limit=1, key=page.older)) == [3]


def test_a_page_that_exactly_fits_has_nothing_older(store: Store, lines: int) -> None:
    assert logs.search(store, LogFilter(), limit=10).older == ""


@pytest.mark.parametrize("key", ["x", "1", "1.x", ""])
def test_a_key_that_is_none_is_refused(store: Store, lines: int, key: str) -> None:
    if not key:
        assert len(logs.search(store, LogFilter(), key=key).lines) == 10
        return
    with pytest.raises(BadInput, match="is no key of a page"):
        logs.search(store, LogFilter(), key=key)


def test_times_services_levels_trace_and_data_set_narrow(store: Store, lines: int) -> None:
    def found(**wanted: object) -> list[int]:
        return ids(logs.search(store, LogFilter.model_validate(wanted)))

    assert found(start_unix_nano=T0 + 3 * S, end_unix_nano=T0 + 6 * S) == [5, 4, 3]
    assert found(services=["cart"], levels=["error", "fatal"]) == [9, 5, 1]
    assert found(trace_id="t1") == [1, 0]
    assert found(scope="shop", levels=["none"]) == [8]
    with pytest.raises(NotFound, match="data set 'other'"):
        found(scope="other")
    with pytest.raises(BadInput, match="no level 'loud'"):
        found(levels=["loud"])


def test_counts_over_time_and_by_value(store: Store, lines: int) -> None:
    found = logs.count(store, LogFilter(start_unix_nano=T0, end_unix_nano=T0 + 10 * S), buckets=8)

    assert (found.total, found.start_unix_nano, found.step_ns, found.buckets) == (10, T0, 2 * S, 5)
    assert found.levels == {
        "none": [0, 0, 0, 0, 1],
        "debug": [0, 0, 0, 1, 0],
        "info": [1, 2, 0, 1, 0],
        "warn": [0, 1, 0, 0, 0],
        "error": [1, 0, 0, 0, 1],
        "fatal": [0, 0, 1, 0, 0],
    }
    assert found.facets["service"] == [Value(value="cart", count=5), Value(value="web", count=5)]
    assert [(one.value, one.count) for one in found.facets["level"]] == [
        ("fatal", 1), ("error", 2), ("warn", 1), ("info", 4), ("debug", 1), ("none", 1),
    ]  # fmt: skip


def test_a_choice_does_not_hide_what_else_could_be_chosen(store: Store, lines: int) -> None:
    wanted = LogFilter(start_unix_nano=T0, end_unix_nano=T0 + 10 * S, services=["web"], levels=["info"])
    found = logs.count(store, wanted)

    assert (found.total, set(found.levels)) == (2, {"info"})
    assert found.facets["service"] == [Value(value="cart", count=2), Value(value="web", count=2)]
    assert [(one.value, one.count) for one in found.facets["level"]] == [
        ("warn", 1), ("info", 2), ("debug", 1), ("none", 1),
    ]  # fmt: skip


def test_other_columns_are_counted_when_asked_for(store: Store, lines: int) -> None:
    wanted = LogFilter(start_unix_nano=T0, end_unix_nano=T0 + 10 * S)

    assert logs.count(store, wanted, facets=("host",)).facets["host"] == [Value(value="", count=10)]
    with pytest.raises(BadInput, match=r"no facet 'body'. There are host"):
        logs.count(store, wanted, facets=("body",))


def test_a_tail_gives_what_came_since_also_when_it_is_late(store: Store, source_id: int, lines: int) -> None:
    begun = logs.tail(store, LogFilter(), limit=2)
    assert [line.row_id % 2**36 for line in begun.lines] == [8, 9]

    rows = {"time_unix_nano": [T0 - S, T0 + 20 * S], "body": ["late", "new"], "service_name": ["web", "cart"]}
    telemetry.append(store, Table.LOGS, pa.table(rows), source_id=source_id)
    since = logs.tail(store, LogFilter(), key=begun.key)

    assert [line.body for line in since.lines] == ["late", "new"]
    assert [line.body for line in logs.tail(store, LogFilter(services=["cart"]), key=begun.key).lines] == ["new"]
    assert logs.tail(store, LogFilter(), key=since.key).lines == []


def test_a_tail_that_is_too_fast_says_what_it_left_out(store: Store, source_id: int, lines: int) -> None:
    begun = logs.tail(store, LogFilter())
    telemetry.append(store, Table.LOGS, pa.table({"body": list("abcde")}), source_id=source_id)

    found = logs.tail(store, LogFilter(), key=begun.key, limit=2)

    assert ([line.body for line in found.lines], found.skipped) == (["d", "e"], 3)


def test_a_tail_of_an_empty_table_begins_with_the_first_line(store: Store, source_id: int) -> None:
    begun = logs.tail(store, LogFilter())
    telemetry.append(store, Table.LOGS, pa.table({"body": ["first"]}), source_id=source_id)

    assert (begun.lines, begun.key) == ([], "-1")
    assert [line.body for line in logs.tail(store, LogFilter(), key=begun.key).lines] == ["first"]


def test_a_sample_is_spread_and_tells_how_many_there_are(store: Store, lines: int) -> None:
    few, total = logs.sample(store, LogFilter(), 5)
    every, _ = logs.sample(store, LogFilter(), 100)

    assert total == 10
    assert 0 < len(few) <= 5
    assert len(every) == 10
    assert [row["time_unix_nano"] for row in few] == sorted(row["time_unix_nano"] for row in few)
