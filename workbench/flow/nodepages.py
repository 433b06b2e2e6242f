"""Writes the pages of docs/nodes from the node types: what each does, its inputs, its settings, its example."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from workbench.flow.catalog import Catalog
from workbench.flow.example import Example
from workbench.flow.node import NodeType

_FORMATS = {
    "column": "column",
    "new-column": "new column",
    "expression": "[expression](../expressions.md)",
    "sql": "[SQL](../sql.md)",
    "input-file": "file",
    "input-path": "files",
    "output-file": "file to write",
    "secret": "secret",
}


def pages(catalog: Catalog) -> dict[str, str]:
    """Return the text of each page by the name of its file: one for each group, and `README.md` with all nodes."""
    groups: dict[str, list[NodeType]] = {}
    for node in catalog.values():
        about = node.describe()
        groups.setdefault(about.group, []).append(about)
    found = {f"{group}.md": _page(group, nodes) for group, nodes in groups.items()}
    index = [
        "# Nodes",
        "",
        "Made from the node types; `causeway flow nodes` lists them, `causeway flow schema KIND` has all settings.",
    ]
    for group, nodes in groups.items():
        index += ["", f"## [{group}]({group}.md)", "", "| node | what it does |", "| --- | --- |"]
        index += [f"| [{one.kind}]({group}.md#{_anchor(one.kind)}) | {_cell(one.summary)} |" for one in nodes]
    return {"README.md": "\n".join(index) + "\n", **found}


def _page(group: str, nodes: list[NodeType]) -> str:
    parts = [f"# Nodes: {group}", "", "Made from the node types. Settings without a default have to be given."]
    for one in nodes:
        parts += ["", f"## {one.kind}", "", one.description, "", _inputs(one)]
        parts += ["", *_settings(one.settings)] if one.settings.get("properties") else []
        parts += ["", *_example(one.example)] if one.example else []
    return "\n".join(parts) + "\n"


def _inputs(node: NodeType) -> str:
    said = [port.name + " (any number)" * port.many + " (optional)" * (not port.required) for port in node.inputs]
    text = "Inputs: " + ", ".join(said) + "." if said else "It reads from outside."
    text += "" if node.output else " It only writes."
    if node.extra:
        text += f" Needs `pip install 'causeway[{node.extra}]'`."
    return text + f" After a crash and resume: {node.delivery}."


def _settings(schema: Mapping[str, Any]) -> list[str]:
    lines = ["| setting | type | default | |", "| --- | --- | --- | --- |"]
    needed = schema.get("required", ())
    for name, field in schema["properties"].items():
        default = "" if name in needed else f"`{_shown(field.get('default'))}`"
        kind = _type(field, schema.get("$defs", {}))
        lines.append(f"| `{name}` | {_cell(kind)} | {_cell(default)} | {_cell(field.get('description', ''))} |")
    return lines


def _type(field: Mapping[str, Any], defs: Mapping[str, Any]) -> str:
    if "$ref" in field:
        name = field["$ref"].rsplit("/", 1)[-1]
        inner = defs[name]
        return _type(inner, defs) if "enum" in inner else f"{name} ({', '.join(inner.get('properties', {}))})"
    if "anyOf" in field:
        kinds = [_type(one, defs) for one in field["anyOf"] if one.get("type") != "null"]
        return " or ".join(kinds)
    if "enum" in field:
        return ", ".join(str(one) for one in field["enum"])
    if field.get("format") in _FORMATS:
        return _FORMATS[field["format"]]
    match field.get("type"):
        case "array":
            return f"list of {_type(field.get('items', {}), defs)}"
        case "object" if "additionalProperties" in field:
            key = _FORMATS.get(field.get("propertyNames", {}).get("format", ""), "name")
            inner = field["additionalProperties"]
            return f"{key} → {_type(inner, defs) if isinstance(inner, Mapping) else 'value'}"
        case "string":
            return "text"
        case "boolean":
            return "yes or no"
        case other:
            return str(other or "value")


def _example(example: Example) -> list[str]:
    title = "Example, with the settings" if example.runs else "Settings to begin with"
    lines = [title, "", "```json", json.dumps(example.settings, ensure_ascii=False), "```"]
    for path, text in example.files.items():
        lines += ["", f"`{path}`:", "", "```text", text.rstrip("\n"), "```"]
    for path, text in example.sent.items():
        lines += ["", f"Sent to `{path}`:", "", "```text", text.rstrip("\n"), "```"]
    for port, wires in example.inputs.items():
        for one in wires:
            lines += ["", f"Into `{port}`:", "", one.markdown()]
    for path, text in example.leaves.items():
        lines += ["", f"It leaves `{path}`:", "", "```text", text.rstrip("\n"), "```"]
    return [*lines, "", "What comes out:", "", example.output.markdown()] if example.output else lines


def _shown(value: Any) -> str:
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _anchor(kind: str) -> str:
    return kind.replace(".", "")
