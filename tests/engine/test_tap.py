"""Samples of rows, picked by the engine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pathway as pw
import pytest
from pathway.internals.parse_graph import G

from workbench.engine.events import Tapped
from workbench.engine.tap import KEPT_ROWS, Taps


@pytest.fixture(autouse=True)
def _clear() -> Iterator[None]:
    G.clear()
    yield
    G.clear()


def sampled(share: float, rows: int) -> Tapped:
    sent: list[Any] = []
    table = pw.debug.table_from_rows(pw.schema_from_types(number=int), [(n,) for n in range(rows)])
    taps = Taps(sent.append, share)
    taps.add("node", table)
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)
    taps.finish()
    found: Tapped = sent[0]
    return found


def test_a_share_of_the_rows_is_picked_and_the_last_are_kept() -> None:
    found = sampled(0.1, 10_000)

    assert 800 < found.seen < 1200
    assert len(found.rows) == KEPT_ROWS


def test_all_rows_of_a_small_table() -> None:
    assert sorted(sampled(1, 3).rows) == ['{"number": 0}', '{"number": 1}', '{"number": 2}']
