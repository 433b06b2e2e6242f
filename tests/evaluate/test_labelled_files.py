"""Series and logs with labels: the layouts of NAB, of labelled rows and of LogHub."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench import open_workbench
from workbench.errors import BadInput


@pytest.fixture
def workbench() -> Iterator[Any]:
    opened = open_workbench(in_memory=True)
    yield opened
    opened.close()


def series(path: Path, label: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    values = 10 + np.random.default_rng(1).normal(size=600)
    values[500:520] += 40
    head = "timestamp,value" + (",Label" if label else "")
    rows = [
        f"2026-01-{1 + row // 288:02}T{row // 12 % 24:02}:{row % 12 * 5:02}:00Z,{value:.3f}"
        + (f",{int(500 <= row < 520)}" if label else "")
        for row, value in enumerate(values)
    ]
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")


def test_windows_of_numenta(tmp_path: Path, workbench: Any) -> None:
    series(tmp_path / "data" / "made" / "one.csv", label=False)
    (tmp_path / "labels").mkdir()
    window = ["2026-01-02 17:40:00.000000", "2026-01-02 19:15:00.000000"]
    (tmp_path / "labels" / "combined_windows.json").write_text(json.dumps({"made/one.csv": [window]}))
    found = workbench.call("evaluate_detect", folder=tmp_path)
    ours = found.tables[0].rows[0]
    assert ours[0] == "Causeway"
    assert ours[2] > 90
    assert "perfect" in found.text()


def test_labelled_rows(tmp_path: Path, workbench: Any) -> None:
    series(tmp_path / "one.csv", label=True)
    found = workbench.call("evaluate_detect", folder=tmp_path)
    method, number, _f1, hit, events, false = found.tables[0].rows[0]
    assert (method, number, events) == ("Causeway", 1, 1)
    assert hit == 1.0
    assert false < 100


def test_labelled_logs_and_the_corrected_labels_win(tmp_path: Path, workbench: Any) -> None:
    lines = [f"2026-01-31 09:{n // 60:02}:{n % 60:02} INFO pool: Connection {n * 7} opened" for n in range(60)]
    lines += [f"2026-01-31 10:{n // 60:02}:{n % 60:02} WARN pool: Pool is full after {n} ms" for n in range(40)]
    (tmp_path / "made.log").write_text("\n".join(lines) + "\n")
    true = ["Connection <*> opened"] * 60 + ["Pool is full after <*> ms"] * 40
    for name, texts in (("made.log_structured.csv", ["x"] * 100), ("made.log_structured_corrected.csv", true)):
        rows = [f"{n + 1},,{text}" for n, text in enumerate(texts)]
        (tmp_path / name).write_text("\n".join(["LineId,Content,EventTemplate", *rows]) + "\n")
    found = workbench.call("evaluate_templates", folder=tmp_path)
    assert found.cases == 1
    assert found.tables[0].rows[0][:3] == ["made.log", 1.0, 1.0]
    (tmp_path / "made.log").unlink()
    with pytest.raises(BadInput, match="log of these labels is missing"):
        workbench.call("evaluate_templates", folder=tmp_path)


def test_folders_without_labels_say_what_is_wanted(tmp_path: Path, workbench: Any) -> None:
    for verb in ("evaluate_detect", "evaluate_templates", "evaluate_rca"):
        with pytest.raises(BadInput, match="holds no labelled"):
            workbench.call(verb, folder=tmp_path)


def test_seeds_that_are_none_are_refused(workbench: Any) -> None:
    with pytest.raises(BadInput, match="names no seeds"):
        workbench.call("evaluate_rca", seeds="many")
