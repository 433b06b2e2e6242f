"""Which service a log file is of, told from its path: `payments/app.log` and `payments-error.log` are of payments."""

from __future__ import annotations

import json
import re
from pathlib import Path

from workbench.ingest import sql
from workbench.ingest.files import CONTAINER, Found

_ANYBODYS = (
    "app|application|log|logs|out|output|std|stdout|stderr|error|errors|err|access|current|server|main|service|"
    "console|combined|debug|info|warn|trace|all|docker|container|containers|pods|json|data|export|messages|"
    "events|request|requests|daemon|process|program|latest|today|archive|rotated|opt|srv|usr|var|tmp|home|root|"
    "lib|lines|records"
)
"""Names of files and folders that say nothing of who writes into them."""
_KINDS = "access|error|errors|err|log|logs|slow|slowlog|slowquery|general|audit|gc|current|stdout|stderr|json|out"
"""What is put behind a service's name in that of a file."""
_PATH = re.compile(r"(?:\d+:)?/(?:[^/]+/)+[^/]+")
"""CloudWatch puts the account before the name of a log group."""
_ENOUGH = 0.9
_SPLIT = "[._-]"
_DATE = r"(?:[._-]?(?:\d{4}[._-]?\d\d[._-]?\d\d|\d{6,14})(?:[T._-]?\d{2,6})*)"


def service_in(path: str) -> str:
    """Return SQL for the service that a path names: its file's name, or the nearest folder's where that is anybody's.

    Endings, dates and the kind of a log (`-error`, `.access`) are taken off; '' when no part of the path names one.
    """
    endings = r"(?:\.[A-Za-z]{2,7})?(?:\.\d{1,3})?(?:\.(?:gz|zst))?$"
    stem = f"regexp_replace(string_split({path}, '/')[-1], {sql.text(endings)}, '')"
    parts = f"list_prepend({stem}, list_reverse(string_split({path}, '/')[:-2]))"
    bare = f"list_transform({parts}, lambda part: {_bare('part')})"
    nobody = f"^(?:{_ANYBODYS}|{_KINDS}|\\W*|[\\d._-]+|[0-9a-f]{{64}})$"
    return f"coalesce(list_filter({bare}, lambda part: NOT regexp_matches(lower(part), {sql.text(nobody)}))[1], '')"


def _bare(part: str) -> str:
    dated = f"regexp_replace({part}, {sql.text(_DATE + '$')}, '')"
    return f"regexp_replace({dated}, {sql.text(f'(?i)(?:{_SPLIT}(?:{_KINDS}))+$')}, '')"


def service_of_file(file: Found) -> tuple[str, str]:
    """Return the service that a log file is of, and which part of its path says so.

    Where none does, it is the file's name up to the first dot.
    """
    name = file.relative.rsplit("/", 1)[-1]
    if container := _container(file.path.parent / CONTAINER):
        return container, f"the container's, in {CONTAINER} beside the file"
    found = str(sql.evaluate(service_in("x"), [file.relative])[0])
    if not found:
        return name.split(".")[0], "the file's name"
    return found, "the file's name" if found.lower() in name.lower() else "the folder's name"


def names_one(file: Found) -> bool:
    """Tell whether a part of a file's path names a service."""
    return (file.path.parent / CONTAINER).is_file() or bool(sql.evaluate(service_in("x"), [file.relative])[0])


def _container(described: Path) -> str:
    """Return what Docker's description of a container calls it: the service of Compose, else its name; '' without."""
    try:
        told = json.loads(described.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    told = told if isinstance(told, dict) else {}
    labels = (told.get("Config") or {}).get("Labels") or {}
    return str(labels.get("com.docker.compose.service") or told.get("Name") or "").strip("/")


def are_paths(cells: list[str]) -> bool:
    """Tell whether cells are paths of files."""
    said = [cell for cell in cells if cell.strip()]
    return bool(said) and sum(bool(_PATH.fullmatch(cell)) for cell in said) >= _ENOUGH * len(said)
