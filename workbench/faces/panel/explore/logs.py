"""The page of logs: search, lines over time, values to choose from, patterns, and lines as they come."""

from __future__ import annotations

from typing import Any

import panel as pn

from workbench.errors import CausewayError
from workbench.faces.panel import look
from workbench.faces.panel.explore.controls import SearchBar, beside, heading
from workbench.faces.panel.explore.figures import level_bars
from workbench.faces.panel.explore.loading import Loader
from workbench.faces.panel.explore.state import Address, Choice, iso, quoted
from workbench.faces.panel.jobs import Caller
from workbench.faces.panel.look import card, html, render
from workbench.faces.panel.router import Router
from workbench.semconv import NANOS_PER_SECOND

PAGE_SIZE = 100
TAIL_MS = 1000
_MOST_FOLLOWED = 300
_AROUND_NS = 30 * NANOS_PER_SECOND


class LogsView:
    """Shows what `search_logs`, `count_logs`, `log_patterns` and `tail_logs` give for the address."""

    watches = ("telemetry",)

    def __init__(self, wb: Caller, router: Router) -> None:
        self._wb, self._router = wb, router
        self._address = Address(router, "logs")
        self._bar = SearchBar(
            wb, self._address, label="Search", placeholder='service:cart level>=error "timed out" -health'
        )
        self._counts: Any = None
        self._readable = True
        """Whether the search could be read; what was wrong with it is said once."""
        self._tail_key, self._followed = "", list[Any]()
        self._ticking: Any = None
        self._lines_loader, self._counts_loader = Loader(), Loader()
        self._chart = look.stack(html(""))
        self._facets = html("")
        self._lines = html("")
        self._body = pn.Column(
            look.stack(self._counts_loader.line, self._facets),
            look.stack(self._lines_loader.line, self._lines),
            sizing_mode="stretch_width", margin=0,
        )  # fmt: skip
        self._narrowing(True)
        self._top = card("", self._bar.view, self._chart)
        self.view = look.stack(heading("Logs"), self._top, self._body)
        self._begin()

    def enliven(self) -> None:
        """Count what the page's lines are a part of; it takes longer than the lines."""
        self._count()

    def on_query(self) -> None:
        """Show what the address asks for now."""
        self._stop()
        self._begin()
        self._count()

    def repaint(self) -> None:
        """Draw the bars in the other theme."""
        self._draw()

    def first_paint(self) -> str:
        """Return the lines as plain HTML."""
        return f"<h1>Logs</h1>{self._lines.object}" if self._mode == "lines" else "<h1>Logs</h1>"

    def close(self) -> None:
        """Stop following."""
        self._stop()
        self._lines_loader.close()
        self._counts_loader.close()

    @property
    def _mode(self) -> str:
        wanted = self._address.get("view")
        return wanted if wanted in ("patterns", "tail") else "lines"

    def _arguments(self) -> dict[str, Any]:
        return {
            "query": self._address.get("q"), "service": self._address.many("service"),
            "level": self._address.many("level"), "trace_id": self._address.get("trace"), **self._address.span(),
        }  # fmt: skip

    def _begin(self) -> None:
        if self._mode == "tail":
            self._follow()
        elif self._mode == "patterns":
            self._narrowing(True)
            # Before the first line of all there is nothing to compare with.
            compare = bool(self._address.get("from"))
            self._lines_loader.load(
                lambda: self._wb.call("log_patterns", compare=compare, **self._arguments()), self._show_patterns,
                "Grouping lines",
            )  # fmt: skip
        else:
            self._search()

    def _search(self) -> None:
        try:
            found = self._wb.call(
                "search_logs", limit=PAGE_SIZE, key=self._address.get("key"),
                direction="newer" if self._address.get("dir") == "newer" else "older", **self._arguments(),
            )  # fmt: skip
        except CausewayError as error:
            self._readable = False
            self._lines_loader.fail(str(error))
            self._lines.object = ""
            self._bar.show(None, None, self._tabs())
            return
        self._readable = True
        self._lines_loader.say("")
        self._bar.show(found.start_unix_nano, found.end_unix_nano, self._tabs())
        # Without any line there is nothing to narrow by, so what to do stands in the middle.
        self._narrowing(found.start_unix_nano is not None)
        self._lines.object = render(
            "explore/lines.html.j2", lines=found.lines, empty=found.start_unix_nano is None, a=self._address,
            older=self._address.link(key=found.older) if found.older else "",
            newer=self._address.link(key=found.newer, dir="newer") if found.newer else "",
            newest=self._address.link() if self._address.get("key") else "", links=self._links, chosen=self._chosen(),
        )  # fmt: skip

    def _links(self, line: Any) -> dict[str, str]:
        """Return where one line leads to."""
        address, service = self._address, line.service_name
        near = {"from_": iso(line.time_unix_nano - _AROUND_NS), "to": iso(line.time_unix_nano + _AROUND_NS)}
        found = {"Lines around it": address.to("logs", service=service, **near)}
        if line.trace_id:
            found |= {
                "Its trace": address.to(
                    "traces", trace=line.trace_id, at=str(line.time_unix_nano), from_=None, to=None
                ),
                "Lines of its trace": address.to("logs", trace=line.trace_id),
            }
        if service:
            found |= {
                "Metrics of the service": address.to("metrics", service=service, **near),
                "The service": address.to("services", service=service),
            }
        return found

    def _chosen(self) -> list[Choice]:
        """Return what narrows the lines, each as a link that takes it away."""
        address = self._address
        found = [Choice(f"service {one}", address.toggled("service", one)) for one in address.many("service")]
        found += [Choice(f"level {one}", address.toggled("level", one)) for one in address.many("level")]
        trace = address.get("trace")
        return found + [Choice(f"trace {trace[:16]}", address.link(trace=None))] * bool(trace)

    def _tabs(self) -> list[Choice]:
        return [
            Choice(label, self._address.link(view=name or None), self._mode == (name or "lines"))
            for name, label in (("", "Lines"), ("patterns", "Patterns"), ("tail", "Follow"))
        ]

    def _count(self, said: str = "Counting") -> None:
        if self._mode == "tail" or not self._readable:
            self._counts = None
            self._draw()
            return
        self._counts_loader.load(
            lambda: self._wb.call("count_logs", facet=["host"], **self._arguments()), self._show_counts, said
        )

    def _show_counts(self, found: Any) -> None:
        self._counts = found
        self._draw()

    def _draw(self) -> None:
        found = self._counts
        if found is None:
            self._chart[:], self._facets.object = [html("")], ""
            return
        plot = level_bars(found.levels, found.start_unix_nano, found.step_ns, self._router.dark, self._zoom)
        self._chart[:] = [
            html(render("explore/levels.html.j2", counts=found)),
            pn.pane.Bokeh(plot, sizing_mode="stretch_width", margin=0),
        ]
        self._facets.object = render("explore/facets.html.j2", facets=self._shown_facets(), total=found.total)

    def _shown_facets(self) -> list[tuple[str, list[tuple[str, int, str, bool]]]]:
        address = self._address
        out = []
        for name, values in self._counts.facets.items():
            rows = [(one.value, one.count) for one in values if one.value or name != "host"][:20]
            if not rows:
                continue
            if name in ("service", "level"):
                chosen = address.many(name)
                shown = [(value, count, address.toggled(name, value), value in chosen) for value, count in rows]
            else:
                query = address.get("q")
                shown = [
                    (value, count, address.link(q=f"{query} {name}:{quoted(value)}".strip()), False)
                    for value, count in rows
                ]
            out.append((name, shown))
        return out

    def _zoom(self, start: int, end: int) -> None:
        self._address.go(from_=iso(start), to=iso(end))

    def _show_patterns(self, found: Any) -> None:
        self._bar.show(found.start_unix_nano, found.end_unix_nano, self._tabs())
        self._lines.object = render(
            "explore/patterns.html.j2", found=found, highest=max((one.lines for one in found.patterns), default=1),
            a=self._address, link=self._pattern_link, chosen=self._chosen(),
        )  # fmt: skip

    def _pattern_link(self, one: Any) -> str:
        """Return the lines of a pattern: its longest fixed part is what they are searched by."""
        parts = sorted((part.strip() for part in one.template.split("<*>")), key=len)
        text = quoted(parts[-1]) if parts and parts[-1] else ""
        # A text with a colon would be read as a field.
        text = f'"{text}"' if ":" in text and not text.startswith('"') else text
        return self._address.link(view=None, q=f"{self._address.get('q')} {text}".strip())

    def _narrowing(self, there: bool) -> None:
        """Have values to narrow by beside the lines, or give the lines all of the width."""
        self._body.stylesheets = [beside(230)] if there else []

    def _follow(self) -> None:
        self._bar.show(None, None, self._tabs(), timed=False)
        self._narrowing(False)
        self._tail_key, self._followed = "", []
        self._tick()
        document = pn.state.curdoc
        if document is not None and document.session_context is not None:
            self._ticking = pn.state.add_periodic_callback(self._tick, TAIL_MS)

    def _tick(self) -> None:
        arguments = {
            name: value for name, value in self._arguments().items() if name in ("query", "service", "level", "scope")
        }
        try:
            found = self._wb.call("tail_logs", key=self._tail_key, limit=_MOST_FOLLOWED, **arguments)
        except CausewayError as error:
            self._stop()
            self._lines_loader.fail(str(error))
            return
        if self._tail_key and not found.lines:
            return
        self._tail_key = found.key
        # What comes at once is in the order of its times; what comes late stays where it came.
        came = sorted(found.lines, key=lambda line: line.time_unix_nano)
        self._followed = (self._followed + came)[-_MOST_FOLLOWED:]
        self._lines.object = render(
            "explore/lines.html.j2", lines=self._followed[::-1], empty=False, a=self._address, older="", newer="",
            newest="", links=self._links, chosen=self._chosen(), followed=True, skipped=found.skipped,
        )  # fmt: skip

    def _stop(self) -> None:
        if self._ticking is not None:
            self._ticking.stop()
            self._ticking = None

    async def refresh(self) -> None:
        """Count again when telemetry came; the lines stay where the person reads them."""
        if self._mode == "lines" and not self._address.get("key") and not self._address.get("to"):
            self._count("")
