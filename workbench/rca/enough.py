"""Says when the data is too little for a verdict: "not enough data" comes before a wrong answer or "healthy"."""

from __future__ import annotations

from dataclasses import replace

from workbench.facts.telemetry import Telemetry
from workbench.rca.findings import WORDS
from workbench.rca.fuse import Sign
from workbench.rca.report import Finding
from workbench.rca.topology import Topology
from workbench.rca.witnesses import heard_services

SUFFERS = 0.5
"""From this share of the usual evidence on a service suffers too much to be called healthy while one that it calls
says nothing.
"""


def with_doubt(finding: Finding, telemetry: Telemetry, topology: Topology) -> Finding:
    """Return the finding, undecided where the data cannot bear a verdict; the suspects stay."""
    why = _why_undecided(finding, telemetry, topology)
    return finding if not why else replace(finding, incident=False, undecided=why, missing=[*finding.missing, why])


def _why_undecided(finding: Finding, telemetry: Telemetry, topology: Topology) -> str:
    first = next(iter(finding.scores), "")
    called = topology.callees.get(first, frozenset())
    may_wait = called or (not topology.edges and _several_slow(finding))
    if finding.incident and _of_latency(finding) and not len(telemetry.spans) and may_wait:
        waits = f"it calls {_names(sorted(called))}" if called else "nobody knows which services it calls"
        return (
            f"Latencies got worse, most of all those of {first}, but {waits}, and there are no spans to see which call "
            "is slow: not enough data to name what broke first."
        )
    silent = sorted(called - heard_services(telemetry))
    if silent and finding.strength >= SUFFERS and (not finding.incident or _only_waits(finding)):
        return (
            f"{first} calls {_names(silent)}, of which there is no row, and does worse than usual "
            f"({finding.lead}: {finding.strength:.1f} of what is seen while healthy): not enough data to call it "
            "healthy or to name a cause."
        )
    return ""


def _of_latency(finding: Finding) -> bool:
    return finding.lead == WORDS[Sign.LATENCY]


def _several_slow(finding: Finding) -> bool:
    return sum(own.get(WORDS[Sign.LATENCY], 0.0) >= 1 for own in finding.signs.values()) > 1


def _only_waits(finding: Finding) -> bool:
    return _of_latency(finding) and finding.strength < 1


def _names(services: list[str]) -> str:
    return services[0] if len(services) == 1 else f"{', '.join(services[:-1])} and {services[-1]}"
