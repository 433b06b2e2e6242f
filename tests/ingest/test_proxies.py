"""Logs of proxies and load balancers: each request is a log record, a span of the proxy, and a call of its backend."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime

import pytest

from tests.ingest.conftest import T0, Rows, Write
from workbench.errors import BadInput
from workbench.ingest import explain, import_paths
from workbench.ingest.profile import ColumnRule, FileRule, Profile
from workbench.store.db import Store

MS = 10**6
S = 10**9
HAPROXY = (
    "10.1.2.3:51000 [14/Nov/2023:22:13:20.000] fe_https~ cart_be/cart-1 1/2/3/{answer}/{took} {status} 512 - - {state} "
    '12/12/3/1/0 0/0 {{shop.example|curl}} "GET /cart/4711?x=1 HTTP/1.1"'
)
SYSLOG = "Nov 14 22:13:21 lb1 haproxy[2212]: "
ALB = (
    "https 2023-11-14T22:13:20.500000Z app/front/50dc6c49 192.168.1.7:2817 {target} {times} {status} {target_status} "
    '34 366 "GET https://shop.example:443/cart/4711?x=1 HTTP/1.1" "curl/7.46.0" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 '
    'arn:aws:elasticloadbalancing:eu-west-1:1234:targetgroup/cart/73e2d6bc "Root=1-58337262-36d2" "shop.example" "-" 0 '
    '2023-11-14T22:13:20.000000Z "forward" "-" "-" "10.0.0.1:80" "200" "-" "-"'
)
CLASSIC = (
    "2023-11-14T22:13:20.500000Z front 192.168.1.7:2817 10.0.0.1:80 0.001 0.250 0.001 200 200 0 29 "
    '"GET http://shop.example:80/cart HTTP/1.1" "curl/7.38.0" - -'
)
ENVOY = (
    '[2023-11-14T22:13:20.000Z] "GET /cart/4711 HTTP/2" {status} {flags} 0 512 250 {answer} "10.0.0.7" "curl/8" '
    '"cc21d9b0" "shop.example" "{host}"'
)
ISTIO = (
    '[2023-11-14T22:13:20.000Z] "GET /cart/4711 HTTP/1.1" 503 UF upstream_reset_before_response_started - '
    '"connection timeout" 0 91 250 - "-" "curl/8" "cc21d9b0" "cart:8080" "10.0.0.9:8080" {cluster} - '
    "10.96.0.4:8080 10.0.0.7:41000 - default"
)
SPANS = (
    f"SELECT service_name, span_kind, peer_service_name, status_code, end_time_unix_nano - {T0}, "
    "(end_time_unix_nano - start_time_unix_nano) // 1000000 FROM spans ORDER BY row_id"
)


def test_haproxy_names_its_backend_and_how_long_that_took(store: Store, write: Write, rows: Rows) -> None:
    good = HAPROXY.format(answer=240, took=250, status=200, state="----")
    slow = HAPROXY.format(answer=-1, took=5006, status=504, state="sH--")
    down = f"{SYSLOG}Server cart_be/cart-1 is DOWN, reason: Layer4 timeout, check duration: 2001ms."
    text = "\n".join([f"{SYSLOG}{good}"] * 8 + [f"{SYSLOG}{slow}", down, "not a line of HAProxy"])

    report = import_paths(store, [write("lb/today.log", text)])

    assert (report.rows, report.rejected) == ({"logs": 10, "spans": 18}, 1)
    assert rows(SPANS)[14:] == [
        ("haproxy", "SERVER", "", "UNSET", 250 * MS, 250),
        ("haproxy", "CLIENT", "cart_be", "UNSET", 250 * MS, 240),
        ("haproxy", "SERVER", "", "ERROR", 5006 * MS, 5006),
        ("haproxy", "CLIENT", "cart_be", "ERROR", 5006 * MS, 5000),
    ]
    assert rows("SELECT DISTINCT span_name, host_name FROM spans") == [("GET /cart/{id}", "lb1")]
    assert rows(
        "SELECT count(*) FROM spans c JOIN spans s ON c.parent_span_id = s.span_id AND c.trace_id = s.trace_id"
    ) == [(9,)]
    assert rows("SELECT time_unix_nano, severity_text, body FROM logs ORDER BY row_id")[7:] == [
        (T0 + 250 * MS, "INFO", "GET /cart/4711?x=1 HTTP/1.1 200 ---- cart_be/cart-1"),
        (T0 + 5006 * MS, "ERROR", "GET /cart/4711?x=1 HTTP/1.1 504 sH-- cart_be/cart-1"),
        (T0 + S, "ERROR", "Server cart_be/cart-1 is DOWN, reason: Layer4 timeout, check duration: 2001ms."),
    ]
    assert rows("SELECT line, reason FROM rejected") == [(11, "the line is no entry of HAProxy's HTTP log")]
    said = json.loads(rows("SELECT attributes FROM logs ORDER BY row_id")[0][0])
    assert (said["haproxy.server"], said["haproxy.queue_ms"], said["client.address"]) == ("cart-1", "2", "10.1.2.3")


@pytest.mark.parametrize(
    ("server", "times", "status", "state", "peers"),
    [
        pytest.param("<NOSRV>", "0/-1/-1/-1/0", 503, "SC--", ["", "cart_be"], id="no-server-is-left"),
        pytest.param("<NOSRV>", "0/-1/-1/-1/0", 403, "PR--", [""], id="refused-by-the-proxy"),
    ],
)
def test_haproxy_blames_a_backend_only_for_what_it_was_asked(
    store: Store, write: Write, rows: Rows, server: str, times: str, status: int, state: str, peers: list[str]
) -> None:
    line = HAPROXY.format(answer=1, took=7, status=status, state=state)
    line = line.replace("cart-1 1/2/3/1/7", f"{server} {times}")

    import_paths(store, [write("haproxy.log", line + "\n")])

    assert rows("SELECT peer_service_name FROM spans ORDER BY row_id") == [(peer,) for peer in peers]


def test_a_load_balancer_names_its_target_group(store: Store, write: Write, rows: Rows) -> None:
    good = ALB.format(target="10.0.0.1:80", times="0.001 0.248 0.001", status=200, target_status=200)
    late = ALB.format(target="10.0.0.1:80", times="0.001 -1 -1", status=504, target_status="-")
    text = f"{good}\n{late}\n{CLASSIC}\n"

    report = import_paths(store, [write("123_elasticloadbalancing_eu-west-1_app.front.50dc.log", text)])

    assert (report.rows, report.rejected) == ({"logs": 3, "spans": 6}, 0)
    assert rows(SPANS) == [
        ("front", "SERVER", "", "UNSET", S // 2, 250),
        ("front", "CLIENT", "cart", "UNSET", S // 2, 248),
        ("front", "SERVER", "", "ERROR", S // 2, 500),
        ("front", "CLIENT", "cart", "ERROR", S // 2, 500),
        ("front", "SERVER", "", "UNSET", S // 2, 252),
        ("front", "CLIENT", "10.0.0.1:80", "UNSET", S // 2, 250),
    ]
    assert rows("SELECT DISTINCT span_name FROM spans ORDER BY ALL") == [("GET /cart",), ("GET /cart/{id}",)]


def test_envoy_names_the_host_that_answered(store: Store, write: Write, rows: Rows) -> None:
    good = ENVOY.format(status=200, flags="-", answer=240, host="10.0.0.9:8080")
    none = ENVOY.format(status=503, flags="UH", answer="-", host="-")

    import_paths(store, [write("envoy/access.log", f"{good}\n{none}\n")])

    assert rows(SPANS) == [
        ("envoy", "SERVER", "", "UNSET", 250 * MS, 250),
        ("envoy", "CLIENT", "10.0.0.9:8080", "UNSET", 250 * MS, 240),
        ("envoy", "SERVER", "", "ERROR", 250 * MS, 250),
    ]
    assert rows("SELECT body FROM logs ORDER BY row_id") == [
        ("GET /cart/4711 HTTP/2 200",),
        ("GET /cart/4711 HTTP/2 503 UH",),
    ]


def test_istio_names_the_service_that_was_called_and_not_its_own(store: Store, write: Write, rows: Rows) -> None:
    out = ISTIO.format(cluster="outbound|8080||cart.shop.svc.cluster.local")
    into = ISTIO.format(cluster="inbound|8080||")

    import_paths(store, [write("front-7d9f8c6b5-x2x1z.log", f"{out}\n{into}\n")])

    assert rows("SELECT service_name, peer_service_name, status_code FROM spans ORDER BY row_id") == [
        ("front", "", "ERROR"),
        ("front", "cart", "ERROR"),
        ("front", "", "ERROR"),
    ]
    assert rows("SELECT DISTINCT body FROM logs") == [
        ("GET /cart/4711 HTTP/1.1 503 UF upstream_reset_before_response_started connection timeout",)
    ]


def test_iis_says_in_its_header_what_is_in_a_line(store: Store, write: Write, rows: Rows) -> None:
    text = (
        "#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Date: 2023-11-14 22:13:00\n"
        "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port c-ip cs(User-Agent) sc-status sc-substatus "
        "time-taken\n"
        "2023-11-14 22:13:20 10.0.0.4 GET /cart/4711 x=1 443 10.3.3.7 Mozilla/5.0+(X11) 200 0 250\n"
        "#Date: 2023-11-14 22:13:22\n"
        "2023-11-14 22:13:25 10.0.0.4 GET /cart/4711 - 443 10.3.3.7 - 500 19 5000\n"
        "2023-11-14 22:13:26 10.0.0.4 GET\n"
    )

    report = import_paths(store, [write("iis/u_ex231114.log", text)])

    assert (report.rows, report.rejected) == ({"logs": 2, "spans": 2}, 1)
    assert rows(SPANS) == [("iis", "SERVER", "", "UNSET", 0, 250), ("iis", "SERVER", "", "ERROR", 5 * S, 5000)]
    assert rows("SELECT line, reason FROM rejected") == [(8, "the line has 4 fields and not the 12 that #Fields names")]
    said = json.loads(rows("SELECT attributes FROM logs ORDER BY row_id")[1][0])
    assert said["iis.substatus"] == "19"
    assert "url.query" not in said


def test_cloudfront_counts_seconds_and_divides_by_tabs(store: Store, write: Write, rows: Rows) -> None:
    text = (
        "#Version: 1.0\n"
        "#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status time-taken\n"
        "2023-11-14\t22:13:20\tLHR5-P1\t512\t10.0.0.7\tGET\td111.cloudfront.net\t/cart/4711\t502\t0.250\n"
    )

    path = write("logs/E2EXAMPLE.2023-11-14-22.d1a2b3c4.gz", gzip.compress(text.encode()))
    import_paths(store, [path.parent])

    assert rows(SPANS) == [("E2EXAMPLE", "SERVER", "", "ERROR", 0, 250)]


def test_a_profile_says_the_service(store: Store, write: Write, rows: Rows) -> None:
    rule = FileRule(format="access_log", columns={"service_name": ColumnRule(constant="edge")})
    profile = Profile(name="edge", files=(rule,))
    line = HAPROXY.format(answer=240, took=250, status=200, state="----")

    import_paths(store, [write("lb.log", f"{SYSLOG}{line}\n")], profile=profile)

    assert rows("SELECT DISTINCT service_name FROM logs UNION SELECT service_name FROM spans") == [("edge",)]


def test_explain_says_what_was_seen(write: Write) -> None:
    line = HAPROXY.format(answer=240, took=250, status=200, state="----")

    said = explain([write("edge/lb.log", line)])[0]

    assert (said.format, said.tables) == ("access_log", ["logs", "spans"])
    assert said.mapping["peer_service_name"] == "the backend that an entry names"
    assert "entries of HAProxy's HTTP log" in said.reasons


def test_other_logs_in_the_extended_format_are_no_requests(write: Write) -> None:
    text = "#Fields: date time action protocol src-ip\n2023-11-14 22:13:20 DROP TCP 10.0.0.7\n"

    assert explain([write("pfirewall.log", text)])[0].format != "access_log"


def test_entries_that_can_all_not_be_read_are_refused(store: Store, write: Write) -> None:
    year = datetime.fromtimestamp(T0 / S, UTC).year
    line = HAPROXY.format(answer=240, took=250, status=200, state="----").replace(f"Nov/{year}", "Nox/2023")

    with pytest.raises(BadInput, match="its time cannot be read"):
        import_paths(store, [write("haproxy.log", line)])
