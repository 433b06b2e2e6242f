"""Files of telemetry into the store: formats, profiles, rejected rows.

The names below are imported when they are first asked for, because DuckDB and pandas are heavy guests.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.ingest.case import load_case as load_case
    from workbench.ingest.case import read_between as read_between
    from workbench.ingest.importer import explain as explain
    from workbench.ingest.importer import import_paths as import_paths
    from workbench.ingest.profile_files import load_profile as load_profile
    from workbench.ingest.profile_files import profiles as profiles
    from workbench.ingest.profile_files import save_profile as save_profile

_WHERE = {
    "load_case": "case",
    "read_between": "case",
    "explain": "importer",
    "import_paths": "importer",
    "load_profile": "profile_files",
    "profiles": "profile_files",
    "save_profile": "profile_files",
}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_WHERE[name]}"), name)
