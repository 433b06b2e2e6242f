"""Log patterns of a report carry the identifiers under which the workspace remembers them."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import pytest

from tests.detect.made import START, frame
from workbench.facts.telemetry import Telemetry
from workbench.report.patterns import make_patterns
from workbench.report.window import Window
from workbench.semconv import NANOS_PER_SECOND, Table
from workbench.signals.memory import DEFAULT_SYSTEM
from workbench.store import templates
from workbench.store.db import Store

ONSET = START + 60 * NANOS_PER_SECOND


def logs(word: str) -> pd.DataFrame:
    rows = [
        {
            "service_name": "web",
            "time_unix_nano": ONSET + number * NANOS_PER_SECOND,
            "body": f"pool {word} refused connection {number}",
            "severity_number": 17,
        }
        for number in range(20)
    ]
    return frame(Table.LOGS, rows)


@pytest.fixture
def store() -> Iterator[Store]:
    with Store.open(None) as opened:
        yield opened


def test_a_pattern_has_the_identifier_that_the_memory_gave_it_first(store: Store) -> None:
    window = Window(start=START, end=ONSET + 60 * NANOS_PER_SECOND, onset=ONSET)
    ids = []
    for word in ("main", "spare", "third"):
        memory = templates.load_memory(store, DEFAULT_SYSTEM)
        [pattern], _ = make_patterns(Telemetry(logs=logs(word)), window, memory.mine)
        templates.save_memory(store, DEFAULT_SYSTEM, memory)
        ids.append(pattern.template_id)

    assert pattern.template == "pool <*> refused connection <*>"
    assert ids[2] == ids[0] != ids[1]
    assert templates.load_memory(store, DEFAULT_SYSTEM).resolve(ids[1]) == ids[0]
