"""Compares the time of an incident with a healthy one, service by service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from workbench.errors import BadInput
from workbench.facts.evidence import Frozen
from workbench.guard.tool import tool
from workbench.semconv import NANOS_PER_SECOND
from workbench.store import diagnoses, incidents
from workbench.store.explore import health
from workbench.store.explore.health import Level
from workbench.tools.services import Health, judge
from workbench.tools.texts import columns, utc
from workbench.tools.times import parse_at

if TYPE_CHECKING:
    from workbench.core import Workbench

_ORDER: tuple[Health, ...] = ("bad", "watch", "quiet", "good")
_LEAST_S = 1.0


class ServiceCompared(Frozen):
    """One service in both times."""

    service_name: str
    health: Health
    why: str
    """In words; '' when it is as in the healthy time."""
    during: Level
    healthy: Level | None
    """None when nothing is known of it from the healthy time."""


class Comparison(Frozen):
    """Services during an incident and while all was well, the worst first."""

    incident_id: str
    start_unix_nano: int
    """Where the time of the incident begins: at its onset."""
    end_unix_nano: int
    healthy_start_unix_nano: int
    healthy_end_unix_nano: int
    services: list[ServiceCompared]

    def text(self) -> str:
        """Return one line for each service."""
        head = ("SERVICE", "HEALTH", "REQ/S", "HEALTHY", "ERRORS", "HEALTHY", "P95 MS", "HEALTHY", "WHY")
        rows = [
            (one.service_name, one.health, *_pair(one, "per_s"), *_pair(one, "error_share", 100), *_pair(one, "p95_ms"),
             one.why)
            for one in self.services
        ]  # fmt: skip
        span = f"{utc(self.start_unix_nano)} to {utc(self.end_unix_nano)}"
        past = f"{utc(self.healthy_start_unix_nano)} to {utc(self.healthy_end_unix_nano)}"
        return f"{self.incident_id}: {span} against {past}\n\n" + columns(head, rows, right=(2, 3, 4, 5, 6, 7))


@tool(risk="read", command="incident-compare", positional=("incident_id",))
def compare_incident(
    wb: Workbench,
    incident_id: str,
    healthy: str | None = None,
    seconds: Annotated[float, Field(gt=0, le=86_400 * 7)] = 900,
) -> Comparison:
    """Compare each service during an incident with a healthy time: requests, errors, latency, lines of errors.

    Args:
        incident_id: Such as INC-1.
        healthy: Where the healthy time begins, ISO-8601 or an epoch; as long before the onset when left out.
        seconds: Length of both times; shorter where there is less telemetry.
    """
    one = incidents.get(wb.store, incident_id)
    known = health.bounds_of_all(wb.store, one.scope)
    if known is None:
        raise BadInput(f"there is no telemetry of {incident_id}", hint="`causeway analyze FOLDER` brings some in")
    found = diagnoses.of_incident(wb.store, incident_id)
    onset = (found.onset_unix_nano if found else None) or one.opened_unix_nano
    begin = parse_at(healthy, "healthy") if healthy else None
    before = onset - known.start_unix_nano if begin is None else int(seconds * NANOS_PER_SECOND)
    span = min(int(seconds * NANOS_PER_SECOND), before, known.end_unix_nano + 1 - onset)
    if span < _LEAST_S * NANOS_PER_SECOND:
        raise BadInput(
            f"there is no telemetry from before {incident_id} began, at {utc(onset)}, or from after",
            hint="Name a healthy time with --healthy",
        )
    start = onset - span if begin is None else begin
    now = health.levels(wb.store, onset, onset + span, one.scope)
    past = health.levels(wb.store, start, start + span, one.scope)
    services = []
    for name in sorted({*now, *past}):
        here = now.get(name) or Level(seconds=span / NANOS_PER_SECOND)
        verdict, why = judge(here, past.get(name))
        services.append(
            ServiceCompared(service_name=name, health=verdict, why=why, during=here, healthy=past.get(name))
        )
    return Comparison(
        incident_id=incident_id,
        start_unix_nano=onset,
        end_unix_nano=onset + span,
        healthy_start_unix_nano=start,
        healthy_end_unix_nano=start + span,
        services=sorted(services, key=lambda each: (_ORDER.index(each.health), each.service_name)),
    )


def _pair(one: ServiceCompared, field: str, times: float = 1) -> tuple[str, str]:
    def shown(level: Level | None) -> str:
        value = None if level is None else getattr(level, field)
        return "-" if value is None else f"{value * times:,.3g}"

    return shown(one.during), shown(one.healthy)
