"""Drafts of flows: the file in `flows/` that people edit, and the version that it was made from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import BadInput, Outdated
from workbench.flow.change import Change, content_id
from workbench.flow.diff import diff
from workbench.flow.graph import SUFFIX, Flow
from workbench.flow.library import locate
from workbench.store import flow_versions
from workbench.store.db import Store

FOLDER = "flows"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}")


@dataclass(frozen=True, slots=True)
class Draft:
    """What is being worked on."""

    name: str
    flow: Flow
    path: Path
    base: int
    """The version it was made from; 0 when it was made from none."""
    is_file: bool
    """False while there is only a sample of this name, which nobody has changed yet."""

    @property
    def document_id(self) -> str:
        """Return the hash of what the draft says."""
        return content_id(self.flow)


def path_of(workspace: Path | None, name: str) -> Path:
    """Return where the draft of a flow is kept; raises `BadInput` for a name that cannot be one of a file."""
    if workspace is None:
        raise BadInput("a workspace in memory keeps no flows", hint="Name a workspace with -w")
    if not _NAME.fullmatch(name):
        raise BadInput(
            f"{name!r} is no name for a flow", hint="Letters, digits, space, dot, dash and underscore; 100 at most"
        )
    return workspace / FOLDER / (name + SUFFIX)


def read(store: Store, workspace: Path | None, name: str) -> Draft:
    """Return the draft of a flow; raises `NotFound` when there is no flow of this name."""
    name = name.removesuffix(SUFFIX)
    path = path_of(workspace, name)
    flow = locate(name, workspace).flow if not path.is_file() else Flow.load(path)
    return Draft(name, flow, path, flow_versions.draft_base(store, name), path.is_file())


def write(store: Store, workspace: Path | None, name: str, flow: Flow, *, base: int) -> Draft:
    """Put a flow in place of the draft and remember which version it was made from."""
    path = path_of(workspace, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with store.transaction():
        flow_versions.set_draft_base(store, name, base)
        flow.save(path)
    return Draft(name, flow, path, base, True)


def write_over(store: Store, workspace: Path | None, name: str, flow: Flow, *, over: str, base: int) -> Draft:
    """As `write`, but only when the draft is what the caller has read.

    Args:
        store: The workspace's database.
        workspace: Its folder.
        name: The flow.
        flow: What shall be the draft.
        over: `document_id` of the draft that was read; empty when there was none.
        base: The version that the new draft was made from.

    Raises:
        Outdated: the draft was changed since.
    """
    with store.transaction():
        path = path_of(workspace, name)
        now = content_id(Flow.load(path)) if path.is_file() else ""
        if now != over and now != content_id(flow):
            raise Outdated(
                f"the draft of {name!r} was changed since you read it",
                where=str(path),
                hint="Read it again with `causeway flow draft`, then make your change anew",
            )
        return write(store, workspace, name, flow, base=base)


def unsaved(store: Store, draft: Draft) -> list[Change]:
    """Return what the draft changes in the version that it was made from; all of it when it was made from none."""
    if not draft.base:
        return diff(Flow(name=draft.flow.name), draft.flow)
    return diff(version_flow(store, draft.name, draft.base), draft.flow)


def version_flow(store: Store, name: str, version: int) -> Flow:
    """Return the flow that a version holds; version 0 is an empty one."""
    if not version:
        return Flow(name=name)
    found = flow_versions.get(store, name, version)
    return Flow.parse(flow_versions.document(store, found), where=f"{name} version {version}")
