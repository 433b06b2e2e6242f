"""The pages for looking around, without a browser: what stands in them, and where their links lead."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

import pyarrow as pa
import pytest

from tests.panel.test_views import run
from tests.store.explore.conftest import T0, span
from workbench import Workbench, open_workbench
from workbench.faces.panel.explore import services
from workbench.faces.panel.explore.figures import band_lines, time_figure
from workbench.faces.panel.explore.map import map_graph
from workbench.faces.panel.explore.state import Address, iso, quoted, range_words
from workbench.faces.panel.pages import find
from workbench.faces.panel.router import Router, link
from workbench.semconv import Table
from workbench.store import sources, telemetry
from workbench.store.explore.calls import Call
from workbench.store.explore.language import parse
from workbench.store.explore.logs import FIELDS
from workbench.tools.services import MapNode, ServiceMap

S = 1_000_000_000
PAGES = ("logs", "metrics", "traces", "services", "sql")


@pytest.fixture(scope="module")
def nothing() -> Iterator[Workbench]:
    with open_workbench(in_memory=True) as made:
        assert isinstance(made, Workbench)
        yield made


@pytest.fixture(scope="module")
def shop() -> Iterator[Workbench]:
    """Five minutes of two services; one line in ten is an error of cart with markup in it."""
    with open_workbench(in_memory=True) as wb:
        assert isinstance(wb, Workbench)
        source_id = sources.register(wb.store, kind="simulator", uri="shop", scope="shop").source_id
        seconds = list(range(300))
        lines = {
            "time_unix_nano": [T0 + second * S for second in seconds],
            "service_name": ["cart" if second % 2 else "web" for second in seconds],
            "severity_number": [17 if second % 10 == 1 else 9 for second in seconds],
            "severity_text": ["ERROR" if second % 10 == 1 else "INFO" for second in seconds],
            "body": [
                f"<script>alert({second})</script> failed" if second % 10 == 1 else f"GET /items/{second} 200"
                for second in seconds
            ],
            "trace_id": [f"t{second}" if second % 10 == 0 else "" for second in seconds],
            "attributes": ['{"user":"ann"}'] * 300,
        }
        telemetry.append(wb.store, Table.LOGS, pa.table(lines), source_id=source_id)
        rows = [
            one
            for second in range(0, 300, 10)
            for one in (
                span(f"t{second}", "a", "", "web", "GET /items", second * 1000, 90),
                span(
                    f"t{second}",
                    "b",
                    "a",
                    "cart",
                    "load",
                    second * 1000 + 5,
                    60,
                    status="ERROR" if second > 250 else "OK",
                ),
            )
        ]
        telemetry.append(wb.store, Table.SPANS, pa.Table.from_pylist(rows), source_id=source_id)
        points = {
            "time_unix_nano": [T0 + second * S for second in seconds], "metric_name": ["cpu.load"] * 300,
            "service_name": ["cart"] * 300, "value": [float(second % 50) for second in seconds],
            "unit": ["{thread}"] * 300,
        }  # fmt: skip
        telemetry.append(wb.store, Table.METRICS, pa.table(points), source_id=source_id)
        yield wb


def shown(wb: Workbench, **query: str) -> tuple[Any, str]:
    """Return the view of an address, wholly loaded, and all HTML in it."""
    router = Router(query=link(**query))
    page = find(router.wanted())
    assert page
    view: Any = page.make(wb, router)
    if hasattr(view, "enliven"):
        view.enliven()
    return view, text_of(view)


def text_of(view: Any) -> str:
    panes = view.view.select(lambda part: type(part).__name__ == "HTML" and part.object)
    return "\n".join(str(pane.object) for pane in panes)


def links(text: str, label: str) -> list[dict[str, str]]:
    """Return the queries of links whose text contains a label."""
    found = re.findall(r'<a [^>]*?href="\?([^"]*)"[^>]*>(.*?)</a>', text, re.DOTALL)
    return [dict(parse_qsl(html.unescape(query))) for query, said in found if label in said]


def figures(view: Any) -> list[Any]:
    return [pane.object for pane in view.view.select(lambda part: type(part).__name__ == "Bokeh")]


@pytest.mark.parametrize(
    ("page", "says"),
    [("logs", "No log lines yet"), ("metrics", "No metrics yet"), ("traces", "No traces yet"),
     ("services", "No service is known yet"), ("sql", "No telemetry yet")],
)  # fmt: skip
def test_an_empty_workspace_is_told_what_to_do(nothing: Workbench, page: str, says: str) -> None:
    _, text = shown(nothing, page=page)

    assert says in text
    assert '<a href="?" data-go>overview</a>' in text
    assert 'role="alert"' not in text


@pytest.mark.parametrize("page", PAGES)
def test_every_page_can_be_read_before_scripts_and_survives_both_themes(shop: Workbench, page: str) -> None:
    view, _ = shown(shop, page=page)

    assert view.first_paint().startswith("<h1>")
    view._router.dark = True
    view.repaint()
    view.on_query()
    view.close()


def test_the_overview_can_be_read_before_scripts(shop: Workbench, nothing: Workbench) -> None:
    view, _ = shown(shop)
    empty, _ = shown(nothing)

    assert 'class="kpi"' in view.first_paint()
    assert empty.first_paint() == ""


def test_lines_are_escaped_and_lead_to_their_trace(shop: Workbench) -> None:
    _, text = shown(shop, page="logs", **{"from": "-2m"})

    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(291)" in text
    newest = links(text, "Its trace")[0]
    assert (newest["page"], newest["trace"]) == ("traces", "t290")
    around = links(text, "Lines around it")[0]
    assert around["service"] == "cart"
    assert around["from"] < around["to"]
    assert "@user" in text


def test_pages_of_lines_lead_to_each_other(shop: Workbench) -> None:
    _, first = shown(shop, page="logs")
    (older,) = links(first, "Older lines")
    _, second = shown(shop, **older)

    assert "GET /items/298 200" in first
    assert "GET /items/198 200" in second
    assert "GET /items/200 200" not in second
    (newer,) = links(second, "Newer lines")
    assert newer["dir"] == "newer"
    _, back = shown(shop, **newer)
    assert "GET /items/298 200" in back


def test_values_narrow_and_are_taken_away_again(shop: Workbench) -> None:
    _, text = shown(shop, page="logs")
    cart = links(text, "cart")[-1]
    assert cart == {"page": "logs", "service": "cart"}

    view, narrowed = shown(shop, **cart, level="error")
    assert "GET /items" not in narrowed
    assert links(narrowed, "service cart ✕") == [{"page": "logs", "level": "error"}]
    assert len(figures(view)) == 1
    assert "<b>30</b> lines" in narrowed


def test_a_click_on_a_bar_and_a_marked_stretch_zoom(shop: Workbench) -> None:
    view, _ = shown(shop, page="logs", q="failed")

    view._zoom(T0, T0 + 60 * S)

    assert view._router.wanted() == {
        "page": "logs", "q": "failed", "from": "2025-10-09T08:53:20Z", "to": "2025-10-09T08:54:20Z",
    }  # fmt: skip
    view.on_query()
    assert "&lt;script&gt;alert(51)" in text_of(view)
    assert "alert(61)" not in text_of(view)


def test_a_search_that_cannot_be_read_is_told_once(shop: Workbench) -> None:
    _, text = shown(shop, page="logs", q="servce:cart")

    assert text.count("no field &#39;servce&#39;") == 1


def test_patterns_of_all_there_is_are_compared_with_nothing(shop: Workbench) -> None:
    assert "Before" not in shown(shop, page="logs", view="patterns")[1]
    assert "Before" in shown(shop, page="logs", view="patterns", **{"from": "-1h"})[1]


def test_patterns_lead_to_their_lines(shop: Workbench) -> None:
    _, text = shown(shop, page="logs", view="patterns")
    (wanted,) = [one for one in links(text, "GET") if "view" not in one and "q" in one]
    _, lines = shown(shop, **wanted)

    assert "GET /items/298 200" in lines
    assert "alert(" not in lines


def test_following_shows_what_comes(shop: Workbench) -> None:
    view, before = shown(shop, page="logs", view="tail", q="brand new")
    assert "brand new line" not in before

    source_id = sources.register(shop.store, kind="api", uri="more", scope="more").source_id
    rows = {"time_unix_nano": [T0], "body": ["a brand new line"], "service_name": ["late"]}
    telemetry.append(shop.store, Table.LOGS, pa.table(rows), source_id=source_id)
    view._tick()
    try:
        assert "a brand new line" in text_of(view)
    finally:
        sources.forget(shop.store, source_id)
        view.close()


def test_bands_and_lines_stop_where_nothing_was_heard_and_the_eighth_line_is_broken() -> None:
    times = [T0 + at * S for at in (0, 10, 20, 200, 210)]
    values = [1.0, 2.0, 3.0, 4.0, 5.0]
    series = [
        SimpleNamespace(name=f"s{n}", times_unix_nano=times, low=values, high=values, mean=values, points=[1] * 5)
        for n in range(8)
    ]
    plot = time_figure(times[0], times[-1], True, 200)

    legend = band_lines(plot, series, [], True, "ms", 10 * S)

    first, line = plot.renderers[:2]
    assert [len(shape) for shape in first.data_source.data["xs"]] == [6, 4]
    assert [at for at, mean in enumerate(line.data_source.data["mean"]) if mean != mean] == [3]
    assert [broken for _, _, broken in legend] == [False] * 7 + [True]
    assert legend[7][1] == legend[0][1]
    assert [one.glyph.line_dash for one in plot.renderers[-1:]] != [line.glyph.line_dash]


def test_a_metric_is_drawn_with_its_band_and_beside_its_past(shop: Workbench) -> None:
    view, text = shown(shop, page="metrics", metric="cpu.load", compare="60", **{"from": "-2m"})

    (plot,) = figures(view)
    assert [type(one.glyph).__name__ for one in plot.renderers] == ["Patches", "Line", "Line"]
    assert "dashed: earlier" in text
    assert "thread · 1 series" in text
    assert links(text, "cpu.load")[0].get("metric") is None


def test_traces_lead_to_one_and_from_there_to_lines_and_services(shop: Workbench) -> None:
    view, text = shown(shop, page="traces", errors="1")
    wanted = links(text, "<b>web</b>")[0]
    assert wanted["trace"] == "t290"
    assert len(figures(view)) == 1

    one, inside = shown(shop, **wanted)
    assert len(figures(one)) == 1
    assert "2 spans" in inside
    assert links(inside, "Log lines of this trace") == [{"page": "logs", "trace": "t290"}]
    one._pick("b")
    assert "by itself 60 ms" in text_of(one)
    _, many = shown(shop, page="traces", view="flame")
    assert "30 traces, 60 spans" in many


def maps(view: Any) -> list[Any]:
    return list(view.view.select(lambda part: type(part).__name__ == "ServiceMap"))


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the canvas had been built."""
    (tmp_path / "canvas.js").write_text("export default {}")
    monkeypatch.setattr(services, "BUNDLE", tmp_path / "canvas.js")


