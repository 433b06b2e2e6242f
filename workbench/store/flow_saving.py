"""Saves drafts as versions: nothing that somebody else saved in the meantime is lost or written over."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from workbench.errors import NotFound, Outdated, Refused
from workbench.facts.flow_version import FlowVersion, Role
from workbench.flow.change import Change, content_id, document
from workbench.flow.diff import diff
from workbench.flow.graph import Flow
from workbench.flow.merge import merge
from workbench.flow.text import compact
from workbench.store import flow_drafts, flow_versions
from workbench.store.db import Store


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of saving."""

    version: FlowVersion
    is_new: bool
    """False when the newest version says the same already."""
    changes: list[Change] = field(default_factory=list)
    """What is other than in the version before."""
    merged: bool = False
    """True when changes of others were put together with these."""


def save(
    store: Store,
    workspace: Path | None,
    name: str,
    flow: Flow,
    *,
    base: int,
    message: str,
    author: str,
    now_unix_nano: int,
    may_merge: bool = False,
) -> Saved:
    """Save a flow as the next version and make it the draft.

    Args:
        store: The workspace's database.
        workspace: Its folder.
        name: Name of the flow.
        flow: What to save.
        base: The version that `flow` was made from; 0 for none.
        message: What was changed and why.
        author: Who saves it.
        now_unix_nano: When.
        may_merge: Put changes of others, saved since `base`, together with these.

    Raises:
        Outdated: a newer version than `base` was saved; nothing is written. The message says what to do.
        Refused: the author may only look.
    """
    with store.transaction():
        may_change(store, name, author)
        last = flow_versions.latest(store, name)
        newest = last.version if last else 0
        merged = False
        if last and base != newest and content_id(flow) != last.document_id:
            flow = _merged(store, name, flow, base, last, may_merge)
            merged = True
        before = flow_drafts.version_flow(store, name, newest)
        changes = diff(before, flow)
        if last and content_id(flow) == last.document_id:
            flow_drafts.write(store, workspace, name, flow, base=newest)
            return Saved(last, False)
        version = keep(store, name, flow, base=newest, message=message, author=author, now_unix_nano=now_unix_nano)
        flow_drafts.write(store, workspace, name, flow, base=version.version)
    return Saved(version, True, changes, merged)


def keep(
    store: Store, name: str, flow: Flow, *, base: int, message: str, author: str, now_unix_nano: int
) -> FlowVersion:
    """Add a version without looking at the draft."""
    return flow_versions.add(
        store,
        name,
        document_id=content_id(flow),
        document=compact(document(flow)),
        parent=base,
        message=message,
        author=author,
        saved_unix_nano=now_unix_nano,
    )


def restore(
    store: Store, workspace: Path | None, name: str, version: int, *, message: str, author: str, now_unix_nano: int
) -> tuple[Saved, FlowVersion | None]:
    """Save an earlier version as the newest one; a draft with unsaved changes is saved before.

    Returns:
        The new version, and the one that keeps the draft, if there was something to keep.
    """
    with store.transaction():
        may_change(store, name, author)
        wanted = flow_drafts.version_flow(store, name, flow_versions.get(store, name, version).version)
        last = flow_versions.latest(store, name)
        newest = last.version if last else 0
        kept = None
        known = {one.document_id for one in flow_versions.of_flow(store, name)}
        # A flow that was removed has versions, but no draft.
        there = flow_drafts.path_of(workspace, name).is_file()
        draft = flow_drafts.read(store, workspace, name) if there else None
        if draft is not None and draft.document_id not in known:
            said = f"the draft before version {version} was restored"
            kept = keep(
                store, name, draft.flow, base=draft.base, message=said, author=author, now_unix_nano=now_unix_nano
            )
            newest = kept.version
        done = save(
            store, workspace, name, wanted, base=newest, message=message, author=author, now_unix_nano=now_unix_nano
        )
    return done, kept


def may_change(store: Store, name: str, author: str) -> None:
    """Raise `Refused` when a person may only look at a flow; who is not named may change it."""
    role = next((one.role for one in flow_versions.people(store, name) if one.person == author), None)
    if role is Role.VIEWER:
        raise Refused(f"{author} may only look at flow {name!r}. Its owner can change that with `causeway flow share`")


def set_role(store: Store, name: str, person: str, role: Role, *, author: str) -> None:
    """Say what a person may do with a flow.

    Raises:
        NotFound: the flow has no version yet.
        Refused: the author is no owner, or the flow would have none.
    """
    with store.transaction():
        roles = {one.person: one.role for one in flow_versions.people(store, name)}
        if not roles:
            raise NotFound("version of flow", name, hint="Who saves the first one owns the flow")
        if roles.get(author) is not Role.OWNER:
            owners = ", ".join(one for one, has in roles.items() if has is Role.OWNER)
            raise Refused(f"{author} does not own flow {name!r}; {owners} does")
        if Role.OWNER not in (roles | {person: role}).values():
            raise Refused(f"flow {name!r} would have no owner. Make somebody else its owner first")
        flow_versions.set_role(store, name, person, role)


def _merged(store: Store, name: str, mine: Flow, base: int, last: FlowVersion, may_merge: bool) -> Flow:
    told = (
        f"this was made from version {base} of {name!r}, but {last.author} has saved version {last.version} since "
        f"({last.message})"
    )
    if not may_merge:
        raise Outdated(
            told,
            hint=f"`causeway flow diff {name} {base} {last.version}` shows it; --merge puts both together, "
            f"--based-on {last.version} takes yours",
        )
    found = merge(
        flow_drafts.version_flow(store, name, base), mine, flow_drafts.version_flow(store, name, last.version)
    )
    if found.flow is None:
        both = "; ".join(conflict.text() for conflict in found.conflicts)
        raise Outdated(
            f"{told}, and both changed the same: {both}",
            hint=f"Change the draft, then save it with --based-on {last.version}",
        )
    return found.flow
