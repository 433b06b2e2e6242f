"""Batches of a connector and the offsets that travel with them."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from pathway.io.python import COMMIT_LITERAL as COMMIT

from workbench.flow import source as flow_source
from workbench.flow.services import Source
from workbench.flow.source import RowSource


class Counter(RowSource):
    """Puts the numbers from its offset on; goes on behind every multiple of 3."""

    goes_on = True

    def __init__(self, up_to: int) -> None:
        super().__init__(Source("count", threading.Event(), lambda **fault: None))
        self.up_to = up_to

    def read(self) -> None:
        for number in range(int(self.offset or 0), self.up_to):
            self.put((number,))
            if (number + 1) % 3 == 0:
                self.reached(str(number + 1))


def sent(subject: RowSource) -> list[tuple[Any, list[int]]]:
    """Return (offset, rows) of each batch that went to the engine."""
    found: list[tuple[Any, list[int]]] = []
    offset = None
    while not subject._buffer.empty():
        _, _, values = subject._buffer.get()
        if "_pw_offset" in values:
            offset = json.loads(values["_pw_offset"])
        elif "rows" in values:
            found.append((offset, [row[0] for row in values["rows"]]))
    return found


def test_rows_and_the_offset_behind_them_travel_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow_source, "BATCH", 4)
    counter = Counter(13)

    counter.run()

    assert sent(counter) == [
        ([1, "6"], [0, 1, 2, 3, 4, 5]),
        ([2, "12"], [6, 7, 8, 9, 10, 11]),
        ([3, "12"], [12]),
    ]


def test_a_source_begins_where_an_earlier_run_had_come_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow_source, "BATCH", 4)
    counter = Counter(12)
    counter._seek(b'[7, "6"]')

    counter.run()

    assert sent(counter) == [([8, "12"], [6, 7, 8, 9, 10, 11])]


def test_a_flush_keeps_back_what_no_offset_covers() -> None:
    counter = Counter(0)
    counter.put((1,))
    counter.reached("1")
    counter.put((2,))

    counter.flush()

    assert sent(counter) == [([1, "1"], [1])]


def test_what_came_before_the_first_wait_is_shown_at_once_and_a_source_that_ends_is_one_minibatch() -> None:
    live, ends = Counter(3), Counter(3)
    live.put((1,))
    live.reached("1")

    live.flush()
    live.put((2,))
    live.reached("2")
    live.flush()
    ends.run()

    commits = [[item[2].get("_pw_special") for item in list(one._buffer.queue)].count(COMMIT) for one in (live, ends)]
    assert commits == [1, 0]


def test_a_source_of_which_nothing_is_wanted_reads_nothing() -> None:
    counter = Counter(3)
    counter.most = 0

    counter.run()

    assert sent(counter) == []
