"""Collects what goes into a bundle, and refuses files in which something looks like a secret."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from workbench.errors import BadInput
from workbench.facts.evidence import Frozen
from workbench.flow.graph import SUFFIX
from workbench.guard import rules
from workbench.guard.tokens import find_tokens
from workbench.settings import FILE_NAME, Settings
from workbench.store import flow_drafts, flow_versions
from workbench.store.bundle import PLACES
from workbench.store.db import Store

OTHER_FOLDERS = ("runbooks", "slos")
CORRELATION = "correlation.yaml"


def of_flow(store: Store, workspace: Path | None, name: str) -> dict[str, bytes]:
    """Return the files of one flow: its draft and its versions."""
    draft = flow_drafts.read(store, workspace, name)
    return {f"flows/{draft.name}{SUFFIX}": draft.flow.to_json().encode(), **dict(_history(store, draft.name))}


def of_workspace(store: Store, workspace: Path) -> dict[str, bytes]:
    """Return the files of a workspace: flows, their versions, runbooks, objectives, rules of all kinds, settings."""
    found: dict[str, bytes] = {}
    for path in sorted((workspace / flow_drafts.FOLDER).glob("*" + SUFFIX)):
        found |= of_flow(store, workspace, path.name.removesuffix(SUFFIX))
    for name in flow_versions.names(store):
        found |= dict(_history(store, name))
    for folder in OTHER_FOLDERS:
        for path in sorted((workspace / folder).rglob("*")):
            place = path.relative_to(workspace).as_posix()
            # A link may lead anywhere, also out of the workspace.
            if path.is_file() and not path.is_symlink() and PLACES.fullmatch(place):
                found[place] = path.read_bytes()
    for name in (CORRELATION, rules.FILE, FILE_NAME):
        path = workspace / name
        if path.is_file() and path.read_text(encoding="utf-8") != Settings.as_comments():
            found[name] = path.read_bytes()
    return found


def refuse_secrets(files: Mapping[str, bytes], leave_out: Collection[str] = ()) -> dict[str, bytes]:
    """Return the files that are not left out.

    Raises:
        BadInput: something in them looks like a password, a token or a key; the message has every place.
    """
    unknown = sorted(set(leave_out) - set(files))
    if unknown:
        raise BadInput(f"{unknown[0]!r} is not in the bundle", where="leave_out", hint="It has " + ", ".join(files))
    kept = {name: body for name, body in files.items() if name not in leave_out}
    places = [f"{name}, line {line}" for name, body in kept.items() for line in _secret_lines(body)]
    if places:
        raise BadInput(
            f"something looks like a secret: {'; '.join(places)}",
            where="bundle",
            hint="Put ${secret:NAME} in its place, or leave the file out with --leave-out",
        )
    return kept


def _secret_lines(body: bytes) -> Iterator[int]:
    text = body.decode("utf-8", errors="replace")
    low = text.lower()
    # Some capitals grow when made small; then the search costs more, and finds the same.
    spans = find_tokens(text, low if len(low) == len(text) else text)
    yield from sorted({text.count("\n", 0, span.start) + 1 for span in spans})


def _history(store: Store, name: str) -> Iterator[tuple[str, bytes]]:
    versions = sorted(flow_versions.of_flow(store, name), key=lambda one: one.version)
    if versions:
        documents = {one.document_id: json.loads(flow_versions.document(store, one)) for one in versions}
        # Sorted by hand: within the documents, the order of columns has to stay.
        packed = {
            "documents": dict(sorted(documents.items())),
            "draft_base": flow_versions.draft_base(store, name),
            "people": [_sorted(one) for one in flow_versions.people(store, name)],
            "versions": [_sorted(one) for one in versions],
        }
        yield f"versions/{name}.json", (json.dumps(packed, indent=1, ensure_ascii=False) + "\n").encode()


def _sorted(fact: Frozen) -> dict[str, Any]:
    return dict(sorted(fact.model_dump(mode="json").items()))
