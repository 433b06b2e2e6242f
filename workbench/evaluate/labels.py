"""Reads what is true of the cases of a labelled folder.

Three layouts: `labels.json` (a list with `case`, `root_cause_service`, `fault_type` and the time of the fault) beside
`cases/`; `cases/<case>/target.json` (`root_cause.node`, `target.timestamp`); folders with the `truth.json` of our own
simulator.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from workbench.errors import BadInput
from workbench.facts.evidence import Frozen
from workbench.semconv import NANOS_PER_SECOND

_HINT = "Wanted: labels.json beside cases/, or cases/<case>/target.json, or folders with a truth.json of `simulate`"


class Labelled(Frozen):
    """One case and what is true of it."""

    case: str
    folder: Path
    services: list[str]
    """The true causes; more than one when several faults were put in. Empty: the case is fault-free."""
    group: str
    """What the tables are divided by: the fault type, or the metric that raised the alarm."""
    fault_type: str | None = None
    at_unix_nano: int | None = None
    """A time to hand over as known: of the injection or of the alarm."""
    onset_known: bool = False
    """True when `at_unix_nano` is the true onset, not the time of an alarm."""


def read_labels(folder: Path) -> list[Labelled]:
    """Return the labelled cases of a folder, by name.

    Raises:
        BadInput: there are none, or a label lacks a field.
    """
    found = sorted(_read(folder), key=lambda one: one.case)
    if not found:
        raise BadInput("holds no labelled cases", where=str(folder), hint=_HINT)
    return found


def _read(folder: Path) -> Iterator[Labelled]:
    labels = folder / "labels.json"
    if labels.is_file():
        for row in _json(labels):
            yield _listed(labels, row)
        return
    targets = sorted(folder.glob("cases/*/target.json"))
    if targets:
        for path in targets:
            yield _target(path)
        return
    own = [folder / "truth.json"] if (folder / "truth.json").is_file() else sorted(folder.glob("*/truth.json"))
    for path in own:
        yield _simulated(path)


def _listed(path: Path, row: dict[str, Any]) -> Labelled:
    try:
        return Labelled(
            case=row["case"],
            folder=path.parent / "cases" / row["case"],
            services=[row["root_cause_service"]],
            group=row["fault_type"],
            fault_type=row["fault_type"],
            at_unix_nano=int(float(row["inject_epoch"]) * NANOS_PER_SECOND),
            onset_known=True,
        )
    except (KeyError, TypeError, ValueError) as error:
        wanted = "case, root_cause_service, fault_type and inject_epoch"
        raise BadInput(f"a label is wrong: {error}", where=str(path), hint=f"Each needs {wanted}") from error


def _target(path: Path) -> Labelled:
    found = _json(path)
    try:
        return Labelled(
            case=path.parent.name,
            folder=path.parent,
            services=[found["root_cause"]["node"]],
            group=found["target"]["metric"],
            at_unix_nano=int(found["target"]["timestamp"]) * NANOS_PER_SECOND,
        )
    except (KeyError, TypeError, ValueError) as error:
        wanted = "root_cause.node, target.metric and target.timestamp"
        raise BadInput(f"the label is wrong: {error}", where=str(path), hint=f"It needs {wanted}") from error


def _simulated(path: Path) -> Labelled:
    found = _json(path)
    faults = found.get("faults", [])
    first = faults[0] if faults else None
    return Labelled(
        case=path.parent.name,
        folder=path.parent,
        services=[fault["service"] for fault in faults],
        group="+".join(fault["fault_type"] for fault in faults) or "healthy",
        fault_type=first["fault_type"] if first else None,
        at_unix_nano=_nanos(first["start"]) if first else None,
        onset_known=first is not None,
    )


def _nanos(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000) * 1_000_000


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(f"cannot be read as JSON: {error}", where=str(path)) from error
