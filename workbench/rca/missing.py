"""Says what a cause lacks: which rows of it are not there, and the query that settles the doubt once they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from workbench.facts.telemetry import Telemetry
from workbench.semconv import SEVERITY_ERROR, Table

_SETTLES = {
    Table.SPANS: (
        "whether its requests got slower or failed",
        "SELECT start_time_unix_nano // 60000000000 AS minute, count(*) AS spans, "
        "avg(end_time_unix_nano - start_time_unix_nano) / 1e6 AS ms, avg((status_code LIKE '%ERROR')::INT) AS failed "
        "FROM spans WHERE service_name = '{service}' GROUP BY minute ORDER BY minute",
    ),
    Table.METRICS: (
        "whether it ran short of a resource",
        "SELECT metric_name, time_unix_nano // 60000000000 AS minute, avg(value) AS value FROM metrics "
        "WHERE service_name = '{service}' GROUP BY metric_name, minute ORDER BY metric_name, minute",
    ),
    Table.LOGS: (
        "what it said itself",
        "SELECT time_unix_nano, severity_text, body FROM logs WHERE service_name = '{service}' "
        f"AND severity_number >= {SEVERITY_ERROR} ORDER BY time_unix_nano LIMIT 50",
    ),
}


_OF_CODE = ("exception", "return")


def doubt_of_type(telemetry: Telemetry, service: str, fault_type: str | None) -> list[str]:
    """Return a sentence when the fault is in the code, but neither lines nor statuses of spans tell how it ends; or
    when a service is slow, and only its callers say so.
    """
    spans = telemetry.spans
    if fault_type == "latency" and is_told_by_callers(telemetry, service):
        return [
            f"Calls to {service} got slower. Whether {service} itself or the network to it is why cannot be told: it "
            "writes no spans. Spans of it, or the time that it takes for an answer by its own measure, would settle it."
        ]
    if fault_type not in _OF_CODE or not (spans["service_name"] == service).any():
        return []
    if (telemetry.logs["service_name"] == service).any() or (spans["status_code"] != "").any():
        return []
    return [
        f"Requests of {service} do something else than before. Whether an exception or a wrong return value is why "
        f"cannot be told: there are no logs of {service}, and no span has a status. Either would settle it."
    ]


def is_told_by_callers(telemetry: Telemetry, service: str) -> bool:
    """Tell whether others write spans of their calls to a service, and it writes none."""
    spans = telemetry.spans
    return bool((spans["peer_service_name"] == service).any()) and not (spans["service_name"] == service).any()


def missing_of(heard: Mapping[Table, Collection[str]], service: str) -> list[str]:
    """Return one sentence for each table that has no row of the service, with the query to run once it has; `heard` are
    the services in each table.
    """
    quoted = service.replace("'", "''")
    return [
        f"There are no {table.value} of {service}: they would show {what}. Export them, then run: "
        f"{query.format(service=quoted)}"
        for table, (what, query) in _SETTLES.items()
        if service not in heard[table]
    ]
