"""Versions of flows: save, list, show, restore, and who may change them."""

from __future__ import annotations

import getpass
import time
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import BadInput, NotFound, Outdated
from workbench.facts.evidence import Frozen
from workbench.facts.flow_version import FlowPerson, FlowVersion, Role
from workbench.flow.change import Change, content_id
from workbench.flow.graph import SUFFIX, Flow
from workbench.guard.tool import tool
from workbench.store import flow_drafts, flow_saving
from workbench.store import flow_versions as version_store
from workbench.tools.texts import Listing, columns, count, one_line, utc

if TYPE_CHECKING:
    from workbench.core import Workbench


class SavedFlow(Frozen):
    """A version, and what it changed."""

    version: FlowVersion
    is_new: bool
    """False when the newest version says the same already."""
    changes: list[Change]
    merged: bool = False
    """True when changes of others were put together with these."""
    kept: FlowVersion | None = None
    """The version that keeps the draft which was there before, if it had unsaved changes."""

    def text(self) -> str:
        """Return what was saved."""
        one = self.version
        if not self.is_new:
            return f"{one.flow}: nothing has changed since version {one.version}."
        lines = [f"{one.flow}: saved version {one.version}, {count(len(self.changes), 'change')}: {one.message}"]
        if self.kept:
            lines.append(f"The draft that was there is kept as version {self.kept.version}.")
        if self.merged:
            lines.append(f"Changes that others saved after version {one.parent} are in it as well.")
        return "\n".join([*lines, *(f"  {change.text()}" for change in self.changes)])


class FlowVersions(Listing[FlowVersion]):
    """Versions, newest first."""

    def text(self) -> str:
        """Return one line for each."""
        head = ("VERSION", "FROM", "SAVED", "AUTHOR", "MESSAGE")
        rows = [
            (one.version, one.parent or "-", utc(one.saved_unix_nano), one.author, one_line(one.message, 80))
            for one in self.root
        ]
        return columns(head, rows)


class FlowPeople(Listing[FlowPerson]):
    """Who may do what with a flow."""

    def text(self) -> str:
        """Return one line for each."""
        return columns(("PERSON", "ROLE"), [(one.person, one.role.value) for one in self.root])


def me(author: str | None) -> str:
    """Return who is calling: the name that was given, else that of the user of this machine."""
    if author is not None and not author.strip():
        raise BadInput("the author has an empty name", where="author")
    return author.strip() if author else getpass.getuser()


@tool(risk="write", command="flow save", positional=("flow",))
def flow_save(
    wb: Workbench,
    flow: str,
    message: str,
    author: str | None = None,
    based_on: int | None = None,
    merge: bool = False,
    file: Path | None = None,
    document: str | None = None,
) -> SavedFlow:
    """Save the draft of a flow as a new version. What others saved in the meantime is told, never written over.

    Args:
        flow: Name of a flow in the workspace; a sample becomes the workspace's own.
        message: What was changed and why.
        author: Who saves it; the user of this machine when left out.
        based_on: The version that the change was made to; the one that the draft was made from when left out.
        merge: Put changes that others saved in the meantime together with these.
        file: Save what is in this file instead of the draft.
        document: Save this JSON instead of the draft.
    """
    if not message.strip():
        raise BadInput("the message is empty", where="message", hint="Say what was changed and why")
    name = flow.removesuffix(SUFFIX)
    given = _given(file, document)
    with wb.store.transaction():
        try:
            draft = flow_drafts.read(wb.store, wb.path, name)
        except NotFound:
            if given is None:
                raise
            draft = None
        if given is not None and draft is not None and draft.is_file:
            _not_over_unsaved_work(wb, draft, given)
        base = version_store.draft_base(wb.store, name) if based_on is None else based_on
        if base:
            version_store.get(wb.store, name, base)
        wanted = given if given is not None or draft is None else draft.flow
        assert wanted is not None  # noqa: S101 - one of the two is there
        saved = flow_saving.save(
            wb.store,
            wb.path,
            name,
            wanted,
            base=base,
            message=message.strip(),
            author=me(author),
            now_unix_nano=time.time_ns(),
            may_merge=merge,
        )
    return SavedFlow(version=saved.version, is_new=saved.is_new, changes=saved.changes, merged=saved.merged)


