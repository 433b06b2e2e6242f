"""The doctor says what is here, what is not, and what to do; only what is needed makes it fail."""

from __future__ import annotations

import os
import socket
import webbrowser
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from workbench import Workbench, open_workbench
from workbench.models.ollama import OllamaStatus
from workbench.store import sources
from workbench.store.db import Store
from workbench.tools import doctor
from workbench.tools.doctor import Check, Health


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def examine(folder: Path | None = None, **settings: object) -> dict[str, Check]:
    with open_workbench(folder, in_memory=folder is None, **{"use_model": False, **settings}) as wb:
        assert isinstance(wb, Workbench)
        return {check.name: check for check in wb.call("doctor").checks}


def test_a_healthy_machine_needs_no_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webbrowser, "get", lambda: webbrowser.GenericBrowser("firefox"))
    monkeypatch.delenv("PATHWAY_LICENSE_KEY", raising=False)

    found = examine(tmp_path, port=free_port())

    assert {name: (check.status, check.advice) for name, check in found.items()} == dict.fromkeys(
        ["Python", "Pathway", "DuckDB", "Workspace", "Disk", "Port", "Ollama", "Browser", "Licence key"], ("ok", "")
    )
    assert found["Workspace"].found.startswith(f"{tmp_path}, schema ")
    assert f"held by process {os.getpid()}" in found["Workspace"].found
    assert found["Browser"].found == "firefox"


def test_a_busy_port_is_named_and_harmless() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = int(taken.getsockname()[1])
        check = examine(port=port)["Port"]

    assert (check.status, check.needed) == ("degraded", False)
    assert check.found.startswith(f"127.0.0.1:{port} cannot be used")
    assert "next free port" in check.advice


@pytest.mark.parametrize(
    ("answer", "status", "found"),
    [
        pytest.param(OllamaStatus(reachable=False, reason="refused"), "missing", "no answer at http://", id="off"),
        pytest.param(OllamaStatus(reachable=True, version="0.9"), "degraded", "0.9 without a model", id="no-model"),
        pytest.param(OllamaStatus(reachable=True, version="0.9", models=["a", "b"]), "ok", "0.9 with a, b", id="on"),
    ],
)
def test_a_model_server_is_optional(
    monkeypatch: pytest.MonkeyPatch, answer: OllamaStatus, status: str, found: str
) -> None:
    monkeypatch.setattr("workbench.models.ollama.status", lambda url, *, total_s: answer)

    check = examine(use_model=True)["Ollama"]

    assert (check.status, check.needed) == (status, False)
    assert check.found.startswith(found)


def test_a_model_server_that_is_not_there_is_found_out_by_asking() -> None:
    check = examine(use_model=True, ollama_url=f"http://127.0.0.1:{free_port()}")["Ollama"]

    assert check.status == "missing"
    assert "Optional" in check.advice


def test_an_import_that_was_cut_off_is_told(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        sources.register(store, kind="file", uri="app.log", sha256="aa", scope="shop")

    check = examine(tmp_path)["Workspace"]

    assert check.status == "degraded"
    assert check.advice.startswith("1 import was cut off")


def test_a_set_licence_key_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATHWAY_LICENSE_KEY", "secret")

    check = examine()["Licence key"]

    assert check.status == "degraded"
    assert "secret" not in check.found + check.advice


def test_no_browser_is_told_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> None:
        raise webbrowser.Error("could not locate runnable browser")

    monkeypatch.setattr(webbrowser, "get", none)

    assert examine()["Browser"].advice.startswith("Copy report.html")


@pytest.mark.parametrize(("free", "status"), [(10**12, "ok"), (10**9, "degraded"), (10**7, "missing")])
def test_little_disk_is_told(monkeypatch: pytest.MonkeyPatch, free: int, status: str) -> None:
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda folder: doctor.shutil._ntuple_diskusage(10**12, 0, free))

    assert examine()["Disk"].status == status


def test_a_missing_or_odd_engine_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(package: str) -> str:
        if package == "duckdb":
            raise PackageNotFoundError(package)
        return "0.14.1"

    monkeypatch.setattr(doctor, "version", version)
    found = examine()

    assert (found["DuckDB"].status, found["Pathway"].status) == ("missing", "degraded")
    assert found["Pathway"].advice == "Run: pip install 'pathway==0.33.*'"
    assert Health(checks=list(found.values())).exit_code == 1


def test_the_text_is_a_table_with_the_advice_below() -> None:
    health = Health(
        checks=[
            Check(name="Python", status="ok", found="3.11"),
            Check(name="Ollama", status="missing", found="no answer", advice="Start it", needed=False),
        ]
    )

    assert health.exit_code == 0
    assert health.text().splitlines() == [
        "CHECK   STATUS   FOUND",
        "Python  ok       3.11",
        "Ollama  missing  no answer",
        "",
        "- Ollama: Start it",
    ]
