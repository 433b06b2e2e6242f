"""Says in one sentence how much of a resource is used, or how little of it is left."""

from __future__ import annotations

import json

from workbench.facts.evidence import Evidence, EvidenceKind, Selection
from workbench.rca.narrate import Span, number, with_unit
from workbench.rca.remaining import what_was_left
from workbench.rca.resources import Use
from workbench.rca.series import Reading
from workbench.semconv import Table


def resource_evidence(use: Use, span: Span, kind: EvidenceKind = EvidenceKind.RESOURCE) -> Evidence:
    """Say how much of a resource is used, or how little of it is left."""
    where = use.source.instance or use.source.service
    part = f" ({part_words(use.source.part, use.metric.state)})" if use.source.part else ""
    value, baseline, unit = own_values(use)
    plain = use.metric.reading is Reading.PLAIN
    if plain:
        reached = f"{number(value)} of {with_unit(use.limit, unit)}" if use.limit else with_unit(value, unit)
        said = f"reached {reached}; healthy is {with_unit(baseline, unit)} (spread {spread_of(use)})."
    else:
        said = f"fell to {with_unit(value, unit)}; healthy is {with_unit(baseline, unit)}."
    return Evidence(
        kind=kind,
        service_name=use.source.service,
        summary=f"{use.metric.label} of {where}{part} {said}",
        strength=round(use.ratio, 3),
        value=use.value if plain else value,
        baseline=use.median if plain else baseline,
        unit=use.metric.unit,
        selection=Selection(
            table=Table.METRICS, start_unix_nano=span.start, end_unix_nano=span.end, equals=rows_of_series(use)
        ),
    )


def own_values(use: Use) -> tuple[float, float, str]:
    """Return value, baseline and unit as the metric itself tells them; shares of 1 as percent."""
    if use.metric.reading is Reading.PLAIN:
        scale, unit = _scale(use)
        return scale * use.value, scale * use.median, unit
    value, median = (what_was_left(use.metric, one) for one in (use.value, use.median))
    return (100 * value, 100 * median, "%") if use.metric.reading is Reading.USED else (value, median, use.metric.unit)


def spread_of(use: Use) -> str:
    """Return the spread of a series with its unit."""
    scale, unit = _scale(use)
    return with_unit(scale * use.spread, unit)


def _scale(use: Use) -> tuple[float, str]:
    # OpenTelemetry gives utilization as a share of 1; people read percent.
    share = use.metric.unit == "1" and use.metric.name.endswith("utilization")
    return (100, "%") if share else (1, use.metric.unit)


def part_words(part: str, state: str = "") -> str:
    """Return attributes as words, `device sda1, mountpoint /var`, without the one that is the state."""
    try:
        known = json.loads(part)
    except ValueError:
        return part
    return ", ".join(f"{name} {value}" for name, value in known.items() if str(value) != state) or state


def rows_of_series(use: Use) -> dict[str, str]:
    """Return by which values of which columns the rows of a series are found."""
    equals = {"metric_name": use.metric.name, "statistic": use.metric.statistic, "service_name": use.source.service}
    if use.source.instance:
        equals["service_instance_id"] = use.source.instance
    return equals | ({"attributes": use.source.part} if use.source.part else {})
