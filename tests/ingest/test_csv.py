"""CSV records: every row is in a table or among the rejected ones, with its place in the file."""

from __future__ import annotations

import gzip
import json

import pyarrow as pa
import pytest

from tests.ingest.conftest import T0, Rows, Write
from workbench.ingest import import_paths
from workbench.store.db import Store

LOGS = (
    "timestamp,service,pod,level,message,trace_id,span_id,tenant\n"
    '2023-11-14T22:13:20Z,cart,cart-5f55b6cf68-77cfw,INFO,"added, 2 items",aa,bb,acme\n'
    '2023-11-14T22:13:21Z,cart,cart-5f55b6cf68-77cfw,ERROR,"said ""no""\nand stopped",,,\n'
)


def test_logs_by_the_names_of_their_columns(store: Store, write: Write, rows: Rows) -> None:
    report = import_paths(store, [write("logs.csv", LOGS)])

    assert (report.rows, report.rejected, report.scope) == ({"logs": 2}, 0, "data")
    assert rows(
        "SELECT source_line, time_unix_nano, service_name, service_instance_id, severity_number, severity_text, body, "
        "trace_id, span_id, attributes FROM logs ORDER BY row_id"
    ) == [
        (2, T0, "cart", "cart-5f55b6cf68-77cfw", 9, "INFO", "added, 2 items", "aa", "bb", '{"tenant": "acme"}'),
        (3, T0 + 10**9, "cart", "cart-5f55b6cf68-77cfw", 17, "ERROR", 'said "no"\nand stopped', "", "", "{}"),
    ]


def test_row_ids_start_with_the_source(store: Store, write: Write, rows: Rows) -> None:
    report = import_paths(store, [write("logs.csv", LOGS)])

    source = report.sources[0].source_id
    assert rows("SELECT row_id, source_id FROM logs ORDER BY 1") == [(source * 2**36 + line, source) for line in (2, 3)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("logs.csv.gz", gzip.compress(LOGS.encode()), id="gzip"),
        pytest.param("logs.csv.zst", pa.Codec("zstd").compress(LOGS.encode(), asbytes=True), id="zstandard"),
        pytest.param("logs.csv", b"\xef\xbb\xbf" + LOGS.encode(), id="byte-order-mark"),
        pytest.param("logs.csv", LOGS.encode("utf-16"), id="utf-16"),
        pytest.param("logs.csv", LOGS.replace("\n", "\r\n").encode(), id="windows-line-ends"),
    ],
)
def test_compression_and_encoding_change_nothing(
    store: Store, write: Write, rows: Rows, name: str, content: bytes
) -> None:
    report = import_paths(store, [write(name, content)])

    assert (report.rows, report.rejected) == ({"logs": 2}, 0)
    assert rows("SELECT service_name, severity_text FROM logs ORDER BY row_id") == [("cart", "INFO"), ("cart", "ERROR")]


@pytest.mark.parametrize("mark", ["\t", ";", "|"])
def test_other_delimiters(store: Store, write: Write, rows: Rows, mark: str) -> None:
    content = f"time{mark}message{mark}level\n1700000000{mark}a,b{mark}warn\n"
    import_paths(store, [write("logs.tsv" if mark == "\t" else "logs.csv", content)])

    assert rows("SELECT time_unix_nano, body, severity_number FROM logs") == [(T0, "a,b", 13)]


def test_bad_rows_are_kept_with_line_reason_and_text(store: Store, write: Write, rows: Rows) -> None:
    content = "time,message\n1700000000,ok\nyesterday,late\n1700000001,one,too,many\n12,early\n1700000002,fine\n,none\n"
    report = import_paths(store, [write("logs.csv", content)])

    assert (report.rows, report.rejected) == ({"logs": 2}, 4)
    assert rows("SELECT source_line, body FROM logs ORDER BY row_id") == [(2, "ok"), (6, "fine")]
    assert rows("SELECT line, raw FROM rejected ORDER BY line") == [
        (3, "yesterday,late"),
        (4, "1700000001,one,too,many"),
        (5, "12,early"),
        (7, ",none"),
    ]
    reasons = [row[0] for row in rows("SELECT reason FROM rejected ORDER BY line")]
    assert reasons[0] == "time time 'yesterday' cannot be read"
    assert reasons[1].startswith("too many columns")
    assert reasons[2] == "time time '12' lies outside of 1980 to 2200"
    assert reasons[3] == "time time is empty cannot be read"


def test_rejected_text_is_cut(store: Store, write: Write, rows: Rows) -> None:
    import_paths(store, [write("logs.csv", f"time,message\n1700000000,ok\nnever,{'x' * 5000}\n")])

    assert rows("SELECT length(raw) FROM rejected") == [(2048,)]


def test_a_line_of_another_encoding_is_rejected_alone(store: Store, write: Write, rows: Rows) -> None:
    content = "time,message\n1700000000,grün\n1700000001,".encode() + b"gr\xfcn\n1700000002,ok\n"
    report = import_paths(store, [write("logs.csv", content)])

    assert (report.rows, report.rejected) == ({"logs": 2}, 1)
    assert rows("SELECT line, reason LIKE 'invalid encoding%' FROM rejected") == [(3, True)]


def test_a_file_of_another_encoding_is_read_in_it(store: Store, write: Write, rows: Rows) -> None:
    import_paths(store, [write("logs.csv", "time,message\n1700000000,grün\n".encode("latin-1"))])

    assert rows("SELECT body FROM logs") == [("grün",)]


