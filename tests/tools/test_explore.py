"""The verbs of looking around: logs, metrics, traces, services and SQL, as every face calls them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from tests.store.explore.conftest import T0, span
from workbench import Workbench, open_workbench
from workbench.errors import BadInput, NotFound
from workbench.faces.cli.show import text_of
from workbench.facts.incident import Incident, IncidentKind
from workbench.semconv import Table
from workbench.store import incidents, sources, telemetry
from workbench.store.explore.health import Level
from workbench.tools.services import judge
from workbench.tools.time_range import time_range

S, MS = 1_000_000_000, 1_000_000
SPAN_S = 3600


@pytest.fixture
def wb() -> Iterator[Workbench]:
    with open_workbench(in_memory=True) as made:
        assert isinstance(made, Workbench)
        yield made


@pytest.fixture
def shop(wb: Workbench) -> Workbench:
    """One hour of web and cart, one request and three lines a second; cart fails in the last quarter."""
    source_id = sources.register(wb.store, kind="simulator", uri="shop", scope="shop").source_id
    lines, spans, points = [], [], []
    for second in range(0, SPAN_S, 5):
        late = second >= 45 * 60
        for service, body in (("web", f"GET /cart {second}"), ("cart", f"loaded {second} items"), ("web", "health ok")):
            lines.append((service, 9, "INFO", body, second))
        if late:
            lines.append(("cart", 17, "ERROR", f"pool exhausted after {second} ms", second))
        spans.append(span(f"t{second}", "a", "", "web", "GET /cart", second * 1000, 100 if not late else 900))
        spans.append(
            span(f"t{second}", "b", "a", "cart", "load", second * 1000 + 5, 50, status="ERROR" if late else "OK")
        )
        points.append(("cpu", "cart", T0 + second * S, 10.0 + second % 60))
    telemetry.append(
        wb.store,
        Table.LOGS,
        pa.table(
            {
                "time_unix_nano": [T0 + line[4] * S for line in lines],
                "service_name": [line[0] for line in lines],
                "severity_number": [line[1] for line in lines],
                "severity_text": [line[2] for line in lines],
                "body": [line[3] for line in lines],
                "trace_id": [f"t{line[4]}" if "GET" in line[3] else "" for line in lines],
            }
        ),
        source_id=source_id,
    )
    telemetry.append(wb.store, Table.SPANS, pa.Table.from_pylist(spans), source_id=source_id)
    names = ("metric_name", "service_name", "time_unix_nano", "value")
    rows = [dict(zip(names, point, strict=True)) for point in points]
    telemetry.append(wb.store, Table.METRICS, pa.Table.from_pylist(rows), source_id=source_id)
    return wb


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        pytest.param("", "", (0, SPAN_S - 5 + 1e-9), id="all"),
        pytest.param("-15m", "", (SPAN_S - 5 - 900 + 1e-9, SPAN_S - 5 + 1e-9), id="back"),
        pytest.param("-1h", "-30m", (-5 + 1e-9, SPAN_S - 5 - 1800 + 1e-9), id="both-back"),
        pytest.param(str(T0), str(T0 + S), (0, 1), id="absolute"),
    ],
)
def test_a_stretch_of_time(shop: Workbench, start: str, end: str, expected: tuple[float, float]) -> None:
    found = time_range(shop, Table.LOGS, start, end)

    assert found
    assert [round((moment - T0) / S, 3) for moment in found] == [round(second, 3) for second in expected]


def test_a_stretch_of_time_that_is_none(wb: Workbench, shop: Workbench) -> None:
    with pytest.raises(BadInput, match="the start is not before the end"):
        time_range(shop, Table.LOGS, str(T0 + S), str(T0))
    with pytest.raises(BadInput, match="'yesterday' is not a time"):
        time_range(shop, Table.LOGS, "yesterday", "")
    assert time_range(wb, Table.EVENTS, "", "") is None


def test_an_empty_workspace_has_an_answer_for_everything(wb: Workbench) -> None:
    calls = {
        "search_logs": "There are no log lines yet.", "tail_logs": "What comes next: --key -1",
        "log_patterns": "No line fits.", "list_metrics": "There are no metrics yet.",
        "search_traces": "No trace fits.", "services": "No service is known yet", "service_map": "No call between",
        "flame_graph": "0 traces, 0 spans", "saved_queries": "No query is saved yet",
    }  # fmt: skip

    assert {name: text_of(wb.call(name)).startswith(text) for name, text in calls.items()} == dict.fromkeys(calls, True)
    assert (wb.call("count_logs"), wb.call("count_spans")) == (None, None)
    for name, key in (("trace", "trace_id"), ("service", "service_name"), ("metric_chart", "metric_name")):
        with pytest.raises(NotFound, match="'x'"):
            wb.call(name, **{key: "x"})


def test_logs_are_searched_paged_and_counted(shop: Workbench) -> None:
    found = shop.call("search_logs", query="level>=error exhausted", service=["cart"], start="-10m", limit=5)
    older = shop.call("search_logs", query="level>=error", limit=5, key=found.older)

    assert [one.body for one in found.lines] == [
        f"pool exhausted after {second} ms" for second in range(3595, 3570, -5)
    ]
    assert older.lines[0].time_unix_nano == found.lines[-1].time_unix_nano - 5 * S
    counted = shop.call("count_logs", query="exhausted", buckets=10)
    assert counted.total == sum(counted.levels["error"]) == 180
    assert "180 lines from 2025-10-09T08:" in text_of(counted)
    assert "ERROR  cart  pool exhausted" in text_of(found)


def test_patterns_tell_what_is_new(shop: Workbench) -> None:
    found = shop.call("log_patterns", start="-15m", compare=True)
    kinds = {one.template: one for one in found.patterns}

    new = next(one for one in found.patterns if "exhausted" in one.template)
    assert (new.before, new.services, new.level) == (0, ["cart"], "ERROR")
    assert new.lines == 180
    assert "<*>" in new.template
    assert sum(new.over_time) == new.lines
    assert kinds["health ok"].before == pytest.approx(kinds["health ok"].lines, abs=2)
    assert (found.looked_at, found.kinds) == (found.total, len(found.patterns))


def test_a_metric_beside_its_own_past(shop: Workbench) -> None:
    found = shop.call("metric_chart", metric_name="cpu", start="-10m", compare_s=600, buckets=20)

    (now,), (before,) = found.series, found.earlier
    assert now.name == before.name == "cart"
    assert now.times_unix_nano == before.times_unix_nano
    assert text_of(found).startswith("cpu: 120 points in buckets of 1 min 0 s")
    (listed,) = shop.call("list_metrics", text="CP")
    assert (listed.metric_name, listed.points) == ("cpu", 720)


def test_a_trace_with_its_tree_and_its_lines(shop: Workbench) -> None:
    found = shop.call("trace", trace_id="t100")

    assert [(one.span.service_name, one.depth, one.offset_ns, one.self_ns) for one in found.spans] == [
        ("web", 0, 0, 50 * MS), ("cart", 1, 5 * MS, 50 * MS),
    ]  # fmt: skip
    assert (found.duration_ns, found.services, found.errors) == (100 * MS, ["cart", "web"], 0)
    assert [line.body for line in found.lines] == ["GET /cart 100"]
    assert "  cart: load" in text_of(found)


def test_traces_are_searched_and_put_together(shop: Workbench) -> None:
    slow = shop.call("search_traces", errors=True, order="slowest", limit=3)
    graph = shop.call("flame_graph", start="-5m", limit=10)

    assert [one.errors for one in slow] == [1, 1, 1]
    root, child = graph.frames
    assert (root.path, root.spans, root.total_ns, root.self_ns) == (["web: GET /cart"], 10, 9000 * MS, 8500 * MS)
    assert (child.path, child.errors, child.start_ns, child.total_ns) == (
        ["web: GET /cart", "cart: load"], 10, 0, 500 * MS,
    )  # fmt: skip
    counted = shop.call("count_spans", buckets=10)
    assert counted.operations == [("cart", "load", 720), ("web", "GET /cart", 720)]
    with pytest.raises(BadInput, match="least_ms = 5 is more than most_ms = 1"):
        shop.call("search_traces", least_ms=5, most_ms=1)


def test_services_are_judged_by_their_own_past(shop: Workbench) -> None:
    incident = incidents.create(
        shop.store,
        Incident(
            incident_id="", title="cart fails", kind=IncidentKind.ERROR, service_name="cart", opened_unix_nano=T0,
            updated_unix_nano=T0, scope="shop",
        ),
    )  # fmt: skip
    found = shop.call("services")
    cart, web = found.services

    assert (cart.service_name, cart.health, cart.open_incidents) == ("cart", "bad", [incident.incident_id])
    assert cart.why.startswith("100.0 % of requests fail, usually 0.")
    assert (web.health, web.why) == ("bad", "p95 is 900 ms, usually 100 ms")
    drawn = shop.call("service_map")
    assert [(node.service_name, node.column, node.health) for node in drawn.nodes] == [
        ("cart", 1, "bad"), ("web", 0, "bad"),
    ]  # fmt: skip
    assert [(call.caller, call.callee, call.errors == call.calls) for call in drawn.calls] == [("web", "cart", True)]
    one = shop.call("service", service_name="cart")
    assert [call.caller for call in one.callers] == ["web"]
    assert (one.callees, one.operations[0][0], one.incidents[0].title) == ([], "load", "cart fails")
    assert one.over_time
    assert one.over_time.total == 720


def test_trouble_of_before_is_not_what_is_usual(shop: Workbench) -> None:
    def cart() -> str:
        return next(one.why for one in shop.call("services", start="-5m").services if one.service_name == "cart")

    before = cart()
    incidents.create(
        shop.store,
        Incident(
            incident_id="", title="cart fails", kind=IncidentKind.ERROR, service_name="cart",
            opened_unix_nano=T0 + 45 * 60 * S, updated_unix_nano=T0, scope="shop",
        ),
    )  # fmt: skip

    assert "usually 18" in before
    assert "of requests fail, usually 0.0 %" in cart()


HOUR = Level(seconds=3600, requests=3600, errors=0, p50_ms=10, p95_ms=100, lines=100)


@pytest.mark.parametrize(
    ("now", "past", "expected"),
    [
        pytest.param(HOUR, HOUR, ("good", ""), id="as-ever"),
        pytest.param(Level(seconds=900), HOUR, ("quiet", "nothing heard from it"), id="quiet"),
        pytest.param(HOUR.model_copy(update={"errors": 360}), HOUR, ("bad", "10.0 % of requests fail"), id="errors"),
        pytest.param(HOUR.model_copy(update={"errors": 72}), HOUR, ("watch", "2.0 % of requests fail"), id="few"),
        pytest.param(
            HOUR.model_copy(update={"errors": 360}),
            HOUR.model_copy(update={"errors": 340}),
            ("good", ""),
            id="always-bad",
        ),
        pytest.param(HOUR.model_copy(update={"p95_ms": 310}), HOUR, ("bad", "p95 is 310 ms"), id="slow"),
        pytest.param(HOUR.model_copy(update={"p95_ms": 160}), HOUR, ("watch", "p95 is 160 ms"), id="slower"),
        pytest.param(HOUR.model_copy(update={"requests": 400}), HOUR, ("watch", "0.11 requests/s"), id="fewer"),
        pytest.param(HOUR.model_copy(update={"error_lines": 50}), HOUR, ("watch", "50 error lines"), id="error-lines"),
        pytest.param(Level(seconds=900, requests=5, errors=5), HOUR, ("watch", "0.0056 requests/s"), id="too-few"),
        pytest.param(HOUR, None, ("good", ""), id="no-past"),
    ],
)
def test_how_a_service_does(now: Level, past: Level | None, expected: tuple[str, str]) -> None:
    health, why = judge(now, past)

    assert (health, why.startswith(expected[1])) == (expected[0], True)
    assert bool(why) == bool(expected[1])


def test_sql_runs_and_is_kept(shop: Workbench) -> None:
    found = shop.call("sql", statement="SELECT service_name, count(*) AS n FROM logs GROUP BY 1 ORDER BY 1")

    assert found.rows == [["cart", 900], ["web", 1440]]
    assert text_of(found).splitlines()[:2] == ["service_name  n", "cart          900"]
    shop.call("save_query", name="by service", statement="SELECT 1", description="how many")
    assert "by service" in text_of(shop.call("saved_queries"))
    assert shop.call("forget_query", name="by service") == "by service is removed."
    assert "logs  about 2,340 rows" in text_of(shop.call("sql_tables"))
    with pytest.raises(NotFound, match="running query 'q'"):
        shop.call("sql_cancel", query_id="q")


def test_the_command_line_gives_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from workbench.faces.cli.main import main

    with pytest.raises(SystemExit) as ended:
        main(["-w", str(tmp_path), "--json", "logs", "search", "level>=error"])

    assert ended.value.code in (0, None)
    assert json.loads(capsys.readouterr().out) == {
        "lines": [], "older": "", "newer": "", "start_unix_nano": None, "end_unix_nano": None,
    }  # fmt: skip
