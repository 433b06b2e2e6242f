"""Reads the alert policies of OpenSLO with their conditions, inline or by name."""

from __future__ import annotations

from workbench.detect.slo.durations import shorthand_s
from workbench.detect.slo.model import Alert
from workbench.detect.slo.places import Place
from workbench.detect.slo.sources import Resolve

_OPS = ("lt", "lte", "gt", "gte")


def read_alerts(place: Place, resolve: Resolve) -> list[Alert]:
    """Return the alerts that an objective's `alertPolicies` name."""
    found: list[Alert] = []
    for item in place.items():
        reference = item.get("alertPolicyRef")
        policy = resolve("AlertPolicy", reference) if reference.there() else item
        if policy is None:
            continue
        spec = policy.get("spec")
        conditions = spec.get("conditions").items()
        if len(conditions) != 1:
            spec.get("conditions").fault("an alert policy has exactly one condition", shown=False)
            continue
        if spec.get("alertWhenNoData").flag(default=False):
            spec.get("alertWhenNoData").note("no alert is made of missing data; the list of objectives tells it")
        if not spec.get("alertWhenBreaching").flag(default=True):
            continue
        name = policy.get("metadata").get("name").text()
        one = _condition(conditions[0], name, resolve)
        if one is not None:
            found.append(one)
    return found


def _condition(place: Place, policy: str, resolve: Resolve) -> Alert | None:
    reference = place.get("conditionRef")
    document = resolve("AlertCondition", reference) if reference.there() else place
    if document is None:
        return None
    spec = document.get("spec")
    severity = spec.get("severity").text(needed="say how bad it is, such as page or ticket")
    condition = spec.get("condition")
    condition.get("kind").choice(("burnrate",), default="burnrate")
    op = condition.get("op").choice(_OPS, needed=f"write one of {', '.join(_OPS)}")
    limit = condition.get("threshold").number(needed="say which burn rate alerts, such as 14.4")
    window = _duration(condition.get("lookbackWindow"), needed="say over how long it is measured, such as 1h")
    after = condition.get("alertAfter")
    after_s = 0 if after.value in (None, "0m") else _duration(after)
    if limit is None or window is None or after_s is None or op not in _OPS:
        return None
    name = document.get("metadata").get("name").text() or policy
    return Alert.model_validate(
        {"name": name, "severity": severity, "op": op, "burn_rate": limit, "lookback_s": window, "after_s": after_s}
    )


def _duration(place: Place, needed: str = "") -> int | None:
    text = place.text(needed=needed)
    seconds = shorthand_s(text) if text else None
    if text and seconds is None:
        place.fault("it is no duration; write a number with m, h, d or w, such as 1h")
    return seconds
