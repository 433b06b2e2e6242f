"""Saved versions of flows: added, read, never changed; documents are kept once, under the hash of their content."""

from __future__ import annotations

import hashlib

from workbench.errors import NotFound, StoreError
from workbench.facts.flow_version import FlowPerson, FlowVersion, Role
from workbench.store.db import Store
from workbench.store.rows import first, insert, models, number


def add(
    store: Store,
    flow: str,
    *,
    document_id: str,
    document: str,
    parent: int,
    message: str,
    author: str,
    saved_unix_nano: int,
) -> FlowVersion:
    """Add the next version of a flow. The author of the first one becomes the owner of the flow.

    Args:
        store: Where to.
        flow: Name of the flow.
        document_id: SHA-256 of `document`.
        document: What the flow says, as JSON.
        parent: The version it was made from; 0 for a new flow.
        message: What was changed and why.
        author: Who saves it.
        saved_unix_nano: When, UTC nanoseconds.
    """
    with store.transaction() as cursor:
        last = number(cursor, "SELECT max(version) FROM flow_versions WHERE flow = ?", [flow])
        made = FlowVersion.made(
            flow=flow,
            version=last + 1,
            parent=parent,
            document_id=document_id,
            message=message,
            author=author,
            saved_unix_nano=saved_unix_nano,
        )
        put(store, made, document)
        if not last and not people(store, flow):
            set_role(store, flow, author, Role.OWNER)
    return made


def put(store: Store, version: FlowVersion, document: str) -> None:
    """Keep a version that was made elsewhere, such as in another workspace; `StoreError` when its number is taken."""
    with store.transaction() as cursor:
        if _sha256(document) != version.document_id or not version.is_whole():
            raise StoreError(f"version {version.version} of flow {version.flow!r} is not what was saved")
        insert(cursor, "flow_documents", {"document_id": version.document_id, "document": document}, or_="IGNORE")
        insert(cursor, "flow_versions", version.model_dump(mode="json"))


def of_flow(store: Store, flow: str) -> list[FlowVersion]:
    """Return the versions of a flow, newest first."""
    with store.connection() as cursor:
        cursor.execute("SELECT * FROM flow_versions WHERE flow = ? ORDER BY version DESC", [flow])
        return models(cursor, FlowVersion)


def latest(store: Store, flow: str) -> FlowVersion | None:
    """Return the newest version of a flow; None when none was saved."""
    with store.connection() as cursor:
        cursor.execute("SELECT * FROM flow_versions WHERE flow = ? ORDER BY version DESC LIMIT 1", [flow])
        return next(iter(models(cursor, FlowVersion)), None)


def get(store: Store, flow: str, version: int) -> FlowVersion:
    """Return one version of a flow.

    Raises:
        NotFound: there is none with this number.
        StoreError: it is not what was saved.
    """
    with store.connection() as cursor:
        cursor.execute("SELECT * FROM flow_versions WHERE flow = ? AND version = ?", [flow, version])
        found = models(cursor, FlowVersion)
    if not found:
        last = latest(store, flow)
        hint = f"It has 1 to {last.version}" if last else "Nothing of it was saved yet; `causeway flow save` does it"
        raise NotFound(f"version of flow {flow!r}", str(version), hint=hint)
    if not found[0].is_whole():
        raise StoreError(f"version {version} of flow {flow!r} is not what was saved: its entry was changed")
    return found[0]


def document(store: Store, version: FlowVersion) -> str:
    """Return what a version says, as JSON; raises `StoreError` when it is not what was saved."""
    with store.connection() as cursor:
        found = first(cursor, "SELECT document FROM flow_documents WHERE document_id = ?", [version.document_id])
    if not found or _sha256(found[0]) != version.document_id:
        raise StoreError(
            f"version {version.version} of flow {version.flow!r} is not what was saved: its text was changed"
        )
    return str(found[0])


def names(store: Store) -> list[str]:
    """Return the flows that have versions, in alphabetical order."""
    with store.connection() as cursor:
        return [row[0] for row in cursor.execute("SELECT DISTINCT flow FROM flow_versions ORDER BY flow").fetchall()]


def draft_base(store: Store, flow: str) -> int:
    """Return the version that the draft of a flow was made from; 0 when it was made from none."""
    with store.connection() as cursor:
        return number(cursor, "SELECT version FROM flow_drafts WHERE flow = ?", [flow])


def set_draft_base(store: Store, flow: str, version: int) -> None:
    """Remember which version the draft of a flow was made from."""
    with store.transaction() as cursor:
        insert(cursor, "flow_drafts", {"flow": flow, "version": version}, or_="REPLACE")


def people(store: Store, flow: str) -> list[FlowPerson]:
    """Return who may do what with a flow, by name."""
    with store.connection() as cursor:
        cursor.execute("SELECT person, role FROM flow_people WHERE flow = ? ORDER BY person", [flow])
        return models(cursor, FlowPerson)


def set_role(store: Store, flow: str, person: str, role: Role) -> None:
    """Say what a person may do with a flow."""
    with store.transaction() as cursor:
        insert(cursor, "flow_people", {"flow": flow, "person": person, "role": role.value}, or_="REPLACE")


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
