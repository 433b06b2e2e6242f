"""From a case folder to a case: its own files, its call graph, and the fault-free periods found beside it."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from weakref import WeakKeyDictionary

from workbench.errors import BadInput, ProfileError
from workbench.facts.telemetry import Case, Telemetry
from workbench.ingest.importer import import_paths
from workbench.ingest.profile import CaseRule, Profile
from workbench.ingest.profile_files import load_profile
from workbench.ingest.scopes import scope_of
from workbench.semconv import NANOS_PER_SECOND
from workbench.store import sources, telemetry
from workbench.store.db import Store

_KEPT_REFERENCES = 16
_Signature = tuple[tuple[str, int, int], ...]

# Cases of one system share their references; reading them back for each case would cost more than the case itself.
_frames: WeakKeyDictionary[Store, dict[Path, tuple[_Signature, str, Telemetry]]] = WeakKeyDictionary()


def load_case(
    store: Store,
    *paths: Path,
    profile: str | Path | Profile | None = None,
    reference: Sequence[Path] = (),
    at_unix_nano: int | None = None,
    between: tuple[int | None, int | None] = (None, None),
) -> Case:
    """Import a case folder with what belongs to it, and read it back.

    Args:
        store: Where to; what is there already is not imported again.
        *paths: The case: a folder, or files and folders that belong together.
        profile: How its files are read and where its neighbours lie; found out from the files when left out.
        reference: Fault-free files or folders; they take the place of those that the profile finds.
        at_unix_nano: When the fault began, if somebody knows.
        between: Bounds of the time to be read back (UTC ns, the last exclusive); all of it is imported.

    Raises:
        BadInput: a path or a reference is not there or cannot be read.
        ProfileError: the profile is not valid, fits no file, or its pattern does not fit the folder's name.
    """
    chosen = profile if isinstance(profile, Profile) or profile is None else load_profile(profile)
    for path in paths:
        if not path.exists():
            raise BadInput("no such file or folder", where=str(path), hint="Check the spelling and the current folder")
    folder = paths[0] if len(paths) == 1 else Path(os.path.commonpath([path.resolve() for path in paths]))
    scope = scope_of(store, folder, "case")
    import_paths(store, paths, scope=scope, profile=chosen)
    found = read_between(store, scope, between)
    rule = chosen.case if chosen and chosen.case else CaseRule()
    words = _words(rule, folder, found)
    if graphs := _graphs(rule, folder, words):
        graph = import_paths(store, graphs, scope=scope, profile=chosen)
        found = read_between(store, scope, between) if graph.skipped < len(graph.sources) else found
    beside = list(reference) or _references(rule, folder, words)
    references = dict(_reference(store, path, chosen) for path in beside)
    for label in references:
        sources.link_reference(store, scope, label)
    return Case(scope, found, references, at_unix_nano, between)


def read_between(store: Store, scope: str, between: tuple[int | None, int | None]) -> Telemetry:
    """Return the rows of a data set between two times (UTC ns, the last exclusive; None does not restrict)."""
    start, end = between
    return telemetry.read(store, scope=scope, start_unix_nano=start, end_unix_nano=end, most_spans=telemetry.MOST_SPANS)


def _words(rule: CaseRule, folder: Path, found: Telemetry) -> dict[str, str]:
    """Return the values of the placeholders of a case."""
    words: dict[str, str] = {}
    if rule.folder:
        match = re.search(rule.folder, folder.resolve().name)
        if not match:
            hint = "Mend `case.folder` in the profile, or rename the folder"
            raise ProfileError(f"the folder's name does not fit {rule.folder!r}", where=str(folder), hint=hint)
        words |= {name: text or "" for name, text in match.groupdict().items()}
    if len(found.metrics):
        first = int(found.metrics["time_unix_nano"].min())
    else:
        extent = found.extent()
        first = extent[0] if extent else 0
    return words | {"day": datetime.fromtimestamp(first / NANOS_PER_SECOND, UTC).date().isoformat()}


def _expand(pattern: str, folder: Path, words: Mapping[str, str]) -> list[Path]:
    try:
        relative = pattern.format(**{name: glob.escape(text) for name, text in words.items()})
    except (KeyError, IndexError, ValueError) as error:
        hint = f"Known are: {', '.join(words)}; the others come from the groups of `case.folder`"
        raise ProfileError(f"placeholder {error} in {pattern!r} is not known", where="case", hint=hint) from error
    here = folder.resolve()
    return sorted({Path(os.path.normpath(path)) for path in glob.glob(os.path.join(glob.escape(str(here)), relative))})


def _graphs(rule: CaseRule, folder: Path, words: Mapping[str, str]) -> list[Path]:
    return next((found for pattern in rule.graph if (found := _expand(pattern, folder, words))), [])


def _references(rule: CaseRule, folder: Path, words: Mapping[str, str]) -> list[Path]:
    found = [path for pattern in rule.references for path in _expand(pattern, folder, words)]
    return sorted(dict.fromkeys(found), key=lambda path: (words["day"] not in path.name, path.name))


def _reference(store: Store, path: Path, profile: Profile | None) -> tuple[str, Telemetry]:
    cached = _frames.setdefault(store, {})
    key, signature = path.resolve(), _signature(path)
    if key in cached and cached[key][0] == signature:
        return cached[key][1], cached[key][2]
    scope = scope_of(store, path, "reference")
    import_paths(store, [path], scope=scope, role="reference", profile=profile)
    found = telemetry.read(store, scope=scope, role="reference", most_spans=telemetry.MOST_SPANS)
    while len(cached) >= _KEPT_REFERENCES:
        cached.pop(next(iter(cached)))
    cached[key] = (signature, scope, found)
    return scope, found


def _signature(path: Path) -> _Signature:
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    stats = ((str(file), file.stat()) for file in files)
    return tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats)
