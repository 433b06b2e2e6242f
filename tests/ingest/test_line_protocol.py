"""InfluxDB's line protocol: each field that is a number is a metric."""

from __future__ import annotations

import gzip
import json

import pytest

from tests.ingest.conftest import T0, Rows, Write
from workbench.ingest import explain, import_paths
from workbench.ingest.readers.line_protocol import is_line_protocol
from workbench.store.db import Store

LINES = (
    "# from telegraf\n"
    f"mem,host=db1 used_percent=59.5,available=4049787140i {T0}\n"
    f'disk\\ io,path=/var\\,log,host=db1 busy=true,note="a, b=1 \\"c\\"",reads=7u,rate=-1.5e3 {T0}\n'
    f"requests,service=cart,region=eu count=12 {T0}\n"
)
SAID = "SELECT time_unix_nano, metric_name, value, service_name, host_name, attributes FROM metrics ORDER BY row_id"


@pytest.mark.parametrize("name", ["metrics.lp", "metrics.influx", "metrics.txt", "metrics.lp.gz"])
def test_fields_are_metrics_and_tags_say_whose(store: Store, write: Write, rows: Rows, name: str) -> None:
    content = LINES.encode()
    path = write(f"influx/{name}", gzip.compress(content) if name.endswith(".gz") else content)

    report = import_paths(store, [path.parent])

    assert (report.rows, report.rejected) == ({"metrics": 6}, 0)
    assert rows(SAID) == [
        (T0, "mem_used_percent", 59.5, "db1", "db1", "{}"),
        (T0, "mem_available", 4049787140.0, "db1", "db1", "{}"),
        (T0, "disk io_busy", 1.0, "db1", "db1", '{"path": "/var,log"}'),
        (T0, "disk io_reads", 7.0, "db1", "db1", '{"path": "/var,log"}'),
        (T0, "disk io_rate", -1500.0, "db1", "db1", '{"path": "/var,log"}'),
        (T0, "requests_count", 12.0, "cart", "", json.dumps({"region": "eu"})),
    ]


@pytest.mark.parametrize(("digits", "stamp"), [("s", T0 // 10**9), ("ms", T0 // 10**6), ("us", T0 // 1000)])
def test_times_of_fewer_digits_are_in_larger_units(
    store: Store, write: Write, rows: Rows, digits: str, stamp: int
) -> None:
    import_paths(store, [write(f"{digits}.lp", f"cpu,host=a idle=1 {stamp}\n")])

    assert rows("SELECT time_unix_nano FROM metrics") == [(T0,)]


def test_what_is_no_line_protocol_is_kept_among_the_rejected(store: Store, write: Write, rows: Rows) -> None:
    good = "".join(f"cpu,host=a idle={at} {T0 + at}\n" for at in range(30))
    text = good + "cpu,host=a idle= 5\n" + "cpu,host=a idle=1\n" + f"cpu,host=a idle=x1 {T0}\n"

    report = import_paths(store, [write("cpu.lp", text)])

    assert (report.rows, report.rejected) == ({"metrics": 30}, 3)
    assert rows("SELECT line, reason FROM rejected ORDER BY line") == [
        (31, "the line is no line protocol"),
        (32, "the line has no time"),
        (33, "field idle is no number, truth value or text"),
    ]


def test_logs_with_pairs_are_none(write: Write) -> None:
    line = "2023-11-14T22:13:20Z level=info msg=done took=12 1700000000"

    assert is_line_protocol(LINES.splitlines())
    assert not is_line_protocol([line])
    assert explain([write("app.log", f"{line}\n{line}\n")])[0].format == "text"
