"""Access logs of web servers: each line is a log record, and a span when it says how long the request took."""

from __future__ import annotations

import json

import pytest

from tests.ingest.conftest import T0, Rows, Write
from workbench.ingest import import_paths
from workbench.ingest.readers.access import duration_form
from workbench.ingest.readers.request_logs import variant_of
from workbench.store.db import Store

LINE = '10.0.0.7 - ann [14/Nov/2023:22:13:20 +0000] "GET /cart/4711?x=1 HTTP/1.1" 200 512'
COMBINED = LINE + ' "https://shop/" "Mozilla/5.0 (X11)"'
S = 10**9


def test_a_line_is_a_log_record_and_a_span(store: Store, write: Write, rows: Rows) -> None:
    failed = COMBINED.replace(" 200 512", " 503 -").replace("22:13:20", "23:13:25").replace("+0000", "+0100")
    text = f"{COMBINED} 0.250\n{failed} 5.000\n"

    report = import_paths(store, [write("nginx-access.log", text)])

    assert (report.rows, report.rejected) == ({"logs": 2, "spans": 2}, 0)
    assert rows(
        "SELECT time_unix_nano, service_name, severity_number, severity_text, body FROM logs ORDER BY row_id"
    ) == [
        (T0, "nginx", 9, "INFO", "GET /cart/4711?x=1 HTTP/1.1 200"),
        (T0 + 5 * S, "nginx", 17, "ERROR", "GET /cart/4711?x=1 HTTP/1.1 503"),
    ]
    assert rows(
        "SELECT start_time_unix_nano, end_time_unix_nano, span_name, status_code FROM spans ORDER BY row_id"
    ) == [
        (T0 - S // 4, T0, "GET /cart/{id}", "UNSET"),
        (T0, T0 + 5 * S, "GET /cart/{id}", "ERROR"),
    ]
    assert rows("SELECT count(DISTINCT trace_id) FROM spans") == [(2,)]
    said = json.loads(rows("SELECT attributes FROM logs ORDER BY row_id")[0][0])
    assert said["http.response.status_code"] == "200"
    assert (said["client.address"], said["user_agent.original"]) == ("10.0.0.7", "Mozilla/5.0 (X11)")


def test_without_a_duration_there_are_no_spans(store: Store, write: Write, rows: Rows) -> None:
    report = import_paths(store, [write("access.log", f"{LINE}\n{LINE}\n")])

    assert report.rows == {"logs": 2}
    assert rows("SELECT DISTINCT service_name FROM logs") == [("web",)]


def test_what_is_no_entry_is_kept_among_the_rejected(store: Store, write: Write, rows: Rows) -> None:
    text = "\n".join([f"{LINE} 0.1"] * 8 + ["cannot open file", LINE.replace("Nov", "Nox") + " 0.1"])

    report = import_paths(store, [write("shop/access.log", text)])

    assert (report.rows, report.rejected) == ({"logs": 8, "spans": 8}, 2)
    assert rows("SELECT line, reason FROM rejected ORDER BY line") == [
        (9, "the line is no entry of an access log"),
        (10, "time '14/Nox/2023:22:13:20 +0000' cannot be read"),
    ]


@pytest.mark.parametrize(
    ("rests", "form"),
    [
        ([" 0.031", " 2.500"], "seconds"),
        ([' "api@docker" "http://10.0.0.2:80" 12ms', ' "-" "-" 0ms'], "milliseconds"),
        ([" 812", " 15023"], "microseconds"),
        ([" 1", " 0"], ""),
        ([' rt=0.031 uct="0.000"', ' rt=0.1 uct="-"'], "named"),
        (["", ""], ""),
    ],
)
def test_how_long_a_request_took_is_found_in_many_forms(rests: list[str], form: str) -> None:
    assert duration_form([COMBINED + rest for rest in rests]) == form


def test_other_logs_are_none() -> None:
    assert variant_of([LINE, COMBINED, f"shop.example:443 {LINE}"]) == "common"
    assert variant_of(["2023-11-14 22:13:20 ERROR cart failed", "14/Nov/2023 said nothing"]) == ""
    assert variant_of([]) == ""
