"""The page of SQL: tables to look at, one reading statement, its rows, and a chart of them; statements can be kept."""

from __future__ import annotations

import csv
import io
import uuid
from typing import Any

import panel as pn
import panel_material_ui as pmui

from workbench.errors import Cancelled, CausewayError
from workbench.faces.panel import look
from workbench.faces.panel.explore.controls import beside, heading
from workbench.faces.panel.explore.loading import Loader
from workbench.faces.panel.explore.result_chart import KINDS, choices, result_figure
from workbench.faces.panel.explore.state import Address
from workbench.faces.panel.jobs import Caller
from workbench.faces.panel.look import card, html, render, wrapping
from workbench.faces.panel.router import Router

LIMIT = 1000
TIMEOUT_S = 60.0
_PATIENCE_MS = 400
_GAP = (0, 8, 0, 0)
_TELEMETRY = frozenset({"logs", "spans", "metrics", "events"})
EXAMPLE = """SELECT service_name, count(*) AS lines,
       count(*) FILTER (severity_number >= 17) AS errors
FROM logs
GROUP BY service_name
ORDER BY errors DESC"""


class SqlView:
    """Runs `sql` with what the address or the person says."""

    def __init__(self, wb: Caller, router: Router) -> None:
        self._wb, self._router = wb, router
        self._address = Address(router, "sql")
        self._loader, self._query_id = Loader(), ""
        self._found: Any = None
        self._ran = ""
        self._box = pmui.TextAreaInput(
            label="One reading statement; Shift+Enter runs it", value=self._address.get("sql") or EXAMPLE, rows=7,
            max_rows=20, auto_grow=True, sizing_mode="stretch_width", margin=(0, 0, 8, 0),
            sx={"textarea": {"fontFamily": "ui-monospace, 'Liberation Mono', monospace", "fontSize": "13px"}},
        )  # fmt: skip
        self._box.param.watch(lambda _: self._pressed(None), "enter_pressed")
        self._run = pmui.Button(
            label="Run", icon="play_arrow", variant="contained", size="small", on_click=self._pressed, margin=_GAP
        )
        self._cancel = pmui.Button(
            label="Cancel",
            icon="stop",
            variant="outlined",
            size="small",
            disabled=True,
            on_click=self._cancelled,
            margin=_GAP,
        )
        self._name = pmui.TextInput(label="Keep it as", size="small", width=220, margin=(0, 8, 0, 12))
        keep = pmui.Button(
            label="Save", icon="bookmark", variant="text", size="small", on_click=self._saved, margin=_GAP
        )
        down = pmui.FileDownload(
            label="Rows as CSV", callback=self._csv, filename="rows.csv", size="small", margin=_GAP
        )
        down.variant = "outlined"
        self._down, down.visible = down, False
        self._side, self._rows = html(""), html("")
        self._x, self._y, self._kind = (
            pmui.Select(label=name, size="small", width=180, margin=(6, 10, 4, 0)) for name in ("x", "y", "Chart")
        )
        self._kind.options, self._kind.value = list(KINDS), KINDS[0]
        self._quiet = False
        for name, box in (("x", self._x), ("y", self._y), ("kind", self._kind)):
            box.param.watch(lambda event, name=name: self._charted(name, event.new), "value")
        self._chart = look.stack(html(""))
        self._chart_card = card("Chart", pn.Row(self._kind, self._x, self._y, margin=0), self._chart)
        self._can_draw = False
        look.show(self._chart_card, False)
        buttons = wrapping(self._run, self._cancel, self._name, keep, down, align_items="center", margin=(4, 0, 8, 0))
        main = look.stack(card("", self._box, buttons, self._loader.line), self._chart_card, self._rows)
        body = pn.Column(self._side, main, stylesheets=[beside(270)], sizing_mode="stretch_width", margin=0)
        self.view = look.stack(heading("SQL"), body)
        self._list()

    def enliven(self) -> None:
        """Run the statement of the address: a link to it shows its rows."""
        if self._address.get("sql"):
            self._execute(self._address.get("sql"))

    def on_query(self) -> None:
        """Show what the address asks for now."""
        wanted = self._address.get("sql")
        if wanted and wanted != self._ran:
            self._box.value = wanted
            self._execute(wanted)
        self._list()

    def repaint(self) -> None:
        """Draw the chart in the other theme."""
        self._draw()

    def first_paint(self) -> str:
        """Return the list of tables as plain HTML."""
        return f"<h1>SQL</h1>{self._side.object}"

    def close(self) -> None:
        """Stop what runs: nobody waits for it any more."""
        self._stop()
        self._loader.close()

    def _list(self) -> None:
        tables = list(self._wb.call("sql_tables"))
        self._side.object = render(
            "explore/sql_side.html.j2", tables=tables,
            telemetry=any(one.rows for one in tables if one.name in _TELEMETRY),
            saved=[(one, self._address.link(sql=one.statement, x=None, y=None, kind=None)) for one in
                   self._wb.call("saved_queries")],
            select=lambda name: self._address.link(sql=f"SELECT * FROM {name} LIMIT 100", x=None, y=None, kind=None),
        )  # fmt: skip

    def _pressed(self, _: Any) -> None:
        statement = str(self._box.value_input or self._box.value).strip()
        if not statement:
            self._loader.fail("Write a statement first.")
            return
        self._router.put(sql=statement, page="sql")
        self._execute(statement)

    def _execute(self, statement: str) -> None:
        self._stop()
        query_id = self._query_id = uuid.uuid4().hex
        self._ran = statement
        self._soon_cancellable(query_id)

        def ask() -> Any:
            try:
                return self._wb.call("sql", statement=statement, limit=LIMIT, timeout_s=TIMEOUT_S, query_id=query_id)
            except CausewayError as error:
                return error

        self._loader.load(ask, self._show, "Running")

    def _soon_cancellable(self, query_id: str) -> None:
        """Offer to cancel what is not over at once: a button that is switched on and off in a moment may stay on."""

        def offer() -> None:
            self._cancel.disabled = self._query_id != query_id

        document = pn.state.curdoc
        if document is not None and document.session_context is not None:
            document.add_timeout_callback(offer, _PATIENCE_MS)

    def _show(self, found: Any) -> None:
        self._query_id, self._cancel.disabled = "", True
        if isinstance(found, CausewayError):
            self._clear()
            if isinstance(found, Cancelled):
                self._loader.say('<p class="muted small" role="status">Cancelled.</p>')
            else:
                self._loader.fail(str(found))
            return
        self._found = found
        self._down.visible = bool(found.rows)
        self._rows.object = render("explore/sql_rows.html.j2", found=found, limit=LIMIT)
        xs, ys = choices(found)
        self._can_draw = bool(xs and ys and len(found.rows) > 1)
        look.show(self._chart_card, self._can_draw)
        if self._can_draw:
            self._quiet = True
            try:
                self._x.options, self._y.options = xs, ys
                wanted_x, wanted_y = self._address.get("x"), self._address.get("y")
                self._x.value = wanted_x if wanted_x in xs else xs[0]
                others = [name for name in ys if name != self._x.value] or ys
                self._y.value = wanted_y if wanted_y in ys else others[0]
                kind = self._address.get("kind")
                self._kind.value = (
                    kind if kind in KINDS else ("Line" if self._x.value.endswith("unix_nano") else "Bars")
                )
            finally:
                self._quiet = False
        self._draw()

    def _clear(self) -> None:
        """Take away what an earlier statement gave: it is not what the box says."""
        self._found, self._can_draw, self._rows.object, self._down.visible = None, False, "", False
        look.show(self._chart_card, False)

    def _charted(self, name: str, value: Any) -> None:
        if not self._quiet:
            self._router.put(**{name: str(value)})
            self._draw()

    def _draw(self) -> None:
        if self._found is None or not self._can_draw:
            return
        plot = result_figure(self._found, self._x.value, self._y.value, self._kind.value, self._router.dark)
        self._chart[:] = [pn.pane.Bokeh(plot, sizing_mode="stretch_width", margin=0)]

    def _cancelled(self, _: Any) -> None:
        self._stop()

    def _stop(self) -> None:
        if self._query_id:
            try:
                self._wb.call("sql_cancel", query_id=self._query_id)
            except CausewayError:
                # It has ended between the two calls.
                self._query_id = ""

    def _saved(self, _: Any) -> None:
        statement = str(self._box.value_input or self._box.value).strip()
        try:
            self._wb.call("save_query", name=self._name.value_input or self._name.value, statement=statement)
        except CausewayError as error:
            self._loader.fail(str(error))
            return
        self._loader.say("")
        self._list()

    def _csv(self) -> io.BytesIO:
        text = io.StringIO()
        writer = csv.writer(text)
        if self._found is not None:
            writer.writerow([column.name for column in self._found.columns])
            writer.writerows(self._found.rows)
        return io.BytesIO(text.getvalue().encode())
