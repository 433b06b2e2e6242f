"""Reads where an indicator's numbers come from: rows of the workspace's telemetry, or a query of another system."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from workbench.detect.slo.model import Expression, Indicator, Query, Ratio, Raw, Rows, Threshold
from workbench.detect.slo.places import Place
from workbench.semconv import COLUMNS, Table

OWN = "causeway"
"""`type` of a metric source that means the workspace's own telemetry."""
_TABLES = (Table.SPANS.value, Table.LOGS.value, Table.METRICS.value)
_CONDITIONS = ("equals", "one_of", "contains", "at_least", "at_most")
_COUNTS = ("rows", "value", "increase")
_OPS = ("lt", "lte", "gt", "gte")

Resolve = Callable[[str, Place], Place | None]
"""Gives the document of a kind that a place names; a name that is unknown is a fault of the place."""


def read_indicator(place: Place, objective: Place, resolve: Resolve) -> Indicator | None:
    """Return the indicator of an SLI's `spec`; None when it has faults.

    Args:
        place: The `spec`, with `ratioMetric` or `thresholdMetric`.
        objective: The objective, which holds the limit of a threshold.
        resolve: Finds documents that are referred to.
    """
    place.only("description", "ratioMetric", "thresholdMetric")
    ratio, threshold = place.get("ratioMetric"), place.get("thresholdMetric")
    if ratio.there() == threshold.there():
        both = "ratioMetric and thresholdMetric are both given" if ratio.there() else "there is nothing to measure"
        place.fault(f"{both}; give exactly one of ratioMetric and thresholdMetric", shown=False)
        return None
    return _threshold(threshold, objective, resolve) if threshold.there() else _ratio(ratio, resolve)


def _threshold(place: Place, objective: Place, resolve: Resolve) -> Threshold | None:
    place.only("metricSource")
    query = _source(place, resolve, "value")
    limit = objective.get("value").number(needed="a threshold wants the limit, such as value: 500")
    op = objective.get("op").choice(_OPS, needed=f"a threshold wants one of {', '.join(_OPS)}")
    if query is None or limit is None or op not in _OPS:
        return None
    return Threshold.model_validate({"query": query, "op": op, "value": limit})


def _ratio(place: Place, resolve: Resolve) -> Ratio | Raw | None:
    place.only("counter", "good", "bad", "total", "rawType", "raw")
    good, bad, total, raw = (place.get(name) for name in ("good", "bad", "total", "raw"))
    if raw.there():
        return _raw(place, raw, resolve, mixed=good.there() or bad.there() or total.there())
    if not total.there():
        place.fault("total is missing; give total with good or bad, or raw alone", shown=False)
    if good.there() == bad.there():
        place.fault(
            "good and bad are both given; keep one of them" if good.there() else "give good or bad beside total",
            shown=False,
        )
    if not total.there() or good.there() == bad.there():
        return None
    counts = "increase" if place.get("counter").flag(default=False) else "value"
    found = {
        name: _source(one, resolve, counts)
        for name, one in (("good", good), ("bad", bad), ("total", total))
        if one.there()
    }
    return Ratio.model_validate(found) if None not in found.values() else None


def _raw(place: Place, raw: Place, resolve: Resolve, *, mixed: bool) -> Raw | None:
    if mixed:
        place.fault("raw is given beside good, bad or total; keep raw alone, or the counts", shown=False)
    kind = place.get("rawType").choice(
        ("success", "failure"), needed="raw wants rawType: success (1 is all good) or failure (1 is all bad)"
    )
    query = _source(raw, resolve, "value")
    return Raw(query=query, is_success=kind == "success") if query is not None and not mixed else None


def _source(place: Place, resolve: Resolve, counts: str) -> Query | None:
    source = place.get("metricSource")
    if not source.there():
        place.fault("metricSource is missing; name its type and its spec", shown=False)
        return None
    source.only("metricSourceRef", "type", "spec")
    reference, kind = source.get("metricSourceRef"), source.get("type").text()
    if reference.there():
        known = resolve("DataSource", reference)
        kind = kind or (known.get("spec").get("type").text() if known else "unknown")
    spec = source.get("spec")
    if not spec.there():
        source.fault("spec is missing; it holds the query", shown=False)
        return None
    if kind.lower() == OWN:
        return read_rows(spec, counts)
    if not kind:
        source.fault("type is missing; write causeway for this workspace's telemetry, or Prometheus", shown=False)
    return _expression(spec, kind, reference.text())


def _expression(spec: Place, kind: str, reference: str) -> Expression:
    given = spec.value if isinstance(spec.value, dict) else {"query": spec.value}
    query = given.get("query")
    text = query if isinstance(query, str) else json.dumps(given, sort_keys=True)
    return Expression(text=text, source_type=kind, source_ref=reference, spec=given)


def read_rows(spec: Place, counts: str) -> Rows | None:
    """Return a selection of telemetry rows; every field that is a column is a short form of `equals`."""
    before = len(spec.faults.found)
    table = spec.get("table").choice(_TABLES, needed=f"name one of {', '.join(_TABLES)}")
    if table not in _TABLES:
        return None
    columns = COLUMNS[Table(table)]
    # A condition that is left out would count too much and tell nobody.
    spec.only("table", "counts", *_CONDITIONS, *columns, *_attributes(spec.value), strict=True)
    if not isinstance(spec.value, dict):
        return None
    equals = spec.get("equals").texts() | {
        key: spec.get(key).text() for key in spec.value if key in columns or key.startswith("attributes.")
    }
    one_of = {
        key: [one.text() for one in spec.get("one_of").get(key).items()] for key in spec.get("one_of").value or {}
    }
    bounds = {
        name: {key: spec.get(name).get(key).number() or 0.0 for key in spec.get(name).value or {}}
        for name in ("at_least", "at_most")
    }
    how = spec.get("counts").choice(_COUNTS, default=counts if table == Table.METRICS else "rows")
    if table != Table.METRICS and how != "rows":
        spec.get("counts").fault("only metrics have a value; leave counts out")
    contains = spec.get("contains").texts()
    for name, keys in {"equals": equals, "one_of": one_of, "contains": contains, **bounds}.items():
        _columns_known(spec.get(name), table, keys, numeric=name in bounds)
    if len(spec.faults.found) > before:
        return None
    return Rows.model_validate(
        {"table": table, "equals": equals, "one_of": one_of, "contains": contains, "counts": how, **bounds}
    )


def _attributes(value: object) -> list[str]:
    return [key for key in value if key.startswith("attributes.")] if isinstance(value, dict) else []


def _columns_known(place: Place, table: str, keys: Mapping[str, object], *, numeric: bool) -> None:
    columns = COLUMNS[Table(table)]
    for key in keys:
        if key.startswith("attributes.") or (key == "duration_ms" and table == Table.SPANS):
            continue
        if key not in columns:
            place.get(key).fault(f"{table} have no column {key!r}; they have {', '.join(columns)}", shown=False)
        elif numeric and columns[key] == "VARCHAR":
            place.get(key).fault(f"{key} of {table} is text; use equals, one_of or contains", shown=False)
