"""Names the type of fault from the evidence that leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from workbench.rca.changes import Changed
from workbench.rca.columns import texts
from workbench.rca.fuse import Fused, Sign
from workbench.rca.line_keys import line_key
from workbench.rca.observe import Observation
from workbench.rca.resources import Use
from workbench.rca.slow_stores import statements_do_more, store_is_slower
from workbench.rca.structure import BrokenRule
from workbench.semconv import MetricRole, tells_how_busy

CERTAIN = 1e-3
"""Rules with a larger tail probability say nothing about the type."""

SHOWN = 0.5
"""A service with less than this of the leading sign, and more of another one, is named after that."""

OF_ROLE = {
    MetricRole.CPU: "cpu_contention",
    MetricRole.MEMORY: "memory_leak",
    MetricRole.DISK: "disk_full",
    MetricRole.CONNECTIONS: "pool_exhaustion",
    MetricRole.THREADS: "thread_exhaustion",
    MetricRole.QUEUE: "overload",
}


def fault_type(
    seen: Observation,
    fused: Fused,
    service: str,
    logs: pd.DataFrame,
    change: Changed | None = None,
    *,
    statuses: bool = False,
) -> str | None:
    """Return the fault type of a service: that of the leading sign if the service shows it, else of its own strongest
    one. `statuses` tells whether spans of this telemetry say how they ended.
    """
    own = fused.ratios.get(service)
    if own is None:
        return None
    shown = fused.lead is not None and own[fused.lead] > 0 and own[fused.lead] >= SHOWN * min(1.0, max(own.values()))
    sign = fused.lead if fused.lead is not None and shown else max(own, key=lambda kind: own[kind])
    if own[sign] <= 0:
        return None
    slow = seen.statement
    if sign in _OF_CALLS and slow is not None and slow.caller == service and store_is_slower(seen, slow):
        # Connections that wait for a slow statement are missing elsewhere: a full pool is what comes of it.
        return "slow_query"
    if change is not None and _may_be_changed(seen, service, sign):
        return "bad_deploy" if change.is_deployment else "config_change"
    if sign is Sign.NETWORK and seen.losses.scores.get(service, 0.0) >= 1:
        return "packet_loss"
    if sign in (Sign.RESOURCE, Sign.NETWORK) and statements_do_more(seen, service):
        return "slow_query"
    if sign in _OF_CALLS:
        found = _call_fault(seen, own, sign, service)
        if found:
            return found
    killed = sign is Sign.ABSENCE and own[Sign.RESOURCE] >= 0.5 and service in seen.downtime.restarts
    if sign is Sign.RESOURCE or killed:
        return _of_use(next((use for use in seen.resources.uses if use.source.service == service), None))
    if sign is Sign.NETWORK:
        return _network_fault(seen, service)
    if sign is Sign.STRUCTURE:
        own_logs = logs[texts(logs, "service_name") == service]
        return code_fault(service_rules(seen, service), own_logs, statuses=statuses)
    return _OF_SIGN.get(sign)


_OF_SIGN = {
    Sign.CLOCK: "clock_skew",
    Sign.RETRIES: "retry_storm",
    Sign.ABSENCE: "dependency_down",
    Sign.FAILURE: "connection_errors",
    Sign.ERRORS: "exception",
    Sign.LATENCY: "latency",
}


_OF_CODE = (Sign.FAILURE, Sign.STRUCTURE, Sign.ERRORS, Sign.LATENCY)
_OF_CHANGES = (*_OF_CODE, Sign.RETRIES)
"""What a changed setting or version explains when somebody changed it just before."""
_OF_CALLS = (Sign.NETWORK, Sign.FAILURE, Sign.SATURATION, Sign.LATENCY)


def _call_fault(seen: Observation, own: Mapping[Sign, float], sign: Sign, service: str) -> str | None:
    """Return `slow_query` or `pool_exhaustion` when that is what makes the calls of a service slow or fail."""
    said = _own_failure(seen, service)
    if said:
        return said
    slow, edges = seen.statement, seen.network[0].edges if seen.network else None
    if slow is not None and edges is not None and slow.caller == service:
        around = edges[edges["slow"] & ((edges["caller"] == service) | (edges["callee"] == service))]
        busy = seen.resources.scores.get(slow.store, 0.0) >= 1 or own[Sign.SATURATION] < 1
        if busy and (around["callee"] == slow.store).all():
            return "slow_query"
    pool = _role_of(seen.saturation.uses, service)
    if own[Sign.SATURATION] >= 1 and (pool is MetricRole.CONNECTIONS or sign is Sign.SATURATION):
        inward = int((edges["slow"] & (edges["callee"] == service)).sum()) if edges is not None and len(edges) else 0
        return OF_ROLE.get(pool) if pool and not inward else None
    return None


def _may_be_changed(seen: Observation, service: str, sign: Sign) -> bool:
    """Tell whether the leading sign of a service is one that a change of its code or settings brings about."""
    if sign is not Sign.NETWORK:
        return sign in _OF_CHANGES
    lossless = max(seen.losses.scores.get(service, 0.0), seen.gaps.get(service, 0.0)) < 1
    return lossless or _outward(seen, service)


def _outward(seen: Observation, service: str) -> bool:
    """Tell whether only the calls that a service makes are slow, and none of those that it gets: the network would
    slow both.
    """
    edges = seen.network[0].edges if seen.network else None
    if edges is None or not len(edges) or seen.losses.scores.get(service, 0.0) >= 1:
        return False
    inward = edges[edges["callee"] == service]["slow"]
    return bool(edges["slow"][edges["caller"] == service].any() and len(inward) and not inward.any())


def _own_failure(seen: Observation, service: str) -> str:
    """Return what most failed calls of a service say about the service itself; '' when they speak of others."""
    edges = seen.failures.edges
    if not len(edges):
        return ""
    own = edges[edges["slow"] & (edges["caller"] == service)]
    return str(own.sort_values("excess", kind="stable")["own"].iloc[-1]) if len(own) else ""


def _of_use(use: Use | None) -> str | None:
    """Return the fault type of a resource that is short; a disk that is busy is not full."""
    if use is None:
        return None
    if use.metric.role is MetricRole.DISK and tells_how_busy(use.metric.name):
        return "disk_contention"
    return OF_ROLE.get(use.metric.role)


def _role_of(uses: Sequence[Use], service: str) -> MetricRole | None:
    return next((use.metric.role for use in uses if use.source.service == service), None)


def _network_fault(seen: Observation, service: str) -> str:
    """Return `packet_loss` when messages are lost or only few calls are late, else `network_delay`; plain `latency`
    where only its callers tell of a service: its own work may be as slow as the way to it.
    """
    if seen.losses.scores.get(service, 0.0) >= 1:
        return "packet_loss"
    minutes = seen.edge_network.scores.get(service, 0.0)
    if max(seen.gaps.get(service, 0.0), minutes) < 1 and seen.tails.scores.get(service, 0.0):
        return "packet_loss"
    both_ends = not seen.traced or service in seen.traced or minutes >= 1
    return "network_delay" if both_ends else "latency"


def service_rules(seen: Observation, service: str) -> list[BrokenRule]:
    """Return the broken rules of a service, the least likely first, each once."""
    rules: dict[tuple[str, bool, str], BrokenRule] = {}
    for found in seen.structures:
        for rule in found.rules:
            key = (rule.kind, rule.novel, rule.then)
            if rule.service == service and (key not in rules or rule.p < rules[key].p):
                rules[key] = rule
    return sorted(rules.values(), key=lambda rule: rule.p)


def code_fault(rules: Sequence[BrokenRule], logs: pd.DataFrame, *, statuses: bool = False) -> str:
    """Return `return` when the code wrote lines that it never wrote before and few of them tell of an exception.

    `logs` are the lines of the service, with the columns of `semconv.COLUMNS`. Without such lines it is `return` when
    spans have a status, as an exception would show in it; else `exception`: the steps left out are its only trace.
    """
    certain = [rule for rule in rules if rule.novel and rule.p < CERTAIN]
    keys = {rule.then[4:] for rule in certain if rule.then.startswith("log:")}
    if any(rule.then.startswith("error:") for rule in certain):
        return "exception"
    if any(is_error(rule.then) for rule in certain if rule.then.startswith("op:")):
        return "exception"
    if statuses:
        return "exception" if any(is_error(f"log:{key}") for key in keys) else "return"
    if not keys:
        return "exception"
    bodies = [
        str(body)
        for body, severity in zip(texts(logs, "body"), texts(logs, "severity_text"), strict=True)
        if line_key(str(body), str(severity)) in keys
    ]
    thrown = sum("xception" in body or "Error" in body or "Traceback" in body for body in bodies)
    return "exception" if thrown > len(bodies) / 2 else "return"


def is_error(item: str) -> bool:
    """Tell whether an item of a visit speaks of an error."""
    return item.startswith(("error:", "log:ERROR", "log:FATAL", "log:SEVERE")) or any(
        word in item.lower() for word in ("exception", "error:", "/error", "error#")
    )
