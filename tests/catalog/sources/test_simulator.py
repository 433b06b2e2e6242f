from typing import Any

import pytest
from pydantic import ValidationError

from node_catalog.sources.simulator import Simulator
from workbench.semconv import COLUMNS, ORIGIN, SEVERITY_ERROR, Table

LOGS = [name for name in COLUMNS[Table.LOGS] if name not in ORIGIN]


def test_logs_have_a_wave_of_errors(bench: Any) -> None:
    node = Simulator(rate_per_s=50, rows=3000, speed=0, start_now=False, error_spike_every_s=60)

    rows = [dict(zip(LOGS, row, strict=True)) for row in bench.rows(node)]

    start = min(row["time_unix_nano"] for row in rows)
    errors = [row for row in rows if row["severity_number"] >= SEVERITY_ERROR]
    assert len(rows) == 3000
    in_wave = [row for row in errors if (row["time_unix_nano"] - start) / 1e9 % 60 >= 40]
    assert len(in_wave) > 0.8 * len(errors) > 10
    assert {row["service_name"] for row in in_wave} >= {"payments"}


@pytest.mark.parametrize("signal", ["spans", "metrics", "logs"])
def test_a_run_with_a_fault_has_every_signal(bench: Any, signal: str) -> None:
    node = Simulator(signal=signal, faults=["cpu@cart+20"], minutes=0.5, speed=0, start_now=False, rate_per_s=4)

    rows = bench.rows(node)

    assert len(rows) > 50
    assert len(rows[0]) == len(COLUMNS[Table(signal)]) - len(ORIGIN)


def test_an_unknown_fault_is_a_bad_setting() -> None:
    with pytest.raises(ValidationError, match="no fault 'sunspots'"):
        Simulator(faults=["sunspots"])


def test_only_logs_without_limit_are_endless() -> None:
    found = [Simulator().endless, Simulator(rows=5).endless, Simulator(signal="spans").endless]

    assert found == [True, False, False]
