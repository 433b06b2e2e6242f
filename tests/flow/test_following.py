"""The base of sources in other systems: connection lost and found, offsets, keys, stops."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pathway as pw
import pytest
from pathway.internals.parse_graph import G

from tests.flow.other_system import WHERE, Read, Reader, System, unreachable, works
from workbench.errors import RunFailed
from workbench.flow import patience
from workbench.flow.following import followed
from workbench.flow.services import Source


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(patience, "FIRST_S", 0.01)
    G.clear()
    yield
    G.clear()


class Bench:
    """Runs a reader and collects its changes."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.rejected: list[dict[str, Any]] = []
        self.changes: list[tuple[Any, ...]] = []

    def source(self) -> Source:
        return Source("read", self.stop, lambda **fault: self.rejected.append(fault))

    def run(self, reader: Reader) -> list[tuple[Any, ...]]:
        """Run to the end; return the rows that are there then, sorted."""
        there: dict[Any, tuple[Any, ...]] = {}

        def on_change(key: Any, row: dict[str, Any], time: int, is_addition: bool) -> None:
            values = tuple(row.values())
            self.changes.append((*values, 1 if is_addition else -1))
            if is_addition:
                there[key] = values
            elif there.get(key) == values:
                del there[key]

        pw.io.subscribe(followed(reader), on_change=on_change)
        pw.run(monitoring_level=pw.MonitoringLevel.NONE)
        return sorted(there.values(), key=repr)


def entries(*numbers: int) -> list[dict[str, Any]]:
    return [{"n": number} for number in numbers]


def once(**settings: Any) -> Read:
    return Read(columns={"n": "integer"}, follow=False, **settings)


def test_a_lost_connection_costs_no_row_and_doubles_none() -> None:
    bench, system = Bench(), System(entries(1, 2, 3, 4, 5))
    system.fails = [unreachable, unreachable, works, works, works, works, unreachable]

    found = bench.run(Reader(once(), system, bench.source()))

    assert found == [(1,), (2,), (3,), (4,), (5,)]
    assert (system.connections, system.open) == (4, 0)


def test_what_never_answers_fails_the_run_with_the_place() -> None:
    bench, system = Bench(), System()
    system.fails = [unreachable] * 1000

    with pytest.raises(RunFailed, match=f"node 'read': {WHERE}: connection refused. Given up after 0 s"):
        bench.run(Reader(once(retry_s=0.05), system, bench.source()))


def test_it_begins_where_an_earlier_run_had_come_to() -> None:
    bench, system = Bench(), System(entries(1, 2, 3, 4, 5))
    reader = Reader(once(), system, bench.source())
    reader._seek(b'[7, "4"]')

    assert bench.run(reader) == [(5,)]


def test_a_row_that_does_not_fit_is_rejected_whole() -> None:
    bench, system = Bench(), System([{"n": "many", "more": b"\x01"}, {"n": 2}, {"m": 3}])

    found = bench.run(Reader(once(nulls="reject"), system, bench.source()))

    assert found == [(2,)]
    assert bench.rejected == [
        {"uri": WHERE, "line": 1, "reason": "column 'n': 'many' is not a whole number of 64 bits",
         "raw": '{"n": "many", "more": "01"}'},
        {"uri": WHERE, "line": 3, "reason": "column 'n' has no value", "raw": '{"m": 3}'},
    ]  # fmt: skip


@pytest.mark.parametrize(("nulls", "expected"), [("keep", (None,)), ("empty", (0,))])
def test_a_missing_value_is_kept_or_taken_as_empty(nulls: str, expected: tuple[Any]) -> None:
    bench, system = Bench(), System([{"n": None}])

    assert bench.run(Reader(once(nulls=nulls), system, bench.source())) == [expected]


def test_with_a_key_rows_are_replaced_and_taken_back() -> None:
    bench = Bench()
    system = System([{"n": 1, "m": "a"}, {"n": 2, "m": "b"}, {"n": 1, "m": "c"}, {"n": 2, "gone": True}])
    node = Read(columns={"n": "integer", "m": "text"}, follow=False)

    found = bench.run(Reader(node, system, bench.source(), key=["n"]))

    assert found == [(1, "c")]


@pytest.mark.parametrize("key", [(), ("n",)])
def test_it_follows_until_it_is_stopped(key: tuple[str, ...]) -> None:
    bench, system = Bench(), System(entries(1))

    def more() -> None:
        while not bench.changes:
            time.sleep(0.01)
        system.entries += entries(2, 3)
        while len(bench.changes) < 3:
            time.sleep(0.01)
        bench.stop.set()

    thread = threading.Thread(target=more)
    thread.start()
    node = Read(columns={"n": "integer"}, poll_s=0.02)
    found = bench.run(Reader(node, system, bench.source(), key))
    thread.join()

    assert found == [(1,), (2,), (3,)]


def test_a_stop_ends_the_wait_for_the_next_poll_and_for_a_lost_system() -> None:
    for fails in ([], [unreachable] * 10_000):
        bench, system = Bench(), System(fails=list(fails))
        threading.Timer(0.2, bench.stop.set).start()

        assert bench.run(Reader(Read(columns={"n": "integer"}, poll_s=3600), system, bench.source())) == []
        G.clear()
