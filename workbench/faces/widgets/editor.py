"""The node editor in a notebook: what is changed in it is the flow in hand, and the other way round."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from workbench.core import find_tool
from workbench.errors import BadInput, CausewayError
from workbench.faces.widgets.run import EVERY_S
from workbench.facts.run import RUN_MOVES
from workbench.notebook.flow import FlowInHand

BUNDLE = Path(__file__).parents[2] / "resources" / "canvas" / "causeway-canvas.js"
"""Built with the package; a checkout that was never installed has none."""


class FlowEditor(anywidget.AnyWidget):  # type: ignore[misc]
    """The canvas on a flow; `doc` is its document, `selected` the ids of the nodes that are selected."""

    flow = traitlets.Dict().tag(sync=True)
    catalog = traitlets.List().tag(sync=True)
    overlay = traitlets.Dict().tag(sync=True)
    """What is drawn over the flow; made of `run`."""
    theme = traitlets.Enum(("auto", "light", "dark"), "auto").tag(sync=True)
    readonly = traitlets.Bool(False).tag(sync=True)
    selected = traitlets.List(traitlets.Unicode()).tag(sync=True)
    height = traitlets.Int(520).tag(sync=True)
    """In pixels."""
    run = traitlets.Unicode("").tag(sync=True)
    """Id of the run that is drawn over the flow; '' for none. The canvas asks for its figures itself."""
    doc = traitlets.Dict()
    """The document, as in a `*.flow.json` file."""
    error = traitlets.Unicode("")
    """What went wrong with the last change or command, in one sentence; '' when nothing did."""

    def __init__(self, part: FlowInHand, **given: Any) -> None:
        self.part = part
        self._over = threading.Event()
        catalog = find_tool("flow_nodes").result.dump_python(part.workbench.call("flow_nodes"), mode="json")
        super().__init__(flow=part.doc, doc=part.doc, catalog=catalog, _esm=BUNDLE.read_text("utf-8"), **given)
        traitlets.link((self, "flow"), (self, "doc"))
        self.observe(self._changed, "flow")
        self.observe(lambda change: self._follow(str(change["new"])), "run")
        part.on_run = self._ran
        if self.run:
            self._follow(self.run)
        self.on_msg(self._take)

    def _changed(self, change: Any) -> None:
        try:
            self.part.doc = change["new"]
        except BadInput as error:
            # Half-done work is no flow yet; it stays on the canvas, and the flow in hand as it was.
            self.error = str(error)
        else:
            self.error = ""

    def _take(self, _: Any, content: Any, __: Any) -> None:
        """Answer a call of the canvas, or do what its user asks for."""
        if "call" in content:
            self.send(
                {"call": content["call"], **self._answer(str(content.get("tool", "")), content.get("args") or {})}
            )
            return
        try:
            self._do(str(content.get("command", "")), content.get("args") or {})
        except CausewayError as error:
            self.error = str(error)
        else:
            self.error = ""

    def _answer(self, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if arguments.get("flow") == self.flow.get("name"):
            # The flow may be that of a file, which the tools know by its path.
            arguments = {**arguments, "flow": self.part.name}
        try:
            result = self.part.workbench.call(tool, **arguments)
            return {"result": json.loads(find_tool(tool).result.dump_json(result))}
        except CausewayError as error:
            return {"error": str(error), "code": error.code}

    def _do(self, command: str, arguments: dict[str, Any]) -> None:
        if command == "save":
            self.part.save(str(arguments.get("message") or "saved in a notebook"))
        elif command == "run":
            if self.part.is_changed:
                self.part.save("saved to run it")
            self.part.run(wait=False, **arguments)
        elif command == "stop":
            self.part.workbench.call("flow_stop", **({"run_id": self.run} | arguments))
        else:
            raise BadInput(f"nothing to do for {command!r}", where="FlowEditor")

    def close(self) -> None:
        """Stop following the run and take the widget away."""
        self._over.set()
        super().close()

    def _ran(self, run_id: str) -> None:
        self.run = run_id

    def _follow(self, run_id: str) -> None:
        """Tell how a run stands, at once and until it has ended or another one is followed."""
        self._over.set()
        over = self._over = threading.Event()
        if not run_id:
            self.overlay = {}
        elif self._tell(run_id):
            # A notebook's main thread is busy with cells; a run has to be seen meanwhile.
            threading.Thread(
                target=self._keep_telling, args=(run_id, over), name=f"editor {run_id}", daemon=True
            ).start()

    def _keep_telling(self, run_id: str, over: threading.Event) -> None:
        while not over.wait(EVERY_S) and self._tell(run_id):
            pass

    def _tell(self, run_id: str) -> bool:
        """Draw how it stands; return whether it goes on."""
        try:
            run = self.part.workbench.call("runs", run_id=run_id).runs[0]
        except CausewayError as error:
            self.error = str(error)
            return False
        shown = {"id": run_id, "state": run.status.value, "reason": run.exit_reason, "part": run.part}
        self.overlay = {"run": shown}
        return bool(RUN_MOVES[run.status])

    def _repr_html_(self) -> str:
        return self.part._repr_html_()
