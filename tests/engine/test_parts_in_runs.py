"""A flow with a part runs, and what is said of its nodes names the inner ones."""

from __future__ import annotations

import json
from pathlib import Path

from tests.engine.flows import to_logs, write_lines
from workbench.engine.supervisor import Supervisor
from workbench.facts.run import RunStatus
from workbench.flow.graph import Flow


def with_part(condition: str) -> Flow:
    columns = {"body": "text", "ms": "integer"}
    part = {
        "nodes": [{"id": "keep", "kind": "tables.filter", "settings": {"condition": condition}}],
        "inputs": [{"name": "rows", "node": "keep"}],
        "output": "keep",
    }
    return Flow.model_validate(
        {
            "name": "parted",
            "nodes": [
                {"id": "read", "kind": "sources.jsonlines", "settings": {"path": "a.jsonl", "columns": columns}},
                {"id": "slow", "kind": "flow:slow"},
                {"id": "write", "kind": "sinks.jsonlines", "settings": {"path": "out.jsonl"}},
            ],
            "edges": [{"source": "read", "target": "slow"}, {"source": "slow", "target": "write"}],
            "parts": {"slow": part},
        }
    )


def make_rows(folder: Path) -> None:
    (folder / "a.jsonl").write_text("".join(json.dumps({"body": f"b{n}", "ms": n}) + "\n" for n in range(5)))


def test_a_flow_with_a_part_runs(supervisor: Supervisor, tmp_path: Path) -> None:
    make_rows(tmp_path)

    run = supervisor.run(with_part("ms > 2"), folder=tmp_path)

    assert run.status is RunStatus.SUCCEEDED
    assert sorted(json.loads(line)["ms"] for line in (tmp_path / "out.jsonl").read_text().splitlines()) == [3, 4]
    assert {one.node for one in supervisor.metrics(run.run_id)[-1].nodes} == {"read", "slow/keep", "write"}


def test_a_run_that_keeps_its_state_goes_on_in_a_flow_with_a_part(keeping: Supervisor, tmp_path: Path) -> None:
    plain = to_logs(resume=True).model_dump()
    keep = plain["nodes"].pop()
    plain["nodes"].append({"id": "last", "kind": "flow:keeping"})
    plain["edges"] = [{"source": "read", "target": "last"}]
    plain["parts"] = {"keeping": {"nodes": [keep], "inputs": [{"name": "rows", "node": "keep"}]}}
    flow = Flow.model_validate(plain | {"name": "parted"})
    write_lines(tmp_path, 0, 10)

    first = keeping.run(flow, folder=tmp_path)
    second = keeping.run(flow, folder=tmp_path)

    assert (first.rows_in, second.note, second.resumed_from, second.rows_in) == (10, "", first.run_id, 0)


def test_findings_columns_and_first_rows_name_the_inner_node(supervisor: Supervisor, tmp_path: Path) -> None:
    make_rows(tmp_path)

    found = supervisor.inspect(with_part("mss > 2"), folder=tmp_path)
    seen = supervisor.peek(with_part("ms > 2"), "slow/keep", 10, folder=tmp_path)

    assert [(one.node, one.field, one.code) for one in found.findings] == [("slow/keep", "condition", "unknown_column")]
    assert [column.name for column in found.schemas["slow/keep"].inputs["rows"][0]] == ["body", "ms"]
    assert seen.total == 2
