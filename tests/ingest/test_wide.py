"""Metrics in columns and call graphs in matrices."""

from __future__ import annotations

import pytest

from tests.ingest.conftest import T0, Rows, Write
from workbench.errors import ProfileError
from workbench.ingest import import_paths
from workbench.ingest.profile import Profile
from workbench.store.db import Store

PODS = (
    "Time,Stamp,PodName,Cpu(%),LatencyP99(s),NodeCpu(%)\n"
    "2023-11-14 22:13:20.5 +0000 UTC m=+0.1,1,web-api-5f55b6cf68-77cfw,12.5,NaN,40\n"
    "2023-11-14 22:13:20.5 +0000 UTC m=+0.2,1,db-579f59597d-wc2lz,,0.25,41\n"
)
PROFILE = Profile.model_validate(
    {
        "name": "pods",
        "files": [
            {
                "match": "pods.csv",
                "format": "csv",
                "layout": "wide_metrics",
                "table": "metrics",
                "time": {"column": "Time"},
                "columns": {
                    "service_name": {"column": "PodName", "strip_suffix_parts": 2},
                    "service_instance_id": "PodName",
                },
                "wide": {
                    "exclude": ["Stamp"],
                    "name": r"^(?P<metric_name>.*?)(?P<statistic>P\d+)?(?:\((?P<unit>[^)]*)\))?$",
                    "without_service": "^Node",
                },
            },
            {
                "match": "calls.csv",
                "layout": "wide_metrics",
                "time": {"column": "time"},
                "wide": {"split_pair": "_", "constants": {"metric_name": "rpc.client.duration", "statistic": "P50"}},
            },
        ],
    }
)
SEEN = (
    "SELECT metric_name, statistic, unit, service_name, service_instance_id, peer_service_name, value "
    "FROM metrics ORDER BY row_id"
)


def test_a_profile_takes_names_statistics_units_and_services_apart(store: Store, write: Write, rows: Rows) -> None:
    report = import_paths(store, [write("pods.csv", PODS)], profile=PROFILE)

    assert (report.rows, report.rejected, report.sources[0].empty_cells) == ({"metrics": 4}, 0, 2)
    assert rows(SEEN) == [
        ("Cpu", "", "%", "web-api", "web-api-5f55b6cf68-77cfw", "", 12.5),
        ("NodeCpu", "", "%", "", "web-api-5f55b6cf68-77cfw", "", 40.0),
        ("Latency", "P99", "s", "db", "db-579f59597d-wc2lz", "", 0.25),
        ("NodeCpu", "", "%", "", "db-579f59597d-wc2lz", "", 41.0),
    ]
    assert rows("SELECT DISTINCT time_unix_nano, source_line FROM metrics ORDER BY 2") == [
        (T0 + 500_000_000, 2),
        (T0 + 500_000_000, 3),
    ]


def test_columns_of_caller_and_callee(store: Store, write: Write, rows: Rows) -> None:
    import_paths(store, [write("calls.csv", "time,web_cart,cart_db\n1700000000,0.1,0.2\n")], profile=PROFILE)

    assert rows(SEEN) == [
        ("rpc.client.duration", "P50", "", "web", "", "cart", 0.1),
        ("rpc.client.duration", "P50", "", "cart", "", "db", 0.2),
    ]


def test_a_column_that_is_no_pair_is_named(store: Store, write: Write) -> None:
    path = write("calls.csv", "time,total\n1700000000,0.1\n")

    with pytest.raises(ProfileError, match=r"column 'total' has no '_' between two names.*wide\.exclude"):
        import_paths(store, [path], profile=PROFILE)


def test_wide_metrics_without_a_profile(store: Store, write: Write, rows: Rows) -> None:
    import_paths(store, [write("pods.csv", PODS)])

    assert rows("SELECT DISTINCT metric_name, statistic, unit, service_name FROM metrics ORDER BY ALL") == [
        ("Cpu", "", "%", "web-api"),
        ("Latency", "P99", "s", "db"),
        ("NodeCpu", "", "%", "db"),
        ("NodeCpu", "", "%", "web-api"),
        ("Stamp", "", "", "db"),
        ("Stamp", "", "", "web-api"),
    ]


def test_columns_of_service_and_metric_without_a_profile(store: Store, write: Write, rows: Rows) -> None:
    content = "time,web_cpu,web_latency-90,cart_cpu,cart_latency-90\n1700000000,1,2,3,4\n"
    import_paths(store, [write("data.csv", content)])

    assert rows("SELECT service_name, metric_name, statistic, value FROM metrics ORDER BY row_id") == [
        ("web", "cpu", "", 1.0),
        ("web", "latency", "90", 2.0),
        ("cart", "cpu", "", 3.0),
        ("cart", "latency", "90", 4.0),
    ]


