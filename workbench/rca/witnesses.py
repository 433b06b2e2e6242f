"""Bounds how sure anyone can be of a cause: the fewer witnesses there are, the less."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd

from workbench.facts.telemetry import Telemetry
from workbench.rca.columns import texts
from workbench.rca.confidence import HIGHEST
from workbench.semconv import Table

WITNESSES = (Table.SPANS, Table.METRICS, Table.LOGS)
"""Kinds of rows that tell how a service does."""
LESS_PER_TABLE = 0.02
"""So much less sure is anyone when one of these kinds is not there at all."""
MOST_UNHEARD = 0.85
"""Most confidence in a service without any row of its own: only others speak of it."""
MOST_FROM_LINES = 0.49
"""Most confidence where lines are all there is: callers write of the errors of those they call, and who calls whom is
not known.
"""
_STEP = 1e-4


def heard_in(telemetry: Telemetry) -> dict[Table, frozenset[str]]:
    """Return the services that have spans, metrics and logs of their own, per table."""
    return {
        table: frozenset(str(name) for name in pd.unique(texts(telemetry.frame(table), "service_name"))) - {""}
        for table in WITNESSES
    }


def heard_services(telemetry: Telemetry) -> frozenset[str]:
    """Return the services that have spans, metrics or logs of their own."""
    return frozenset().union(*heard_in(telemetry).values())


def bounded(
    telemetry: Telemetry, services: Sequence[str], sure: Sequence[float], heard: Collection[str] | None = None
) -> list[float]:
    """Return the confidences of these services (both in the order of ranks), none larger than the witnesses bear.

    `heard` are the services with rows of their own, where the caller knows them.
    """
    heard = heard_services(telemetry) if heard is None else heard
    found: list[float] = []
    for service, value in zip(services, sure, strict=True):
        value = min(value, _most(telemetry, heard, service))
        found.append(round(value if not found else min(value, found[-1] * (1 - _STEP)), 6))
    return found


def _most(telemetry: Telemetry, heard: Collection[str], service: str) -> float:
    absent = sum(not len(telemetry.frame(table)) for table in WITNESSES)
    # A call graph tells who waits for whom, which is what spans would be missed for.
    absent -= not len(telemetry.spans) and len(telemetry.edges) > 0
    most = HIGHEST - LESS_PER_TABLE * absent
    if not len(telemetry.spans) and not len(telemetry.metrics):
        most = MOST_FROM_LINES
    return most if service in heard else min(most, MOST_UNHEARD)
