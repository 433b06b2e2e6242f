"""Reads sloth: `prometheus/v1` files and the Kubernetes objects PrometheusServiceLevel and AlertWindows.

Specification: https://sloth.dev/specs/default and the types of github.com/slok/sloth. Both forms have the same fields;
the Kubernetes one writes them in camel case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from workbench.detect.slo.durations import prometheus
from workbench.detect.slo.model import Expression, Indicator, Ratio, Raw, Rolling, Slo
from workbench.detect.slo.places import Place
from workbench.detect.slo.rule_settings import Alerting, Extras, Kubernetes, Notice
from workbench.detect.slo.sloth_plugins import read_extras, read_plugin_query

VERSION = "prometheus/v1"
GROUP = "sloth.slok.dev/v1"
DEFAULT_PERIOD_S = 30 * 86_400
"""sloth's own default; a specification does not name its window."""
_WINDOW = re.compile(r"\{\{-?\s*\.window\s*-?\}\}")


@dataclass(frozen=True, slots=True)
class _Names:
    """Field names of one of the two forms."""

    camel: bool

    def __call__(self, name: str) -> str:
        head, *rest = name.split("_")
        return head + "".join(word.capitalize() for word in rest) if self.camel else name


def read_sloth(documents: Sequence[Place], plugins: Mapping[str, str], period_s: int = DEFAULT_PERIOD_S) -> list[Slo]:
    """Return the objectives of sloth documents; what is wrong goes into the faults of their files.

    Args:
        documents: Places of whole documents.
        plugins: Query of each SLI plugin, by id.
        period_s: Length of the rolling window.
    """
    found: list[Slo] = []
    for document in documents:
        camel = document.get("version").value != VERSION
        found += _read_document(document, _Names(camel), plugins, period_s)
    return found


def _read_document(document: Place, names: _Names, plugins: Mapping[str, str], period_s: int) -> list[Slo]:
    spec = document.get("spec") if names.camel else document
    kubernetes = _kubernetes(document) if names.camel else None
    if names.camel:
        document.only("apiVersion", "kind", "metadata", "spec", "status")
        spec.only("service", "labels", "slos", "sloPlugins")
    else:
        document.only("version", "service", "labels", "slos", "slo_plugins")
    service = spec.get("service").text(needed="name the service")
    labels = spec.get("labels").texts()
    objectives = spec.get("slos").items()
    if not objectives:
        spec.get("slos").fault("it is missing; write at least one objective", shown=False)
    common: dict[str, Any] = {
        "service": service,
        "window": Rolling(text=prometheus(period_s), seconds=period_s),
        "origin": f"{document.faults.file}, document {document.document}",
        "form": GROUP if names.camel else VERSION,
    }
    chain = spec.get(names("slo_plugins"))
    found = [_read_slo(one, common, labels, chain, kubernetes, names, plugins) for one in objectives]
    return [one for one in found if one is not None]


def _kubernetes(document: Place) -> Kubernetes:
    metadata = document.get("metadata")
    return Kubernetes(
        name=metadata.get("name").text(needed="every Kubernetes object has a name"),
        namespace=metadata.get("namespace").text(),
        labels=metadata.get("labels").texts(),
        annotations=metadata.get("annotations").texts(),
    )


def _read_slo(
    place: Place,
    common: dict[str, Any],
    labels: dict[str, str],
    chain: Place,
    kubernetes: Kubernetes | None,
    names: _Names,
    plugins: Mapping[str, str],
) -> Slo | None:
    before = len(place.faults.found)
    name = place.get("name").text(needed="every objective has a name")
    place = place.named(name)
    place.only("name", "objective", "description", "labels", "sli", "alerting", "plugins")
    objective = _objective(place.get("objective"))
    indicator = _indicator(place.get("sli"), names, plugins)
    found = common | {
        "name": name,
        "description": place.get("description").text(),
        "objective": objective,
        "indicator": indicator,
        "labels": labels | place.get("labels").texts(),
        "alerting": _alerting(place.get("alerting"), names),
        "extras": read_extras([chain, place.get("plugins")], Extras(kubernetes=kubernetes)),
    }
    if len(place.faults.found) > before or objective is None or indicator is None or not common["service"]:
        return None
    try:
        return Slo.model_validate(found)
    except ValidationError as error:
        place.fault(str(error.errors()[0]["msg"]), shown=False)
        return None


def _objective(place: Place) -> float | None:
    number = place.number(needed="write a percentage such as 99.9")
    if number is None:
        return None
    if not 0 < number < 100:
        hint = "100 leaves no error budget" if number == 100 else "a percentage is wanted, such as 99.9"
        place.fault(f"it has to be above 0 and below 100; {hint}")
        return None
    if number < 1:
        place.note(f"{number:g} is read as {number:g} %; if a share was meant, write {number * 100:g}")
    return number


def _indicator(place: Place, names: _Names, plugins: Mapping[str, str]) -> Indicator | None:
    place.only("raw", "events", "plugin")
    given = [one for one in (place.get("raw"), place.get("events"), place.get("plugin")) if one.there()]
    if len(given) != 1:
        what = "several are given" if given else "there is nothing to measure"
        place.fault(f"{what}; give exactly one of events, raw and plugin", shown=False)
        return None
    one = given[0]
    if one.path.endswith(".events"):
        bad = _query(one.get(names("error_query")), "the bad events")
        total = _query(one.get(names("total_query")), "all events")
        return Ratio(bad=bad, total=total) if bad and total else None
    if one.path.endswith(".raw"):
        query = _query(one.get(names("error_ratio_query")), "the share of bad events")
    else:
        query = read_plugin_query(one, plugins)
    return Raw(query=query, is_success=False) if query else None


def _query(place: Place, what: str) -> Expression | None:
    text = place.text(needed=f"write the query of {what}, over [{{{{.window}}}}]")
    if not text:
        return None
    if not _WINDOW.search(text):
        place.fault("the query has no window; write {{.window}} where the range stands", shown=False)
        return None
    other = sorted(set(re.findall(r"\{\{(.*?)\}\}", _WINDOW.sub("", text))))
    if other:
        place.fault(f"the query has {{{{{other[0]}}}}}, which nobody fills in; only {{{{.window}}}} is", shown=False)
        return None
    return Expression(text=_WINDOW.sub("{{.window}}", text), source_type="Prometheus", spec={"query": text})


def _alerting(place: Place, names: _Names) -> Alerting:
    place.only("name", "labels", "annotations", names("page_alert"), names("ticket_alert"))
    labels, annotations = place.get("labels").texts(), place.get("annotations").texts()
    notices = {}
    for kind in ("page", "ticket"):
        one = place.get(names(f"{kind}_alert"))
        one.only("disable", "labels", "annotations")
        notices[kind] = Notice(
            enabled=not one.get("disable").flag(default=False),
            labels=labels | one.get("labels").texts(),
            annotations=annotations | one.get("annotations").texts(),
        )
    name = place.get("name").text()
    if not name and any(one.enabled for one in notices.values()):
        place.get("name").fault("it is missing; name the alerts, or disable page and ticket", shown=False)
    return Alerting(name=name, **notices)
