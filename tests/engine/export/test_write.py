"""An export as files: what it needs, what it refuses, and that nothing in it holds a secret or a registry."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.engine.export.served import Start
from tests.ports import free_port, wait_for
from workbench.core import Workbench
from workbench.engine.export.fit import needs_of
from workbench.engine.export.plan import label
from workbench.errors import BadInput
from workbench.flow.catalog import load_catalog
from workbench.flow.graph import Flow
from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.settings import Settings
from workbench.store.db import Store

pytestmark = pytest.mark.slow

COLUMNS = {"x": "integer"}


class Shared(Node):
    """A source that shares its input."""

    @property
    def shares(self) -> str:
        """Tell how."""
        return "each replica reads some partitions of the topic"

    def build(self, *, source: Any) -> Rows: ...


class Homely(Node):
    """A node that only a workspace can serve."""

    def build(self, rows: Rows, *, casebook: Any) -> Rows: ...


def flow(*nodes: tuple[str, str, dict[str, Any]], name: str = "Shop: counts") -> Flow:
    """Return a flow of nodes in a row, each reading from the one before."""
    ids = [node[0] for node in nodes]
    return Flow.model_validate(
        {
            "name": name,
            "nodes": [{"id": one, "kind": kind, "settings": settings} for one, kind, settings in nodes],
            "edges": [{"source": a, "target": b} for a, b in pairwise(ids)],
        }
    )


READ = ("read", "sources.csv_file", {"path": "in.csv", "columns": COLUMNS})
DOUBLE = ("double", "tables.python_function",
          {"file": "mine.py", "function": "double", "arguments": ["x"], "output": "y", "type": "integer"})  # fmt: skip
WRITE = ("write", "sinks.csv_file", {"path": "out.csv"})


@pytest.fixture(scope="module")
def wb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    folder = tmp_path_factory.mktemp("workspace")
    (folder / "flows").mkdir()
    (folder / "mine.py").write_text("def double(x):\n    return 2 * x\n")
    flow(READ, DOUBLE, WRITE).save(folder / "flows" / "counts.flow.json")
    with Workbench(Store.open(None, memory_limit_mb=300, threads=1), Settings(), folder) as opened:
        yield opened


def test_an_export_has_all_that_a_runtime_needs(wb: Workbench, tmp_path: Path) -> None:
    made = wb.call("export", flow="counts", to=tmp_path / "out", postgres=True, memory_mb=512)

    assert (made.name, made.secrets) == ("shop-counts", ["control-token", "postgres-password"])
    assert set(made.files) > {
        "Containerfile", "compose.yaml", "flow.py", "control.py", "requirements.txt", "README.md", "files/mine.py",
        "kubernetes/deployment.yaml", "kubernetes/configmap.yaml", "kubernetes/service.yaml",
        "kubernetes/data.yaml", "kubernetes/postgres.yaml",
    }  # fmt: skip
    assert {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file()} == set(
        made.files
    )
    compose = yaml.safe_load((tmp_path / "out" / "compose.yaml").read_text())
    assert set(compose["services"]) == {"flow", "postgres"}
    assert (compose["services"]["flow"]["read_only"], compose["services"]["flow"]["user"]) == (True, "65532:65532")


def test_no_file_of_an_export_holds_a_secret_a_registry_or_a_place_here(wb: Workbench, tmp_path: Path) -> None:
    wb.call("export", flow="counts", to=tmp_path / "out", postgres=True)

    for path in (tmp_path / "out").rglob("*"):
        if path.is_file() and path.suffix != ".py":
            text = path.read_text()
            found = [word for word in ("://", "docker.io", str(tmp_path), str(wb.path)) if word in text]
            assert (path.name, found) == (path.name, [])
    deployment = yaml.safe_load((tmp_path / "out" / "kubernetes" / "deployment.yaml").read_text())
    pod = deployment["spec"]["template"]["spec"]
    assert pod["volumes"][2] == {
        "name": "secrets",
        "secret": {"secretName": "shop-counts-secrets", "defaultMode": 0o440, "optional": False},
    }
    assert [document["kind"] for path in (tmp_path / "out" / "kubernetes").glob("*.yaml")
            for document in yaml.safe_load_all(path.read_text())].count("Secret") == 0  # fmt: skip


def test_the_exported_flow_gives_the_rows_of_the_flow(wb: Workbench, tmp_path: Path, start: Start) -> None:
    """Program and control server as they go into the image, started without anything of ours."""
    wb.call("export", flow="counts", to=tmp_path / "out")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "in.csv").write_text("x\n1\n2\nnothing\n")

    control = start((tmp_path / "out" / "flow.py").read_text(), FLOW_FILES=str(tmp_path / "out" / "files"))
    ended = control.wait_for("succeeded", 120)

    assert {(one["node"], one["direction"], one["rows"]) for one in ended["rows"]} == {
        ("read", "out", 2), ("write", "in", 2),
    }  # fmt: skip
    assert ended["rejected"] == {"read": 1}
    rows = (control.data / "out.csv").read_text().splitlines()
    assert sorted(line.replace('"', "").split(",")[:2] for line in rows[1:]) == [["1", "2"], ["2", "4"]]


def test_an_endless_flow_finishes_what_it_read_when_it_is_stopped(wb: Workbench, tmp_path: Path, start: Start) -> None:
    endless = flow(("read", "sources.jsonlines", {"path": "in.jsonl", "columns": COLUMNS, "follow": True}), WRITE)
    endless.save(tmp_path / "endless.flow.json")
    wb.call("export", flow=str(tmp_path / "endless.flow.json"), to=tmp_path / "out")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "in.jsonl").write_text('{"x": 1}\n' * 500)

    control = start((tmp_path / "out" / "flow.py").read_text())
    control.wait_for("running", 120)
    control.ask("/stop", "POST")
    ended = control.wait_for("stopped", 60)

    assert [one["rows"] for one in ended["rows"]] == [500, 500]
    assert len((control.data / "out.csv").read_text().splitlines()) == 501


def test_every_reason_why_a_flow_cannot_run_alone_is_told_at_once(wb: Workbench, tmp_path: Path) -> None:
    kinds = {**load_catalog(), "own.homely": Homely}
    bad = flow(
        ("read", "sources.csv_file", {"path": "../in.csv", "columns": COLUMNS}),
        ("double", DOUBLE[1], DOUBLE[2] | {"file": "absent.py"}),
        ("home", "own.homely", {}),
        WRITE,
    )

    found = needs_of(bad, kinds, tmp_path)

    assert {(one.node, one.field, one.code) for one in found.findings} == {
        ("read", "path", "path_outside"),
        ("double", "file", "missing_file"),
        ("home", "", "needs_workspace"),
    }


def test_a_flow_that_cannot_run_alone_writes_nothing(wb: Workbench, tmp_path: Path) -> None:
    made = wb.call("export", flow="counts", to=tmp_path / "out", set_=["double.file=absent.py"])

    assert (made.exit_code, made.files, (tmp_path / "out").exists()) == (1, [], False)
    assert "error: double.file: 'absent.py' is not there, and has to go into the image." in made.text()
    assert made.text().endswith("nothing was written; it cannot run without Causeway.")


def test_what_is_other_in_a_container_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("")
    watched = flow(("shop", "sources.simulator", {}), ("logs", "sinks.workspace_table", {"table": "logs"}))
    mounted = flow(("read", "sources.csv_file", {"path": "/var/x.csv", "columns": COLUMNS}), WRITE)

    told = [one.text() for case in (watched, mounted) for one in needs_of(case, load_catalog(), tmp_path).findings]

    assert told == [
        "warning: logs: its rows go to logs.TABLE.jsonl in the data folder: there is no workspace.",
        "warning: read.path: '/var/x.csv' has to be mounted into the container at this place.",
    ]


def test_replicas_share_the_input_only_where_every_source_can(wb: Workbench, tmp_path: Path) -> None:
    kinds = {**load_catalog(), "own.shared": Shared}
    shared = needs_of(flow(("topic", "own.shared", {}), WRITE), kinds, tmp_path)

    assert shared.shared_by == ["topic: each replica reads some partitions of the topic"]
    with pytest.raises(BadInput, match="3 replicas would each read all of the input"):
        wb.call("export", flow="counts", to=tmp_path / "out", replicas=3)


def test_a_folder_with_other_files_is_left_alone(wb: Workbench, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")

    with pytest.raises(BadInput, match="the folder has other files in it"):
        wb.call("export", flow="counts", to=tmp_path)


def test_an_export_is_written_anew_only_when_asked_and_keeps_the_secrets(wb: Workbench, tmp_path: Path) -> None:
    wb.call("export", flow="counts", to=tmp_path / "out")
    (tmp_path / "out" / "secrets" / "control-token").write_text("x" * 20)
    with pytest.raises(BadInput, match=r"there is an export already.*--replace"):
        wb.call("export", flow="counts", to=tmp_path / "out")

    made = wb.call("export", flow="counts", to=tmp_path / "out", replace=True, autostart=False)

    assert made.files
    assert (tmp_path / "out" / "secrets" / "control-token").read_text() == "x" * 20
    assert "FLOW_AUTOSTART: 'false'" in (tmp_path / "out" / "kubernetes" / "configmap.yaml").read_text()


@pytest.mark.parametrize(
    ("name", "expected"), [("Shop: counts", "shop-counts"), ("--", "flow"), ("Ä" * 3, "flow"), ("a" * 80, "a" * 50)]
)
def test_names_become_labels(name: str, expected: str) -> None:
    assert label(name) == expected


def test_a_program_says_where_a_missing_secret_belongs(tmp_path: Path) -> None:
    code = "from workbench.flow.standalone import secrets\nprint(secrets('db')('${secret:shop_db_password}'))"
    (tmp_path / "shop_db_password").write_text("from a file\n")

    def ask(place: str) -> subprocess.CompletedProcess[str]:
        environment = {"FLOW_SECRETS": str(tmp_path / place), "PYTHONPATH": ":".join(sys.path)}
        return subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
        )

    found = [ask(place) for place in ("", "elsewhere")]

    assert found[0].stdout == "from a file\n"
    assert "put the value of the secret shop_db_password into" in found[1].stderr


RECEIVE = ("otlp", "sources.otlp_receiver", {"host": "0.0.0.0", "token": "${secret:shop_otlp_token}"})


def test_receivers_are_reached_from_outside_and_share_their_senders(wb: Workbench, tmp_path: Path) -> None:
    syslog = {"host": "0.0.0.0", "allow_from": ["10.0.0.0/8"]}
    received = flow(RECEIVE, ("logs", "sinks.workspace_table", {"table": "logs"}), name="otel in")
    received.model_copy(update={"run": received.run.model_copy(update={"memory_mb": 500, "resume": True})}).save(
        tmp_path / "otel.flow.json"
    )
    needs = needs_of(flow(("lines", "sources.syslog_receiver", syslog), WRITE), load_catalog(), tmp_path)

    made = wb.call("export", flow=str(tmp_path / "otel.flow.json"), to=tmp_path / "out", replicas=3)

    compose = yaml.safe_load((tmp_path / "out" / "compose.yaml").read_text())["services"]["flow"]
    service = yaml.safe_load((tmp_path / "out" / "kubernetes" / "service.yaml").read_text())
    deployment = yaml.safe_load((tmp_path / "out" / "kubernetes" / "deployment.yaml").read_text())
    assert made.secrets == ["control-token", "shop_otlp_token"]
    assert "run: resume: an exported program does not do it" in made.text()
    assert compose["ports"] == [f"127.0.0.1:{port}:{port}" for port in (8080, 4318, 4317)]
    assert compose["mem_limit"] == "564m"
    assert [port["name"] for port in service["spec"]["ports"]] == ["control", "in-4318-tcp", "in-4317-tcp"]
    assert deployment["spec"]["replicas"] == 3
    assert "kubernetes/data.yaml" not in made.files
    assert deployment["spec"]["template"]["spec"]["volumes"][0] == {"name": "data", "emptyDir": {}}
    assert "otlp: what gets through the Service goes to one replica" in (tmp_path / "out" / "README.md").read_text()
    assert [(one.port, one.protocol) for one in needs.listens] == [(5514, "UDP"), (5514, "TCP")]


def test_a_secret_reaches_the_program_as_a_file(wb: Workbench, tmp_path: Path, start: Start) -> None:
    port, token = free_port(), "senders-show-this-4711"
    settings = {"port": port, "token": "${secret:shop_rows_token}", "columns": COLUMNS}
    flow(("rows", "sources.http_endpoint", settings), WRITE).save(tmp_path / "rows.flow.json")
    wb.call("export", flow=str(tmp_path / "rows.flow.json"), to=tmp_path / "out")
    (tmp_path / "out" / "secrets" / "shop_rows_token").write_text(token + "\n")

    control = start((tmp_path / "out" / "flow.py").read_text(), FLOW_SECRETS=str(tmp_path / "out" / "secrets"))
    control.wait_for("running", 120)
    wait_for(port)
    answers = [
        httpx.post(f"http://127.0.0.1:{port}/rows", json={"x": 7}, headers={"Authorization": f"Bearer {given}"})
        for given in (token, "another")
    ]
    control.ask("/stop", "POST")
    ended = control.wait_for("stopped", 60)

    assert [answer.status_code for answer in answers] == [202, 401]
    assert [one["rows"] for one in ended["rows"]] == [1, 1]
    assert token not in json.dumps(ended) + (control.data / "out.csv").read_text()


def test_the_port_of_the_control_server_is_taken(tmp_path: Path) -> None:
    taken = flow((*RECEIVE[:2], {**RECEIVE[2], "port": 8080}), ("logs", "sinks.workspace_table", {"table": "logs"}))

    found = needs_of(taken, load_catalog(), tmp_path).findings

    assert [one.text() for one in found if one.severity == "error"] == [
        "error: otlp.port: port 8080 is that of the control server. Choose another one."
    ]


SHARED = (
    "read: each partition of topic 'orders' goes to one replica of group 'shop'; messages with one key stay together"
)


@pytest.mark.parametrize(("group", "expected"), [("shop", [SHARED]), ("", [])])
def test_partitions_of_kafka_are_shared_by_a_group_only(tmp_path: Path, group: str, expected: list[str]) -> None:
    settings = {"servers": "kafka:9092", "topic": "orders", "group": group}

    found = needs_of(flow(("read", "sources.kafka", settings), WRITE), load_catalog(), tmp_path)

    assert (found.findings, found.shared_by) == ([], expected)
