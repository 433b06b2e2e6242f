"""Drafts of flows: what is unsaved, what differs between versions, and writing a draft without losing another's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import BadInput
from workbench.facts.evidence import Frozen
from workbench.facts.flow_version import FlowVersion
from workbench.flow.change import LAYOUT, Change
from workbench.flow.diff import diff
from workbench.flow.graph import SUFFIX, Flow
from workbench.guard.tool import tool
from workbench.store import flow_drafts, flow_saving
from workbench.store import flow_versions as version_store
from workbench.tools.flow_versions import me
from workbench.tools.texts import count, one_line

if TYPE_CHECKING:
    from workbench.core import Workbench


class FlowDiff(Frozen):
    """What differs between two flows."""

    before: str
    """Such as `shop version 3`."""
    after: str
    changes: list[Change]
    """What has to be done to the first to get the second."""
    layout_only: bool
    """True when both do the same."""

    def text(self) -> str:
        """Return one line for each change; places on the canvas in one line together."""
        title = f"{self.before} -> {self.after}"
        if not self.changes:
            return f"{title}: no difference"
        lines = [change.text() for change in self.changes if change.what not in LAYOUT]
        moved = [change.node for change in self.changes if change.what == "moved"]
        lines += [f"  moved: {one_line(', '.join(moved), 100)}"] if moved else []
        # Beside real changes, another order in the document is only how they were written.
        if self.layout_only:
            lines += [change.text() for change in self.changes if change.what == "reordered"]
        said = "both do the same" if self.layout_only else count(len(self.changes), "change")
        return "\n".join([f"{title}: {said}", *lines])


class FlowDraft(Frozen):
    """A draft and where it stands."""

    flow: str
    path: Path
    document_id: str
    """Hash of what it says; who writes the draft names it, so that no other change is lost."""
    based_on: int
    """The version it was made from; 0 for none."""
    unsaved: list[Change]
    newer: list[FlowVersion]
    """Versions that were saved since."""

    def text(self) -> str:
        """Return what is unsaved, and what others saved."""
        base = f"version {self.based_on}" if self.based_on else "no version"
        said = count(len(self.unsaved), "unsaved change") if self.unsaved else "nothing unsaved"
        lines = [f"{self.flow}: made from {base}, {said}. {self.path}"]
        lines += [f"  {change.text()}" for change in self.unsaved]
        lines += [f"Newer: version {one.version} by {one.author}: {one.message}" for one in self.newer]
        return "\n".join(lines)


@tool(risk="read", command="flow draft", positional=("flow",))
def flow_draft(wb: Workbench, flow: str) -> FlowDraft:
    """Tell what a draft changes that was not saved yet, and what others saved since it was begun.

    Args:
        flow: Name of a flow in the workspace or among the samples.
    """
    return _told(wb, flow_drafts.read(wb.store, wb.path, flow))


@tool(risk="write", command="flow write", positional=("flow", "file"))
def flow_write(
    wb: Workbench,
    flow: str,
    file: Path | None = None,
    document: str | None = None,
    over: str = "",
    based_on: int | None = None,
    author: str | None = None,
) -> FlowDraft:
    """Put a flow in place of the draft, if the draft is still the one that was read; no version is made.

    Args:
        flow: Name of the flow in the workspace.
        file: File with the flow.
        document: The flow as JSON; for programs.
        over: `document_id` of the draft that was read, as `flow draft` gives it; empty when there was no draft.
        based_on: The version that the change was made to; that of the draft when left out.
        author: Who writes it; the user of this machine when left out.
    """
    if (file is None) == (document is None):
        raise BadInput("name a file or give a document, one of both", where="flow write")
    wanted = Flow.load(file) if file is not None else Flow.parse(document or "", where="document")
    name = flow.removesuffix(SUFFIX)
    flow_saving.may_change(wb.store, name, me(author))
    base = version_store.draft_base(wb.store, name) if based_on is None else based_on
    if base:
        version_store.get(wb.store, name, base)
    return _told(wb, flow_drafts.write_over(wb.store, wb.path, name, wanted, over=over, base=base))


@tool(risk="read", command="flow diff", positional=("flow", "before", "after"))
def flow_diff(
    wb: Workbench, flow: str, before: str = "latest", after: str = "draft", file: Path | None = None
) -> FlowDiff:
    """Compare two versions of a flow, node by node: added, removed, other kind, settings, wires; moved is no change.

    Args:
        flow: Name of a flow in the workspace.
        before: Number of a version, `latest` or `draft`.
        after: The same.
        file: Compare with the flow in this file, in place of `after`.
    """
    name = flow.removesuffix(SUFFIX)
    old = _named(wb, name, before)
    new = _named(wb, name, after) if file is None else (file.name, Flow.load(file))
    changes = diff(old[1], new[1])
    return FlowDiff(
        before=old[0], after=new[0], changes=changes, layout_only=all(change.what in LAYOUT for change in changes)
    )


def _named(wb: Workbench, name: str, which: str) -> tuple[str, Flow]:
    if which == "draft":
        return f"{name} draft", flow_drafts.read(wb.store, wb.path, name).flow
    last = version_store.latest(wb.store, name)
    if which == "latest":
        number = last.version if last else 0
        return f"{name} version {number}" if number else "nothing", flow_drafts.version_flow(wb.store, name, number)
    if which.isdecimal():
        version = version_store.get(wb.store, name, int(which))
        return f"{name} version {version.version}", flow_drafts.version_flow(wb.store, name, version.version)
    raise BadInput(f"{which!r} is no version", where="flow diff", hint="Give a number, latest or draft")


def _told(wb: Workbench, draft: flow_drafts.Draft) -> FlowDraft:
    newer = [one for one in version_store.of_flow(wb.store, draft.name) if one.version > draft.base]
    return FlowDraft(
        flow=draft.name,
        path=draft.path,
        document_id=draft.document_id if draft.is_file else "",
        based_on=draft.base,
        unsaved=flow_drafts.unsaved(wb.store, draft),
        newer=newer,
    )
