"""The objectives of a workspace: its `slos` folder, and how they stand on its telemetry."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from workbench.detect.slo.events import Events, count_events
from workbench.detect.slo.model import Slo
from workbench.detect.slo.read import Reading, files_of, read_specs
from workbench.detect.slo.status import Status, assess
from workbench.detect.slo.watch import burn_anomalies
from workbench.errors import NotFound
from workbench.facts.incident import Anomaly
from workbench.store.db import Store
from workbench.store.scopes import scopes

FOLDER = "slos"
SHIPPED = Path(__file__).parents[2] / "resources" / "slos"
_NANOS = 1_000_000_000


def read_workspace(folder: Path | None, files: Sequence[Path] = ()) -> Reading:
    """Read the objectives of a workspace folder, or of the files that are named instead.

    Raises:
        BadInput: a named file does not exist.
    """
    if files:
        return read_specs(files)
    own = folder / FOLDER if folder else None
    return read_specs([own]) if own and own.is_dir() else Reading(slos=[])


def find(reading: Reading, name: str) -> Slo:
    """Return an objective by its name, or by `service/name`.

    Raises:
        NotFound: there is none, or several services have one of this name.
    """
    found = [one for one in reading.slos if name in (one.name, one.key)]
    if len(found) == 1:
        return found[0]
    known = ", ".join(one.key for one in (found or reading.slos)[:12]) or "none"
    hint = f"Several have this name: {known}. Write service/name" if found else f"There are: {known}"
    raise NotFound("objective", name, hint=hint)


def assess_all(
    store: Store, slos: Sequence[Slo], *, scope: str | None = None, at_unix_nano: int | None = None
) -> list[tuple[Status, Events]]:
    """Compute how objectives stand, all at the same moment.

    Args:
        store: The workspace.
        slos: The objectives; those in another system's query language come back as not computed.
        scope: Count in this data set only; None counts in all but fault-free references.
        at_unix_nano: The moment, exclusive; left out, the end of the telemetry.
    """
    none = Events.of([], [], [])
    counted = [
        count_events(store, one.indicator, scope=scope, end_unix_nano=at_unix_nano) if one.runs_here() else none
        for one in slos
    ]
    at = at_unix_nano if at_unix_nano is not None else _end(store, scope, counted)
    found = []
    for slo, events in zip(slos, counted, strict=True):
        if not slo.runs_here():
            why = "its query is in another system's language, which is kept for export and not run here"
            found.append((Status(slo=slo, state="not computed", reason=why), none))
        elif at is None:
            found.append((Status(slo=slo, state="no data", reason="the workspace has no telemetry"), none))
        else:
            found.append((assess(slo, events, at), events))
    return found


def anomalies_of(store: Store, assessed: Sequence[tuple[Status, Events]], scope: str | None) -> list[Anomaly]:
    """Return the anomalies of all burning budgets, each with the data set that its moment lies in."""
    known = [
        (one.scope, one.start_unix_nano, one.end_unix_nano)
        for one in scopes(store)
        if one.role == "case" and one.start_unix_nano is not None and one.end_unix_nano is not None
    ]

    def scope_at(moment: int) -> str:
        if scope is not None:
            return scope
        # An alert looks back: behind the end of the data, it is still about the data set that ended last.
        begun = [(min(end, moment), name) for name, start, end in known if start <= moment]
        return max(begun)[1] if begun else ""

    return [one for status, events in assessed for one in burn_anomalies(status, events, scope_at)]


def shipped_files() -> list[Path]:
    """Return the sample objectives that come with the workbench, for its simulated shop."""
    return files_of([SHIPPED])


def _end(store: Store, scope: str | None, counted: Sequence[Events]) -> int | None:
    ends = [
        one.end_unix_nano
        for one in scopes(store)
        if one.role == "case" and one.end_unix_nano is not None and scope in (None, one.scope)
    ]
    ends += [int(events.time[-1]) for events in counted if len(events.time)]
    return (max(ends) // _NANOS + 1) * _NANOS if ends else None
