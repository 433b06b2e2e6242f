"""Secrets reach the child that needs them, and nothing that a run writes or says."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from workbench.core import Workbench, open_workbench
from workbench.errors import BadInput
from workbench.guard.keys import KEY_FILE

NAME, VALUE = "test_leaky_password", "s3cr3t/of the-Ünion"
REFERENCE = f"${{secret:{NAME}}}"
NODES = '''
import logging
import os
import sys
import time

from workbench.flow.fields import Secret
from workbench.flow.node import Extra, Node
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Source
from workbench.flow.source import RowSource, rows_of


class Leaky(Node):
    """Say the secret wherever a careless driver could."""

    needs = Extra("leaky", "leaky_driver")

    password: Secret
    fail: bool = False
    hang: bool = False

    def build(self, *, source: Source, secrets: Secrets) -> Rows:
        return rows_of(Reader(self.password, self.fail, source, secrets), {"length": int})

    def probe(self, *, secrets: Secrets) -> str:
        while self.hang:
            time.sleep(1)
        raise ConnectionError(f"refused: password={secrets(self.password)}")


class Reader(RowSource):
    def __init__(self, password, fail, source, secrets):
        super().__init__(source)
        self.password, self.fail, self.secrets = password, fail, secrets

    def read(self):
        value = self.secrets(self.password)
        seen = " ".join(sys.argv) + repr(dict(os.environ)) + open("/proc/self/cmdline").read()
        self.put((len(value) if value not in seen else -1,))
        logging.error("cannot log in as shop:%s", value)
        print(f"driver: {value}", file=sys.stderr)
        self.source.reject(uri=f"db://shop:{value}@host", line=1, reason=f"password={value!r}", raw="row")
        if self.fail:
            raise RuntimeError(f"login failed: db://{value}@host")
'''


@pytest.fixture(scope="module")
def wb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """Return a workspace whose children have a package with a leaky node."""
    site = tmp_path_factory.mktemp("site")
    for path, text in {
        "leaky_nodes/__init__.py": "",
        "leaky_nodes/leaky.py": NODES,
        "leaky_driver.py": "",
        "leaky_nodes-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: leaky-nodes\nVersion: 1\n",
        "leaky_nodes-1.dist-info/entry_points.txt": "[causeway.nodes]\nleaky = leaky_nodes\n",
    }.items():
        (site / path).parent.mkdir(exist_ok=True)
        (site / path).write_text(text)
    sys.path.insert(0, str(site))
    with open_workbench(tmp_path_factory.mktemp("workspace")) as wb:
        yield wb
    sys.path.remove(str(site))


def flow(wb: Workbench, **settings: Any) -> str:
    from workbench.flow.graph import Flow

    leaky = {"id": "leak", "kind": "leaky_nodes.leaky", "settings": settings}
    nodes = [leaky, {"id": "out", "kind": "sinks.jsonlines", "settings": {"path": "out.jsonl"}}]
    path = Path(str(wb.path)) / "flows" / "leaky.flow.json"
    Flow.model_validate({"name": "leaky", "nodes": nodes, "edges": [{"source": "leak", "target": "out"}]}).save(path)
    return str(path)


def test_a_missing_secret_is_a_finding_with_the_command(wb: Workbench) -> None:
    found = wb.call("flow_check", flow=flow(wb, password="${secret:test_other_password}"))

    (finding,) = found.findings
    assert (finding.node, finding.field, finding.code) == ("leak", "password", "missing_secret")
    assert finding.message == "there is no secret 'test_other_password'."
    assert finding.hint == "Set it: causeway secret-set test_other_password"


def test_a_secret_written_into_a_flow_is_refused_unread(wb: Workbench) -> None:
    found = wb.call("flow_check", flow=flow(wb, password=VALUE))

    assert [finding.code for finding in found.findings] == ["bad_setting"]
    assert VALUE not in found.text()


def test_a_run_has_the_value_and_no_file_of_the_workspace_does(wb: Workbench) -> None:
    wb.call("secret_set", name=NAME, value=VALUE)

    wb.call("flow_run", flow=flow(wb, password=REFERENCE))

    folder = Path(str(wb.path))
    assert f'"length":{len(VALUE)}' in (folder / "out.jsonl").read_text()

    done = wb.call("flow_run", flow=flow(wb, password=REFERENCE, fail=True))

    assert "login failed: db://[SECRET]@host" in done.text()
    assert VALUE not in done.text()
    logs = "".join(path.read_text() for path in (folder / "runs").glob("*.log"))
    assert "cannot log in as shop:[SECRET]" in logs
    assert "driver: [SECRET]" in logs
    holding = [
        path.name
        for path in folder.rglob("*")
        if path.is_file() and path.name != KEY_FILE
        for form in (VALUE, repr(VALUE)[1:-1])
        if form.encode() in path.read_bytes()
    ]
    assert holding == []
    assert VALUE not in repr(dict(os.environ))


def test_a_connection_that_fails_is_told_without_the_secret(wb: Workbench) -> None:
    wb.call("secret_set", name=NAME, value=VALUE)

    found = wb.call("flow_test_connection", flow=flow(wb, password=REFERENCE))

    assert found.exit_code == 1
    assert found.text() == "FAILED leak: ConnectionError: refused: password=[SECRET]"


def test_a_flow_without_connections_says_so(wb: Workbench) -> None:
    from workbench.flow.graph import Flow

    path = Path(str(wb.path)) / "flows" / "plain.flow.json"
    Flow.model_validate({"name": "plain", "nodes": [{"id": "out", "kind": "sinks.jsonlines"}]}).save(path)

    assert wb.call("flow_test_connection", flow="plain").text() == "plain: no node speaks with another system."
    with pytest.raises(BadInput, match="node 'out' has no connection to try"):
        wb.call("flow_test_connection", flow="plain", node="out")


def test_a_connection_that_hangs_is_given_up(wb: Workbench) -> None:
    found = wb.call("flow_test_connection", flow=flow(wb, password=REFERENCE, hang=True), timeout_s=0.5)

    assert found.text() == "FAILED leak: no answer within 0.5 s"
