"""Diagnoses a case that has nothing but indicators per service and a call graph."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from workbench.facts.diagnosis import IncidentKind
from workbench.facts.evidence import Evidence, EvidenceKind, Selection
from workbench.facts.telemetry import Case, Telemetry
from workbench.rca.cache import ReferenceCache
from workbench.rca.columns import Ints
from workbench.rca.graph_levels import SIGN, times_of, to_grid
from workbench.rca.graph_own import FEW, INCIDENT, LEAST_CALM, REPORTED, explain_by_own_past
from workbench.rca.graphform import Baseline, GraphFinding, explain, learn
from workbench.rca.metric_table import read_metrics
from workbench.rca.narrate import number, with_unit
from workbench.rca.report import Finding
from workbench.rca.series import MetricTable
from workbench.rca.topology import Topology
from workbench.semconv import RESOURCES, MetricRole, Table

LEAST_NODES = 2
LEAST_MIXED = 0.1
"""A share of a bad row smaller than twice this hides in the noise; an early onset does less harm than a late one."""
WITHOUT_THRESHOLD = 7.0
MOST_WITH_RIVAL, MOST_ALONE = 1.8, 2.9
"""With few healthy rows no evidence counts for more than this many times its threshold: where another node is as near,
and where none is. They are confidences of about 0.8 and 0.95. Of such answers on call graphs drawn at random without a
reference (`benchmarks/rca_call_graphs.py --alone`) 19 of 26 and 509 of 510 were right.
"""
GAPS, MOST_WITH_GAPS = 0.15, 0.8
"""From so large a share of missing values on nobody is surer than this. With 30 % missing 0.95 was said, and 62 of 73
(with a reference 89 of 105) were right (`--gaps 0.3`).
"""
ALIKE = 0.3
"""How near a second node comes at least that reaches the entry as well."""
_KIND = {
    MetricRole.LATENCY: (EvidenceKind.LATENCY, IncidentKind.LATENCY, "latency"),
    MetricRole.AVAILABILITY: (EvidenceKind.ERROR, IncidentKind.ERROR, "unavailable"),
    MetricRole.ERRORS: (EvidenceKind.ERROR, IncidentKind.ERROR, "errors"),
}


def is_graph_form(telemetry: Telemetry, metrics: MetricTable, topology: Topology) -> bool:
    """Tell whether there is nothing but indicators of services in a call graph."""
    if len(telemetry.spans) or len(telemetry.logs) or not topology.edges:
        return False
    if any(metric.role in RESOURCES for metric in metrics):
        return False
    if any(source.peer for group in metrics.values() for source in group):
        return False
    nodes = {source.service for metric, group in metrics.items() if metric.role in SIGN for source in group}
    return len(nodes & topology.nodes) >= LEAST_NODES


def find_by_graph(case: Case, topology: Topology, cache: ReferenceCache) -> Finding | None:
    """Return the finding, or None when there is neither a healthy reference nor two rows of before to compare with."""
    metrics = read_metrics(case.telemetry, cache)
    times = times_of(metrics)
    if len(times) < 2:
        return None
    given = case.at_unix_nano is not None
    reference = next((one for one in case.references.values() if len(one.metrics)), None)
    if reference is None:
        return _by_own_past(case, metrics, topology, times)
    rows = len(times)
    baseline = cache.get(
        f"graph {rows} {sorted(topology.edges)}",
        [reference],
        lambda: learn(read_metrics(reference, cache), topology, rows),
    )
    threshold = baseline.thresholds.get(given, WITHOUT_THRESHOLD)
    found = explain(metrics, baseline, topology, times, case.at_unix_nano)
    if found is None:
        return Finding(False, "No node departs from its healthy level.", {}, baseline=_baseline(baseline))
    reason = f"98 % of healthy windows stay below {number(threshold)}."
    finding = _finding(case, found, metrics, times, threshold, _baseline(baseline), reason)
    return _with_gaps(replace(finding, calibrated=True), found, metrics, times)


def _by_own_past(case: Case, metrics: MetricTable, topology: Topology, times: Ints) -> Finding | None:
    """Return the finding against the case's own healthy rows; few of them make it less sure."""
    given = case.at_unix_nano is not None
    found, rows = explain_by_own_past(metrics, topology, times, case.at_unix_nano)
    if found is None:
        return None
    threshold = INCIDENT * (REPORTED if given else 1.0)
    which = "earlier rows" if found.end >= len(times) else "rows before and after"
    words = f"{rows} rows of this case before the onset{'' if found.end >= len(times) else ' and after the end'}"
    finding = _finding(
        case, found, metrics, times, threshold, words, f"it takes {number(threshold)} with {rows} {which} only."
    )
    finding = _with_gaps(finding, found, metrics, times)
    if rows >= FEW:
        return finding
    doubt = (
        f"Only {rows} {which} say what is healthy, so the confidence is lower: give a fault-free period "
        "(`--reference`) of at least 10 rows to settle it."
    )
    close = _closeness(found)
    strength = min(finding.strength, MOST_WITH_RIVAL if close > ALIKE else MOST_ALONE)
    return replace(finding, strength=strength, runner_up=close * strength, missing=[*finding.missing, doubt])


def _with_gaps(finding: Finding, found: GraphFinding, metrics: MetricTable, times: Ints) -> Finding:
    """Return the finding less sure where many of the values that it rests on are missing."""
    metric = found.levels.metric
    there = np.isfinite(to_grid(metrics, metric, found.levels.nodes, times))
    there = there[there.any(axis=1)]
    gaps = 1 - float(there.mean()) if there.size else 0.0
    if gaps < GAPS:
        return finding
    why = (
        f"{gaps:.0%} of the values of {metric.label} in this time are missing, so what departs in those rows is not "
        "seen: a source without gaps would settle it."
    )
    return replace(finding, most=min(finding.most, MOST_WITH_GAPS), missing=[*finding.missing, why])


