"""Panels of dashboards saved as CSV: cells with units, and columns that are series of what the file is named after."""

from __future__ import annotations

import pytest

from tests.ingest.conftest import Rows, Write
from workbench.ingest import import_paths
from workbench.store.db import Store

QUERY = "SELECT metric_name, service_name, host_name, statistic, value, unit FROM metrics ORDER BY row_id"
TIMES = ("2023-11-14 22:13:20", "2023-11-14 22:13:35")


def panel(columns: list[str], *rows: tuple[str, ...]) -> str:
    lines = [["Time", *columns], *([at, *row] for at, row in zip(TIMES, rows, strict=False))]
    return "".join(",".join('"' + cell.replace('"', '""') + '"' for cell in line) + "\n" for line in lines)


@pytest.mark.parametrize(
    ("cells", "values", "unit"),
    [
        (("950 µs", "1.2 ms"), (0.00095, 0.0012), "s"),
        (("1.50 GiB", "512 MiB"), (1.5 * 2**30, 512.0 * 2**20), "By"),
        (("45.1%", "46 %"), (45.1, 46.0), "%"),
        (("2.10 K", "980"), (2100.0, 980.0), "1"),
        (("1,204 req/s", "1,180.5 req/s"), (1204.0, 1180.5), "1/s"),
    ],
)
def test_cells_with_units(
    store: Store, write: Write, rows: Rows, cells: tuple[str, str], values: tuple[float, float], unit: str
) -> None:
    path = write("panel.csv", panel(["response_time"], *((cell,) for cell in cells)))

    import_paths(store, [path])

    assert rows("SELECT value, unit FROM metrics ORDER BY row_id") == [(pytest.approx(value), unit) for value in values]


def test_a_cell_that_is_no_number_is_rejected_and_kept(store: Store, write: Write, rows: Rows) -> None:
    text = "time,latency\n" + "".join(f"{1_700_000_000 + at},{at} ms\n" for at in range(20)) + "1700000030,slow\n"

    report = import_paths(store, [write("panel.csv", text)])

    assert report.rejected == 1
    assert rows("SELECT count(*), max(value) FROM metrics") == [(20, pytest.approx(0.019))]


def test_text_with_units_in_a_log_stays_as_it_is(store: Store, write: Write, rows: Rows) -> None:
    text = "time,service,message,took\n2023-11-14T22:13:20Z,pay,stored,12 ms\n2023-11-14T22:13:21Z,pay,stored,9 ms\n"

    import_paths(store, [write("log.csv", text)])

    assert rows("SELECT attributes->>'$.took' FROM logs ORDER BY row_id") == [("12 ms",), ("9 ms",)]


@pytest.mark.parametrize(
    ("name", "columns", "expected"),
    [
        pytest.param(
            "CPU usage-data-2023-11-14 22_13_20.csv",
            ["checkout", "payments p95"],
            [("CPU usage", "checkout", "", ""), ("CPU usage", "payments", "", "p95")],
            id="series-of-the-panel",
        ),
        pytest.param(
            "Memory-data-as-joinbyfield-2023-11-14.csv",
            ['{job="x", service="checkout"}', '{job="x", service="payments"}'],
            [("Memory", "checkout", "", ""), ("Memory", "payments", "", "")],
            id="labels",
        ),
        pytest.param(
            "panel.csv",
            ['node_load1{instance="db1:9100", job="node"}', 'node_load1{instance="db2:9100", job="node"}'],
            [("node_load1", "db1", "db1", ""), ("node_load1", "db2", "db2", "")],
            id="names-and-labels",
        ),
        pytest.param(
            "CPU.csv",
            ["cpu_user", "memory_used"],
            [("cpu_user", "", "", ""), ("memory_used", "", "", "")],
            id="metrics-by-their-names",
        ),
        pytest.param(
            "export.csv",
            ["checkout", "payments"],
            [("checkout", "", "", ""), ("payments", "", "", "")],
            id="nobody-says-what-they-are",
        ),
    ],
)
def test_columns_are_series_or_metrics(
    store: Store, write: Write, rows: Rows, name: str, columns: list[str], expected: list[tuple[str, ...]]
) -> None:
    import_paths(store, [write(name, panel(columns, ("1", "2"), ("3", "4")))])

    found = {(metric, service, host, statistic or "") for metric, service, host, statistic, _, _ in rows(QUERY)}
    assert found == set(expected)


def test_durations_of_series_are_known_by_their_unit(store: Store, write: Write, rows: Rows) -> None:
    import_paths(
        store,
        [write("Panel Title-data-2023-11-14 22_13_20.csv", panel(["a", "b"], ("1 ms", "2 ms"), ("3 ms", "4 ms")))],
    )

    assert rows("SELECT DISTINCT metric_name, unit FROM metrics") == [("Panel Title duration", "s")]
