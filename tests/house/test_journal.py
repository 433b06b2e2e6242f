"""The workspace's log is one JSON object a line, tells calls apart, and holds no secret."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from workbench import journal


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "causeway.ndjson").read_text().splitlines()]


def test_a_call_and_all_it_logs_share_an_id(tmp_path: Path) -> None:
    handler = journal.start(tmp_path)
    with journal.call("outer"), journal.call("inner"):
        logging.getLogger("workbench.x").info("in the middle")
    with journal.call("other"):
        pass
    journal.stop(handler)

    found = lines(tmp_path)

    assert [line["message"] for line in found] == ["in the middle", "inner done", "outer done", "other done"]
    assert len({line["call"] for line in found[:3]}) == 1
    assert found[3]["call"] not in ("", found[0]["call"])
    assert found[1]["outcome"] == "done"


def test_a_failed_call_is_logged_with_its_reason_and_still_fails(tmp_path: Path) -> None:
    handler = journal.start(tmp_path)
    with pytest.raises(ValueError, match="no such column"), journal.call("import"):
        raise ValueError("no such column")
    journal.stop(handler)

    assert [(line["level"], line["outcome"], line["message"]) for line in lines(tmp_path)] == [
        ("WARNING", "failed", "import failed: no such column")
    ]


def test_personal_data_and_tokens_are_masked(tmp_path: Path) -> None:
    handler = journal.start(tmp_path)
    try:
        raise RuntimeError("mail ada@example.org failed")
    except RuntimeError:
        logging.getLogger("workbench.x").exception("sent to %s", "bob@example.org")
    journal.stop(handler)

    written = (tmp_path / "causeway.ndjson").read_text()

    assert "@example" not in written
    assert "sent to [EMAIL]" in written
    assert "RuntimeError: mail [EMAIL] failed" in written


def test_a_log_that_cannot_be_written_printed_a_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "causeway.ndjson").mkdir()
    handler = journal.start(tmp_path)
    with journal.call("overview"):
        pass
    journal.stop(handler)

    assert capsys.readouterr().err == ""
