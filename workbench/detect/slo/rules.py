"""Makes Prometheus rules of objectives, with the names, labels and effect of sloth's own.

Three groups for each objective: the share of bad events over each alert window and the whole period, what is known
about the objective, and the page and ticket alerts of the workbook (see `signals.burn_rates`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.detect.slo.durations import prometheus
from workbench.detect.slo.expressions import corrected_share, correction, share_expression
from workbench.detect.slo.model import Expression, Ratio, Slo
from workbench.signals.burn_rates import BurnWindow, Severity, alert_windows

Rule = dict[str, Any]
_SHARE = "slo:sli_error:ratio_rate"
_TITLE = "({}) {{{{$labels.sloth_service}}}} {{{{$labels.sloth_slo}}}} SLO error budget burn rate is too fast."
_SUMMARY = "{{$labels.sloth_service}} {{$labels.sloth_slo}} SLO error budget burn rate is over expected."


def why_no_rules(slo: Slo) -> str:
    """Return why Prometheus cannot watch an objective; empty when it can."""
    if not all(isinstance(query, Expression) for query in slo.queries()):
        return "it is measured on this workspace's telemetry, which Prometheus does not have"
    if slo.indicator.kind == "threshold":
        return "it is a threshold on a query; write it as good and total events"
    if slo.window.kind == "calendar":
        return "its window is of the calendar, and Prometheus knows rolling windows only"
    if slo.budgeting.value != "occurrences":
        return f"it is budgeted in {slo.budgeting.value}, which these rules cannot count"
    if not all(isinstance(query, Expression) and "{{.window}}" in query.text for query in slo.queries()):
        return "its query has no {{.window}} where the range stands"
    return ""


def rule_documents(slos: Sequence[Slo], extra_labels: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Return one document of rules for each document of specifications.

    Args:
        slos: Objectives that Prometheus can watch, see `why_no_rules`.
        extra_labels: Put on every recorded series.
    """
    by_origin: dict[str, list[Slo]] = {}
    for slo in slos:
        # OpenSLO has one objective a document; all of a file go into one document of rules.
        origin = slo.origin.rpartition(", document ")[0] if slo.form.startswith("openslo") else slo.origin
        by_origin.setdefault(origin, []).append(slo)
    return [_document(several, extra_labels or {}) for several in by_origin.values()]


def _document(slos: Sequence[Slo], extra: Mapping[str, str]) -> dict[str, Any]:
    groups = [group for slo in slos for group in groups_of(slo, extra)]
    kubernetes = slos[0].extras.kubernetes
    if kubernetes is None:
        return {"groups": groups}
    labels = {"app.kubernetes.io/component": "SLO", "app.kubernetes.io/managed-by": "causeway"} | kubernetes.labels
    metadata: dict[str, Any] = {"name": kubernetes.name, "labels": labels}
    metadata |= {"namespace": kubernetes.namespace} if kubernetes.namespace else {}
    metadata |= {"annotations": kubernetes.annotations} if kubernetes.annotations else {}
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": metadata,
        "spec": {"groups": groups},
    }


