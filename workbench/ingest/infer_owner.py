"""Whose a row is where no column says the service by name: pods, configuration items, paths, a column of words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workbench.ingest import sql
from workbench.ingest.clock import Clock
from workbench.ingest.components import Component, part_of
from workbench.ingest.file_names import are_paths, names_one, service_in, service_of_file
from workbench.ingest.file_series import owner_of, series_of
from workbench.ingest.files import Found
from workbench.ingest.profile import ColumnRule
from workbench.ingest.shape import Shape, is_number
from workbench.ingest.vocabulary import squeeze
from workbench.semconv import COLUMNS, Table

_POD = re.compile(r".+-[0-9a-f]{8,10}-[a-z0-9]{5}")
_STATEFUL = re.compile(r".+-\d{1,3}")
_ITEMS = frozenset({"cmdbid", "ciid", "ciname", "configurationitem"})
"""Names of columns that hold configuration items."""
_TARGETS: dict[Component, str] = {"service": "service_name", "instance": "service_instance_id", "host": "host_name"}
_OWNERS = set(_TARGETS.values())


def owner_from_item(shape: Shape, table: Table, found: dict[str, ColumnRule]) -> list[str]:
    """Add service, pod and host from a column of configuration items, which holds them alike. Returns what to say.

    Beside it a column of services in a file of spans is what the item offers, so it names the span.
    """
    column = next((name for name in shape.columns if squeeze(name) in _ITEMS), "")
    if not column or "service_name" not in COLUMNS[table]:
        return []
    if table is Table.SPANS and (offered := found.pop("service_name", None)):
        found.setdefault("span_name", offered)
    cells = shape.cells(column)
    told = []
    for part, target in _TARGETS.items():
        if target not in found and any(sql.evaluate(part_of("x", part), cells)):
            found[target] = ColumnRule(column=column, component=part)
            told.append(target.removesuffix("_name").removesuffix("_id").replace("_", " "))
    return [f"{column!r} tells {', '.join(told)}"] if told else []


def service_from_path(file: Found, shape: Shape, found: dict[str, ColumnRule]) -> list[str]:
    """Add the service of log records that name none, from the path of the log they were in. Returns what to say."""
    if "service_name" in found:
        return []
    taken = {one.column for one in found.values()}
    paths = next((name for name in shape.columns if name not in taken and are_paths(shape.cells(name))), "")
    if paths and any(sql.evaluate(service_in("x"), shape.cells(paths))):
        found["service_name"] = ColumnRule(column=paths, path=True)
        return [f"the service is what the path in {paths!r} names"]
    service, part = service_of_file(file)
    if "host_name" in found or not names_one(file):
        return []
    found["service_name"] = ColumnRule(constant=service)
    return [f"the service is {part}"]


def service_from_instance(shape: Shape, found: dict[str, ColumnRule]) -> list[str]:
    """Add the service where only pods are named: a pod's name without what Kubernetes made up. Returns what to say."""
    if "service_name" in found or "service_instance_id" not in found:
        return []
    column = found["service_instance_id"].column
    cells = [cell for cell in shape.cells(column) if cell]
    pods = any(map(_POD.fullmatch, cells)) or bool(cells and all(map(_STATEFUL.fullmatch, cells)))
    found["service_name"] = ColumnRule(column=column, component="service" if pods else "")
    return [f"the service is {column!r}" + (" without what Kubernetes puts behind it" if pods else "")]


def owner_from_words(
    shape: Shape, clocks: dict[str, Clock], numeric: Sequence[str], found: dict[str, ColumnRule]
) -> list[str]:
    """Add the service of metrics in columns from the one column of words that tells rows of one time apart."""
    if _OWNERS & found.keys() or not clocks:
        return []
    taken = {*clocks, *numeric, *(one.column for one in found.values())}
    words = [name for name in shape.columns if name not in taken and _names(shape.cells(name))]
    times = list(zip(*(shape.cells(name) for name in clocks), strict=True))
    if len(words) != 1 or len(set(times)) == len(times):
        return []
    column = words[0]
    rows = set(zip(times, shape.cells(column), strict=True))
    if len(rows) < len(times):
        return []
    found["service_name"] = ColumnRule(column=column)
    return [f"the service is {column!r}, which tells rows of one time apart"]


def owner_from_file(file: Found, found: dict[str, ColumnRule]) -> list[str]:
    """Add the service of metrics in columns from the file's name, where files like it are other services'."""
    if _OWNERS & found.keys() or not (owner := owner_of(file)):
        return []
    found["service_name"] = ColumnRule(constant=owner)
    return ["the service is the file's name: files of the same columns lie beside it"]


def names_from_file(file: Found, found: dict[str, ColumnRule]) -> list[str]:
    """Name a series that has no name of its own, and whose it is, after its file. Returns what to say."""
    said = series_of(file)
    found["metric_name"] = ColumnRule(constant=said.metric)
    if not said.service or _OWNERS & found.keys():
        return ["the metric has the file's name"]
    for part, target in _TARGETS.items():
        if name := sql.evaluate(part_of("x", part), [said.service])[0]:
            found[target] = ColumnRule(constant=name)
    if said.host:
        found["host_name"] = ColumnRule(constant=said.host)
    return ["service and metric are in the file's name"]


def _names(cells: list[str]) -> bool:
    return all(cell.strip() and not is_number(cell) for cell in cells)
