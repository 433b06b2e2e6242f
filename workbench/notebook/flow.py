"""A flow in hand: look at it, change it, check it, see the rows of its nodes, run it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from workbench.errors import BadInput, Outdated
from workbench.flow.graph import SUFFIX, Flow
from workbench.notebook.drawing import draw_flow
from workbench.notebook.frames import Frames
from workbench.notebook.run import RunInHand
from workbench.notebook.shown import Caller, Shown, render

if TYPE_CHECKING:
    import pyarrow as pa


class FlowInHand(Shown):
    """One flow of the workspace, a sample, or that of a file elsewhere; changes are kept by `save`."""

    def __init__(self, wb: Caller, name: str, flow: Flow | None = None) -> None:
        self._wb = wb
        self.file = _file_elsewhere(wb, name)
        """The file that it is kept in when that is no flow of the workspace; it has no versions."""
        self.name = str(self.file) if self.file else name.removesuffix(SUFFIX).rpartition("/")[2]
        # Read first: a change that others make in between is then refused by `save`, and not lost.
        self._document_id = "" if self.file else str(wb.call("flow_draft", flow=self.name).document_id)
        self._stored = self._read()
        self.flow = flow or self._stored
        """What it says, with unsaved changes."""
        self.title = f"Flow {self.flow.name}"
        self.on_run: Callable[[str], None] | None = None
        """Told the id of each run that `run` begins: the editor draws it."""

    def _read(self) -> Flow:
        return Flow.load(self.file) if self.file else Flow.parse(self._wb.call("flow_show", flow=self.name))

    @property
    def doc(self) -> dict[str, Any]:
        """The flow as the document that a `*.flow.json` file holds; set it to change the flow."""
        found: dict[str, Any] = json.loads(self.flow.to_json())
        return found

    @doc.setter
    def doc(self, document: Mapping[str, Any]) -> None:
        self.flow = Flow.parse(json.dumps(document), where=self.name)

    def with_settings(self, **settings: Mapping[str, Any]) -> FlowInHand:
        """Return a copy with other settings, such as `flow.with_settings(read={"path": "app.log"})`; unsaved."""
        changed = self.flow.with_settings({node: dict(fields) for node, fields in settings.items()})
        return FlowInHand(self._wb, self.name, changed)

    def save(self, message: str) -> FlowInHand:
        """Save it as a new version, with a word on what was changed and why; raises `Outdated` when others did."""
        if self.file:
            if self._read() != self._stored:
                raise Outdated("the file was changed since it was read", where=self.name, hint="Open it again")
            self.flow.save(self.file)
            self._stored = self.flow
            return self
        document = self.flow.to_json()
        written = self._wb.call("flow_write", flow=self.name, document=document, over=self._document_id)
        self._document_id, self._stored = str(written.document_id), self.flow
        self._wb.call("flow_save", flow=self.name, message=message)
        return self

    def check(self) -> Any:
        """Find everything that keeps it from running, as it is now; prints as one line for each finding."""
        return Told(self._wb.call("flow_check", flow=self.name, document=self.flow.to_json()))

    def preview(self, node: str, rows: int = 50) -> Rows:
        """Return the first rows of a node as it is now; the nodes before it run on the first rows of their sources."""
        document = self.flow.to_json()
        return Rows(node, self._wb.call("flow_preview", flow=self.name, node=node, rows=rows, document=document))

    def run(self, wait: bool = True, **options: Any) -> RunInHand:
        """Run it and return the run; with `wait=False` it goes on while the notebook does other things.

        Args:
            wait: Wait until it ends.
            **options: Those of `causeway flow run`, such as `seconds=10` or `scope="mine"`.
        """
        done = self._wb.call("flow_run", flow=self.name, wait=wait, set_=self._settings(), **options)
        if self.on_run is not None:
            self.on_run(done.run.run_id)
        return RunInHand(self._wb, done.run.run_id)

    def script(self) -> str:
        """Return it as one plain Pathway program."""
        return str(self._wb.call("flow_script", flow=self.name, document=self.flow.to_json()))

    def versions(self) -> Any:
        """Return its saved versions, newest first."""
        return Told(self._wb.call("flow_versions", flow=self.name))

    @property
    def is_changed(self) -> bool:
        """Whether it says something else than what is stored."""
        return self.flow != self._stored

    @property
    def workbench(self) -> Caller:
        """The workbench that it belongs to."""
        return self._wb

    def selectable(self) -> list[str]:
        """Return the ids of the nodes."""
        return [node.id for node in self.flow.nodes]

    def fragment(self, live: bool = False) -> str:
        """Return the drawing."""
        drawing = Markup(draw_flow(self.flow))  # noqa: S704 - it escapes every text
        return render("flow.html.j2", flow=self.flow, drawing=drawing, live=live)

    def _settings(self) -> list[str]:
        """Return the settings that differ from the stored ones, as the tools take them; raises `BadInput` for more."""

        def bare(flow: Flow) -> list[Any]:
            return [[(node.id, node.kind) for node in flow.nodes], flow.edges, flow.run]

        if bare(self.flow) != bare(self._stored):
            raise BadInput(
                "it has unsaved changes to nodes or wires", where=self.name, hint="`flow.save(MESSAGE)` first"
            )
        known = {node.id: node.settings for node in self._stored.nodes}
        return [
            f"{node.id}.{field}={json.dumps(value)}"
            for node in self.flow.nodes
            for field, value in node.settings.items()
            if known.get(node.id, {}).get(field) != value
        ]

    def __repr__(self) -> str:
        return f"<Flow {self.flow.name}: {len(self.flow.nodes)} nodes>"


def _file_elsewhere(wb: Caller, name: str) -> Path | None:
    """Return the file of a path, unless it is that of a flow of the workspace."""
    path = Path(name).expanduser()
    if not path.is_file():
        return None
    own = {one.path.resolve() for one in wb.call("flow_list") if not one.sample}
    return None if path.resolve() in own else path.resolve()


class Rows(Frames):
    """Rows of a node; shows itself as a table."""

    def __init__(self, node: str, found: Any) -> None:
        self.node, self.found = node, found

    def rows(self) -> Sequence[Mapping[str, Any]]:
        """Return the rows as plain values."""
        rows: Sequence[Mapping[str, Any]] = self.found.rows
        return rows

    def arrow(self) -> pa.Table:
        """Return the rows as an Arrow table."""
        import pyarrow as pa

        names = [one.name for one in self.found.columns]
        return pa.table({name: [row.get(name) for row in self.rows()] for name in names})

    def _repr_html_(self) -> str:
        return str(self.df().to_html(max_rows=20))

    def __repr__(self) -> str:
        return str(self.found.text())


class Told:
    """The answer of a tool; prints what the command line prints, and passes everything else on."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._answer, name)

    def __iter__(self) -> Any:
        return iter(self._answer)

    def __len__(self) -> int:
        return len(self._answer)

    def _repr_html_(self) -> str:
        # Notebooks break lines of plain text in the middle of words, and some write HTML's in letters of unequal width.
        style = "white-space: pre-wrap; word-break: normal; font-family: var(--jp-code-font-family, monospace)"
        return f'<pre style="{style}">{escape(repr(self))}</pre>'

    def __repr__(self) -> str:
        return str(self._answer.text())
