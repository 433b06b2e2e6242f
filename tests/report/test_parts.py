from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.report.sample import ONSET, make_diagnosis, make_telemetry
from workbench.facts.diagnosis import Cause, Diagnosis, Verdict
from workbench.facts.telemetry import Telemetry, empty_frame
from workbench.report import words
from workbench.report.also import also_for
from workbench.report.charts import make_charts
from workbench.report.content import Chart, Edge, Line, Mark, Node, Topology, Waterfall, WaterfallSpan
from workbench.report.layout import place
from workbench.report.patterns import make_patterns
from workbench.report.svg import round_ticks, time_ticks
from workbench.report.svg_timeline import draw_timeline
from workbench.report.svg_topology import draw_topology
from workbench.report.svg_waterfall import draw_waterfall
from workbench.report.timeline import make_marks, make_timeline
from workbench.report.topology import MOST_NODES, make_topology
from workbench.report.waterfall import MOST_SPANS, make_waterfall
from workbench.report.window import Window, window_of, within
from workbench.semconv import COLUMNS, Table

SECOND = 1_000_000_000
EMPTY = {
    table: {name: {"VARCHAR": "", "DOUBLE": 0.0}.get(kind, 0) for name, kind in columns.items()}
    for table, columns in COLUMNS.items()
}


def logs(rows: list[tuple[int, str, int]]) -> Telemetry:
    values = [dict(zip(("time_unix_nano", "body", "severity_number"), row, strict=True)) for row in rows]
    return Telemetry(logs=pd.DataFrame([{**EMPTY[Table.LOGS], **row} for row in values]))


def spans(rows: list[tuple[str, str, str, int, int]]) -> Telemetry:
    names = ["trace_id", "span_id", "parent_span_id", "start_time_unix_nano", "end_time_unix_nano"]
    values = [dict(zip(names, row, strict=True)) for row in rows]
    same = {"service_name": "a", "span_name": "a/x", "status_code": "UNSET"}
    return Telemetry(spans=pd.DataFrame([{**EMPTY[Table.SPANS], **same, **row} for row in values]))


def test_callers_stand_left_of_callees() -> None:
    edges = [("web", "shop"), ("shop", "db"), ("web", "db"), ("shop", "cart")]

    places = place({"web", "shop", "db", "cart"}, edges)

    assert all(places[a][0] < places[b][0] for a, b in edges)
    assert len(set(places.values())) == 4


def test_a_circle_of_calls_is_placed() -> None:
    places = place({"a", "b", "c"}, [("a", "b"), ("b", "c"), ("c", "a"), ("a", "a")])

    assert sorted(column for column, _ in places.values()) == [0, 1, 2]


def test_the_same_graph_is_drawn_the_same_whatever_the_order() -> None:
    edges = [(f"s{a}", f"s{b}") for a in range(12) for b in range(a + 1, 12) if (a * b) % 3 == 1]
    names = {name for pair in edges for name in pair}

    assert place(sorted(names), edges) == place(sorted(names, reverse=True), edges[::-1])


def test_a_deep_chain_does_not_end_in_recursion() -> None:
    edges = [(f"s{n:04}", f"s{n + 1:04}") for n in range(3000)]

    assert place({name for pair in edges for name in pair}, edges)["s3000"] == (3000, 0.0)


def test_of_a_large_system_the_surroundings_of_the_path_are_drawn() -> None:
    edges = [(f"s{n:02}", f"s{n + 1:02}") for n in range(60)]
    diagnosis = Diagnosis(
        case="c", verdict=Verdict.INCIDENT, reason="r", edges=edges,
        causes=[Cause(rank=1, service_name="s40", confidence=0.9, path=["s40", "s39"])],
    )  # fmt: skip

    topology = make_topology(diagnosis, Telemetry())

    shown = {node.service_name for node in topology.nodes}
    assert len(shown) == MOST_NODES
    assert {"s40", "s39"} < shown
    assert shown | set(topology.left_out) == {name for pair in edges for name in pair}


def test_window_is_around_the_onset() -> None:
    telemetry = logs([(0, "x", 9), (100_000 * SECOND, "x", 9)])

    window = window_of(telemetry, 50_000 * SECOND)

    assert window == Window(48_200 * SECOND, 53_600 * SECOND, 50_000 * SECOND)
    assert window.bucket_s == 60
    assert len(within(telemetry, window).logs) == 0


def test_an_onset_outside_of_the_rows_is_not_used() -> None:
    assert window_of(logs([(10, "x", 9), (20, "x", 9)]), 500) == Window(10, 21)
    assert window_of(Telemetry(), 5) is None


