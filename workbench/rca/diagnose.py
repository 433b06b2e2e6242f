"""From telemetry to a diagnosis: what broke first, why, and how sure we are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter

from workbench import cancel
from workbench.facts.diagnosis import Diagnosis, Verdict
from workbench.facts.telemetry import Case
from workbench.rca.both_ways import with_own_past
from workbench.rca.by_graph import find_by_graph, is_graph_form
from workbench.rca.by_own_past import find_by_own_past
from workbench.rca.by_reference import distinct, find_by_reference
from workbench.rca.by_signatures import SURE, diagnose_by_signatures, is_for_signatures, is_logs_alone
from workbench.rca.cache import ReferenceCache
from workbench.rca.enough import with_doubt
from workbench.rca.failure_modes import with_failure_modes
from workbench.rca.items import read_visits
from workbench.rca.metric_table import read_metrics
from workbench.rca.report import Finding, make_diagnosis
from workbench.rca.sampling import sampled
from workbench.rca.series import MetricTable
from workbench.rca.signatures.load import load_signatures
from workbench.rca.signatures.model import Signature
from workbench.rca.topology import Topology, read_topology


def diagnose(
    case: Case,
    *,
    top: int = 10,
    cache: ReferenceCache | None = None,
    signatures: Sequence[Signature] | None = None,
) -> Diagnosis:
    """Return the diagnosis of a case: verdict, onset, and at most `top` ranked causes with their evidence.

    What is there decides how it is read: a call graph with indicators, spans, logs and metrics with fault-free
    references, or the case alone, whose own time before the onset is then the baseline; states of objects without
    traces are judged by known failure modes. Cases of one system that pass the same `cache` prepare their references
    once. `signatures` are the known failure modes, those of the shipped runbooks when left out. Nothing is changed.
    """
    begun = perf_counter()
    known = load_signatures() if signatures is None else signatures
    if is_for_signatures(case):
        found = diagnose_by_signatures(case, known, top=top)
        return found.model_copy(update={"seconds": perf_counter() - begun})
    cache = cache if cache is not None else ReferenceCache()
    case, left_out = sampled(case)
    cancel.check()
    metrics = read_metrics(case.telemetry, cache)
    cancel.check()
    topology = read_topology(case.telemetry, distinct(case.references.values()), metrics, cache)
    cancel.check()
    finding = _find(case, metrics, topology, cache)
    if isinstance(finding, str):
        found = diagnose_by_signatures(case, known, top=top)
        if found.verdict is Verdict.INCIDENT:
            return found.model_copy(
                update={"not_known": [finding, *found.not_known], "seconds": perf_counter() - begun}
            )
        return Diagnosis(
            case=case.name, verdict=Verdict.UNKNOWN, reason=finding, not_known=[finding], seconds=perf_counter() - begun
        )
    if left_out:
        finding = replace(finding, missing=[*finding.missing, left_out])
    cancel.check()
    visits = read_visits(case.telemetry, cache)
    cancel.check()
    found = with_failure_modes(make_diagnosis(case, finding, topology, visits, top=top, seconds=0.0), case, known)
    if found.verdict is Verdict.HEALTHY and is_logs_alone(case):
        # One line in a hundred thousand is no statistic, and may be all that a process said before it ended.
        told = diagnose_by_signatures(case, known, top=top)
        if told.verdict is Verdict.INCIDENT and told.causes[0].confidence >= SURE:
            found = told
    return found.model_copy(update={"seconds": perf_counter() - begun})


def _find(case: Case, metrics: MetricTable, topology: Topology, cache: ReferenceCache) -> Finding | str:
    """Return the finding, or the reason why there is none."""
    if case.telemetry.is_empty():
        return "There is no telemetry in this case."
    if is_graph_form(case.telemetry, metrics, topology):
        return (
            find_by_graph(case, topology, cache) or "Indicators without a healthy reference: nothing to compare with."
        )
    found = find_by_reference(case, topology, cache) if case.references else find_by_own_past(case, cache)
    if isinstance(found, Finding) and case.references:
        found = with_own_past(found, case, cache)
    return found if isinstance(found, str) else with_doubt(found, case.telemetry, topology, metrics)
