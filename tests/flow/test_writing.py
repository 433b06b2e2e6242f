"""The base of sinks in other systems: batches, retries, rows that are never taken, the last words of a run."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from tests.flow.other_system import WHERE, System, SystemWriter, Write, unreachable, works
from workbench.errors import BadInput, RunFailed
from workbench.flow import patience, writing
from workbench.flow.services import Sink


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FIRST_S", 0.01)
    monkeypatch.setattr(writing, "AFTER_STOP_S", 0.05)


class Bench:
    """A writer, and what it rejects."""

    def __init__(self, system: System, key: tuple[str, ...] = (), **settings: Any) -> None:
        self.stop = threading.Event()
        self.rejected: list[dict[str, Any]] = []
        sink = Sink("write", self.stop, lambda **fault: self.rejected.append(fault))
        self.writer = SystemWriter(Write(**settings), system, sink, key)

    def minibatch(self, *changes: tuple[int, bool]) -> None:
        """Let a minibatch go by."""
        for number, added in changes:
            self.writer.changed(f"key{number}", {"n": number}, 2, added)
        self.writer.flush(2)


def added(*numbers: int) -> list[tuple[int, bool]]:
    return [(number, True) for number in numbers]


def test_a_minibatch_is_written_at_its_end_in_batches() -> None:
    system = System()
    bench = Bench(system, batch_rows=2)

    bench.minibatch(*added(1, 2, 3))
    bench.minibatch()
    bench.minibatch((1, False), *added(4))
    bench.writer.end()

    assert system.written == [added(1, 2), added(3), [(1, False), (4, True)]]
    assert (system.connections, system.open) == (1, 0)


def test_what_is_unreachable_is_tried_again_and_nothing_is_lost() -> None:
    system = System(fails=[unreachable, works, unreachable, unreachable])
    bench = Bench(system)

    bench.minibatch(*added(1, 2))

    assert system.written == [added(1, 2)]
    assert (system.connections, bench.rejected) == (4, [])


def test_one_row_that_is_never_taken_keeps_no_other_away() -> None:
    system = System()
    bench = Bench(system)

    bench.minibatch(*added(1, 2, -3, 4, 5))

    assert sorted(pair for batch in system.written for pair in batch) == added(1, 2, 4, 5)
    assert bench.rejected == [
        {"uri": WHERE, "line": 0, "reason": f"{WHERE}: n = -3 is negative", "raw": '{"n": -3}'},
    ]


def test_what_stays_unreachable_fails_the_run_and_keeps_the_rows() -> None:
    bench = Bench(System(fails=[unreachable] * 1000), retry_s=0.05, batch_rows=1)

    with pytest.raises(RunFailed, match=f"node 'write': {WHERE}: connection refused. Given up after 0 s"):
        bench.minibatch((1, True), (2, False))
    bench.minibatch(*added(3))
    bench.writer.end()

    assert [json.loads(row["raw"]) for row in bench.rejected] == [{"n": 1}, {"n": 2, "diff": -1}]


def test_a_run_that_shall_end_does_not_wait_long() -> None:
    bench = Bench(System(fails=[unreachable] * 1000), retry_s=3600)
    bench.stop.set()

    with pytest.raises(RunFailed):
        bench.minibatch(*added(1))

    assert len(bench.rejected) == 1


def test_a_target_that_can_take_no_row_at_all_fails_the_run() -> None:
    system = System()
    bench = Bench(system)

    def no_table(connection: Any) -> None:
        raise BadInput("there is no table 'orders'", where=WHERE)

    bench.writer.prepare = no_table

    with pytest.raises(RunFailed, match="there is no table 'orders'"):
        bench.minibatch(*added(1, 2))


def test_with_a_key_the_last_state_of_each_row_is_written() -> None:
    system = System()
    bench = Bench(system, key=("n",))

    bench.minibatch((1, True), (1, False), (2, False), (2, True), (3, False))

    assert system.written == [[(1, True), (2, True), (3, False)]]


def test_a_sink_tells_up_to_which_minibatch_all_is_written() -> None:
    bench = Bench(System())
    told = [bench.writer.measure()]

    bench.minibatch(*added(1, 2))
    told.append(bench.writer.measure())
    bench.writer.changed("key3", {"n": 3}, 1_700_000_000_120, True)
    told.append(bench.writer.measure())
    bench.writer.flush(1_700_000_000_120)
    told.append(bench.writer.measure())
    bench.writer.end()
    told.append(bench.writer.measure())

    until = "all until 2023-11-14T22:13:20.120Z"
    assert told == [(0, 0, ""), (2, 0, ""), (2, 1, ""), (3, 0, until), (3, 0, until)]

    bench.writer.changed("key4", {"n": 4}, 2**64 - 2, True)
    bench.writer.flush(2**64 - 2)
    assert bench.writer.measure() == (4, 0, "all until the end")
