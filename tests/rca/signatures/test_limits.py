"""A value is near its limit only where the limit is its own."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.facts.telemetry import Telemetry
from workbench.rca.signatures.load import load_signatures
from workbench.rca.signatures.match import find_failure_modes
from workbench.semconv import COLUMNS, Table

START, STEP = 1_743_580_800_000_000_000, 10_000_000_000


def metrics(**series: list[float]) -> Telemetry:
    """Return metrics of one instance; `a__b` is written `a.b`."""
    rows = [
        {
            "time_unix_nano": START + place * STEP, "metric_name": name.replace("__", "."), "value": value,
            "service_name": "cart", "service_instance_id": "cart-1", "unit": "{connection}",
        }
        for name, values in series.items()
        for place, value in enumerate(values)
    ]  # fmt: skip
    frame = pd.DataFrame(rows)
    for column in COLUMNS[Table.METRICS]:
        if column not in frame:
            frame[column] = ""
    return Telemetry(metrics=frame)


def modes(telemetry: Telemetry) -> list[str]:
    return [one.sentence for one in find_failure_modes(telemetry, load_signatures())]


def test_the_limit_of_the_pool_is_none_of_the_sockets_of_the_machine() -> None:
    sockets = metrics(
        system__network__connection__count=[60, 62, 61, 60],
        db__client__connection__count=[1, 2, 1, 2],
        db__client__connection__max=[8, 8, 8, 8],
    )

    assert modes(sockets) == []


@pytest.mark.parametrize("other", ["http__client__connection__max", "aaa__connection__max"])
def test_of_several_limits_the_one_of_the_same_family_counts(other: str) -> None:
    full = {"db__client__connection__count": [8.0] * 4, "db__client__connection__max": [8.0] * 4}
    [said] = modes(metrics(**{other: [40.0] * 4}, **full))

    assert "8 connections are in use and there are no more" in said


def test_a_limit_with_a_name_of_its_own_counts_where_nothing_fits_it_better() -> None:
    [said] = modes(metrics(pool__active=[10.0] * 4, hikari_pool_size=[10.0] * 4))

    assert "10 connections are in use" in said