def test_patterns_are_counted_in_equal_times() -> None:
    rows = [(n * SECOND, f"served page {n}", 9) for n in range(100)]
    rows += [(n * SECOND, f"lost lock {n}", 17) for n in range(80, 100)]
    rows += [(n * SECOND, f"cache warm {n}", 9) for n in range(50, 70)]

    patterns, span_s = make_patterns(logs(rows), Window(0, 90 * SECOND, 75 * SECOND))

    assert span_s == 15
    assert [(one.change, one.before, one.after) for one in patterns] == [("new", 0, 10), ("vanished", 10, 0)]


def test_without_an_onset_there_are_no_patterns() -> None:
    assert make_patterns(logs([(1, "x", 17)]), Window(0, 2)) == ([], 0.0)


def test_a_large_trace_keeps_its_longest_spans_and_what_is_above_them() -> None:
    rows = [("t", "root", "", 0, 1000 * SECOND)]
    rows += [("t", f"s{n:03}", "root", n * SECOND, (n + 1 + n % 50) * SECOND) for n in range(200)]
    rows += [("t", "deep", "s000", 0, 90 * SECOND)]

    waterfall = make_waterfall(spans(rows), None, "")

    assert waterfall is not None
    assert (len(waterfall.spans), waterfall.left_out) == (MOST_SPANS, 202 - MOST_SPANS)
    assert waterfall.spans[0].duration_ms == 1e6
    assert [span.depth for span in waterfall.spans if span.duration_ms == 90_000] == [2]


def test_spans_that_are_their_own_parents_do_not_hang() -> None:
    waterfall = make_waterfall(
        spans([("t", "a", "a", 0, SECOND), ("t", "b", "c", 0, 9), ("t", "c", "b", 0, 8)]), None, "a"
    )

    assert waterfall is not None
    assert [span.duration_ms for span in waterfall.spans] == [1000]


def test_without_spans_there_is_no_waterfall() -> None:
    assert make_waterfall(Telemetry(spans=empty_frame(Table.SPANS)), None, "a") is None


def test_gaps_are_not_drawn_over() -> None:
    chart = Chart(
        key="k", title="T", unit="ms", bucket_s=1, times_unix_nano=[n * SECOND for n in range(6)],
        lines=[Line(name="a", values=[1, 2, None, 3, None, 5])],
    )  # fmt: skip

    drawn = draw_timeline(chart, [])

    assert (drawn.count("<polyline"), drawn.count("<circle")) == (1, 2)


def test_marks_outside_of_a_chart_are_left_out() -> None:
    chart = Chart(
        key="k", title="T", unit="", bucket_s=1, times_unix_nano=[0, SECOND], lines=[Line(name="a", values=[1, 2])]
    )

    drawn = draw_timeline(chart, [Mark(time_unix_nano=5 * SECOND, kind="onset", label="late")])

    assert "mark" not in drawn


def test_drawings_escape_names() -> None:
    evil = '"><script>x</script>'
    topology = Topology(
        nodes=[
            Node(service_name=evil, state="cause", column=0, row=0),
            Node(service_name="b", state="healthy", column=1, row=0),
        ],
        edges=[Edge(caller=evil, callee="b", failing=True)],
    )
    waterfall = Waterfall(
        trace_id=evil, started_unix_nano=0, duration_ms=1,
        spans=[WaterfallSpan(depth=0, service_name=evil,
                             span_name=evil, start_ms=0, duration_ms=1, error=True, message=evil)],
    )  # fmt: skip
    chart = Chart(key="k", title=evil, unit=evil, bucket_s=1, times_unix_nano=[0], lines=[Line(name=evil, values=[1])])

    for drawn in (draw_topology(topology), draw_waterfall(waterfall, evil), draw_timeline(chart, [])):
        assert "<script" not in drawn
        assert drawn.count('"') % 2 == 0


def test_a_chart_of_one_bucket_and_of_nothing_can_be_drawn() -> None:
    chart = Chart(key="k", title="T", unit="", bucket_s=1, times_unix_nano=[0], lines=[Line(name="a", values=[None])])

    assert draw_timeline(chart, []).startswith("<svg")


@pytest.mark.parametrize("high", [1e-9, 0.3, 1, 7, 99.9, 100, 12345.6, 1e12])
def test_ticks_are_few_round_and_reach_the_top(high: float) -> None:
    ticks = round_ticks(high)

    assert ticks[0] == 0
    assert ticks[-1] >= high * (1 - 1e-9)
    assert 2 <= len(ticks) <= 6


def test_time_ticks_lie_within() -> None:
    ticks = time_ticks(3 * SECOND, 123 * SECOND, 7)

    assert [tick // SECOND for tick in ticks] == [30, 60, 90, 120]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.25, "250 ms"),
        (1.5, "1.5 s"),
        (59.6, "1 min"),
        (80, "1 min 20 s"),
        (3661, "1 h 1 min"),
        (90000, "1 d 1 h"),
        (0, "0 ms"),
    ],
)
def test_lengths_of_time_read_well(seconds: float, text: str) -> None:
    assert words.span(seconds) == text


