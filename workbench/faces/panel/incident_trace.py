"""The slowest request of an incident: all its spans as a waterfall or a flame graph."""

from __future__ import annotations

from typing import Any

from workbench.errors import CausewayError
from workbench.faces.panel.jobs import Caller
from workbench.faces.panel.look import card, html, render, stack
from workbench.faces.panel.pages import find
from workbench.faces.panel.router import Router
from workbench.faces.panel.waterfall import Kind, trace_pane
from workbench.report.content import Waterfall
from workbench.report.trace_figures import Bar, bars_of

_MS = 1e6


class IncidentTrace:
    """Draws the trace that the report chose; `&trace=flame` in the address shows its flame graph."""

    def __init__(self, wb: Caller, router: Router, waterfall: Waterfall, scope: str, cause: str) -> None:
        self._wb, self._router, self._chosen, self._cause = wb, router, waterfall, cause
        self._scope = scope
        self._head, self._figure = html(""), stack(html(""))
        self.view = card("Slowest request after the onset", self._head, self._figure, id_="waterfall")
        self._say("")

    def draw(self) -> None:
        """Draw it in the theme that is shown now."""
        kind: Kind = "flame" if self._router.get("trace") == "flame" else "waterfall"
        bars = self._flame() if kind == "flame" else self._spans()
        self._say(kind)
        self._figure[:] = [trace_pane(bars, dark=self._router.dark, kind=kind, mark=self._cause)]

    def act(self, act: str, of: str) -> None:
        """Show the other drawing."""
        if act == "trace":
            self._router.put(trace=of)
            self.draw()

    def _say(self, kind: str) -> None:
        self._head.object = render(
            "incident_trace.html.j2", w=self._chosen, kind=kind, linked=find({"page": "traces"}) is not None
        )

    def _spans(self) -> list[Bar]:
        try:
            found = self._wb.call("trace", trace_id=self._chosen.trace_id, scope=self._scope)
        except CausewayError:
            # The report outlives the telemetry that it was made of.
            return bars_of(self._chosen)
        return [_bar(one) for one in found.spans]

    def _flame(self) -> list[Bar]:
        found = self._wb.call("flame_graph", trace_id=self._chosen.trace_id, scope=self._scope)
        return [
            Bar(
                one.depth, one.service_name, one.span_name, one.start_ns / _MS, one.total_ns / _MS, one.self_ns / _MS,
                bool(one.errors), f"{one.errors} of {one.spans}" if one.errors else "", "", one.spans,
            )
            for one in found.frames
        ]  # fmt: skip


def _bar(one: Any) -> Bar:
    span = one.span
    return Bar(
        one.depth, span.service_name, span.span_name, one.offset_ns / _MS, one.duration_ns / _MS, one.self_ns / _MS,
        span.failed, span.status_message, span.span_id,
    )  # fmt: skip
