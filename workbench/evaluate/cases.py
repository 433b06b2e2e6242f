"""Gives labelled cases one by one: out of a folder, or made by the simulator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from workbench.evaluate.labels import Labelled
from workbench.facts.telemetry import Case
from workbench.ingest import load_case
from workbench.simulate import parse_fault, simulate
from workbench.store.db import Store


def folder_cases(labels: Sequence[Labelled], profile: str | None) -> Iterator[tuple[Case, Labelled]]:
    """Yield the cases of a labelled folder, read by the same code as `analyze` reads them; nothing is kept.

    Raises:
        BadInput: a case's folder cannot be read.
    """
    store = Store.open(None)
    try:
        for label in labels:
            yield load_case(store, label.folder, profile=profile), label
    finally:
        store.close()


def simulated_cases(pairs: Sequence[tuple[int, str]], minutes: float) -> Iterator[tuple[Case, Labelled]]:
    """Yield one simulated case per pair of seed and fault; an empty fault is a healthy run."""
    for seed, fault in pairs:
        made = simulate([parse_fault(fault)] if fault else [], seed, minutes)
        truth = made.truth["faults"]
        start = datetime.fromisoformat(truth[0]["start"]) if truth else None
        label = Labelled(
            case=f"{fault or 'healthy'}-{seed}",
            folder=Path(),
            services=[one["service"] for one in truth],
            group=fault or "healthy",
            fault_type=truth[0]["fault_type"] if truth else None,
            at_unix_nano=round(start.timestamp() * 1000) * 1_000_000 if start else None,
            onset_known=bool(truth),
        )
        yield Case(label.case, made.telemetry), label
