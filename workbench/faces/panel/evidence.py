"""The drawer that runs the query behind a piece of evidence again and shows what it gives now."""

from __future__ import annotations

import json
import time
from typing import Any

import panel as pn
import panel_material_ui as pmui
from markupsafe import escape

from workbench.errors import CausewayError
from workbench.faces.panel.downloads import download
from workbench.faces.panel.evidence_cell import cells_of, notebook_of, pasted
from workbench.faces.panel.jobs import Caller
from workbench.faces.panel.look import html, render
from workbench.faces.panel.router import Router
from workbench.report.words import clock, milliseconds
from workbench.semconv import Table

MOST_ROWS = 30
_WIDTH = 640
# Where the window is wide, rows need not be broken.
_PAPER = {"width": f"max({_WIDTH}px, 45vw)", "maxWidth": "100vw"}

_COLUMNS: dict[Table, tuple[tuple[str, str], ...]] = {
    Table.LOGS: (("time_unix_nano", "Time"), ("service_name", "Service"), ("severity_text", "Level"), ("body", "Line")),
    Table.SPANS: (
        ("start_time_unix_nano", "Time"), ("service_name", "Service"), ("span_name", "Span"), ("duration", "Took"),
        ("status_code", "Status"),
    ),
    Table.METRICS: (
        ("time_unix_nano", "Time"), ("service_name", "Service"), ("service_instance_id", "Instance"),
        ("metric_name", "Metric"), ("value", "Value"), ("unit", "Unit"),
    ),
    Table.EVENTS: (
        ("time_unix_nano", "Time"), ("service_name", "Service"), ("event_name", "Event"), ("summary", "What"),
    ),
    Table.EDGES: (("caller_service_name", "Caller"), ("callee_service_name", "Callee")),
    Table.STATES: (
        ("object_kind", "Kind"), ("object_name", "Object"), ("attribute", "What"), ("value", "Value"),
    ),
}  # fmt: skip


class EvidenceDrawer:
    """Opens for the evidence that the address names; closing it takes the name out of the address."""

    def __init__(self, wb: Caller, router: Router) -> None:
        self._wb, self._router = wb, router
        self._shown = ""
        self._text = html("")
        again = pmui.Button(label="Re-run", icon="refresh", variant="contained", size="small", on_click=self._again)
        self._cells: list[str] = []
        self._notebook = download("Open in a notebook", lambda: notebook_of(self._cells), "evidence.ipynb")
        self._notebook.margin = again.margin
        close = pmui.Button(label="Close", icon="close", variant="text", size="small", on_click=self._close)
        self.view = pmui.Drawer(
            pn.Row(again, self._notebook, close, margin=(12, 10, 0, 10)),
            pn.Column(self._text, margin=(6, 16), sizing_mode="stretch_width"),
            anchor="right",
            size=_WIDTH,
            open=False,
            sx=_PAPER,
        )
        self.view.param.watch(self._closed, "open")

    def show(self, evidence_id: str) -> None:
        """Check this evidence and show the outcome; '' closes the drawer."""
        self._shown = evidence_id
        if evidence_id:
            self._check()
        self.view.open = bool(evidence_id)

    def _check(self) -> None:
        try:
            found = self._wb.call("evidence", evidence_id=self._shown)
        except CausewayError as error:
            self._text.object = f'<p class="error" role="alert">{escape(str(error))}</p>'
            return
        head, rows = _table(found)
        identifier = found.evidence.evidence_id
        self._cells = cells_of(self._wb.call("overview", limit=1).workspace, found.incident_id, identifier)
        self._notebook.filename = f"{identifier}.ipynb"
        self._text.object = render(
            "evidence.html.j2", e=found, head=head, rows=rows, checked=time.time_ns(),
            parameters=json.dumps(found.parameters, ensure_ascii=False), cell=pasted(self._cells),
        )  # fmt: skip

    def _again(self, _: Any) -> None:
        self._check()

    def _close(self, _: Any) -> None:
        self.view.open = False

    def _closed(self, event: Any) -> None:
        wanted = self._router.wanted()
        if not event.new and wanted.pop("evidence", ""):
            self._router.go(**wanted)


def _table(found: Any) -> tuple[list[str], list[list[str]]]:
    selection = found.evidence.selection
    if selection is None or not found.rows:
        return [], []
    columns = _COLUMNS[selection.table]
    used = [pair for pair in columns if any(_cell(row, pair[0]) for row in found.rows[:MOST_ROWS])]
    rows = [[_cell(row, name) for name, _ in used] for row in found.rows[:MOST_ROWS]]
    return [title for _, title in used], rows


def _cell(row: dict[str, Any], name: str) -> str:
    if name == "duration":
        return milliseconds((row["end_time_unix_nano"] - row["start_time_unix_nano"]) / 1e6)
    value = row.get(name)
    if name.endswith("_unix_nano") and isinstance(value, int):
        return clock(value)
    if name == "unit":
        # UCUM writes what is counted in braces.
        return str(value or "").strip("{}")
    if isinstance(value, float):
        return f"{value:.6g}"
    return "" if value is None else str(value)
