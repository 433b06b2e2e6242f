"""Nodes that read and clean text."""

from typing import Any

from node_catalog.text.log_template import LogTemplate
from node_catalog.text.pii_mask import PiiMask
from workbench.signals.memory import Known, TemplateMemory


def test_lines_of_one_kind_get_one_template(bench: Any) -> None:
    bodies = [f"request {number} from 10.0.0.{number} took {number * 7} ms" for number in range(1, 60)]
    bodies += [f"cache miss for key k{number}" for number in range(40)]

    rows = bench.rows(LogTemplate(), bench.table({"body": str}, *((body,) for body in bodies)))

    last = {row[0].split()[0]: row[1:] for row in rows}
    assert last["request"] != last["cache"]
    assert len({row[1] for row in rows if row[0].startswith("request")}) <= 3
    assert "took" in last["request"][1]


def test_personal_data_is_masked_and_counted(bench: Any) -> None:
    table = bench.table({"body": str, "note": str, "n": int}, ("mail eve@example.org now", "from 10.1.2.3", 1))

    rows = bench.rows(PiiMask(columns=["body", "note"], count_column="masked"), table)

    assert rows == [("mail [EMAIL] now", "from [IP]", 1, 2)]


def test_masking_without_a_count_keeps_the_columns(bench: Any) -> None:
    rows = bench.rows(PiiMask(columns=["body"]), bench.table({"body": str, "n": int}, ("call eve@example.org", 1)))

    assert rows == [("call [EMAIL]", 1)]


def test_templates_of_a_named_system_are_remembered_over_runs(bench: Any) -> None:
    node = LogTemplate(system="shop")

    [first] = bench.rows(node, bench.table({"body": str}, ("colour of car is red today",)))
    later = bench.rows(
        node, bench.table({"body": str}, *((f"colour of car is {name} today",) for name in ("blue", "green", "tan")))
    )

    text = "colour of car is <*> today"
    assert first[2] == "colour of car is red today"
    assert list(bench.template_store) == ["shop"]
    assert [row[1:] for row in later].count((first[1], text)) >= 1
    assert TemplateMemory.unpack(bench.template_store["shop"]).known() == [Known(first[1], text, 4)]