def test_a_measurement_called_time_is_no_clock(store: Store, write: Write, rows: Rows) -> None:
    content = "time,service,response_time_ns\n1700000000,web,900000000\n1700000001,web,4000000000\n"
    import_paths(store, [write("data.csv", content)])

    assert rows("SELECT metric_name, value FROM metrics ORDER BY row_id") == [
        ("response_time_ns", 9e8),
        ("response_time_ns", 4e9),
    ]


HEADERS = "microservice,web,web,db\nmetric,latency,latency,requests\nstatistic,Average,p90,Sum\nunix_timestamp,,,\n"


@pytest.mark.parametrize("profile", [None, "multi_header_metrics"])
def test_three_header_rows(store: Store, write: Write, rows: Rows, profile: str | None) -> None:
    content = HEADERS + "1700000000.0,0.1,,7\n1700000300.0,0.2,0.3,nan\nnever,1,2,3\n"
    report = import_paths(store, [write("metrics.csv", content)], profile=profile)

    assert (report.rows, report.rejected, report.sources[0].empty_cells) == ({"metrics": 4}, 3, 2)
    assert rows(
        "SELECT source_line, time_unix_nano, service_name, metric_name, statistic, value FROM metrics ORDER BY row_id"
    ) == [
        (5, T0, "web", "latency", "Average", 0.1),
        (5, T0, "db", "requests", "Sum", 7.0),
        (6, T0 + 300 * 10**9, "web", "latency", "Average", 0.2),
        (6, T0 + 300 * 10**9, "web", "latency", "p90", 0.3),
    ]
    assert {row[0] for row in rows("SELECT line FROM rejected")} == {7}


def test_a_profile_with_other_header_rows_is_refused(store: Store, write: Write) -> None:
    path = write("metrics.csv", "metric,cpu,mem\nunit,1,By\n1700000000,1,2\n")

    with pytest.raises(ProfileError, match="header rows, the profile names 3"):
        import_paths(store, [path], profile="multi_header_metrics")


@pytest.mark.parametrize("profile", [None, "call_graph"])
def test_a_matrix_of_calls(store: Store, write: Write, rows: Rows, profile: str | None) -> None:
    content = ",web,cart,db\nweb,0.0,1.0,0.0\ncart,0,0,2\ndb,0,,x\n"
    content = content if profile else content.replace("x", "0")
    report = import_paths(store, [write("graph.csv", content)], profile=profile)

    assert (report.rows, report.rejected) == ({"edges": 2}, 1 if profile else 0)
    assert rows("SELECT caller_service_name, callee_service_name FROM edges ORDER BY row_id") == [
        ("web", "cart"),
        ("cart", "db"),
    ]


def test_names_that_differ_in_case_only_stay_apart(store: Store, write: Write, rows: Rows) -> None:
    import_paths(store, [write("graph.csv", ",Web,web\nWeb,0,1\nweb,0,1\n")])
    import_paths(store, [write("m.csv", "time,service,cpu,CPU\n1700000000,a,1,2\n")])

    assert rows("SELECT caller_service_name, callee_service_name FROM edges ORDER BY 1") == [
        ("Web", "web"),
        ("web", "web"),
    ]
    assert rows("SELECT metric_name, value FROM metrics ORDER BY 2") == [("cpu", 1.0), ("CPU", 2.0)]


def test_numbers_with_a_decimal_comma_are_numbers(store: Store, write: Write, rows: Rows) -> None:
    text = "Time;host;CPU %;total\n14.11.2023 22:13:20;db-1;23,5;1.204,5\n14.11.2023 22:13:30;db-1;1.023,1;7\n"

    report = import_paths(store, [write("node.csv", text)])

    assert (report.rows, report.rejected) == ({"metrics": 4}, 0)
    assert rows("SELECT metric_name, value FROM metrics ORDER BY row_id") == [
        ("CPU %", 23.5), ("total", 1204.5), ("CPU %", 1023.1), ("total", 7.0)
    ]  # fmt: skip


def test_a_cell_that_is_no_number_is_rejected_and_does_not_cost_its_column(
    store: Store, write: Write, rows: Rows
) -> None:
    lines = [f"2023-11-14T22:13:{step:02d}Z,{'ERR' if step == 7 else step},fine" for step in range(20)]

    report = import_paths(store, [write("node.csv", "\n".join(["time,cpu,comment", *lines]))])

    assert (report.rows, report.rejected) == ({"metrics": 19}, 1)
    assert rows("SELECT line, reason FROM rejected") == [(9, "value 'ERR' is no finite number")]
    assert report.sources[0].notices == ["column 'comment' is left out: 'fine' is no number"]


def test_a_machine_stands_where_no_service_is_named(store: Store, write: Write, rows: Rows) -> None:
    text = "time,host,service,cpu\n2023-11-14T22:13:20Z,db-1,,1\n2023-11-14T22:13:20Z,web-1,shop,2\n"

    import_paths(store, [write("node.csv", text)])

    assert rows("SELECT service_name, host_name FROM metrics ORDER BY row_id") == [("db-1", "db-1"), ("shop", "web-1")]
