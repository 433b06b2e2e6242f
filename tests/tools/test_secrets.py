"""The verbs about secrets: they take a value, and never give it back."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.core import open_workbench
from workbench.errors import BadInput, NotFound
from workbench.faces.cli.main import main
from workbench.guard.keys import KEY_FILE

NAME, VALUE = "postgres_shop_password", "hunter2-hunter2"


def files_with(folder: Path, text: str) -> list[str]:
    return [
        str(path)
        for path in folder.rglob("*")
        if path.is_file() and path.name != KEY_FILE and text.encode() in path.read_bytes()
    ]


def test_set_list_remove(tmp_path: Path) -> None:
    with open_workbench(tmp_path) as wb:
        entry = wb.call("secret_set", name=NAME, value=VALUE)
        listed = wb.call("secrets")

        assert entry.reference == "${secret:postgres_shop_password}"
        assert [one.name for one in listed.root] == [NAME]
        assert VALUE not in entry.text() + listed.text() + repr(entry)

        wb.call("secret_remove", name=NAME)
        assert wb.call("secrets").root == []
        with pytest.raises(NotFound):
            wb.call("secret_remove", name=NAME)
    assert files_with(tmp_path, VALUE) == []


def test_a_value_of_the_wrong_type_is_not_repeated(tmp_path: Path) -> None:
    with open_workbench(tmp_path) as wb, pytest.raises(BadInput) as raised:
        wb.call("secret_set", name=NAME, value=271828)

    assert "271828" not in str(raised.value) + str(raised.value.__cause__)
    assert files_with(tmp_path, "271828") == []


def test_the_command_reads_the_value_from_stdin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(VALUE + "\n"))
    with pytest.raises(SystemExit) as stop:
        main(["-w", str(tmp_path), "secret-set", NAME])
    out = capsys.readouterr()

    assert (stop.value.code or 0, VALUE in out.out + out.err) == (0, False)
    with open_workbench(tmp_path) as wb:
        assert wb.secrets.get(NAME) == VALUE


def test_the_command_takes_no_value_from_its_arguments(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["secret-set", NAME, VALUE], ["secret-set", NAME, "--value", VALUE]):
        with pytest.raises(SystemExit) as stop:
            main(["-w", str(tmp_path), *words])
        assert stop.value.code == 2
    capsys.readouterr()


@pytest.mark.slow
def test_a_client_of_the_workspace_may_set_one(tmp_path: Path) -> None:
    with open_workbench(tmp_path) as wb:
        done = subprocess.run(
            [sys.executable, "-m", "workbench.faces.cli.main", "-w", str(tmp_path), "secret-set", NAME],
            input=VALUE, text=True, capture_output=True, timeout=120, check=False,
        )  # fmt: skip

        assert done.returncode == 0, done.stderr
        assert wb.secrets.get(NAME) == VALUE
    assert files_with(tmp_path, VALUE) == []
