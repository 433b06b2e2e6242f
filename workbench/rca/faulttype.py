"""Names the type of fault from the evidence that leads."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.facts.evidence import EvidenceKind
from workbench.rca.observe import Observation
from workbench.rca.structure import BrokenRule
from workbench.semconv import MetricRole

CERTAIN = 1e-3
"""Rules with a larger tail probability say nothing about the type."""

OF_ROLE = {
    MetricRole.CPU: "cpu_contention",
    MetricRole.MEMORY: "memory_leak",
    MetricRole.DISK: "disk_full",
    MetricRole.CONNECTIONS: "pool_exhaustion",
    MetricRole.THREADS: "thread_exhaustion",
    MetricRole.QUEUE: "overload",
}


def fault_type(seen: Observation, lead: EvidenceKind | None, service: str) -> str | None:
    """Return the fault type of a service under the leading kind of evidence, or None when nothing tells."""
    if lead is EvidenceKind.RESOURCE:
        use = next((use for use in seen.resources.uses if use.source.service == service), None)
        return OF_ROLE.get(use.metric.role) if use else None
    if lead is EvidenceKind.NETWORK:
        return "network_delay"
    if lead is EvidenceKind.STRUCTURE:
        return code_fault(service_rules(seen, service))
    if lead is EvidenceKind.LATENCY:
        return "latency"
    return None


def service_rules(seen: Observation, service: str) -> list[BrokenRule]:
    """Return the broken rules of a service, the least likely first, each once."""
    rules: dict[tuple[str, bool, str], BrokenRule] = {}
    for found in seen.structures:
        for rule in found.rules:
            key = (rule.kind, rule.novel, rule.then)
            if rule.service == service and (key not in rules or rule.p < rules[key].p):
                rules[key] = rule
    return sorted(rules.values(), key=lambda rule: rule.p)


def code_fault(rules: Sequence[BrokenRule]) -> str:
    """Return `return` when the code wrote other lines than ever before and none of them speaks of an error, else `exception`."""
    certain = [rule for rule in rules if rule.novel and rule.p < CERTAIN]
    lines = [rule for rule in certain if rule.then.startswith("log:")]
    errors = [rule for rule in certain if is_error(rule.then)]
    return "return" if lines and not errors else "exception"


def is_error(item: str) -> bool:
    """Tell whether an item of a visit speaks of an error."""
    return item.startswith(("error:", "log:ERROR", "log:FATAL", "log:SEVERE")) or any(
        word in item.lower() for word in ("exception", "error:", "/error", "error#")
    )
