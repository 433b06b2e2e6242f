"""Names data sets: what two folders, or one folder in two roles, would share under one name gets names of its own."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from workbench.ingest.files import stem
from workbench.store import sources
from workbench.store.db import Store
from workbench.store.sources import Role

_MOST_SOURCES = 1000


def scope_of(store: Store, path: Path, role: Role) -> str:
    """Return the name of the data set that a file or folder makes in a role.

    It is the folder's name; `NAME-as-case` or `NAME-as-reference` when the same folder is in the store in the other
    role, because a case that is its own fault-free reference would always look healthy; and one with a short hash when
    another folder has the name.
    """
    name = (path.resolve().name or "import") if path.is_dir() else stem(path)
    here = str(path.resolve())
    for wanted in (name, f"{name}-as-{role}"):
        known = sources.latest(store, limit=_MOST_SOURCES, scope=wanted)
        own = [source for source in known if _within(source, here)]
        if not known or (own and all(source.role == role for source in own)):
            return wanted
        if not own:
            break
    return f"{name}-{hashlib.sha256(f'{here}|{role}'.encode()).hexdigest()[:6]}"


def _within(source: sources.Source, here: str) -> bool:
    return os.path.realpath(source.uri) == here or os.path.realpath(source.uri).startswith(here + os.sep)