def groups_of(slo: Slo, extra: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the groups of rules of one objective; the last one is missing when it has no alerts."""
    name = f"{slo.service}-{slo.name}"
    parts = (
        ("sli", "sloth-slo-sli-recordings", _shares(slo, extra)),
        ("metadata", "sloth-slo-meta-recordings", _metadata(slo, extra)),
        ("alert", "sloth-slo-alerts", _alerts(slo)),
    )
    groups = []
    for kind, prefix, rules in parts:
        if rules:
            interval = slo.extras.intervals.get(kind)
            groups.append(
                {"name": f"{prefix}-{name}"} | ({"interval": interval} if interval else {}) | {"rules": rules}
            )
    return groups


def number(value: float) -> str:
    """Write a number as Go does: the shortest digits that give it back, without a useless `.0`."""
    return repr(value).removesuffix(".0")


def identity(slo: Slo) -> dict[str, str]:
    """Return the labels that tell the objective apart."""
    return {"sloth_id": f"{slo.service}-{slo.name}", "sloth_service": slo.service, "sloth_slo": slo.name}


def _filter(slo: Slo) -> str:
    return "{" + ", ".join(f'{name}="{_escaped(value)}"' for name, value in identity(slo).items()) + "}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _all_pairs(slo: Slo) -> Sequence[BurnWindow]:
    # Series are recorded for all windows, also where an alert is switched off, as dashboards read them.
    return slo.burn_windows or alert_windows(slo.period_s)


def _windows(slo: Slo) -> list[int]:
    return sorted({seconds for pair in _all_pairs(slo) for seconds in (pair.short_s, pair.long_s)})


def _labels(slo: Slo, extra: Mapping[str, str], more: Mapping[str, str] | None = None) -> dict[str, str]:
    return dict(sorted({**extra, **slo.labels, **identity(slo), **(more or {})}.items()))


def _shares(slo: Slo, extra: Mapping[str, str]) -> list[Rule]:
    rules = []
    for seconds in _windows(slo):
        window = prometheus(seconds)
        if slo.extras.denominator_corrected and isinstance(slo.indicator, Ratio):
            expr = corrected_share(slo.indicator, window, _filter(slo))
        else:
            expr = share_expression(slo.indicator, window)
        rules.append(_record(f"{_SHARE}{window}", expr, _labels(slo, extra, {"sloth_window": window})))
    period = prometheus(slo.period_s)
    shortest = f"{_SHARE}{prometheus(_all_pairs(slo)[0].short_s)}{_filter(slo)}"
    over = f"sum_over_time({shortest}[{period}])\n/ ignoring (sloth_window)\ncount_over_time({shortest}[{period}])\n"
    return [*rules, _record(f"{_SHARE}{period}", over, _labels(slo, extra, {"sloth_window": period}))]


def _metadata(slo: Slo, extra: Mapping[str, str]) -> list[Rule]:
    labels, same = _labels(slo, extra), _filter(slo)
    ratio = number(1 - (100 - slo.objective) / 100)
    shortest, period = prometheus(_all_pairs(slo)[0].short_s), prometheus(slo.period_s)
    by = "/ on(sloth_id, sloth_slo, sloth_service) group_left\n" + f"slo:error_budget:ratio{same}\n"
    about = {
        "sloth_mode": "causeway",
        "sloth_objective": number(slo.objective),
        "sloth_spec": slo.form,
        "sloth_version": "causeway",
    }
    rules = [
        _record("slo:objective:ratio", f"vector({ratio})", labels),
        _record("slo:error_budget:ratio", f"vector(1-{ratio})", labels),
        _record("slo:time_period:days", f"vector({number(slo.period_s / 86_400)})", labels),
        _record("slo:current_burn_rate:ratio", f"{_SHARE}{shortest}{same}\n{by}", labels),
        _record("slo:period_burn_rate:ratio", f"{_SHARE}{period}{same}\n{by}", labels),
        _record("slo:period_error_budget_remaining:ratio", f"1 - slo:period_burn_rate:ratio{same}", labels),
        _record("sloth_slo_info", "vector(1)", _labels(slo, extra, slo.extras.info_labels | about)),
    ]
    if slo.extras.denominator_corrected and isinstance(slo.indicator, Ratio):
        for seconds in _windows(slo):
            window = prometheus(seconds)
            expr = correction(slo.indicator, window, period)
            rules.append(_record(f"slo:numerator_correction:ratio{window}", expr, labels))
    return rules


def _record(name: str, expr: str, labels: Mapping[str, str]) -> Rule:
    return {"record": name, "expr": expr, "labels": dict(labels)}


def _alerts(slo: Slo) -> list[Rule]:
    rules = []
    severities: tuple[Severity, ...] = ("page", "ticket")
    for severity in severities:
        pairs = [pair for pair in slo.pairs() if pair.severity == severity]
        if not pairs:
            continue
        notice = slo.alerting.page if severity == "page" else slo.alerting.ticket
        annotations = {"summary": _SUMMARY, "title": _TITLE.format(severity)} | notice.annotations
        rules.append(
            {
                "alert": slo.alerting.name or f"{slo.service}-{slo.name}",
                "expr": "\nor\n".join(_pair(slo, pair) for pair in pairs) + "\n",
                "labels": dict(sorted(({"sloth_severity": severity} | notice.labels).items())),
                "annotations": dict(sorted(annotations.items())),
            }
        )
    return rules


def _pair(slo: Slo, pair: BurnWindow) -> str:
    limit = f"({number(pair.factor(slo.period_s))} * {number((100 - slo.objective) / 100)})"
    short, long = (
        f"    max({_SHARE}{prometheus(seconds)}{_filter(slo)} > {limit}) without (sloth_window)"
        for seconds in (pair.short_s, pair.long_s)
    )
    return f"(\n{short}\n    and\n{long}\n)"
