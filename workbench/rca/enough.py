"""Says how much the data bears: less sure, and then "not enough data", come before a wrong answer or "healthy"."""

from __future__ import annotations

from dataclasses import replace

from workbench.facts.telemetry import Telemetry
from workbench.rca.confidence import HIGHEST
from workbench.rca.findings import WORDS
from workbench.rca.fuse import Sign
from workbench.rca.report import Finding
from workbench.rca.resources import is_hard
from workbench.rca.series import MetricTable
from workbench.rca.topology import Topology
from workbench.rca.witnesses import heard_services

SUFFERS = 0.5
"""From this share of the usual evidence on a service suffers too much to be called healthy while one that it calls
says nothing.
"""


ONLY_SYMPTOM = (
    "Only latencies differ and there are no spans: the first cause may be waiting for another service. Export the "
    "spans of this time to see which call is slow."
)
"""Said of what is slow where no spans are; more is said where it may wait for somebody."""
MOST_WAITING, MOST_FAILING, MOST_SILENT, MOST_BUSY = 0.49, 0.8, 0.49, 0.7
"""Most confidence where nobody knows who calls whom and several services are slow, fail, count no requests, or one is
busy while others suffer. Of simulated incidents with metrics alone the first named was right in 10 of 15 slow ones and
in 16 of 19 that fail (three systems); of 16 silent ones in 8, because who fails early asks others nothing any more; of
31 busy ones in 16, because most others did what a caller asked of them too often (two kinds of systems, all faults).
What is slow is held lower, for who waits for whom is what decides there and metrics do not tell it.
"""


CLEARLY = 10.0
"""Where nobody named a time and there are metrics alone, latencies decide from so many times of what is seen while
healthy on. Healthy averages of rare calls come up to 8 times that in a past of an hour; without this rule 159 of 194
healthy hours of two systems were called incidents.
"""


def with_doubt(finding: Finding, telemetry: Telemetry, topology: Topology, metrics: MetricTable) -> Finding:
    """Return the finding as sure as the data bears, or undecided where it bears no verdict; the suspects stay."""
    untold = finding.incident and not finding.onset_given and not finding.calibrated
    alone = untold and not (len(telemetry.spans) or len(telemetry.logs) or topology.edges)
    why = _mute_callee(finding, telemetry, topology) or (_nobody_suffers(finding, metrics) if alone else "")
    if why:
        return replace(finding, incident=False, undecided=why, missing=[*finding.missing, why])
    most, why = _unknown_callers(finding, telemetry, topology)
    if not why:
        return finding
    others = [one for one in finding.missing if one != ONLY_SYMPTOM]
    return replace(finding, most=min(finding.most, most), missing=[*others, why])


def _mute_callee(finding: Finding, telemetry: Telemetry, topology: Topology) -> str:
    """Return why the data bears no verdict: a service that nothing is heard of may be what the first one waits for."""
    first = next(iter(finding.scores), "")
    silent = sorted(topology.callees.get(first, frozenset()) - heard_services(telemetry))
    if silent and finding.strength >= SUFFERS and (not finding.incident or _only_waits(finding)):
        return (
            f"{first} calls {_names(silent)}, of which there is no row, and does worse than usual "
            f"({finding.lead}: {finding.strength:.1f} of what is seen while healthy): not enough data to call it "
            "healthy or to name a cause."
        )
    return ""


def _nobody_suffers(finding: Finding, metrics: MetricTable) -> str:
    """Return why metrics alone bear no verdict: what is a little slower, or is silent, may have had little to do."""
    first = next(iter(finding.scores), "")
    slowest = max((own.get(WORDS[Sign.LATENCY], 0.0) for own in finding.signs.values()), default=0.0)
    if slowest >= CLEARLY or finding.lead not in (WORDS[Sign.LATENCY], WORDS[Sign.ABSENCE]):
        return ""
    if finding.lead == WORDS[Sign.LATENCY]:
        return (
            f"{first} is slower than in the time before ({slowest:.1f} of what is seen while healthy), and metrics "
            f"alone do not tell whether anybody feels it: below {CLEARLY:.0f} that happens by chance. Give a "
            "fault-free period (`--reference`), the time of the trouble (`--at`), or spans."
        )
    lives = any(source.service == first for metric, group in metrics.items() if is_hard(metric) for source in group)
    if lives or _having(finding, Sign.ERRORS):
        return ""
    return (
        f"{first} reports no more, and nobody fails: whether it is down or was asked nothing, metrics of requests do "
        "not tell. Its processor or memory, a heartbeat, spans, or a call graph would."
    )


def _unknown_callers(finding: Finding, telemetry: Telemetry, topology: Topology) -> tuple[float, str]:
    """Return how sure anyone can be at most where it is not seen who waits for whom, and why; '' where it is."""
    first = next(iter(finding.scores), "")
    if not finding.incident or len(telemetry.spans):
        return HIGHEST, ""
    called = topology.callees.get(first, frozenset())
    if _of_latency(finding) and (called or (not topology.edges and len(_having(finding, Sign.LATENCY)) > 1)):
        waits = f"it calls {_names(sorted(called))}" if called else "nobody knows which services it calls"
        return MOST_WAITING, (
            f"Latencies got worse, most of all those of {first}, but {waits}, and there are no spans to see which call "
            "is slow: what broke first is a guess. Export the spans of this time."
        )
    failing = _having(finding, Sign.ERRORS) | _having(finding, Sign.ABSENCE)
    suffering = (failing | _having(finding, Sign.LATENCY)) - {first}
    if not topology.edges and suffering and finding.fault_types.get(first) == "cpu_contention":
        return MOST_BUSY, (
            f"What keeps {first} busy may be what others ask of it, and nobody knows who calls it: spans would tell a "
            "slow statement or repeated calls."
        )
    if topology.edges or len(failing) < 2 or finding.lead not in (WORDS[Sign.ERRORS], WORDS[Sign.ABSENCE]):
        return HIGHEST, ""
    others = sorted(failing - {first})
    why = f"{_names(others[:3])} {'fails' if len(others) == 1 else 'fail'} as well, and nobody knows who calls whom"
    most = MOST_FAILING if finding.lead == WORDS[Sign.ERRORS] else MOST_SILENT
    return most, f"{why}: spans, or a call graph, would tell which of them only passes failures on."


def _having(finding: Finding, sign: Sign) -> set[str]:
    return {name for name, own in finding.signs.items() if own.get(WORDS[sign], 0.0) >= 1}


def _of_latency(finding: Finding) -> bool:
    return finding.lead == WORDS[Sign.LATENCY]


def _only_waits(finding: Finding) -> bool:
    return _of_latency(finding) and finding.strength < 1


def _names(services: list[str]) -> str:
    return services[0] if len(services) == 1 else f"{', '.join(services[:-1])} and {services[-1]}"
