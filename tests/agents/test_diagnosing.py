"""A runbook of the workspace with a mistake stops no investigation, and is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.agents.diagnosing import usual_diagnose
from workbench.facts.telemetry import Case, Telemetry

EMPTY = Case("nothing", Telemetry())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("# Notes\n", "has no front matter", id="no-front-matter"),
        pytest.param("---\nid: [\n---\n", "is no YAML", id="no-yaml"),
        pytest.param("---\n- a\n---\n", "the front matter is no mapping", id="no-mapping"),
    ],
)
def test_a_runbook_with_a_mistake_is_left_out_and_told_once(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "runbooks").mkdir()
    (tmp_path / "runbooks" / "ours.md").write_text(text, encoding="utf-8")

    found = usual_diagnose(tmp_path)(EMPTY, top=3)

    [told] = [line for line in found.not_known if "ours.md" in line]
    assert told.startswith(f"The runbook runbooks/ours.md: {why}")
    assert told.endswith("It was left out: mend the file in the workspace, or remove it.")


def test_without_runbooks_of_its_own_there_is_nothing_to_tell(tmp_path: Path) -> None:
    assert usual_diagnose(tmp_path)(EMPTY, top=3).not_known == usual_diagnose(None)(EMPTY, top=3).not_known
