"""Analyses many folders in one process, one answer each; nothing is kept."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from workbench.errors import BadInput, CausewayError
from workbench.facts.diagnosis import Diagnosis, Verdict
from workbench.facts.evidence import Frozen


class CauseLine(Frozen):
    """One ranked cause."""

    service: str
    fault_type: str | None
    confidence: float


class CaseLine(Frozen):
    """The answer for one folder."""

    case: str
    verdict: str
    """incident or healthy; too little data to tell counts as healthy, and `reason` says so."""
    onset: str | None
    """ISO-8601, UTC."""
    causes: list[CauseLine]
    seconds: float
    """From reading the files to the ranking."""
    reason: str


@dataclass(frozen=True, slots=True)
class CaseFailed:
    """A folder that could not be analysed."""

    case: str
    error: CausewayError


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """What holds for all folders of a batch."""

    times: Mapping[str, int]
    """Folder name -> known start in UTC nanoseconds; a folder that is missing is dated by detection."""
    reference: Sequence[Path] = ()
    profile: str | None = None
    top: int = 10


def case_folders(paths: Sequence[Path]) -> list[Path]:
    """Return the case folders: a folder that holds only folders stands for all of them.

    Raises:
        BadInput: a path is not a folder.
    """
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            raise BadInput("is not a folder", where=str(path), hint="--jsonl analyses folders; name one or more")
        if (path / "cases").is_dir():
            path = path / "cases"
        inside = sorted(child for child in path.iterdir() if not child.name.startswith("."))
        found += [path] if any(child.is_file() for child in inside) or not inside else inside
    return found


def analyze_folders(folders: Sequence[Path], options: BatchOptions) -> Iterator[CaseLine | CaseFailed]:
    """Yield one answer per folder, in order; a folder that cannot be read does not stop the others."""
    from workbench.ingest import load_case
    from workbench.rca.cache import ReferenceCache
    from workbench.rca.diagnose import diagnose
    from workbench.store.db import Store

    unknown = sorted(set(options.times) - {folder.name for folder in folders})
    if options.times and len(unknown) == len(options.times):
        raise BadInput(
            f"no folder has a name that --times holds, such as {unknown[0]!r}", hint="Names are those of the folders"
        )
    store, cache = Store.open(None), ReferenceCache()
    try:
        for folder in folders:
            begun = time.perf_counter()
            try:
                case = load_case(
                    store,
                    folder,
                    profile=options.profile,
                    reference=list(options.reference),
                    at_unix_nano=options.times.get(folder.name),
                )
                diagnosis = diagnose(case, top=options.top, cache=cache)
            except CausewayError as error:
                yield CaseFailed(folder.name, error)
                continue
            yield line_of(diagnosis, folder.name, time.perf_counter() - begun)
    finally:
        store.close()


def line_of(diagnosis: Diagnosis, case: str, seconds: float) -> CaseLine:
    """Return a diagnosis as one line for scripts."""
    onset = diagnosis.onset_unix_nano
    incident = diagnosis.verdict is Verdict.INCIDENT
    return CaseLine(
        case=case,
        verdict="incident" if incident else "healthy",
        onset=None if onset is None or not incident else iso(onset),
        causes=[
            CauseLine(service=cause.service_name, fault_type=cause.fault_type, confidence=round(cause.confidence, 6))
            for cause in diagnosis.causes
        ],
        seconds=round(seconds, 3),
        reason=diagnosis.reason,
    )


def iso(unix_nano: int) -> str:
    """Return UTC nanoseconds as ISO-8601 with milliseconds."""
    return datetime.fromtimestamp(unix_nano / 1e9, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
