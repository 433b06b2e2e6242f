"""Prometheus query results: the JSON of `/api/v1/query_range` and `/api/v1/query`, one document or one per line."""

from __future__ import annotations

from workbench.flow.telemetry.labels import HOST_METRICS, LABELS
from workbench.ingest import sql
from workbench.ingest.clock import Clock, out_of_range
from workbench.ingest.files import Found
from workbench.ingest.plan import Part
from workbench.ingest.raw import LINE, documents
from workbench.ingest.shape import Shape
from workbench.semconv import Table

_RESULT = (
    'STRUCT(resultType VARCHAR, result STRUCT(metric MAP(VARCHAR, VARCHAR), "values" VARCHAR[][], "value" VARCHAR[])[])'
)


def build(file: Found, shape: Shape) -> tuple[Part, ...]:
    """Return the samples of all series of a matrix or vector."""
    docs = documents(file, shape, {"data": _RESULT, "status": "VARCHAR"})
    series = (
        f"SELECT {LINE}, unnest(CASE WHEN data IS NULL OR len(data.result) = 0 THEN [NULL] ELSE data.result "
        "END) AS one "
        f"FROM (SELECT row_number() OVER () AS {LINE}, data FROM {docs})"
    )
    points = (
        f"SELECT {LINE}, one.metric AS labels, unnest(CASE WHEN one IS NULL THEN [NULL] "
        "ELSE list_concat(coalesce(one.values, []), CASE WHEN one.value IS NULL THEN [] ELSE [one.value] "
        "END) END) AS point "
        f"FROM ({series})"
    )
    fallback = file.relative.rsplit("/", 1)[-1].split(".")[0]
    values = {
        "time_unix_nano": Clock("values", "epoch", unit="s").expression("point[1]"),
        "metric_name": f"coalesce(labels['__name__'], {sql.text(fallback)})",
        "statistic": "CASE WHEN labels['quantile'] IS NULL THEN '' ELSE 'P' || regexp_replace("
        "CAST(round(try_cast(labels['quantile'] AS DOUBLE) * 100, 3) AS VARCHAR), '\\.0$', '') END",
        **{target: _first(labels) for target, labels in LABELS.items()},
        **_of_machines(),
        "value": "try_cast(point[2] AS DOUBLE)",
        "attributes": _rest(),
    }
    listed = ", ".join(f"{expression} AS {sql.name(target)}" for target, expression in values.items())
    select = (
        f"SELECT {LINE} AS source_line, ordinal, CAST(point AS VARCHAR) AS raw, * EXCLUDE ({LINE}, ordinal, "
        "point, labels), "
        f"CASE WHEN point IS NULL THEN 'the query has no result' {out_of_range('time_unix_nano')} "
        "WHEN value IS NULL OR NOT isfinite(value) THEN concat('value ', point[2], ' is no finite number') "
        "END AS reason "
        f"FROM (SELECT {LINE}, row_number() OVER () AS ordinal, point, labels, {listed} FROM ({points}))"
    )
    return (Part(Table.METRICS, select, tuple(values)),)


def _first(labels: tuple[str, ...]) -> str:
    return f"coalesce({', '.join(f'labels[{sql.text(label)}]' for label in labels)}, '')"


def _of_machines() -> dict[str, str]:
    """Return SQL for service and host where an exporter tells of a whole machine; as `labels.machine_of` does."""
    begins = " OR ".join(f"starts_with(labels['__name__'], {sql.text(prefix)})" for prefix in HOST_METRICS)
    service = _first(tuple(label for label in LABELS["service_name"] if label != "job"))
    host = _first(LABELS["host_name"])
    machine = f"coalesce(nullif({host}, ''), regexp_replace(labels['instance'], ':[^:]*$', ''), '')"
    is_machine = f"(({begins}) AND {service} = '' AND {machine} <> '')"
    return {
        "service_name": f"CASE WHEN {is_machine} THEN {machine} ELSE {_first(LABELS['service_name'])} END",
        "host_name": f"CASE WHEN {is_machine} THEN {machine} ELSE {host} END",
    }


def _rest() -> str:
    known = sql.texts(["__name__", "quantile", *(label for labels in LABELS.values() for label in labels)])
    left = f"list_filter(map_entries(labels), lambda e: NOT list_contains({known}, e.key))"
    pairs = (
        f"list_transform({left}, lambda e: "
        "concat(CAST(to_json(e.key) AS VARCHAR), ': ', CAST(to_json(e.value) AS VARCHAR)))"
    )
    return f"coalesce('{{' || array_to_string({pairs}, ', ') || '}}', '{{}}')"
