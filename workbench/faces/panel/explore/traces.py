"""The page of traces: search, spans over time, one trace as waterfall or flame graph, many as one flame graph."""

from __future__ import annotations

from typing import Any

import panel as pn

from workbench.errors import CausewayError
from workbench.faces.panel import look
from workbench.faces.panel.explore.controls import SearchBar, heading
from workbench.faces.panel.explore.figures import level_bars
from workbench.faces.panel.explore.loading import Loader
from workbench.faces.panel.explore.state import Address, Choice, iso
from workbench.faces.panel.jobs import Caller
from workbench.faces.panel.look import card, html, render
from workbench.faces.panel.router import Router
from workbench.faces.panel.waterfall import trace_pane
from workbench.report.trace_figures import Bar

_LEAST = (("", "Any"), ("10", "10 ms"), ("100", "100 ms"), ("500", "500 ms"), ("1000", "1 s"), ("5000", "5 s"))


class TracesView:
    """Shows what `search_traces`, `count_spans`, `trace` and `flame_graph` give for the address."""

    def __init__(self, wb: Caller, router: Router) -> None:
        self._wb, self._router = wb, router
        self._address = Address(router, "traces")
        self._bar = SearchBar(wb, self._address, label="Search", placeholder="service:cart duration>250ms status:ERROR")
        self._loader, self._counts_loader = Loader(), Loader()
        self._choices, self._head, self._list = html(""), html(""), html("")
        self._chart, self._drawing = look.stack(html("")), look.stack(html(""))
        self._counts: Any = None
        self._drawn: Any = None
        self._picked = html("")
        self._search_card = card("", self._bar.view, self._choices, self._counts_loader.line, self._chart)
        self._trace_card = card("", self._head, self._drawing, self._picked)
        self.view = look.stack(heading("Traces"), self._search_card, self._loader.line, self._trace_card, self._list)
        self._begin()

    def enliven(self) -> None:
        """Count what the list is a part of."""
        self._count()

    def on_query(self) -> None:
        """Show what the address asks for now."""
        self._begin()
        self._count()

    def repaint(self) -> None:
        """Draw anew in the other theme."""
        self._draw_counts()
        self._draw()

    def first_paint(self) -> str:
        """Return list or trace as plain HTML."""
        return f"<h1>Traces</h1>{self._head.object}{self._list.object}"

    def close(self) -> None:
        """Drop what is on its way."""
        self._loader.close()
        self._counts_loader.close()

    def _arguments(self) -> dict[str, Any]:
        least = self._address.get("least")
        return {
            "query": self._address.get("q"), "service": self._address.many("service"),
            "operation": self._address.get("operation"), "errors": self._address.get("errors") == "1",
            **({"least_ms": float(least)} if least.replace(".", "", 1).isdigit() else {}), **self._address.span(),
        }  # fmt: skip

    def _begin(self) -> None:
        self._picked.object = ""
        self._drawn = None
        self._loader.say("")
        wanted = self._address.get("trace")
        look.show(self._search_card, not wanted)
        look.show(self._trace_card, bool(wanted))
        self._head.object = self._list.object = ""
        self._drawing[:] = [html("")]
        try:
            if wanted:
                self._trace(wanted)
            else:
                self._search()
        except CausewayError as error:
            self._loader.fail(str(error))

    def _search(self) -> None:
        address = self._address
        many = address.get("view") == "flame"
        order = "slowest" if address.get("order") == "slowest" else "newest"
        self._choices.object = render("explore/choices.html.j2", groups=self._groups(order, many))
        self._bar.show(None, None, self._tabs(many))
        if many:
            look.show(self._trace_card, True)
            arguments = self._arguments()
            self._loader.load(
                lambda: self._wb.call("flame_graph", order=order, limit=200, **arguments), self._show_flame,
                "Putting traces together",
            )  # fmt: skip
            return
        found = list(self._wb.call("search_traces", order=order, limit=50, **self._arguments()))
        longest = max((one.duration_ns for one in found), default=1)
        chosen = [Choice(f"service {one}", address.toggled("service", one)) for one in address.many("service")]
        chosen += [Choice(f"operation {address.get('operation')}", address.link(operation=None))] * bool(
            address.get("operation")
        )
        self._list.object = render(
            "explore/trace_list.html.j2", traces=found, longest=longest or 1, a=address, chosen=chosen, order=order,
            narrowed=bool(chosen) or any(address.get(name) for name in ("q", "from", "errors", "least")),
        )  # fmt: skip

    def _groups(self, order: str, many: bool) -> list[tuple[str, list[Choice]]]:
        address = self._address
        failed, least = address.get("errors") == "1", address.get("least")
        return [
            ("Took at least", [Choice(label, address.link(least=ms), ms == least) for ms, label in _LEAST]),
            ("Spans", [Choice("All", address.link(errors=None), not failed),
                       Choice("Failed", address.link(errors="1"), failed)]),
            ("First", [Choice("Newest", address.link(order=None), order == "newest"),
                       Choice("Slowest", address.link(order="slowest"), order == "slowest")]),
        ]  # fmt: skip

    def _tabs(self, many: bool) -> list[Choice]:
        return [
            Choice("Traces", self._address.link(view=None), not many),
            Choice("Flame graph", self._address.link(view="flame"), many),
        ]

    def _count(self) -> None:
        if self._address.get("trace"):
            return
        arguments = {name: value for name, value in self._arguments().items() if name != "least_ms"}
        self._counts_loader.load(lambda: self._wb.call("count_spans", **arguments), self._show_counts, "Counting spans")

    def _show_counts(self, found: Any) -> None:
        self._counts = found
        if found is not None:
            many = self._address.get("view") == "flame"
            self._bar.show(found.start_unix_nano, found.end_unix_nano, self._tabs(many))
        self._draw_counts()

    def _draw_counts(self) -> None:
        found = self._counts
        if found is None or not found.total:
            self._chart[:] = [html("")]
            return
        good = [all_ - failed for all_, failed in zip(found.counts, found.errors, strict=True)]
        bars = {"info": good, "error": found.errors}
        plot = level_bars(bars, found.start_unix_nano, found.step_ns, self._router.dark, self._zoom, height=130)
        operations = [
            Choice(f"{service}: {name}", self._address.link(service=service, operation=name)) for service, name, _ in
            found.operations[:5]
        ]  # fmt: skip
        head = render("explore/span_counts.html.j2", counts=found, operations=operations)
        self._chart[:] = [html(head), pn.pane.Bokeh(plot, sizing_mode="stretch_width", margin=0)]

    def _trace(self, trace_id: str) -> None:
        address = self._address
        found = self._wb.call("trace", trace_id=trace_id, scope=address.get("scope"), at=address.get("at"))
        flame = address.get("kind") == "flame"
        self._drawn = found
        self._head.object = render(
            "explore/trace.html.j2", t=found, back=address.link(trace=None, at=None, kind=None),
            kinds=[Choice("Waterfall", address.link(kind=None), not flame),
                   Choice("Flame graph", address.link(kind="flame"), flame)],
            logs=address.to("logs", trace=trace_id, from_=None, to=None),
            services=[(name, address.to("services", service=name)) for name in found.services],
        )  # fmt: skip
        if found.lines:
            self._list.object = render(
                "explore/lines.html.j2", lines=found.lines, empty=False, a=address, older="", newer="", newest="",
                links=lambda line: {"Lines of its service": address.to("logs", service=line.service_name)}, chosen=[],
            )  # fmt: skip
        self._draw()

    def _show_flame(self, found: Any) -> None:
        self._drawn = found
        self._head.object = render("explore/flame.html.j2", found=found)
        self._draw()

    def _draw(self) -> None:
        found = self._drawn
        if found is None:
            self._drawing[:] = [html("")]
            return
        frames = getattr(found, "frames", None)
        kind: Any = "flame"
        if frames is None and self._address.get("kind") != "flame":
            kind, bars = "waterfall", [_bar(one) for one in found.spans]
        else:
            if frames is None:
                frames = self._wb.call("flame_graph", trace_id=found.trace_id).frames
            bars = [_box(one) for one in frames]
        if not bars:
            self._drawing[:] = [html('<p class="empty">No trace fits.</p>')]
            return
        self._drawing[:] = [trace_pane(bars, dark=self._router.dark, kind=kind, on_tap=self._pick)]

    def _pick(self, span_id: str) -> None:
        one = next((one for one in getattr(self._drawn, "spans", []) if one.span.span_id == span_id), None) if (
            getattr(self._drawn, "frames", None) is None
        ) else None  # fmt: skip
        if one is not None:
            near = {"from_": iso(one.span.start_time_unix_nano - 1_000_000_000),
                    "to": iso(one.span.end_time_unix_nano + 1_000_000_000)}  # fmt: skip
            self._picked.object = render(
                "explore/span.html.j2", one=one, logs=self._address.to("logs", service=one.span.service_name, **near),
                metrics=self._address.to("metrics", service=one.span.service_name),
            )  # fmt: skip

    def _zoom(self, start: int, end: int) -> None:
        self._address.go(from_=iso(start), to=iso(end))


def _bar(one: Any) -> Bar:
    return Bar(
        depth=one.depth, service_name=one.span.service_name, span_name=one.span.span_name, start_ms=one.offset_ns / 1e6,
        duration_ms=one.duration_ns / 1e6, self_ms=one.self_ns / 1e6, error=one.span.failed,
        message=one.span.status_message, span_id=one.span.span_id,
    )  # fmt: skip


def _box(one: Any) -> Bar:
    return Bar(
        depth=one.depth, service_name=one.service_name, span_name=one.span_name, start_ms=one.start_ns / 1e6,
        duration_ms=one.total_ns / 1e6, self_ms=one.self_ns / 1e6, error=bool(one.errors),
        message=f"{one.errors:,} of {one.spans:,} spans failed", spans=one.spans,
    )  # fmt: skip
