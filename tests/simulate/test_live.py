from itertools import islice, takewhile

import pytest

from workbench.errors import BadInput
from workbench.semconv import COLUMNS, NANOS_PER_SECOND, ORIGIN, SEVERITY_ERROR, Table
from workbench.simulate.live import live_logs

START = 1_800_000_000 * NANOS_PER_SECOND


def minutes(count: float, **settings) -> list[dict]:
    end = START + round(count * 60 * NANOS_PER_SECOND)
    return list(takewhile(lambda row: row["time_unix_nano"] < end, live_logs(20, 5, start_unix_nano=START, **settings)))


def failed(row: dict) -> bool:
    return row["severity_number"] >= SEVERITY_ERROR


def test_rows_have_the_columns_of_logs_and_the_rate_that_was_asked_for():
    rows = minutes(5)

    assert list(rows[0]) == [name for name in COLUMNS[Table.LOGS] if name not in ORIGIN]
    assert len(rows) == pytest.approx(20 * 300, rel=0.05)
    times = [row["time_unix_nano"] for row in rows]
    assert times == sorted(times)


def test_errors_of_the_service_come_in_waves():
    rows = minutes(6, error_spike_every_s=60, error_spike_length_s=15, error_share=0.5, spike_service="cart")

    waves = [row for row in rows if (row["time_unix_nano"] - START) // NANOS_PER_SECOND % 60 >= 45]
    calm = [row for row in rows if (row["time_unix_nano"] - START) // NANOS_PER_SECOND % 60 < 45]
    cart = [failed(row) for row in waves if row["service_name"] == "cart"]
    assert 0.4 < sum(cart) / len(cart) < 0.6
    assert sum(failed(row) for row in waves if row["service_name"] != "cart") / len(waves) < 0.01
    assert sum(map(failed, calm)) / len(calm) < 0.01


def test_without_waves_there_are_only_a_few_errors():
    rows = minutes(5, error_spike_every_s=0)

    assert 0 < sum(map(failed, rows)) / len(rows) < 0.01


def test_the_same_seed_gives_the_same_rows():
    assert list(islice(live_logs(5, 3), 200)) == list(islice(live_logs(5, 3), 200))
    assert list(islice(live_logs(5, 3), 200)) != list(islice(live_logs(5, 4), 200))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        pytest.param(
            {"spike_service": "postgres"}, "spike_service: no service 'postgres'. Services: gateway", id="store"
        ),
        pytest.param({"rate_per_s": 0}, "rate_per_s: 0 rows per second. Give more than 0", id="rate"),
        pytest.param({"error_share": 1.5}, "error_share: a share of 1.5", id="share"),
    ],
)
def test_bad_settings_are_refused(settings, message):
    with pytest.raises(BadInput, match=message):
        live_logs(**{"rate_per_s": 5.0} | settings)
