"""Shows what rules would have done with the signals that are stored, without doing it."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.detect.correlate.fingerprints import signals_of
from workbench.detect.correlate.rules import Rule
from workbench.detect.correlate.sorting import sort_signals
from workbench.facts.evidence import Frozen
from workbench.facts.incident import Anomaly
from workbench.store import anomalies
from workbench.store.db import Store

_MOST_SIGNALS = 1_000_000


class TrialGroup(Frozen):
    """Signals that a rule would have treated alike."""

    rule: str
    outcome: str
    """opened, held or suppressed."""
    scope: str
    key: dict[str, str] = {}
    """The fields the rule groups by, with their values."""
    signals: int
    """Different signals."""
    rows: int
    """Signals with all their repeats."""
    services: list[str]
    start_unix_nano: int
    end_unix_nano: int
    now_in: list[str]
    """Incidents in which they are at present; '-' for none."""
    anomaly_ids: list[str]


def try_rules(store: Store, rules: Sequence[Rule], scope: str | None = None) -> list[TrialGroup]:
    """Return what the rules would have done with all stored signals of one or of all data sets, the earliest first.

    Every signal is taken as if it came for the first time, in no incident.
    """
    by_scope: dict[str, list[Anomaly]] = {}
    for one in anomalies.latest(store, scope, limit=_MOST_SIGNALS):
        if one.firing:
            by_scope.setdefault(one.scope, []).append(one)
    found: list[TrialGroup] = []
    for name, signals in sorted(by_scope.items()):
        done = sort_signals(signals, rules, {})
        where = anomalies.incident_of(store, [one.anomaly_id for one in signals])
        found += [_group(one.rule.name, "opened", name, dict(one.key), one.signals, where) for one in done.groups]
        for outcome, kept in (("held", done.held), ("suppressed", done.suppressed)):
            found += [_group(rule, outcome, name, {}, these, where) for rule, these in kept.items()]
    return sorted(found, key=lambda one: (one.start_unix_nano, one.rule, one.scope))


def _group(
    rule: str, outcome: str, scope: str, key: dict[str, str], signals: Sequence[Anomaly], where: dict[str, str]
) -> TrialGroup:
    times = [one.time_unix_nano for one in signals]
    return TrialGroup(
        rule=rule,
        outcome=outcome,
        scope=scope,
        key=key,
        signals=len(signals_of(signals)),
        rows=len(signals),
        services=sorted({one.service_name for one in signals}),
        start_unix_nano=min(times),
        end_unix_nano=max(times),
        now_in=sorted({where.get(one.anomaly_id) or "-" for one in signals}),
        anomaly_ids=sorted(one.anomaly_id for one in signals),
    )
