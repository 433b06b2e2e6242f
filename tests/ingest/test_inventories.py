"""Tables of operations research and inventories: configuration items, series in files, spans with plain names."""

from __future__ import annotations

import pytest

from tests.ingest.conftest import T0, Rows, Write
from workbench.ingest import import_paths, sql
from workbench.ingest.components import part_of, workload
from workbench.signals.workloads import workload_of
from workbench.store.db import Store

SECOND = 1_700_000_000
ITEMS = {
    "cart-0": ("cart", "cart-0", ""),
    "node-5.cart-0": ("cart", "cart-0", "node-5"),
    "node-5": ("", "", "node-5"),
    "os_021": ("", "", "os_021"),
    "cart": ("cart", "", ""),
    "Tomcat04": ("Tomcat04", "", ""),
    "db1.prod.example.com": ("db1.prod.example.com", "", ""),
    "rack-a.api-7d9f8b6c5-x2x4q": ("api", "api-7d9f8b6c5-x2x4q", "rack-a"),
}


@pytest.mark.parametrize("name", ITEMS)
def test_a_configuration_item_is_a_service_a_pod_or_a_host(name: str) -> None:
    found = [sql.evaluate(part_of("x", part), [name])[0] for part in ("service", "instance", "host")]

    assert tuple(found) == ITEMS[name]


def test_sql_and_python_agree_on_the_workload_of_a_pod() -> None:
    pods = [
        "cart-7d9f8b6c5-x2x4q",
        "worker-7f8b9c-abc12",
        "app-web12",
        "backup-28391234-bcdfg",
        "x-k8z2p",
        "-12",
        "",
        "cart",
    ]

    assert sql.evaluate(workload("x"), pods) == [workload_of(pod) for pod in pods]


def test_metrics_of_configuration_items_keep_pod_and_host(store: Store, write: Write, rows: Rows) -> None:
    text = f"timestamp,cmdb_id,kpi_name,value\n{SECOND},node-1.cart-0,cpu,0.5\n{SECOND},node-1,load,2\n"

    import_paths(store, [write("kpi.csv", text)])

    # What is known of a host alone is the host's own.
    assert rows("SELECT service_name, service_instance_id, host_name FROM metrics ORDER BY metric_name") == [
        ("cart", "cart-0", "node-1"),
        ("node-1", "", "node-1"),
    ]


def test_a_table_of_lines_whose_text_is_called_value_is_a_log(store: Store, write: Write, rows: Rows) -> None:
    text = "log_id,timestamp,cmdb_id,log_name,value\n" + "".join(
        f"l{at},{SECOND + at},cart-1,cart-log,GET /cart took {at} ms\n" for at in range(3)
    )

    import_paths(store, [write("log.csv", text)])

    assert rows("SELECT DISTINCT service_name, service_instance_id FROM logs") == [("cart", "cart-1")]
    assert rows("SELECT body FROM logs ORDER BY row_id LIMIT 1") == [("GET /cart took 0 ms",)]


def test_the_only_column_of_words_says_whose_the_metrics_are(store: Store, write: Write, rows: Rows) -> None:
    text = "timestamp,rate,mean,tc\n" + "".join(
        f"{SECOND + at},{at},1,{name}\n" for at in range(3) for name in ("cart", "orders")
    )

    import_paths(store, [write("app.csv", text)])

    assert rows("SELECT service_name, count(*) FROM metrics GROUP BY ALL ORDER BY 1") == [("cart", 6), ("orders", 6)]


def test_words_that_do_not_tell_rows_apart_are_no_service(store: Store, write: Write, rows: Rows) -> None:
    text = "timestamp,rate,mode\n" + "".join(f"{SECOND + at},{at},{'ab'[at % 2]}\n" for at in range(4))

    import_paths(store, [write("app.csv", text)])

    assert rows("SELECT DISTINCT service_name FROM metrics") == [("",)]


def spans(unit: int, calls: int = 12) -> str:
    """Return spans with durations in so many parts of a millisecond, two calls in each request.

    Times are in ms, of nanoseconds in ns, as exports have them.
    """
    fine = 1_000_000 if unit == 1_000_000 else 1
    lines = ["startTime,elapsedTime,success,traceId,id,pid,cmdb_id,serviceName"]
    for at in range(calls):
        start = (SECOND + at) * 1000
        lines.append(f"{start * fine},{100 * unit},True,t{at},a{at},None,gate-0,front")
        lines += [
            f"{(start + 5 + 40 * n) * fine},{30 * unit},{n == 0},t{at},b{at}{n},a{at},cart-0,get_{n}" for n in range(2)
        ]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("unit", [1, 1000, 1_000_000])
