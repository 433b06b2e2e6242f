"""One export with its image, built once without a network; and a container runtime that works on this machine."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from workbench.core import Workbench
from workbench.settings import Settings
from workbench.store.db import Store

BASE, DATABASE_BASE = "localhost/causeway-base:bookworm", "localhost/causeway-pg-base:bookworm"
STAND_IN = "localhost/postgres-stand-in:15"
PASSWORD = "password-of-a-test-4711"
ORDERS = {
    "name": "orders",
    "nodes": [
        {
            "id": "read",
            "kind": "sources.jsonlines",
            "settings": {"path": "orders.jsonl", "columns": {"shop": "text", "euro": "integer"}, "follow": True},
        },
        {
            "id": "sum",
            "kind": "tables.group",
            "settings": {"by": ["shop"], "aggregates": {"euro": {"function": "sum", "column": "euro"}}},
        },
        {
            "id": "keep",
            "kind": "sinks.postgres",
            "settings": {
                "host": "postgres",
                "database": "flow",
                "user": "flow",
                "password": "${secret:shop_db_password}",
                "table": "totals",
                "key": ["shop"],
                "ssl": "disable",
            },
        },
    ],
    "edges": [{"source": "read", "target": "sum"}, {"source": "sum", "target": "keep"}],
}


def podman(*arguments: str, check: bool = True) -> str:
    """Run podman and return what it said."""
    done = subprocess.run(["podman", *arguments], capture_output=True, text=True, timeout=600, check=False)
    assert not check or done.returncode == 0, f"podman {' '.join(arguments)}: {done.stderr}"
    return done.stdout


@pytest.fixture(scope="session", autouse=True)
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let podman run where the kernel does not let even root set limits; users' machines need nothing of this."""
    effective = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("CapEff"))
    if os.geteuid() == 0 and not int(effective.split()[1], 16) >> 24 & 1:
        wrapper = Path(__file__).parent / "runc_without_limits.py"
        file = tmp_path_factory.mktemp("podman") / "containers.conf"
        file.write_text(
            '[containers]\nlog_driver = "k8s-file"\n'
            f'[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\nruntime = "{wrapper}"\n'
        )
        os.environ["CONTAINERS_CONF"] = str(file)
    if os.environ.get("CONTAINERS") == "where-possible":
        tried = ["podman", "run", "--rm", "--network", "none", BASE, "true"]
        done = subprocess.run(tried, capture_output=True, text=True, timeout=120, check=False)
        if done.returncode:
            pytest.skip(f"no container can run on this machine: {done.stderr.strip()}")
    yield
    os.environ.pop("CONTAINERS_CONF", None)


@pytest.fixture(scope="session")
def wb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    folder = tmp_path_factory.mktemp("workspace")
    (folder / "flows").mkdir()
    (folder / "flows" / "orders.flow.json").write_text(json.dumps(ORDERS))
    with Workbench(Store.open(None, memory_limit_mb=300, threads=1), Settings(), folder) as opened:
        yield opened


@pytest.fixture(scope="session")
def exported(wb: Workbench, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the export, with secrets, wheels and its image."""
    folder = tmp_path_factory.mktemp("export") / "orders"
    made = wb.call("export", flow="orders", to=folder, postgres=True)
    assert made.secrets == ["control-token", "shop_db_password", "postgres-password"]
    for name in made.secrets:
        (folder / "secrets" / name).write_text(PASSWORD + "\n")
        (folder / "secrets" / name).chmod(0o400)
    download = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder / "wheels")]
    subprocess.run([*download, "-r", str(folder / "requirements.txt")], check=True, capture_output=True)
    said = wb.call("container_build", folder=folder, base=BASE)
    assert said.startswith("Built localhost/orders:latest with podman.")
    return folder


@pytest.fixture(scope="session")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return an image that takes the same variables as the public one of PostgreSQL."""
    folder = tmp_path_factory.mktemp("stand-in")
    script = Path(__file__).parent / "postgres-stand-in.sh"
    (folder / "entry.sh").write_text(script.read_text())
    (folder / "Containerfile").write_text(
        f'FROM {DATABASE_BASE}\nCOPY entry.sh /entry.sh\nENTRYPOINT ["/bin/sh", "/entry.sh"]\n'
    )
    podman("build", "--quiet", "--network", "none", "--tag", STAND_IN, str(folder))
    return STAND_IN


def secret_manifest(folder: Path) -> str:
    """Return the Secret that a cluster's keeper would make of the folder `secrets`."""
    data = {path.name: base64.b64encode(path.read_bytes()).decode() for path in (folder / "secrets").iterdir()}
    return yaml.safe_dump({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "orders-secrets"}, "data": data})
