"""Reads OpenSLO: documents of version v1, and those of v1alpha that sloth takes.

Specification: https://github.com/OpenSLO/OpenSLO (openslo/v1). Documents refer to each other by name, in any file.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from workbench.detect.slo.durations import prometheus_s, shorthand_s
from workbench.detect.slo.model import Budgeting, Missing, Slo
from workbench.detect.slo.openslo_alerts import read_alerts
from workbench.detect.slo.openslo_alpha import alpha_ratio, alpha_window
from workbench.detect.slo.places import Place
from workbench.detect.slo.rule_settings import Alerting, Notice
from workbench.detect.slo.sources import Resolve, read_indicator
from workbench.detect.slo.windows import read_window

KINDS = ("DataSource", "SLO", "SLI", "AlertPolicy", "AlertCondition", "AlertNotificationTarget", "Service")
METHODS = {"Occurrences": Budgeting.OCCURRENCES, "Timeslices": Budgeting.TIMESLICES,
           "RatioTimeslices": Budgeting.RATIO_TIMESLICES}  # fmt: skip
MISSING = "causeway/missing"
"""Annotation that says what a slice without events counts as."""
_SPEC = ("description", "service", "indicator", "indicatorRef", "timeWindow", "budgetingMethod", "objectives",
         "alertPolicies")  # fmt: skip
_OBJECTIVE = ("displayName", "op", "value", "target", "targetPercent", "timeSliceTarget", "timeSliceWindow",
              "indicator", "indicatorRef", "compositeWeight")  # fmt: skip


def read_openslo(documents: Sequence[Place]) -> list[Slo]:
    """Return the objectives of OpenSLO documents; what is wrong goes into the faults of their files."""
    objects: dict[tuple[str, str], Place] = {}
    slos: list[Place] = []
    for document in documents:
        kind = document.get("kind").choice(KINDS, needed=f"write one of {', '.join(KINDS)}")
        document.only("apiVersion", "kind", "metadata", "spec")
        name = document.get("metadata").get("name").text(needed="every object has a name")
        named = document.named(f"{kind} {name}".strip())
        if (kind, name) in objects and name and kind:
            other = objects[kind, name]
            named.get("metadata").get("name").fault(
                f"there is a {kind} of this name in {other.faults.file}, document {other.document}; rename one"
            )
        elif kind and name:
            objects[kind, name] = named
        if kind == "SLO":
            slos.append(named)
    resolve = _resolver(objects)
    found: list[Slo] = []
    for place in slos:
        before = _known_faults(documents)
        read = _read_slo(place, resolve, objects)
        # What an objective refers to may be in another file; with a fault anywhere it is left out.
        found += read if _known_faults(documents) == before else []
    return found


def _known_faults(documents: Sequence[Place]) -> int:
    return sum(len(faults.found) for faults in {id(place.faults): place.faults for place in documents}.values())


def _resolver(objects: dict[tuple[str, str], Place]) -> Resolve:
    def resolve(kind: str, reference: Place) -> Place | None:
        found = objects.get((kind, reference.text()))
        if found is None:
            known = sorted(name for other, name in objects if other == kind)
            hint = f"there are {', '.join(known)}" if known else f"no {kind} was read"
            reference.fault(f"no {kind} has this name ({hint}); add the document, or mend the name")
        return found

    return resolve


def _read_slo(place: Place, resolve: Resolve, objects: dict[tuple[str, str], Place]) -> list[Slo]:
    spec, metadata = place.get("spec"), place.get("metadata")
    alpha = str(place.get("apiVersion").value) != "openslo/v1"
    if not alpha:
        spec.only(*_SPEC)
    service = spec.get("service")
    name, of = metadata.get("name").text(), service.text(needed="name the service that the objective is for")
    if of and any(kind == "Service" for kind, _ in objects) and ("Service", of) not in objects:
        service.note(f"there are Service documents, but none of {of!r}")
    method = spec.get("budgetingMethod").choice(tuple(METHODS), needed=f"write one of {', '.join(METHODS)}", default="")
    common: dict[str, Any] = {
        "service": of,
        "description": spec.get("description").text(),
        "budgeting": METHODS.get(method, Budgeting.OCCURRENCES),
        "window": alpha_window(spec.get("timeWindows")) if alpha else read_window(spec.get("timeWindow")),
        "alerts": read_alerts(spec.get("alertPolicies"), resolve),
        # sloth writes no alerts for v1alpha, which has no place to name them.
        "alerting": Alerting(page=Notice(enabled=not alpha), ticket=Notice(enabled=not alpha)),
        "labels": {} if alpha else metadata.get("labels").texts(),
        "missing": _missing(metadata.get("annotations")),
        "origin": f"{place.faults.file}, document {place.document}",
        "form": str(place.get("apiVersion").value),
        "form_name": name,
    }
    objectives = spec.get("objectives").items()
    if not objectives:
        spec.get("objectives").fault("it is missing; write at least one objective with a target", shown=False)
    title = metadata.get("displayName").text()
    several = alpha or len(objectives) > 1
    found = []
    for number, objective in enumerate(objectives):
        own = {"name": f"{name}-{number}" if several else name, "display_name": _title(title, objective, several)}
        one = _read_objective(objective, spec, common | own, resolve, alpha=alpha)
        if one is not None:
            found.append(one)
    return found


def _title(title: str, objective: Place, several: bool) -> str:
    own = objective.get("displayName").text()
    return ": ".join(part for part in (title, own if several or not title else "") if part)


def _read_objective(
    objective: Place, spec: Place, common: dict[str, Any], resolve: Resolve, *, alpha: bool
) -> Slo | None:
    before = len(objective.faults.found)
    objective.only(*_OBJECTIVE, *(("ratioMetrics",) if alpha else ()))
    if objective.get("compositeWeight").there():
        objective.get("compositeWeight").note("objectives are told one by one; weights are not combined")
    found = dict(common)
    found["objective"] = read_target(objective)
    found |= _slices(objective, common["budgeting"])
    if alpha:
        found["indicator"] = alpha_ratio(objective.get("ratioMetrics"))
    else:
        found |= _indicator(objective, spec, resolve)
    needed = ("objective", "indicator", "window", "name", "service")
    if len(objective.faults.found) > before or any(found[key] in (None, "") for key in needed):
        return None
    try:
        return Slo.model_validate(found)
    except ValidationError as error:
        objective.fault(str(error.errors()[0]["msg"]), shown=False)
        return None


def read_target(objective: Place) -> float | None:
    """Return the target of an objective in percent."""
    share, percent = objective.get("target"), objective.get("targetPercent")
    if share.there() == percent.there():
        what = "target and targetPercent are both given; keep one" if share.there() else "it is missing; write target"
        share.fault(f"{what}, such as target: 0.999", shown=False)
        return None
    chosen, top = (share, 1.0) if share.there() else (percent, 100.0)
    number = chosen.number()
    if number is None:
        return None
    if not 0 <= number < top:
        hint = "write a share such as 0.999, or use targetPercent" if chosen is share else "write a percentage, as 99.9"
        chosen.fault(f"it has to be at least 0 and below {top:g}; {hint}")
        return None
    return float(Decimal(chosen.text().strip()) * (100 if chosen is share else 1))


def _slices(objective: Place, budgeting: Budgeting) -> dict[str, Any]:
    length, target = objective.get("timeSliceWindow"), objective.get("timeSliceTarget")
    if budgeting is Budgeting.OCCURRENCES:
        return {}
    found: dict[str, Any] = {}
    text = length.text(needed=f"{budgeting.value} want the length of a slice, such as timeSliceWindow: 1m")
    if text:
        # A bare number means minutes.
        seconds = int(text) * 60 if text.isdecimal() and int(text) else shorthand_s(text) or prometheus_s(text)
        if not seconds:
            length.fault("it is no duration; write a number with m, h or d, such as 1m")
        found["slice_s"] = seconds or 60
    if budgeting is Budgeting.TIMESLICES:
        share = target.number(needed="timeslices want the share of good events in a good slice, as 0.95")
        if share is not None and not 0 < share <= 1:
            target.fault("it has to be above 0 and at most 1; write a share such as 0.95")
        found["slice_target"] = share
    return found


def _indicator(objective: Place, spec: Place, resolve: Resolve) -> dict[str, Any]:
    holder = objective if objective.get("indicator").there() or objective.get("indicatorRef").there() else spec
    inline, reference = holder.get("indicator"), holder.get("indicatorRef")
    if inline.there() == reference.there():
        what = "indicator and indicatorRef are both given; keep one" if inline.there() else "it is missing"
        inline.fault(f"{what}: write the indicator here, or name one in indicatorRef", shown=False)
        return {"indicator": None}
    document = resolve("SLI", reference) if reference.there() else inline
    if document is None:
        return {"indicator": None}
    name = document.get("metadata").get("name").text()
    return {"indicator": read_indicator(document.get("spec"), objective, resolve), "indicator_name": name}


def _missing(annotations: Place) -> Missing:
    place = annotations.get(MISSING)
    options = tuple(one.value for one in Missing)
    return Missing(place.choice(options, default=Missing.EXCLUDED.value))