@pytest.mark.usefixtures("built")
def test_services_show_map_and_one_in_full(shop: Workbench) -> None:
    view, text = shown(shop, page="services")
    assert links(text, "<b>cart</b>") == [{"page": "services", "service": "cart"}]
    (drawn,) = maps(view)
    assert [(one["id"], one["href"]) for one in drawn.graph["services"]] == [
        ("web", "?page=services&service=web"), ("cart", "?page=services&service=cart"),
    ]  # fmt: skip
    assert [(one["source"], one["target"]) for one in drawn.graph["calls"]] == [("web", "cart")]
    assert "No objectives yet." in text

    one, inside = shown(shop, page="services", service="cart")
    assert len(figures(one)) == 3
    assert links(inside, "web") == [{"page": "services", "service": "web"}]
    assert links(inside, "Its errors")[0]["level"] == "error,fatal"
    _, gone = shown(shop, page="services", service="nobody")
    assert "no service &#39;nobody&#39;" in gone
    assert links(gone, "All services") == [{"page": "services"}]
    assert "Objectives" not in gone


def test_a_statement_in_the_address_is_run_drawn_and_kept(shop: Workbench) -> None:
    statement = "SELECT service_name, count(*) AS lines FROM logs GROUP BY 1 ORDER BY 1"
    view, text = shown(shop, page="sql", sql=statement)

    assert "2 rows in" in text
    assert (view._x.value, view._y.value, view._kind.value) == ("service_name", "lines", "Bars")
    assert len(figures(view)) == 1
    assert view._csv().read().decode().splitlines() == ["service_name,lines", "cart,150", "web,150"]
    view._name.value = "by service"
    view._saved(None)
    assert links(text_of(view), "by service")[0]["sql"] == statement
    view._box.value = "DROP TABLE logs"
    view._pressed(None)
    assert "this is DROP" in text_of(view)


