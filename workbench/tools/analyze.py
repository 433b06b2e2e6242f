"""The main job: from files of telemetry to ranked causes, an incident and a report."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import BadInput
from workbench.facts.telemetry import Case
from workbench.guard.tool import tool
from workbench.semconv import NANOS_PER_SECOND
from workbench.tools.arguments import Limit
from workbench.tools.files import check_paths
from workbench.tools.investigation import Analysis, investigate_case
from workbench.tools.texts import utc
from workbench.tools.times import parse_at

if TYPE_CHECKING:
    from workbench.core import Workbench


Between = tuple[int | None, int | None]
_EARLIER_S = 3600
"""Data may begin so long after the trouble did."""


@tool(risk="write", positional=("path",))
def analyze(
    wb: Workbench,
    path: list[Path],
    at: str | None = None,
    reference: list[Path] = [],  # noqa: B006 - never changed
    profile: str | None = None,
    top: Limit = 10,
    from_: str | None = None,
    to: str | None = None,
) -> Analysis:
    """Find the root cause in files of telemetry and write the report.

    Args:
        path: Files or folders of one system.
        at: When the trouble began, if known: ISO-8601 or an epoch. Detected when left out.
        reference: Fault-free files of the same system.
        profile: Name or file of a profile that says which column is what.
        top: Name so many causes.
        from_: Look at what happened from this time on only, ISO-8601 or an epoch; all is imported.
        to: Look at what happened before this time only.
    """
    begun = time.perf_counter()
    check_paths([*path, *reference])
    between = _between(from_, to)
    wb.progress(0, None, "reading files")
    case = _case(wb, path, reference, profile, parse_at(at, "at") if at is not None else None, between)
    _check_window(wb, case)
    _check_time(case)
    analysis = investigate_case(wb, case, top)
    changes: dict[str, object] = {"seconds": round(time.perf_counter() - begun, 3)}
    if between != (None, None):
        changes["rows"] = case.telemetry.counts()
    return analysis.model_copy(update=changes)


def _between(first: str | None, last: str | None) -> Between:
    """Return the bounds of the time to be looked at."""
    start, end = (
        parse_at(text, where) if text is not None else None for text, where in ((first, "--from"), (last, "--to"))
    )
    if start is not None and end is not None and start >= end:
        raise BadInput(f"{utc(start)} is not before {utc(end)}, where --to ends it", where="--from")
    return start, end


def _check_window(wb: Workbench, case: Case) -> None:
    """Refuse a time in which nothing happened."""
    from workbench.store import telemetry

    if case.between == (None, None) or case.telemetry.extent() is not None:
        return
    whole = telemetry.read(wb.store, scope=case.name).extent()
    goes = f"which goes from {utc(whole[0])} to {utc(whole[1])}" if whole else "of which no row has a time"
    start, end = (utc(one) if one is not None else "" for one in case.between)
    named = " ".join([f"from {start}"] * bool(start) + [f"to {end}"] * bool(end))
    raise BadInput(
        f"nothing happened {named} in the data, {goes}",
        where="--from" if start else "--to",
        hint="Mind the zone: without one it is UTC",
    )


def _check_time(case: Case) -> None:
    """Refuse a time that cannot be the onset of this trouble: a wrong year or zone would open a false incident."""
    extent = case.telemetry.extent()
    if extent is None or case.at_unix_nano is None:
        return
    if not extent[0] - _EARLIER_S * NANOS_PER_SECOND <= case.at_unix_nano <= extent[1]:
        raise BadInput(
            f"{utc(case.at_unix_nano)} is not in the data, which goes from {utc(extent[0])} to {utc(extent[1])}",
            where="--at",
            hint="Mind the zone: without one it is UTC. Left out, the time is detected",
        )


def _case(
    wb: Workbench, path: list[Path], reference: list[Path], profile: str | None, at: int | None, between: Between
) -> Case:
    from workbench.ingest import import_paths, load_case, read_between
    from workbench.store import telemetry

    if len(path) == 1:
        return load_case(wb.store, path[0], profile=profile, reference=reference, at_unix_nano=at, between=between)
    scope = "+".join(sorted(one.name for one in path))[:80]
    import_paths(wb.store, path, scope=scope, profile=profile, progress=wb.progress)
    references = {}
    for one in reference:
        import_paths(wb.store, [one], scope=f"{scope}/{one.name}", role="reference", profile=profile)
        references[one.name] = telemetry.read(
            wb.store, scope=f"{scope}/{one.name}", role="reference", most_spans=telemetry.MOST_SPANS
        )
    return Case(scope, read_between(wb.store, scope, between), references, at, between)