def _finding(
    case: Case,
    found: GraphFinding,
    metrics: MetricTable,
    times: Ints,
    threshold: float,
    baseline: str,
    reason: str,
) -> Finding:
    given = case.at_unix_nano is not None
    kind = _KIND[found.levels.metric.role]
    period = int(np.median(np.diff(times)))
    split = _onset(found, metrics, times, period)
    last = int(times[min(found.end, len(times)) - 1]) + period
    scores = _scores(found)
    strength = found.evidence / threshold
    return Finding(
        incident=strength > 1,
        reason=(
            f"{len(found.anomalous)} services depart in {found.levels.metric.label}, "
            f"evidence {number(found.evidence)}; {reason}"
        ),
        scores=scores,
        strength=strength,
        runner_up=strength * _closeness(found),
        onset_unix_nano=case.at_unix_nano if given else split,
        onset_given=given,
        ended_unix_nano=int(times[found.end]) if strength > 1 and len(times) - found.end >= LEAST_CALM else None,
        baseline=baseline,
        fault_types=dict.fromkeys(found.anomalous, kind[2]),
        evidence={node: _evidence(found, node, split, last, strength) for node in list(scores)[:10]},
        kind=kind[1],
    )


def _onset(found: GraphFinding, metrics: MetricTable, times: Ints, period: int) -> int:
    """Return when the first cause or the entry went wrong (UTC ns), whichever is earlier; early does less harm."""
    there = [node for node in dict.fromkeys((found.ranked[0], found.entry)) if node in found.levels.nodes]
    return min((_since(found, node, metrics, times, period) for node in there), default=int(times[found.split]))


def _since(found: GraphFinding, node: str, metrics: MetricTable, times: Ints, period: int) -> int:
    """Return the first row of a node that is nearer to its worst than to its healthy level.

    The row before it is a mixture when the incident began inside of it: its share of the whole departure is the share
    of its period that was bad.
    """
    levels, at = found.levels, found.levels.nodes.index(node)
    row = levels.sign * to_grid(metrics, levels.metric, [node], times)[0]
    worst = levels.sign * found.departures.value[at]
    hot = row > (levels.median[at] + worst) / 2
    late = np.flatnonzero(hot[found.split :])
    first = found.split + int(late[0]) if len(late) else found.split
    while first and hot[first - 1]:
        first -= 1
    earlier = row[: max(first - 1, 0)]
    usual = float(np.nanmedian(earlier)) if np.isfinite(earlier).any() else float(levels.median[at])
    mixed = (row[first - 1] - usual) / (worst - usual) if first and worst > usual else 0.0
    return int(times[first]) - int(period * float(np.clip(np.nan_to_num(mixed), LEAST_MIXED, 1.0)))


def _baseline(baseline: Baseline) -> str:
    nodes = max((len(levels.nodes) for levels in baseline.levels), default=0)
    return f"healthy levels of {nodes} services from a fault-free reference"


def _scores(found: GraphFinding) -> dict[str, float]:
    """Return a falling score per node: its order counts, its size tells how alike neighbours in rank are."""
    scores = {}
    least = np.inf
    for place, node in enumerate(found.ranked):
        reaches, deepest, _, above, _, jump = found.keys[node]
        strength = 4 * reaches + 2 * deepest * reaches + np.log2(1 + above) + np.log2(1 + max(jump, 0.0)) / 20
        least = min(least, float(strength) / (1 + place))
        scores[node] = least
    return {node: score for node, score in scores.items() if score > 0}


def _closeness(found: GraphFinding) -> float:
    """Return 0..1: how near the second comes to the first in the first key in which they differ."""
    if len(found.ranked) < 2:
        return 0.0
    first, second = (found.keys[node] for node in found.ranked[:2])
    if second[0] < first[0]:
        return 0.0
    if second[1] < first[1]:
        return ALIKE
    if first[2] > 0:
        return ALIKE + (1 - ALIKE) * max(0.0, second[2] / first[2])
    if second[3] < first[3]:
        return 0.5
    return 0.5 + 0.5 * min(1.0, max(0.0, second[5] / first[5])) if first[5] > 0 else 1.0


def _evidence(found: GraphFinding, node: str, start: int, end: int, strength: float) -> list[Evidence]:
    levels, off = found.levels, found.departures
    if node not in levels.nodes or not np.isfinite(off.value[levels.nodes.index(node)]):
        return []
    at = levels.nodes.index(node)
    metric, healthy = levels.metric, levels.sign * float(levels.median[at])
    supports = bool(off.anomalous[at])
    spreads = float(off.z[at])
    callers = found.keys[node][3]
    explains = f" It explains {callers:.0f} anomalous callers." if supports and callers else ""
    return [
        Evidence(
            kind=_KIND[metric.role][0],
            service_name=node,
            summary=(
                f"{metric.label} of {node} is {with_unit(float(off.value[at]), metric.unit)}; healthy is "
                f"{with_unit(healthy, metric.unit)}, so it is {number(spreads)} spreads off.{explains}"
            ),
            supports=supports,
            strength=round(strength, 3),
            value=float(off.value[at]),
            baseline=healthy,
            unit=metric.unit,
            selection=Selection(
                table=Table.METRICS,
                start_unix_nano=start,
                end_unix_nano=end,
                equals={"metric_name": metric.name, "statistic": metric.statistic, "service_name": node},
            ),
        )
    ]
