"""Writes objectives as OpenSLO v1, and rules and specifications as YAML that people can read."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import yaml

from workbench.detect.slo.durations import prometheus
from workbench.detect.slo.model import (
    Alert,
    Budgeting,
    Expression,
    Indicator,
    Missing,
    Query,
    Ratio,
    Raw,
    Rolling,
    Rows,
    Slo,
    Threshold,
)
from workbench.detect.slo.openslo import METHODS, MISSING
from workbench.detect.slo.sources import OWN

_METHOD = {value: name for name, value in METHODS.items()}


class _Dumper(yaml.SafeDumper):
    """Keeps the order of fields, and writes texts of several lines as blocks."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = "|" if "\n" in text and not any(line.endswith(" ") for line in text.split("\n")) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def to_yaml(documents: Sequence[dict[str, Any]]) -> str:
    """Return documents as YAML."""
    return yaml.dump_all(
        documents, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1_000, explicit_start=True
    )


def to_openslo(slos: Sequence[Slo]) -> list[dict[str, Any]]:
    """Return one OpenSLO v1 document for each objective; reading them back gives the same objectives.

    What only Prometheus rules need (names and labels of sloth's alerts, plugins) has no place there and is left out.
    """
    return [_document(one) for one in slos]


def _document(slo: Slo) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": slo.name}
    metadata |= {"displayName": slo.display_name} if slo.display_name else {}
    metadata |= {"labels": dict(slo.labels)} if slo.labels else {}
    metadata |= {"annotations": {MISSING: slo.missing.value}} if slo.missing is not Missing.EXCLUDED else {}
    objective: dict[str, Any] = {"target": float(Decimal(repr(slo.objective)) / 100)}
    if isinstance(slo.indicator, Threshold):
        objective = {"op": slo.indicator.op, "value": slo.indicator.value} | objective
    if slo.budgeting is Budgeting.TIMESLICES:
        objective["timeSliceTarget"] = slo.slice_target
    if slo.budgeting is not Budgeting.OCCURRENCES:
        objective["timeSliceWindow"] = prometheus(slo.slice_s)
    spec: dict[str, Any] = {"description": slo.description} if slo.description else {}
    spec |= {
        "service": slo.service,
        "indicator": {"metadata": {"name": slo.indicator_name or slo.name}, "spec": _indicator(slo.indicator)},
        "timeWindow": [_window(slo)],
        "budgetingMethod": _METHOD[slo.budgeting],
        "objectives": [objective],
    }
    if slo.alerts:
        spec["alertPolicies"] = [_policy(one) for one in slo.alerts]
    return {"apiVersion": "openslo/v1", "kind": "SLO", "metadata": metadata, "spec": spec}


def _window(slo: Slo) -> dict[str, Any]:
    if isinstance(slo.window, Rolling):
        return {"duration": slo.window.text, "isRolling": True}
    start = {"startTime": slo.window.start.replace("T", " "), "timeZone": slo.window.zone}
    return {"duration": f"{slo.window.count}{slo.window.unit}", "isRolling": False, "calendar": start}


def _indicator(one: Indicator) -> dict[str, Any]:
    if isinstance(one, Threshold):
        return {"thresholdMetric": _source(one.query)}
    if isinstance(one, Raw):
        return {"ratioMetric": {"rawType": "success" if one.is_success else "failure", "raw": _source(one.query)}}
    return {"ratioMetric": _ratio(one)}


def _ratio(one: Ratio) -> dict[str, Any]:
    part = ("good", one.good) if one.good is not None else ("bad", one.bad)
    grows = isinstance(one.total, Rows) and one.total.counts == "increase"
    return {"counter": grows, part[0]: _source(part[1]), "total": _source(one.total)}


def _source(query: Query | None) -> dict[str, Any]:
    if isinstance(query, Expression):
        source: dict[str, Any] = {"metricSourceRef": query.source_ref} if query.source_ref else {}
        source |= {"type": query.source_type} if query.source_type else {}
        return {"metricSource": source | {"spec": dict(query.spec) or {"query": query.text}}}
    rows = query.model_dump(mode="json", exclude={"kind"}, exclude_defaults=True) if query else {}
    if query is not None and query.table == "metrics":
        rows["counts"] = query.counts
    return {"metricSource": {"type": OWN, "spec": rows}}


def _policy(one: Alert) -> dict[str, Any]:
    condition: dict[str, Any] = {
        "kind": "burnrate",
        "op": one.op,
        "threshold": one.burn_rate,
        "lookbackWindow": _shorthand(one.lookback_s),
    }
    condition |= {"alertAfter": _shorthand(one.after_s)} if one.after_s else {}
    inner = {
        "kind": "AlertCondition",
        "metadata": {"name": one.name},
        "spec": {"severity": one.severity, "condition": condition},
    }
    spec = {"alertWhenBreaching": True, "conditions": [inner]}
    return {"kind": "AlertPolicy", "metadata": {"name": one.name}, "spec": spec}


def _shorthand(seconds: int) -> str:
    unit, size = next((unit, size) for unit, size in (("d", 86_400), ("h", 3600), ("m", 60)) if seconds % size == 0)
    return f"{seconds // size}{unit}"
