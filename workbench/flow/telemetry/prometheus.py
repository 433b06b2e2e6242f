"""Prometheus: answers to queries as rows of `metrics`, and rows as series for remote write."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workbench.flow.listen.inbox import Item, Rejected
from workbench.flow.telemetry.columns import json_text, row_of
from workbench.flow.telemetry.labels import split_labels
from workbench.flow.telemetry.messages import message
from workbench.flow.telemetry.otlp import quantile_name
from workbench.semconv import NANOS_PER_SECOND, Table

_COLUMNS = ("service_name", "service_instance_id", "host_name", "peer_service_name", "unit")
_LABEL_OF = {
    "service_name": "service",
    "service_instance_id": "instance",
    "host_name": "host",
    "peer_service_name": "peer_service",
}
_NO_NAME, _NO_LABEL = re.compile(r"[^a-zA-Z0-9_:]"), re.compile(r"[^a-zA-Z0-9_]")
_QUANTILE = re.compile(r"P(\d+(?:\.\d+)?)$")


def result_rows(result: Any, name: str) -> Iterator[Item]:
    """Yield a row for each sample of a `data` object that a query answers: vector, matrix or scalar.

    Args:
        result: The object: `resultType` and `result`.
        name: Metric name of series without one, as functions and aggregations make them.

    Raises:
        ValueError: it has another form.
    """
    try:
        kind, found = result["resultType"], result["result"]
        series = [{"metric": {}, "value": found}] if kind == "scalar" else found
        for number, one in enumerate(series, 1):
            for sample in one["values"] if kind == "matrix" else [one["value"]]:
                yield _row(one["metric"], sample, name, number)
    except (TypeError, KeyError, IndexError) as error:
        raise ValueError(f"no answer of Prometheus: {type(error).__name__} {error}") from error


def _row(labels: Mapping[str, str], sample: Sequence[Any], name: str, number: int) -> Item:
    value = float(sample[1])
    if not math.isfinite(value):
        return Rejected(f"value {sample[1]} is no finite number", json_text([labels, sample]), number)
    named, rest = split_labels(labels, *_COLUMNS)
    quantile = rest.pop("quantile", "")
    values = {
        **named,
        "time_unix_nano": round(float(sample[0]) * 1000) * (NANOS_PER_SECOND // 1000),
        "metric_name": rest.pop("__name__", "") or name,
        "statistic": f"P{quantile_name(float(quantile))}" if quantile else "",
        "value": value,
        "attributes": rest,
    }
    try:
        return row_of(Table.METRICS, values)
    except ValueError as error:
        return Rejected(str(error), json_text([labels, sample]), number)


def write_request(rows: Sequence[Mapping[str, Any]], labels: Mapping[str, str]) -> bytes:
    """Return a remote-write request, not packed yet; samples of a series go in the order of time.

    Args:
        rows: Rows with `time_unix_nano`, `metric_name` and `value`; the other columns of `metrics` become labels.
        labels: Labels that every series gets.
    """
    series: dict[tuple[tuple[str, str], ...], dict[int, float]] = {}
    for row in rows:
        key = tuple(sorted({**labels, **labels_of(row)}.items()))
        series.setdefault(key, {})[row["time_unix_nano"] // 1_000_000] = row["value"]
    request = message("WriteRequest")()
    for key, samples in series.items():
        added = request.timeseries.add()
        for name, text in key:
            added.labels.add(name=name, value=text)
        for time, value in sorted(samples.items()):
            added.samples.add(value=value, timestamp=time)
    return bytes(request.SerializeToString())


def labels_of(row: Mapping[str, Any]) -> dict[str, str]:
    """Return the labels of a row: quantiles as Prometheus has them, other statistics in the name."""
    statistic = str(row.get("statistic") or "")
    quantile = _QUANTILE.match(statistic)
    suffix = f"_{statistic.lower()}" if statistic and not quantile else ""
    found = {"__name__": name_of(str(row["metric_name"]) + suffix, _NO_NAME)}
    if quantile:
        found["quantile"] = f"{float(quantile[1]) / 100:g}"
    columns = {
        "service_name": "service",
        "service_instance_id": "instance",
        "host_name": "host",
        "peer_service_name": "peer_service",
    }
    for column, label in columns.items():
        if row.get(column):
            found[label] = str(row[column])
    try:
        attributes = json.loads(row.get("attributes") or "{}")
    except ValueError:
        attributes = {}
    for name, value in attributes.items() if isinstance(attributes, dict) else ():
        # An empty label is no label, and a name that is taken stays.
        if (text := value if isinstance(value, str) else json_text(value)) != "":
            found.setdefault(name_of(str(name), _NO_LABEL), text)
    return found


def name_of(text: str, forbidden: re.Pattern[str]) -> str:
    """Return a name without the characters that Prometheus does not take; `http.duration` is `http_duration`."""
    name = forbidden.sub("_", text)
    return f"_{name}" if name[:1].isdigit() else name
