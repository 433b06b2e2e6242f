"""What is said where no container runtime answers, and what is asked of one. Real ones run in tests/containers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.core import Workbench
from workbench.engine.export.runtime import Runtime, as_user, find_runtime
from workbench.errors import BadInput, FlowError, NoRuntime
from workbench.settings import Settings
from workbench.store.db import Store


@pytest.fixture
def wb(tmp_path: Path) -> Iterator[Workbench]:
    with Workbench(Store.open(None, memory_limit_mb=300, threads=1), Settings(), tmp_path / "work") as opened:
        yield opened


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the only folder in which programs are found."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def put(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def test_no_runtime_is_one_sentence(wb: Workbench, programs: Path) -> None:
    with pytest.raises(NoRuntime) as found:
        wb.call("container_list")

    assert str(found.value) == (
        "no container runtime answers here (podman is not installed; docker is not installed). Install podman or "
        "docker, or take the folder to a machine that has one"
    )


def test_a_runtime_that_is_installed_but_does_not_answer_says_why(programs: Path) -> None:
    put(programs, "docker", "echo 'Cannot connect to the Docker daemon.' >&2; exit 1")

    with pytest.raises(
        NoRuntime, match=r"podman is not installed; docker info failed: Cannot connect to the Docker daemon\)"
    ):
        find_runtime()


def test_podman_comes_before_docker_and_docker_stands_in(programs: Path) -> None:
    put(programs, "docker", "exit 0")
    assert find_runtime().name == "docker"

    put(programs, "podman", "exit 0")
    assert find_runtime().name == "podman"


def test_a_command_that_fails_is_told_by_its_last_line(programs: Path) -> None:
    put(programs, "podman", "echo one; echo 'two: no space left' >&2; exit 125")
    runtime = Runtime("podman", str(programs / "podman"))
    heard: list[str] = []

    with pytest.raises(FlowError, match="podman build failed: two: no space left"):
        runtime.run("build")
    with pytest.raises(FlowError, match="podman build failed: two: no space left"):
        runtime.stream("build", on_line=heard.append)

    assert heard == ["one", "two: no space left"]


def test_the_user_of_a_container_can_read_what_is_handed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr("os.getegid", lambda: 100)

    assert as_user(Runtime("podman", "")) == ["--user", "1000:100", "--userns", "keep-id"]
    assert as_user(Runtime("docker", "")) == ["--user", "1000:100"]


def test_a_folder_that_is_no_export_is_refused(wb: Workbench, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"is no exported flow.*causeway export FLOW"):
        wb.call("container_build", folder=tmp_path)


@pytest.mark.parametrize("name", ["--privileged", "../x", "A", ""])
def test_a_folder_with_another_name_in_its_mark_is_refused(wb: Workbench, tmp_path: Path, name: str) -> None:
    (tmp_path / ".causeway-export").write_text(f'{{"name": "{name}", "secrets": []}}')

    with pytest.raises(BadInput, match="is no exported flow"):
        wb.call("container_status", folder=tmp_path)


def test_a_container_is_not_started_without_its_secrets(wb: Workbench, programs: Path, tmp_path: Path) -> None:
    put(programs, "podman", "exit 0")
    (tmp_path / ".causeway-export").write_text('{"name": "shop", "secrets": ["control-token", "shop_db_password"]}')

    with pytest.raises(BadInput, match=r"secrets: missing: shop_db_password\. Put each value into a file"):
        wb.call("container_start", folder=tmp_path)

    token = tmp_path / "secrets" / "control-token"
    assert len(token.read_text().strip()) > 32
    assert token.stat().st_mode & 0o077 == 0
