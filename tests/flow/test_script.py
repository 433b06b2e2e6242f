"""A flow as a script: it runs where Causeway is not, and does what the flow does."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from workbench.engine.supervisor import Supervisor
from workbench.errors import BadInput
from workbench.flow.catalog import load_catalog
from workbench.flow.graph import Flow
from workbench.flow.inline import Inliner
from workbench.flow.script import INSTEAD, to_script
from workbench.store import telemetry
from workbench.store.db import Store

# The blocked names make sure that nothing of ours can be imported, installed or not.
ALONE = (
    "import sys, runpy; sys.modules['workbench'] = sys.modules['node_catalog'] = None;"
    "runpy.run_path(sys.argv[1], run_name='__main__')"
)


def run_alone(script: str, folder: Path) -> str:
    """Run a script without Causeway; return what it said on standard error."""
    (folder / "flow.py").write_text(script)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-I", "-c", ALONE, "flow.py"]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def final_rows(path: Path) -> list[str]:
    """Return the rows that a file of changes leaves in the end."""
    left: dict[str, int] = {}
    for line in path.read_text().splitlines():
        row = json.loads(line)
        diff = row.pop("diff")
        del row["time"]
        key = json.dumps(row, sort_keys=True)
        left[key] = left.get(key, 0) + diff
    return sorted(key for key, count in left.items() for _ in range(count))


@pytest.fixture(scope="module")
def supervisor() -> Iterator[Supervisor]:
    with Store.open(None) as store:
        supervisor = Supervisor(store)
        yield supervisor
        supervisor.close()


def make(nodes: dict[str, tuple[str, dict[str, Any]]], *wires: str) -> Flow:
    ends = [wire.split(">") for wire in wires]
    return Flow.model_validate(
        {
            "name": 'a "test"',
            "description": "with\nlines",
            "nodes": [{"id": key, "kind": kind, "settings": settings} for key, (kind, settings) in nodes.items()],
            "edges": [
                {"source": source, "target": end.split(".")[0], "port": [*end.split("."), "rows"][1]}
                for source, end in ends
            ],
        }
    )


def test_a_script_gives_the_same_rows_as_the_flow(supervisor: Supervisor, tmp_path: Path) -> None:
    folders = [tmp_path / "flow", tmp_path / "script"]
    for folder in folders:
        folder.mkdir()
        lines = [
            {
                "t": n * 10**9,
                "service": "cart" if n % 3 else "pay",
                "body": f"user u{n}@example.org took {n} ms",
                "ms": n,
            }
            for n in range(1, 200)
        ]
        (folder / "logs.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines) + "rubbish\n")
        (folder / "teams.csv").write_text("name,team\ncart,red\npay,blue\n")
        (folder / "mine.py").write_text("def double(ms):\n    return ms * 2\n")
    columns = {"t": "integer", "service": "text", "body": "text", "ms": "integer"}
    flow = make(
        {
            "logs": ("sources.jsonlines", {"path": "logs.jsonl", "columns": columns}),
            "teams": ("sources.csv_file", {"path": "teams.csv", "columns": {"name": "text", "team": "text"}}),
            "mask": ("text.pii_mask", {"columns": ["body"], "count_column": "masked"}),
            "class": ("tables.join", {"on": {"service": "name"}}),
            "double": (
                "tables.python_function",
                {"file": "mine.py", "function": "double", "arguments": ["ms"], "output": "twice", "type": "integer"},
            ),
            "calc": ("tables.select", {"columns": {"slow": 'ms > 100 and matches(body, "MAIL")'}, "drop": ["name"]}),
            "write": ("sinks.jsonlines", {"path": "rows.jsonl"}),
            "per-team": (
                "windows.tumbling",
                {
                    "time_column": "t",
                    "size_s": 60,
                    "by": "team",
                    "aggregates": {"slow": {"where": "slow"}, "most": {"function": "max", "column": "twice"}},
                },
            ),
            "write-2": ("sinks.jsonlines", {"path": "windows.jsonl"}),
        },
        "logs>mask", "mask>class.left", "teams>class.right", "class>double", "double>calc", "calc>write",
        "calc>per-team", "per-team>write-2",
    )  # fmt: skip

    run = supervisor.run(flow, folder=folders[0])
    said = run_alone(to_script(flow), folders[1])

    assert run.exit_reason == "done"
    assert "logs.jsonl:200: not JSON" in said
    for name, count in (("rows.jsonl", 199), ("windows.jsonl", 8)):
        expected = final_rows(folders[0] / name)
        assert len(expected) == count
        assert final_rows(folders[1] / name) == expected


def test_sql_and_expressions_work_in_a_script(supervisor: Supervisor, tmp_path: Path) -> None:
    lines = [{"service": "cart" if n % 3 else "pay", "ms": n, "body": json.dumps({"code": n})} for n in range(1, 30)]
    (tmp_path / "logs.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    query = "SELECT service, count(*) AS n, max(code) AS worst FROM a WHERE ms > 5 GROUP BY service"
    columns = {"service": "text", "ms": "integer", "body": "text"}
    flow = make(
        {
            "logs": ("sources.jsonlines", {"path": "logs.jsonl", "columns": columns}),
            "calc": ("tables.select", {"columns": {"code": 'json_integer(body, "code")'}}),
            "ask": ("tables.sql", {"query": query}),
            "top": ("tables.limit", {"order": ["n"], "descending": True, "rows_kept": 1}),
            "write": ("sinks.jsonlines", {"path": "rows.jsonl"}),
        },
        "logs>calc", "calc>ask.a", "ask>top", "top>write",
    )  # fmt: skip
    script = to_script(flow)

    assert "Pathway 0.33 and sqlglot." in script
    assert "example" not in script
    run_alone(script, tmp_path)
    assert final_rows(tmp_path / "rows.jsonl") == ['{"n": 16, "service": "cart", "worst": 29}']


@pytest.mark.slow
def test_rows_for_the_workspace_go_to_files(supervisor: Supervisor, tmp_path: Path) -> None:
    simulator = {"rows": 4000, "speed": 0, "start_now": False, "rate_per_s": 40, "error_spike_every_s": 60}
    flow = make(
        {
            "shop": ("sources.simulator", simulator),
            "rate": ("detectors.error_rate", {}),
            "open": ("detectors.incident_opener", {"threshold": 0.5}),
            "anomalies": ("sinks.workspace_table", {"table": "anomalies"}),
            "events": ("sinks.workspace_table", {"table": "events"}),
        },
        "shop>rate", "rate>anomalies", "rate>open", "open>events",
    )  # fmt: skip

    run = supervisor.run(flow, folder=tmp_path)
    run_alone(to_script(flow), tmp_path)

    events = [json.loads(row) for row in final_rows(tmp_path / "events.events.jsonl")]
    stored = telemetry.read(supervisor._store, scope=run.run_id).events
    assert len(stored) > 0
    assert sorted(row["summary"] for row in events) == sorted(stored["summary"])
    assert final_rows(tmp_path / "anomalies.anomalies.jsonl")


@pytest.mark.parametrize("kind", sorted(load_catalog()))
def test_every_node_type_can_be_copied(kind: str) -> None:
    node = load_catalog()[kind]
    inliner = Inliner(instead=INSTEAD)

    name = inliner.need(node.__module__, node.__name__)

    tree = ast.parse(inliner.text())
    origins = {part.module for part in ast.walk(tree) if isinstance(part, ast.ImportFrom)}
    assert {str(origin).split(".")[0] for origin in origins} & {"workbench", "node_catalog"} == set()
    assert name in {part.name for part in tree.body if isinstance(part, ast.ClassDef)}


def test_a_flow_with_errors_is_no_script() -> None:
    flow = make({"keep": ("tables.filter", {"condition": "x"})})

    with pytest.raises(BadInput, match="input 'rows' is not wired"):
        to_script(flow)