@tool(risk="read", command="flow versions", positional=("flow",))
def flow_versions(wb: Workbench, flow: str) -> FlowVersions:
    """List the saved versions of a flow, newest first.

    Args:
        flow: Name of a flow in the workspace.
    """
    name = flow.removesuffix(SUFFIX)
    found = version_store.of_flow(wb.store, name)
    if not found:
        draft = flow_drafts.read(wb.store, wb.path, name)
        raise NotFound("version of flow", draft.name, hint=f"`causeway flow save {draft.name} --message ...` makes one")
    return FlowVersions(found)


@tool(risk="read", command="flow show", positional=("flow",))
def flow_show(wb: Workbench, flow: str, version: int | None = None) -> str:
    """Return a flow as JSON: its draft, or one of its versions.

    Args:
        flow: Name of a flow in the workspace or among the samples.
        version: Number of a version; the draft when left out.
    """
    name = flow.removesuffix(SUFFIX)
    if version is None:
        return flow_drafts.read(wb.store, wb.path, name).flow.to_json()
    version_store.get(wb.store, name, version)
    return flow_drafts.version_flow(wb.store, name, version).to_json()


@tool(risk="write", command="flow restore", positional=("flow", "version"))
def flow_restore(
    wb: Workbench, flow: str, version: int, message: str | None = None, author: str | None = None
) -> SavedFlow:
    """Save an earlier version again as the newest one; nothing is lost, also not a draft with unsaved changes.

    Args:
        flow: Name of a flow in the workspace.
        version: Which version comes back.
        message: Why; says which version it is when left out.
        author: Who does it; the user of this machine when left out.
    """
    name = flow.removesuffix(SUFFIX)
    saved, kept = flow_saving.restore(
        wb.store,
        wb.path,
        name,
        version,
        message=(message or "").strip() or f"restores version {version}",
        author=me(author),
        now_unix_nano=time.time_ns(),
    )
    return SavedFlow(version=saved.version, is_new=saved.is_new, changes=saved.changes, kept=kept)


@tool(risk="write", command="flow share", positional=("flow", "person", "role"))
def flow_share(
    wb: Workbench, flow: str, person: str | None = None, role: Role | None = None, author: str | None = None
) -> FlowPeople:
    """Say who may change a flow and who may only look at it; lists them when nobody is named.

    Names are what people say they are: a workspace of one machine has no accounts. So this keeps colleagues from
    saving by mistake, not by intent.

    Args:
        flow: Name of a flow that has a version.
        person: Whose role to set.
        role: owner, editor or viewer.
        author: Who sets it; the user of this machine when left out. Only an owner may.
    """
    name = flow.removesuffix(SUFFIX)
    if person is not None or role is not None:
        if not (person and role):
            raise BadInput("name a person and a role", where="flow share", hint="Such as `flow share NAME ada viewer`")
        flow_saving.set_role(wb.store, name, person, role, author=me(author))
    return FlowPeople(version_store.people(wb.store, name))


def _given(file: Path | None, document: str | None) -> Flow | None:
    if file is not None and document is not None:
        raise BadInput("a file and a document were given", where="flow save", hint="Give one of them")
    if file is not None:
        return Flow.load(file)
    return None if document is None else Flow.parse(document, where="document")


def _not_over_unsaved_work(wb: Workbench, draft: flow_drafts.Draft, given: Flow) -> None:
    known = {one.document_id for one in version_store.of_flow(wb.store, draft.name)}
    if draft.document_id not in known | {content_id(given)}:
        raise Outdated(
            f"the draft of {draft.name!r} has changes that are in no version and not in what you save",
            where=str(draft.path),
            hint=f"Save it first with `causeway flow save {draft.name} --message ...`",
        )