def test_the_unit_of_durations_is_told_by_calls_within_their_callers(
    store: Store, write: Write, rows: Rows, unit: int
) -> None:
    import_paths(store, [write("trace.csv", spans(unit))])

    found = rows("SELECT DISTINCT service_name, end_time_unix_nano - start_time_unix_nano FROM spans ORDER BY 1")
    assert found == [("cart", 30_000_000), ("gate", 100_000_000)]


def test_spans_with_plain_ids_and_an_outcome(store: Store, write: Write, rows: Rows) -> None:
    import_paths(store, [write("trace.csv", spans(1000))])

    assert rows("SELECT service_name, span_name, span_id, parent_span_id, status_code FROM spans LIMIT 3") == [
        ("gate", "front", "a0", "", "OK"),
        ("cart", "get_0", "b00", "a0", "OK"),
        ("cart", "get_1", "b01", "a0", "ERROR"),
    ]


def test_a_start_goes_before_the_time_of_writing(store: Store, write: Write, rows: Rows) -> None:
    text = "timestamp,service_name,trace_id,span_id,parent_id,start_time,end_time\n"
    text += "2023-11-14 22:13:22,cart,t,a,,2023-11-14 22:13:20,2023-11-14 22:13:22\n"

    import_paths(store, [write("trace.csv", text)])

    assert rows("SELECT start_time_unix_nano, end_time_unix_nano FROM spans") == [(T0, T0 + 2 * 10**9)]


@pytest.mark.parametrize(("code", "status"), [("0", "UNSET"), ("13", "ERROR"), ("200", "UNSET"), ("503", "ERROR")])
def test_codes_of_grpc_and_http(store: Store, write: Write, rows: Rows, code: str, status: str) -> None:
    text = f"start_time,service_name,trace_id,span_id,duration,status_code\n{SECOND},cart,t,a,5,{code}\n"

    import_paths(store, [write("trace.csv", text)])

    assert rows("SELECT status_code FROM spans") == [(status,)]


SERIES = f"timestamp,value\n{SECOND},1\n{SECOND + 10},2\n"


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        pytest.param(
            ["cart_cpu_usage.csv", "cart_memory_usage.csv", "orders_cpu_usage.csv", "orders_memory_usage.csv"],
            [("cart", "", "cpu_usage"), ("orders", "", "cpu_usage")],
            id="service-first",
        ),
        pytest.param(
            ["cpu_usage-cart.csv", "memory_usage-cart.csv", "cpu_usage-orders.csv", "memory_usage-orders.csv"],
            [("cart", "", "cpu_usage"), ("orders", "", "cpu_usage")],
            id="metric-first",
        ),
        pytest.param(
            ["web1_10.0.0.4_cpu_usage_2023-11-14_2023-11-15.csv", "db_10.0.0.4_mem_2023-11-14_2023-11-15.csv"],
            [("db", "10.0.0.4", "mem"), ("web1", "10.0.0.4", "cpu_usage")],
            id="with-an-address-and-dates",
        ),
        pytest.param(["queue.depth.csv"], [("", "", "queue.depth")], id="alone"),
    ],
)
def test_files_of_one_series_say_whose_and_what_it_is(
    store: Store, write: Write, rows: Rows, names: list[str], expected: list[tuple[str, str, str]]
) -> None:
    written = [write(name, SERIES) for name in names]

    import_paths(store, [written[0].parent])

    found = rows("SELECT DISTINCT service_name, host_name, metric_name FROM metrics ORDER BY ALL")
    assert [one for one in found if len(names) < 4 or one[2] == "cpu_usage"] == expected


def test_files_of_the_same_columns_are_of_who_they_are_named_after(store: Store, write: Write, rows: Rows) -> None:
    text = f"time,cpu,memory\n{SECOND},1,2\n{SECOND + 10},3,4\n"

    written = [write(name, text) for name in ("cart.csv", "orders.csv")]

    import_paths(store, [written[0].parent])

    assert rows("SELECT service_name, count(*) FROM metrics GROUP BY ALL ORDER BY 1") == [("cart", 4), ("orders", 4)]


def test_two_days_of_the_same_columns_are_not_two_services(store: Store, write: Write, rows: Rows) -> None:
    text = f"time,cpu,memory\n{SECOND},1,2\n{SECOND + 10},3,4\n"

    written = [write(name, text) for name in ("part-1.csv", "part-2.csv")]

    import_paths(store, [written[0].parent])

    assert rows("SELECT DISTINCT service_name FROM metrics") == [("",)]