@pytest.mark.parametrize(
    ("share", "text"), [(0, "0 %"), (0.004, "0.4 %"), (0.08, "8 %"), (0.333, "33 %"), (1, "100 %")]
)
def test_shares_read_well(share: float, text: str) -> None:
    assert words.percent(share) == text


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        (
            "shop: error rate 0.23 % -> 96 % since 09:34:50 UTC",
            "shop: error rate 0.23\u00a0%\u00a0→\u00a096\u00a0% since 09:34:50\u00a0UTC",
        ),
        ("cart: p95 40 ms -> 1.2 s", "cart: p95 40\u00a0ms\u00a0→\u00a01.2\u00a0s"),
        ("web: 12 services of 3 teams", "web: 12 services of 3 teams"),
    ],
)
def test_a_change_of_values_is_not_broken_over_lines(title: str, shown: str) -> None:
    assert words.whole(title) == shown


@pytest.mark.parametrize(
    ("signs", "lead", "text"),
    [
        pytest.param(
            {"payments": {"use of connections": 14.22, "own latency": 0.5, "failed calls": 12.9, "network time": 11.0}},
            "network time",
            "Also for it, in multiples of the largest value seen while healthy: use of connections 14.2, "
            "failed calls 12.9.",
            id="signs",
        ),
        pytest.param({}, "", "Also for it: 1 resource sign, 1 log sign.", id="counted"),
        pytest.param({"payments": {"own latency": 3.0}}, "own latency", "Also for it: 1 resource sign, 1 log sign.",
                     id="only-the-deciding-one"),
    ],
)  # fmt: skip
def test_what_else_speaks_for_the_cause_is_one_sentence(
    signs: dict[str, dict[str, float]], lead: str, text: str
) -> None:
    diagnosis = make_diagnosis().model_copy(update={"signs": signs, "lead": lead})

    assert also_for(diagnosis) == text
    assert also_for(diagnosis.model_copy(update={"verdict": Verdict.UNKNOWN})) == ""


def test_rows_are_counted_in_words() -> None:
    assert words.row_counts({"logs": 1200, "events": 1, "spans": 0}) == "1,200 log lines, 1 event"


def test_healthy_shop_has_no_failed_requests() -> None:
    rates = make_telemetry(broken=False).spans["status_code"]

    assert not np.isin(rates, ["ERROR"]).any()


def test_data_of_metrics_alone_has_charts() -> None:
    rows = make_telemetry()
    telemetry = Telemetry(metrics=rows.metrics)
    window = window_of(telemetry, ONSET)
    assert window is not None

    charts = make_charts(telemetry, make_diagnosis(), window)

    assert [(chart.title, chart.unit) for chart in charts] == [("db.pool.in_use of payments", "connections")]


def test_counters_are_drawn_as_rates() -> None:
    rows = make_telemetry().metrics
    one = rows[rows["service_instance_id"] == "payments-1"].assign(metric_name="jobs_total")
    one = one.assign(value=[float(10 * number) for number in range(len(one))])
    diagnosis = make_diagnosis()
    evidence = diagnosis.causes[0].evidence[0]
    assert evidence.selection
    named = evidence.selection.model_copy(update={"equals": {"metric_name": "jobs_total", "service_name": "payments"}})
    cause = diagnosis.causes[0].model_copy(update={"evidence": [evidence.model_copy(update={"selection": named})]})
    window = window_of(Telemetry(metrics=one), ONSET)
    assert window is not None

    charts = make_charts(Telemetry(metrics=one), diagnosis.model_copy(update={"causes": [cause]}), window)

    assert set(charts[0].lines[0].values) == {1.0}


def test_spans_without_a_trace_make_no_waterfall() -> None:
    assert make_waterfall(spans([("", "a", "", 0, 10), ("", "b", "", 5, 9)]), None, "a") is None


def test_events_of_detectors_are_no_changes() -> None:
    window = Window(0, 100 * SECOND)
    names = ["deploy", "config_change", "anomaly"]
    rows = [{**EMPTY[Table.EVENTS], "time_unix_nano": n * SECOND, "event_name": name} for n, name in enumerate(names)]
    diagnosis = Diagnosis(case="c", verdict=Verdict.HEALTHY, reason="r")

    timeline = make_timeline(diagnosis, Telemetry(events=pd.DataFrame(rows)), [], window)

    assert [(entry.kind, entry.text) for entry in timeline] == [
        ("change", "deploy"),
        ("change", "config_change"),
        ("event", "anomaly"),
    ]
    assert [mark.label for mark in make_marks(timeline, None)] == ["deploy", "config_change"]
