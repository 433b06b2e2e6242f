"""Says what does not fit between a node's settings and its inputs, and why a node could not be built."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from workbench.errors import BadExpression, BadInput
from workbench.flow.expression.analysis import analyse
from workbench.flow.expression.compiler import types_of
from workbench.flow.expression.kinds import Typed
from workbench.flow.fields import marked
from workbench.flow.findings import Finding, did_you_mean
from workbench.flow.node import Node


def columns(node_id: str, node: Node, ports: Mapping[str, list[Any]]) -> list[Finding]:
    """Return what does not fit between the settings and the columns of the inputs: names, and types in expressions."""
    by_port = {port: _types(several) for port, several in ports.items()}
    every = {name: kind for columns in by_port.values() for name, kind in columns.items()}
    found: list[Finding] = []
    for item in marked(type(node).settings_schema(), node.model_dump(mode="json")):
        known = by_port.get(item.port) or every
        if item.format == "column" and item.value not in known:
            found.append(_unknown_column(node_id, item.field, item.value, set(known)))
        elif item.format == "expression":
            found += _misfits(node_id, item.field, item.value, known)
    return found


def _misfits(node_id: str, place: str, text: str, columns: Mapping[str, Typed]) -> list[Finding]:
    try:
        faults = analyse(text, columns).faults
    except BadExpression as error:
        faults = [error]
    return [
        Finding.of_expression(
            node_id, place, fault, "unknown_column" if fault.what.startswith("there is no column") else "bad_expression"
        )
        for fault in faults
    ]


def _types(several: list[Any]) -> dict[str, Typed]:
    return {name: kind for rows in several if rows is not None for name, kind in types_of(rows).items()}


def _unknown_column(node_id: str, place: str, name: str, known: set[str]) -> Finding:
    has = ", ".join(sorted(known)) or "none"
    return Finding(
        node=node_id,
        field=place,
        code="unknown_column",
        message=f"there is no column {name!r}; its input has {has}.",
        hint=near if (near := did_you_mean(name, known)).startswith("Did") else "",
    )


def finding(node_id: str, settings: Mapping[str, Any], ports: Mapping[str, list[Any]], error: Exception) -> Finding:
    """Return why a node could not be built, pinned to the setting where that is known, in words for users."""
    said = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    missing = re.search(r"no column with name (.+?)\.?$", said)
    if missing:
        known = {name for several in ports.values() for rows in several for name in rows.column_names()}
        place = next((name for name, value in settings.items() if value == missing[1]), "")
        return _unknown_column(node_id, place, missing[1], known)
    if isinstance(error, BadExpression):
        place = next((name for name, value in settings.items() if value == error.text), "")
        return Finding.of_expression(node_id, place, error)
    if isinstance(error, BadInput):
        return Finding(node=node_id, code="build", message=f"{error.what}.", hint=error.hint)
    # Pathway adds where in its own code an expression was written, which says nothing about a flow.
    first = re.split(r"\n|It refers to|called in", said)[0].strip() or type(error).__name__
    return Finding(node=node_id, code="build", message=f"{_plain_types(first)}", hint=_hint(first))


def _plain_types(text: str) -> str:
    return re.sub(r"<class '([\w.]+)'>", r"\1", text).rstrip(".") + "."


def _hint(text: str) -> str:
    return "Put tables.cast before this node, or change the types of the source." if "type" in text.lower() else ""
