"""What single services show dates an onset exactly if all of the data moves then, and is passed over elsewhere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.rca.made import START, frame, metric
from workbench.facts.diagnosis import Verdict
from workbench.facts.telemetry import Case, Telemetry
from workbench.rca.cache import ReferenceCache
from workbench.rca.changepoint import indicator_grid
from workbench.rca.diagnose import diagnose
from workbench.rca.items import read_visits
from workbench.rca.metric_table import read_metrics
from workbench.semconv import NANOS_PER_SECOND, Table

ROWS, STEP, S = 120, 80, NANOS_PER_SECOND
ONSET = START + STEP * 10 * S


def slow(seed: int = 7) -> Telemetry:
    """Metrics of three services, of which one becomes slow and busy at the step."""
    dice = np.random.default_rng(seed)
    rows = []
    for service in ("api", "billing", "db"):
        for name, level in {"cpu": 30.0, "latency_ms": 40.0}.items():
            values = level * dice.normal(1.0, 0.1, ROWS)
            values[STEP:] *= 2.8 if service == "db" else 1.0
            rows += metric(name, service, [float(value) for value in values])
    return Telemetry(metrics=frame(Table.METRICS, rows))


@pytest.mark.parametrize(
    ("noticed", "onset"),
    [
        pytest.param([ONSET + 7 * S], ONSET + 7 * S, id="just-then"),
        pytest.param([START + 90 * S, ONSET + 7 * S], ONSET + 7 * S, id="and-once-before"),
        pytest.param([START + 90 * S], None, id="long-before"),
    ],
)
def test_what_is_noticed_at_the_change_dates_it(noticed: list[int], onset: int | None) -> None:
    alone = diagnose(Case("case", slow()))
    found = diagnose(replace(Case("case", slow()), noticed_unix_nano=noticed))

    assert (found.verdict, found.causes[0].service_name) == (Verdict.INCIDENT, "db")
    assert found.onset_unix_nano == (alone.onset_unix_nano if onset is None else onset)


def test_many_series_with_few_rows_do_not_make_the_buckets_wide() -> None:
    whole = slow()
    rare = [row for at in range(30) for row in metric("latency_ms", f"rare{at}", [1.0] * 4)]
    for place, row in enumerate(rare):
        row["time_unix_nano"] = START + (place % 4) * 300 * S
    metrics = frame(Table.METRICS, [*whole.metrics.to_dict("records"), *rare])
    telemetry, cache = Telemetry(metrics=metrics), ReferenceCache()

    grid = indicator_grid(telemetry, read_metrics(telemetry, cache), read_visits(telemetry, cache).spans)

    assert grid is not None
    assert grid.width == 10 * S