def test_links_keep_what_is_shared_and_drop_what_is_not() -> None:
    address = Address(Router(query="?page=logs&q=x&from=-1h&scope=a&key=1.2&dir=newer&service=cart"), "logs")

    assert dict(parse_qsl(address.link(q=None)[1:])) == {
        "page": "logs", "from": "-1h", "scope": "a", "service": "cart",
    }  # fmt: skip
    assert dict(parse_qsl(address.to("traces", trace="t")[1:])) == {
        "page": "traces", "from": "-1h", "scope": "a", "trace": "t",
    }  # fmt: skip
    assert dict(parse_qsl(address.toggled("service", "web")[1:]))["service"] == "cart,web"
    assert "service" not in dict(parse_qsl(address.toggled("service", "cart")[1:]))
    assert [one.label for one in address.presets() if one.current] == ["1 h"]


def test_times_are_written_for_addresses_and_for_people() -> None:
    assert iso(T0 + 1_500_000) == "2025-10-09T08:53:20.0015Z"
    assert range_words(T0, T0 + 900 * S) == "9 Oct 08:53 to 09:08 UTC, 15 min"
    assert range_words(T0, T0 + 479 * S) == "9 Oct 08:53:20 to 09:01:19 UTC, 7 min 59 s"
    assert range_words(T0, T0 + 90_000 * S) == "9 Oct 08:53 to 10 Oct 09:53 UTC, 1 d 1 h"


