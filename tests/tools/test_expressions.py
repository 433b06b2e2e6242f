"""Help for writing expressions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.core import Workbench
from workbench.errors import BadInput, NotFound
from workbench.flow.expression.assist import ExpressionHelp
from workbench.settings import Settings
from workbench.store.db import Store

FLOW = {
    "name": "small",
    "nodes": [
        {"id": "read", "kind": "sources.jsonlines", "settings": {"path": "a.jsonl", "columns": {"body": "text"}}},
        {"id": "teams", "kind": "sources.jsonlines", "settings": {"path": "a.jsonl", "columns": {"team": "text"}}},
        {"id": "both", "kind": "tables.join", "settings": {"on": {"body": "team"}}},
        {"id": "keep", "kind": "tables.filter", "settings": {"condition": "body > 5"}},
    ],
    "edges": [
        {"source": "read", "target": "both", "port": "left"},
        {"source": "teams", "target": "both", "port": "right"},
        {"source": "both", "target": "keep"},
    ],
}


@pytest.fixture
def wb(tmp_path: Path) -> Iterator[Workbench]:
    (tmp_path / "flows").mkdir()
    (tmp_path / "a.jsonl").write_text("")
    (tmp_path / "flows" / "small.flow.json").write_text(json.dumps(FLOW))
    with Workbench(Store.open(None), Settings(run_drain_s=5), tmp_path) as workbench:
        yield workbench


def test_help_for_an_expression(wb: Workbench) -> None:
    good: ExpressionHelp = wb.call("expression_help", flow="small", node="keep", expression="len(body)")
    bad: ExpressionHelp = wb.call("expression_help", flow="small", node="keep", expression="len(bdy)")
    left: ExpressionHelp = wb.call("expression_help", flow="small", node="both", field="left_column")
    bare: ExpressionHelp = wb.call("expression_help")

    assert [(one.name, one.type) for one in good.columns] == [("body", "text"), ("team", "text")]
    assert (good.type, good.exit_code, bad.exit_code) == ("integer", 0, 1)
    assert bad.text().splitlines()[1:] == ["    len(bdy)", "        ^^^"]
    assert [one.name for one in left.columns] == ["body"]
    assert bare.columns == []
    with pytest.raises(NotFound, match="no node 'kep'"):
        wb.call("expression_help", flow="small", node="kep")


def test_columns_can_be_given_in_place_of_a_node(wb: Workbench) -> None:
    found = wb.call(
        "expression_help",
        columns=["ms number or none", "a b text"],
        expression='coalesce(ms, 0) > 5 and col("a b") == "x"',
    )

    assert found.type == "boolean"
    assert [(one.insert, one.type, one.nullable) for one in found.columns] == [
        ("ms", "number", True),
        ('col("a b")', "text", False),
    ]


def test_a_column_without_a_type_is_refused(wb: Workbench) -> None:
    with pytest.raises(BadInput, match="'ms' is no column with its type"):
        wb.call("expression_help", columns=["ms"])
