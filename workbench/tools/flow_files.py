"""Makes, copies and removes flows of the workspace; what is removed can be had back."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import BadInput, NotFound, Refused
from workbench.facts.evidence import Frozen
from workbench.facts.flow_version import FlowVersion
from workbench.flow.graph import SUFFIX, Flow
from workbench.flow.library import SAMPLES, available, locate
from workbench.guard.tool import tool
from workbench.store import flow_drafts, flow_saving
from workbench.store import flow_versions as version_store
from workbench.store import runs as run_store
from workbench.tools.flow_versions import me

if TYPE_CHECKING:
    from workbench.core import Workbench


class FlowMade(Frozen):
    """A flow that is there now."""

    flow: str
    path: Path
    nodes: int

    def text(self) -> str:
        """Return where it is and what to do next."""
        return f"{self.flow}: {self.path}\n\nNext    causeway flow check {self.flow}"


class FlowRemoved(Frozen):
    """A flow that was removed, and the version that keeps it."""

    flow: str
    version: FlowVersion

    def text(self) -> str:
        """Return how to have it back."""
        return f"{self.flow} is removed.\nUndo    causeway flow restore {self.flow} {self.version.version}"


@tool(risk="write", command="flow new", positional=("flow",))
def flow_new(wb: Workbench, flow: str, like: str | None = None, description: str | None = None) -> FlowMade:
    """Make a flow in the workspace: empty, from a template, or as a copy of another one.

    Args:
        flow: Its name.
        like: Name or path of the flow that it is a copy of; empty when left out.
        description: What it is for; that of the other one when left out.
    """
    name = flow.strip().removesuffix(SUFFIX)
    path = flow_drafts.path_of(wb.path, name)
    if path.exists():
        raise BadInput(f"there is a flow {name!r} already", where=str(path), hint="Take another name")
    model = locate(like, wb.path).flow if like else Flow(name=name)
    told = model.description if description is None else description.strip()
    made = model.model_copy(update={"name": name, "description": told})
    flow_drafts.write(wb.store, wb.path, name, made, base=0)
    return FlowMade(flow=name, path=path, nodes=len(made.nodes))


@tool(risk="write", command="flow remove", positional=("flow",))
def flow_remove(wb: Workbench, flow: str, author: str | None = None) -> FlowRemoved:
    """Remove a flow from the workspace. Its versions stay, and so does what was not saved: as a last version.

    Args:
        flow: Its name.
        author: Who does it; the user of this machine when left out.
    """
    name = flow.removesuffix(SUFFIX)
    path = flow_drafts.path_of(wb.path, name)
    if not path.is_file():
        if available(wb.path).get(name, Path()).parent == SAMPLES:
            raise Refused(f"{name!r} is a template that comes with Causeway; it stays")
        raise NotFound("flow", name, hint="`causeway flow list` lists them")
    draft = flow_drafts.read(wb.store, wb.path, name)
    going = [run.run_id for run in run_store.unfinished(wb.store) if run.flow_name == draft.flow.name]
    if going:
        raise Refused(f"flow {name!r} is running ({', '.join(going)}). Stop it first with `causeway flow stop`")
    person = me(author)
    with wb.store.transaction():
        flow_saving.may_change(wb.store, name, person)
        same = [one for one in version_store.of_flow(wb.store, name) if one.document_id == draft.document_id]
        last = version_store.latest(wb.store, name)
        kept = (
            same[0]
            if same
            else flow_saving.keep(
                wb.store,
                name,
                draft.flow,
                base=last.version if last else 0,
                message="before it was removed",
                author=person,
                now_unix_nano=time.time_ns(),
            )
        )
        path.unlink()
    return FlowRemoved(flow=name, version=kept)