@pytest.mark.parametrize("value", ["plain", "two words", 'a "quote"', "back\\slash", "colon:in:it", "(x)"])
def test_a_quoted_value_is_read_back_as_it_was(value: str) -> None:
    assert parse(f"host:{quoted(value)}", FIELDS, within="body").values == (value,)


@pytest.mark.usefixtures("built")
def test_the_map_was_not_shown_where_the_dark_theme_came_before_it(shop: Workbench) -> None:
    view = services.ServicesView(shop, Router(query="?page=services", dark=True))

    view.repaint()

    assert view._map_card.css_classes == []


@pytest.mark.usefixtures("built")
def test_the_map_stays_the_same_while_telemetry_comes(shop: Workbench) -> None:
    view, _ = shown(shop, page="services")
    before = maps(view)

    run(view.refresh())

    assert len(before) == 1
    assert maps(view) == before


def test_where_the_canvas_was_not_built_the_calls_are_listed(
    shop: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "BUNDLE", tmp_path / "none.js")

    view, text = shown(shop, page="services")

    assert maps(view) == []
    assert [links(text, name)[-1]["service"] for name in ("web", "cart")] == ["web", "cart"]
    assert "<th>Called</th>" in text


def test_the_map_of_now_says_rates_and_what_fails_in_words() -> None:
    def node(name: str, health: Any, column: int, requests: int, share: float | None) -> MapNode:
        return MapNode(
            service_name=name, health=health, column=column, row=0, requests=requests, error_share=share
        )  # fmt: skip

    calls = [Call(caller="web", callee="cart", calls=600, errors=60, p95_ms=90.4, per_s=2.0)]
    found = ServiceMap(
        nodes=[node("cart", "bad", 1, 600, 0.1), node("web", "quiet", 0, 0, None), node("db", "good", 2, 0, None)],
        calls=[*calls, Call(caller="cart", callee="db", calls=1, errors=0, p95_ms=None, per_s=0.01)], share=1,
        start_unix_nano=None, end_unix_nano=None,
    )  # fmt: skip

    drawn = map_graph(found, lambda name: f"?service={name}")

    assert drawn["services"] == [
        {"id": "web", "state": "unknown", "caption": "no requests seen", "href": "?service=web",
         "said": "web: quiet, no requests seen, calls cart"},
        {"id": "cart", "state": "cause", "caption": "600 req · 10 % failed", "href": "?service=cart",
         "said": "cart: bad, 600 requests, 10 % failed, calls db"},
        {"id": "db", "state": "healthy", "caption": "1 call", "href": "?service=db", "said": "db: as ever, 1 call"},
    ]  # fmt: skip
    assert drawn["calls"][:1] == [
        {"source": "web", "target": "cart", "failing": True, "label": "2/s", "failed": "10 % failed", "bad": True,
         "said": "web calls cart: 2.00/s, 10 % failed, 95 % within 90 ms"},
    ]  # fmt: skip
