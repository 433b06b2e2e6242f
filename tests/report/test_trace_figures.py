"""Waterfall and flame graph as figures: places, colours, labels, and what is left out."""

from __future__ import annotations

from workbench.report.content import Waterfall, WaterfallSpan
from workbench.report.trace_figures import MOST_ROWS, Bar, bars_of, flame_figure, waterfall_figure

COLOURS = {
    "ink": "#000", "muted": "#666", "line": "#eee", "card": "#fff", "bad": "#f00", "s0": "#001", "s1": "#002",
    "primary": "#003",
}  # fmt: skip
BARS = [
    Bar(0, "web", "GET /", 0.0, 100.0, 20.0),
    Bar(1, "db", "SELECT", 10.0, 80.0, 80.0, error=True, message="too slow", span_id="b"),
    Bar(1, "web", "render", 95.0, 0.0),
]


def test_each_span_has_a_row_its_place_in_time_and_the_colour_of_its_service() -> None:
    plot = waterfall_figure(BARS, COLOURS, mark="db")

    data = plot.renderers[0].data_source.data
    assert (data["y"], data["left"]) == ([0, 1, 2], [0.0, 10.0, 95.0])
    assert data["right"][:2] == [100.0, 90.0]
    assert data["right"][2] > 95.0
    assert data["colour"] == ["#001", "#f00", "#001"]
    assert data["took"][1].endswith("✕")
    assert data["state"] == ["", "failed: too slow", ""]
    labels = plot.yaxis[0].major_label_overrides.values()
    assert len({len(label) for label in labels}) == 1
    assert [label.rstrip("\u00a0").replace("\u00a0", ".") for label in labels] == [
        "web  GET /", "..● db  SELECT", "..web  render",
    ]  # fmt: skip


def test_a_huge_trace_is_cut_and_says_so() -> None:
    plot = waterfall_figure([Bar(0, "a", "b", 0, 1)] * (MOST_ROWS + 7), COLOURS)

    assert len(plot.renderers[0].data_source.data["y"]) == MOST_ROWS
    assert "7 more spans are not drawn" in plot.xaxis[0].axis_label


def test_boxes_of_a_flame_graph_stand_by_depth_and_small_ones_carry_no_text() -> None:
    plot = flame_figure(
        [Bar(0, "web", "GET /", 0, 100), Bar(1, "db", "S" * 80, 0, 50), Bar(1, "x", "y", 50, 1)], COLOURS
    )

    data = plot.renderers[0].data_source.data
    assert data["y"] == [0, 1, 1]
    assert data["text"][0] == "web: GET /"
    assert data["text"][1].endswith("…")
    assert data["text"][2] == ""


def test_nothing_to_draw_is_an_empty_figure() -> None:
    assert waterfall_figure([], COLOURS).renderers[0].data_source.data["y"] == []
    assert flame_figure([], COLOURS).renderers[0].data_source.data["y"] == []


def test_the_waterfall_of_a_report_gives_the_same_bars() -> None:
    span = WaterfallSpan(depth=1, service_name="a", span_name="b", start_ms=1, duration_ms=2, error=True, message="m")

    assert bars_of(Waterfall(trace_id="t", started_unix_nano=0, duration_ms=3, spans=[span])) == [
        Bar(1, "a", "b", 1, 2, None, True, "m")
    ]
