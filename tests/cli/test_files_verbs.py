"""`detect` and `templates` read what people have, and refuse the rest in one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workbench.faces.cli.main import main

SERIES = "".join(f"2026-01-01T{i // 60:02d}:{i % 60:02d}:00;{1000 if i == 250 else i % 7}\n" for i in range(300))


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    out = capsys.readouterr()
    return int(stop.value.code or 0), out.out, out.err


def test_json_was_missing_although_every_command_promises_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.log").write_text("user 1 came\nuser 2 came\n")
    (tmp_path / "a.csv").write_text("time;value\n" + SERIES)

    templates = json.loads(run(capsys, "templates", tmp_path / "a.log", "--json")[1])
    scores = json.loads(run(capsys, "--json", "detect", tmp_path / "a.csv")[1])

    assert [(one["count"], one["template"]) for one in templates] == [(2, "user <*> came")]
    assert [len(one["scores"]) for one in scores] == [300]


def test_a_series_divided_by_semicolons_had_no_column_of_times(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.csv").write_text("time;value\n" + SERIES)

    code, out, _ = run(capsys, "detect", tmp_path / "a.csv")

    assert code == 0
    assert "300 rows" in out
    assert "row 251" in out


@pytest.mark.parametrize(
    ("verb", "name", "data", "sentence"),
    [
        pytest.param("templates", "a.log", b"\x7fELF\0\0\x1b[2J", "the file is binary", id="binary-was-shown"),
        pytest.param("detect", "a.csv", b"\0\1\2\3", "the file is binary", id="binary-was-a-codec-error"),
        pytest.param("detect", "a.csv", b"time,value\n", "a header and no row", id="header-only-had-no-times"),
        pytest.param("detect", "a.csv", b"value\n1\n2\n", "no column of times; it has: value", id="one-column"),
        pytest.param("detect", "a.csv", b"a,b\n1,2\n1,2,3,4\n", "cannot be read as CSV", id="broken-sentence"),
    ],
)
def test_unusable_files_are_refused_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], verb: str, name: str, data: bytes, sentence: str
) -> None:
    (tmp_path / name).write_bytes(data)

    code, out, err = run(capsys, verb, tmp_path / name)

    assert (code, out, err.count("\n")) == (2, "", 1)
    assert sentence in err


def test_a_program_in_a_folder_of_logs_was_read_as_a_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "program").write_bytes(b"\x7fELF\0\0")
    (tmp_path / "messages").write_text("user 1 came\n")

    assert run(capsys, "templates", tmp_path)[1].splitlines() == ["messages", "       1  user <*> came"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_marked_text_was_not_decoded(tmp_path: Path, capsys: pytest.CaptureFixture[str], encoding: str) -> None:
    lines = "2026-01-01 10:00:00 INFO came 1\n2026-01-01 10:00:01 INFO came 2\n"
    (tmp_path / "a.log").write_text(lines, encoding=encoding)

    assert "       2  came <*>" in run(capsys, "templates", tmp_path / "a.log")[1]


def test_an_empty_log_said_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.log").write_text("")

    assert run(capsys, "templates", tmp_path / "a.log") == (0, "No lines: the files are empty.\n", "")


def test_top_minus_one_said_that_top_one_shows_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.log").write_text("one\ntwo\n")

    assert run(capsys, "templates", tmp_path / "a.log", "--top", "-1")[0] == 2
