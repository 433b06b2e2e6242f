"""The example of every node type is true: its rows go through Pathway and what comes out is what the docs show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.catalog.outside import lay, left_by, try_sink, try_source
from workbench.errors import BadInput
from workbench.flow.catalog import load_catalog
from workbench.flow.check import check
from workbench.flow.connectors import connectors
from workbench.flow.findings import Severity
from workbench.flow.graph import Flow
from workbench.flow.trial import try_example

EXAMPLES = {kind: (node, node.example) for kind, node in load_catalog().items() if node.example}
WITH_EXAMPLE = {kind: one for kind, one in EXAMPLES.items() if one[1].runs}
INSIDE = sorted(kind for kind, (node, _) in WITH_EXAMPLE.items() if node.inputs() and node.has_output())
SOURCES = sorted(kind for kind, (node, _) in WITH_EXAMPLE.items() if not node.inputs())
SINKS = sorted(kind for kind, (node, _) in WITH_EXAMPLE.items() if not node.has_output())
# Libraries of others leave files to the collector, and talk of what will come.
BY_OTHERS = [pytest.mark.service, pytest.mark.filterwarnings("default")]


def marked(kinds: list[str]) -> list[Any]:
    """Return kinds as cases; those that need a library of an extra are run with the services."""
    return [pytest.param(kind, marks=BY_OTHERS if WITH_EXAMPLE[kind][0].needs else []) for kind in kinds]


@pytest.mark.parametrize("kind", INSIDE)
def test_the_example_is_true(kind: str) -> None:
    found, expected = try_example(WITH_EXAMPLE[kind][0])

    assert found == expected


@pytest.mark.parametrize("kind", marked(SOURCES))
def test_the_example_of_a_source_is_true(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    node, example = WITH_EXAMPLE[kind]
    monkeypatch.chdir(tmp_path)
    lay(node, example, tmp_path)

    found, expected = try_source(node, example)

    assert found == expected


@pytest.mark.parametrize("kind", marked(SINKS))
def test_the_example_of_a_sink_is_true(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    node, example = WITH_EXAMPLE[kind]
    monkeypatch.chdir(tmp_path)

    try_sink(node, example)

    assert left_by(node, example, tmp_path) == example.leaves


def test_every_table_and_time_node_has_an_example() -> None:
    groups = ("tables.", "windows.")
    lacking = [kind for kind in load_catalog() if kind.startswith(groups) and kind not in WITH_EXAMPLE]

    # A function of the user lies in a file of his.
    assert lacking == ["tables.python_function"]


def test_every_source_and_sink_that_asks_no_other_system_has_an_example() -> None:
    known = load_catalog()
    alone = {kind for kind, node in known.items() if node.listens or node.tested is None}
    files = {"sources.sqlite", "sinks.sqlite", "sinks.duckdb"}
    lakes = {kind for kind in known if kind.endswith((".deltalake", ".iceberg", ".fsspec"))}
    lacking = {kind for kind in alone | files | lakes if kind.startswith(("sources.", "sinks."))} - WITH_EXAMPLE.keys()

    # These have no outside: nothing is left by the first, and the others are the workspace.
    assert lacking == {"sinks.null", "sinks.workspace_table", "sources.workspace_table"}


@pytest.mark.parametrize("kind", sorted(EXAMPLES.keys() - WITH_EXAMPLE.keys()))
def test_settings_to_begin_with_have_no_fault(kind: str, tmp_path: Path) -> None:
    node, example = EXAMPLES[kind]
    flow = Flow.model_validate({"name": "n", "nodes": [{"id": "n", "kind": kind, "settings": example.settings}]})

    found = check(flow, load_catalog(), folder=tmp_path)

    # What the user brings: wires, secrets, and the packages of an extra.
    brought = {"missing_wire", "missing_secret", "missing_extra"}
    assert [one.text() for one in found if one.severity is Severity.ERROR and one.code not in brought] == []
    assert node.model_validate(example.settings).model_fields_set == set(example.settings)


def test_every_connector_has_settings_to_begin_with() -> None:
    assert [node.kind for node in connectors(load_catalog()) if node.example is None] == []


def test_a_node_without_an_example_says_so() -> None:
    with pytest.raises(BadInput, match=r"tables\.python_function has no example"):
        try_example(load_catalog()["tables.python_function"])