def test_json_of_a_container_runtime_is_unwrapped(store: Store, write: Write, rows: Rows) -> None:
    wrapped = json.dumps({"log": '10:00 WARN disk "a" is full\n', "stream": "stdout"}).replace('"', '""')
    import_paths(store, [write("logs.csv", f'time,log\n1700000000,"{wrapped}"\n')])

    assert rows("SELECT body, severity_text, severity_number FROM logs") == [
        ('10:00 WARN disk "a" is full', "WARN", 13)
    ]


def test_spans_with_an_end(store: Store, write: Write, rows: Rows) -> None:
    content = (
        "TraceID,SpanID,ParentID,Service,OperationName,StartTime,EndTime,Status,kind\n"
        "t1,s1,root,gateway,GET /,1700000000000,1700000000250,200,server\n"
        "t1,s2,s1,cart,Add,1700000000010,1700000000020,500,SPAN_KIND_CLIENT\n"
    )
    import_paths(store, [write("spans.csv", content)])

    assert rows(
        "SELECT span_id, parent_span_id, service_name, span_name, span_kind, status_code, start_time_unix_nano, "
        "end_time_unix_nano - start_time_unix_nano FROM spans ORDER BY row_id"
    ) == [
        ("s1", "", "gateway", "GET /", "SERVER", "UNSET", T0, 250_000_000),
        ("s2", "s1", "cart", "Add", "CLIENT", "ERROR", T0 + 10_000_000, 10_000_000),
    ]


def test_spans_with_a_duration(store: Store, write: Write, rows: Rows) -> None:
    content = "trace_id,span_id,name,service,start_time,duration_ms\nt,s,GET,web,2023-11-14T22:13:20Z,1.5\n"
    import_paths(store, [write("spans.csv", content)])

    assert rows("SELECT end_time_unix_nano FROM spans") == [(T0 + 1_500_000,)]


def test_long_metrics_and_values_that_are_none(store: Store, write: Write, rows: Rows) -> None:
    content = (
        "time,service,metric,value,unit\n1700000000,cart,cpu,0.5,1\n1700000001,cart,cpu,NaN,1\n1700000002,cart,cpu,,1\n"
    )
    report = import_paths(store, [write("metrics.csv", content)])

    assert (report.rows, report.rejected) == ({"metrics": 1}, 2)
    assert rows("SELECT service_name, metric_name, value, unit FROM metrics") == [("cart", "cpu", 0.5, "1")]
    assert rows("SELECT reason FROM rejected ORDER BY line") == [
        ("value 'NaN' is no finite number",),
        ("value is empty and is no finite number",),
    ]


def test_a_series_without_a_name_is_called_after_its_file(store: Store, write: Write, rows: Rows) -> None:
    import_paths(store, [write("disk_latency.csv", "timestamp,value\n2023-11-14 22:13:20,4\n")])

    assert rows("SELECT metric_name, value, time_unix_nano FROM metrics") == [("disk_latency", 4.0, T0)]


@pytest.mark.parametrize(
    ("header", "cells"),
    [("caller,callee", "web,cart"), ("Source,Target,Weight", "web,cart,3"), ("from,to", "web,cart")],
)
def test_pairs_are_edges(store: Store, write: Write, rows: Rows, header: str, cells: str) -> None:
    import_paths(store, [write("calls.csv", f"{header}\n{cells}\n")])

    assert rows("SELECT caller_service_name, callee_service_name FROM edges") == [("web", "cart")]


def test_the_readable_clock_wins_and_the_shift_is_said(store: Store, write: Write, rows: Rows) -> None:
    from workbench.ingest import explain

    content = "Time,TimeStamp,service,cpu\n2023-11-14 22:13:20 +0000 UTC m=+0.1,1700028800,cart,0.5\n"
    path = write("metrics.csv", content)
    import_paths(store, [path])
    explanations = explain([path])

    assert rows("SELECT metric_name, time_unix_nano, value FROM metrics") == [("cpu", T0, 0.5)]
    assert "column 'TimeStamp' is 8 h ahead of 'Time'; 'Time' is used" in explanations[0].reasons


def test_quotes_behind_a_backslash(store: Store, write: Write, rows: Rows) -> None:
    content = 'time,message,level\n1700000000,"said \\"no\\", twice",INFO\n1700000001,"C:\\\\temp",INFO\n'
    report = import_paths(store, [write("logs.csv", content)])

    assert (report.rows, report.rejected) == ({"logs": 2}, 0)
    assert rows("SELECT body FROM logs ORDER BY row_id") == [('said "no", twice',), ("C:\\temp",)]


def test_rotated_logs_in_a_folder_are_found(store: Store, write: Write) -> None:
    line = '{"time": 1700000000, "message": "x"}'
    write("app.log.1", line)
    write("app.log.2023-11-14.gz", gzip.compress(line.replace("x", "y").encode()))
    folder = write("app.1.bin", "x").parent

    assert import_paths(store, [folder]).rows == {"logs": 2}


def test_blank_lines_on_top_are_passed_over(store: Store, write: Write, rows: Rows) -> None:
    import_paths(store, [write("logs.csv", "\n\ntime,message\n1700000000,x\n")])

    assert rows("SELECT body FROM logs") == [("x",)]
