"""An exported flow in real containers: no root, nothing to write to, no network; alone, in compose, as a pod."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.containers.conftest import PASSWORD, podman, secret_manifest
from tests.services.process import free_port
from workbench.core import Workbench
from workbench.errors import BadInput, NotFound

pytestmark = [pytest.mark.container, pytest.mark.timeout(900)]

ALIVE = ("/opt/flow/bin/python", "/app/control.py", "alive")


def until(condition: Callable[[], bool], what: str, patience_s: float = 90.0) -> None:
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not happen"
        time.sleep(0.3)


def totals(container: str) -> str:
    """Return what lies in the table of the flow, as PostgreSQL says it."""
    query = "select shop, euro from totals order by shop"
    return podman("exec", container, "psql", "-h", "/tmp", "-U", "postgres", "flow", "-Atc", query, check=False)


@pytest.fixture
def database(stand_in: str) -> Iterator[str]:
    """Return the name of a network in which `postgres` is a PostgreSQL."""
    podman("network", "create", "orders-test")
    podman(
        "run", "--detach", "--name", "orders-test-pg", "--network", "orders-test", "--network-alias", "postgres",
        "--env", "POSTGRES_USER=flow", "--env", "POSTGRES_DB=flow", "--env", f"POSTGRES_PASSWORD={PASSWORD}",
        "--env", "PGDATA=/var/lib/postgresql/data/pgdata", stand_in,
    )  # fmt: skip
    yield "orders-test"
    podman("rm", "--force", "orders-test-pg")
    podman("network", "rm", "--force", "orders-test")


def test_the_image_holds_no_secret_and_its_user_can_write_nothing(exported: Path) -> None:
    locked = ("run", "--rm", "--network", "none", "--read-only", "--cap-drop", "all", "--entrypoint", "/bin/sh")
    script = "id -u; touch /app/x || echo no; touch /opt/flow/x || echo no; ls /run/secrets 2>/dev/null | wc -l"
    tried = podman(*locked, "localhost/orders:latest", "-c", script).split()

    assert tried == ["65532", "no", "no", "0"]
    assert PASSWORD not in podman("inspect", "localhost/orders:latest") + podman(
        "history", "--no-trunc", "--format", "json", "localhost/orders:latest"
    )
    found = [
        path for path in exported.rglob("*")
        if path.is_file() and path.suffix != ".whl" and path.parent.name != "secrets" and PASSWORD in path.read_text()
    ]  # fmt: skip
    assert found == []


def test_built_started_watched_stopped_and_removed_by_the_tools(wb: Workbench, exported: Path, database: str) -> None:
    port = free_port()

    def status() -> dict[str, Any]:
        found: dict[str, Any] = wb.call("container_status", folder=exported, port=port)
        return found

    rows = ['{"shop":"a","euro":2}', '{"shop":"b","euro":5}', '{"shop":"a","euro":3}', "no row"]
    (exported / "data").mkdir(exist_ok=True)
    (exported / "data" / "orders.jsonl").write_text("\n".join(rows) + "\n")
    started = wb.call("container_start", folder=exported, port=port, network=database)
    until(lambda: totals("orders-test-pg") == "a|5\nb|5\n", "the rows in PostgreSQL")
    # The control server hears of rows twice a second.
    until(lambda: status()["rejected"] == {"read": 1}, "the count of rejected lines")
    running = status()
    with pytest.raises(BadInput, match="orders runs already"):
        wb.call("container_start", folder=exported, port=port)

    with (exported / "data" / "orders.jsonl").open("a") as file:
        file.write('{"shop":"b","euro":10}\n')
    until(lambda: totals("orders-test-pg") == "a|5\nb|15\n", "the revised sum")
    inspected = json.loads(podman("inspect", "orders"))[0]
    stopped = wb.call("container_stop", name="orders")
    code = podman("inspect", "--format", "{{.State.ExitCode}}", "orders").strip()
    log = podman("logs", "orders")
    left = wb.call("container_remove", name="orders")

    assert [(one.name, one.runtime) for one in started] == [("orders", "podman")]
    assert (running["state"], running["rejected"]) == ("running", {"read": 1})
    assert {"node": "read", "direction": "out", "rows": 3} in running["rows"]
    assert (inspected["HostConfig"]["ReadonlyRootfs"], inspected["EffectiveCaps"] or []) == (True, [])
    assert "Exited (0)" in stopped[0].status
    assert code == "0"
    assert "control: stopped, exit code 0" in log
    assert PASSWORD not in json.dumps(inspected) + log
    assert list(left) == []
    with pytest.raises(NotFound, match="no container 'orders'"):
        wb.call("container_stop", name="orders")


def test_without_a_network_it_waits_for_its_database_and_stays_alive(exported: Path) -> None:
    locked = ("--network", "none", "--read-only", "--tmpfs", "/tmp", "--cap-drop", "all")
    podman("run", "--detach", "--name", "orders-alone", *locked, "--volume", f"{exported / 'secrets'}:/run/secrets:ro",
           "localhost/orders:latest")  # fmt: skip
    try:
        until(lambda: subprocess.run(["podman", "exec", "orders-alone", *ALIVE], check=False).returncode == 0, "life")
    finally:
        podman("rm", "--force", "orders-alone")


def test_compose_with_its_database(exported: Path, stand_in: str) -> None:
    environment = {**os.environ, "POSTGRES_IMAGE": stand_in}

    def compose(*arguments: str) -> None:
        subprocess.run(["podman-compose", *arguments], cwd=exported, env=environment, check=True, capture_output=True)

    compose("up", "-d")
    try:
        volume = Path(podman("volume", "inspect", "orders_data", "--format", "{{.Mountpoint}}").strip())
        (volume / "orders.jsonl").write_text('{"shop":"a","euro":7}\n')
        until(lambda: totals("orders_postgres_1") == "a|7\n", "the rows in PostgreSQL")
        inspected = podman("inspect", "orders_flow_1", "orders_postgres_1")
    finally:
        compose("down")
        podman("volume", "rm", "--force", "orders_data", "orders_postgres")

    assert PASSWORD not in inspected


def test_kubernetes_manifests_as_pods(exported: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text(secret_manifest(exported))
    manifests = exported / "kubernetes"
    podman("kube", "play", str(tmp_path / "secret.yaml"))
    podman("kube", "play", str(manifests / "data.yaml"))
    try:
        config = ("--configmap", str(manifests / "configmap.yaml"), "--network", "podman")
        podman("kube", "play", str(manifests / "deployment.yaml"), *config)
        name = next(one for one in podman("ps", "--format", "{{.Names}}").split() if one.endswith("-flow"))
        until(lambda: subprocess.run(["podman", "exec", name, *ALIVE], check=False).returncode == 0, "life")
        inspected = json.loads(podman("inspect", name))[0]
        variables = inspected["Config"]["Env"]
    finally:
        podman("kube", "down", str(manifests / "deployment.yaml"))
        podman("volume", "rm", "--force", "orders-data", "orders-secrets", check=False)
        podman("secret", "rm", "orders-secrets", check=False)

    assert (inspected["HostConfig"]["ReadonlyRootfs"], inspected["Config"]["User"]) == (True, "65532:65532")
    assert inspected["HostConfig"]["Memory"] == 1024 << 20
    assert "FLOW_PORT=8080" in variables
    assert not any(PASSWORD in one for one in variables)


def test_manifests_are_what_kubernetes_takes(exported: Path) -> None:
    import kubernetes_validate

    found = [
        (path.name, document)
        for path in sorted((exported / "kubernetes").glob("*.yaml"))
        for document in yaml.safe_load_all(path.read_text())
    ]

    for _, document in found:
        kubernetes_validate.validate(document, "1.32", strict=True)
    assert [(name, document["kind"]) for name, document in found] == [
        ("configmap.yaml", "ConfigMap"),
        ("data.yaml", "PersistentVolumeClaim"),
        ("deployment.yaml", "Deployment"),
        ("postgres.yaml", "PersistentVolumeClaim"),
        ("postgres.yaml", "Deployment"),
        ("postgres.yaml", "Service"),
        ("service.yaml", "Service"),
    ]
