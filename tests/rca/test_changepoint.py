"""The moment at which indicators change together, and an earlier one at which a comparable group of them did."""

import numpy as np
import pandas as pd
import pytest

from workbench.facts.telemetry import Case, Telemetry, empty_frame
from workbench.rca.changepoint import find_change
from workbench.rca.diagnose import diagnose
from workbench.rca.metric_table import make_metrics
from workbench.rca.remaining import as_used
from workbench.rca.visits import read_spans
from workbench.semconv import NANOS_PER_SECOND, Table

ROWS, EVERY_S = 60, 10


def usage(steps: dict[str, int], rows: int = ROWS, every_s: int = EVERY_S) -> Telemetry:
    """CPU of each service, a row each `every_s` seconds, which rises threefold at a row."""
    rng = np.random.default_rng(3)
    made = [
        {
            "time_unix_nano": number * every_s * NANOS_PER_SECOND,
            "metric_name": "process.cpu.utilization",
            "service_name": service,
            "value": (0.6 if number >= step else 0.2) + 0.01 * rng.standard_normal(),
        }
        for service, step in steps.items()
        for number in range(rows)
    ]
    frame = empty_frame(Table.METRICS)
    metrics = pd.DataFrame([{name: row.get(name, "") for name in frame.columns} for row in made])
    return Telemetry(metrics=metrics.astype({"value": float, "time_unix_nano": "int64"}))


def change_of(steps: dict[str, int]) -> tuple[float, float | None]:
    telemetry = usage(steps)
    change = find_change(telemetry, make_metrics(telemetry.metrics), read_spans(telemetry.spans))
    assert change is not None
    earlier = change.earlier_unix_nano
    return change.at_unix_nano / NANOS_PER_SECOND, earlier / NANOS_PER_SECOND if earlier is not None else None


def test_one_common_step_has_no_earlier_one():
    at, earlier = change_of({f"s{number}": 35 for number in range(6)})

    assert at == pytest.approx(350, abs=20)
    assert earlier is None


def test_a_comparable_group_that_changed_before_is_told():
    at, earlier = change_of({f"a{number}": 25 for number in range(4)} | {f"b{number}": 45 for number in range(6)})

    assert at == pytest.approx(450, abs=20)
    assert earlier == pytest.approx(250, abs=20)


def test_a_single_series_that_changed_before_is_no_group():
    at, earlier = change_of({"a": 20} | {f"b{number}": 45 for number in range(6)})

    assert at == pytest.approx(450, abs=20)
    assert earlier is None


def test_a_change_has_a_minute_before_it():
    telemetry = usage({f"s{number}": 2 for number in range(6)}, rows=24, every_s=30)

    change = find_change(telemetry, make_metrics(telemetry.metrics), read_spans(telemetry.spans))

    assert change is None or change.at_unix_nano >= 60 * NANOS_PER_SECOND


@pytest.mark.parametrize("name", ["node_memory_available_bytes", "process_cpu_seconds_total"])
def test_what_is_always_used_up_and_a_counter_that_was_read_once_move_nothing(name: str):
    telemetry = usage({f"s{number}": 35 for number in range(6)})
    # Nothing is left of it at any time, so nobody knows of how much; one reading of a counter is no rate.
    rows = telemetry.metrics[:1] if name.endswith("_total") else telemetry.metrics[:ROWS]
    empty = rows.assign(metric_name=name, value=0.0)
    more = Telemetry(metrics=pd.concat([telemetry.metrics, empty], ignore_index=True))

    found = diagnose(Case("case", more))

    assert [len(series.time) for group in as_used(make_metrics(empty)).values() for series in group.values()] == [0]
    assert found.model_copy(update={"seconds": 0}) == diagnose(Case("case", telemetry)).model_copy(
        update={"seconds": 0}
    )
