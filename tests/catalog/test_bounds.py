"""Walks the catalogue: sources are bounded, and nodes that keep rows say how they can forget."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from pathway.internals.datasource import GenericDataSource
from pathway.internals.operator import InputOperator
from pathway.internals.parse_graph import G
from pydantic import ValidationError

from workbench.flow.catalog import load_catalog
from workbench.flow.node import Node

SOURCES = [kind for kind in load_catalog().values() if not kind.inputs()]
INSIDE = [kind for kind in load_catalog().values() if kind.inputs() and kind.has_output()]
KEEPS = re.compile(
    r"\.(groupby|reduce|windowby|deduplicate|sort|update_rows|update_cells|intersect|difference|restrict|having)\("
    r"|(?<![\"'])\.(join|asof_join|interval_join|window_join)(_left|_right|_outer|_inner)?\("
)
FORGETS = {"text.log_template": "one row, which counts the others"}
"""Nodes that use such a method and keep nothing without bound, with the reason."""


@pytest.fixture(autouse=True)
def _clear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    G.clear()
    yield
    G.clear()


def some_node(kind: type[Node], folder: Path) -> Node:
    """Return a node with values for the settings that have to be set."""
    (folder / "file").write_text("")
    schema = kind.model_json_schema()
    for text, more in (("a", {}), ("a", {"follow": False}), ("http://127.0.0.1:1/a", {})):
        settings = {name: _some(schema["properties"][name], schema, text) for name in schema.get("required", [])}
        keyed = {"columns": {"a": "text"}} if not kind.inputs() and "key" in settings else {}
        with suppress(ValidationError):
            return kind.model_validate(settings | more | keyed)
    raise AssertionError(f"no settings for {kind.kind}")


def _some(field: Mapping[str, Any], schema: Mapping[str, Any], text: str) -> Any:
    if "$ref" in field:
        field = schema["$defs"][field["$ref"].rsplit("/", 1)[-1]]
    if "anyOf" in field:
        field = field["anyOf"][0]
    if "enum" in field:
        return field["enum"][0]
    match field.get("format"), field.get("type"):
        case "input-path" | "input-file" | "output-file", _:
            return "file"
        case "column" | "new-column", _:
            return "a"
        case "secret", _:
            return "${secret:some}"
        case _, "object":
            inner = field.get("additionalProperties")
            return {"a": _some(inner, schema, text)} if isinstance(inner, Mapping) else {}
        case _, "array":
            return [_some(field["items"], schema, text)]
        case _, "integer" | "number":
            return field.get("minimum", 0) + 1
        case _, "boolean":
            return False
        case _:
            texts = (text, "aaa", "127.0.0.1:1", "http://127.0.0.1:1/a")
            fits = (one for one in texts if len(one) >= field.get("minLength", 0))
            return next((one for one in fits if re.search(field.get("pattern", ""), one)), text)


@pytest.mark.parametrize("kind", SOURCES, ids=[kind.kind for kind in SOURCES])
def test_a_source_makes_the_reader_wait_when_the_graph_is_slow(kind: type[Node], bench: Any, tmp_path: Path) -> None:
    node = some_node(kind, tmp_path)
    every = {
        "source": bench.source(),
        "secrets": lambda reference: "x",
        "read_table": lambda *place: iter(()),
        "template_store": bench.template_store,
    }
    node.build(**{name: every[name] for name in kind.services()})

    found = [one.datasource for one in G._current_scope.nodes if isinstance(one, InputOperator)]
    inputs = [one for one in found if isinstance(one, GenericDataSource)]

    assert inputs
    for one in inputs:
        assert one.data_source_options.max_backlog_size, "without `max_backlog_size` rows pile up in memory"


@pytest.mark.parametrize("kind", INSIDE, ids=[kind.kind for kind in INSIDE])
def test_a_node_that_keeps_rows_says_how_it_can_forget(kind: type[Node]) -> None:
    code = inspect.getsource(sys.modules[kind.__module__])
    keeps = KEEPS.search(code) is not None
    says = kind.grows is not Node.grows

    assert not keeps or says or kind.kind in FORGETS, "override `grows`, or say in FORGETS why it need not"
