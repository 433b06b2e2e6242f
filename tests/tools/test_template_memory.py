"""The memory of templates on the command line: learned once, changed by hand, found by old identifiers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from workbench import Workbench, open_workbench
from workbench.errors import BadInput, NotFound
from workbench.faces.cli.main import cli


def log(path: Path, *messages: str) -> Path:
    lines = [f"2026-01-02 03:04:{n % 60:02d},123 INFO [w-{n % 7}] shop.Job: {text}" for n, text in enumerate(messages)]
    path.write_text("\n".join(lines * 8) + "\n")
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return log(
        tmp_path / "a.log", *(f"job is {word} on node {n}" for n, word in enumerate(("up", "down", "lost"))),
        "connection to peer opened", "connection to peer closed",
    )  # fmt: skip


@pytest.fixture
def wb(tmp_path: Path) -> Iterator[Workbench]:
    with open_workbench(tmp_path / "ws") as opened:
        assert isinstance(opened, Workbench)
        yield opened


def test_what_was_learned_stays(tmp_path: Path, file: Path) -> None:
    with open_workbench(tmp_path / "ws") as wb:
        first = wb.call("learn_templates", path=[file])
    with open_workbench(tmp_path / "ws") as wb:
        again = wb.call("list_templates")

    assert first.templates == again.templates
    assert {one.template: one.lines for one in again.templates} == {
        "job is <*> on node <*>": 24, "connection to peer opened": 8, "connection to peer closed": 8,
    }  # fmt: skip
    assert (first.learned, first.forgotten, again.total) == (40, 0, 3)


def test_changes_by_hand_hold_for_lines_that_come_later(wb: Workbench, file: Path) -> None:
    ids = {one.template: one.template_id for one in wb.call("learn_templates", path=[file]).templates}
    opened, closed = ids["connection to peer opened"], ids["connection to peer closed"]

    wb.call("merge_templates", template_id=opened, other=[closed])
    wb.call("split_template", template_id=ids["job is <*> on node <*>"], at="lost")
    wb.call("rename_template", template_id=opened, name="peer comes and goes")
    found = wb.call("learn_templates", path=[file], lines=True)

    assert [one.template for one in found.files[:5]] == [
        "job is <*> on node <*>", "job is <*> on node <*>", "job is lost on node <*>",
        "connection to peer opened", "connection to peer opened",
    ]  # fmt: skip
    assert wb.call("show_template", template_id=closed).name == "peer comes and goes"
    part = wb.call("show_template", template_id=found.files[2].template_id)
    assert part.template == "job is lost on node <*>"
    assert (
        "Undo  causeway templates undo --system workspace"
        in wb.call("merge_templates", template_id=opened, other=[ids["job is <*> on node <*>"]]).text()
    )


def test_the_last_change_can_be_taken_back(wb: Workbench, file: Path) -> None:
    ids = {one.template: one.template_id for one in wb.call("learn_templates", path=[file]).templates}
    opened, closed = ids["connection to peer opened"], ids["connection to peer closed"]
    wb.call("merge_templates", template_id=opened, other=[closed])
    with pytest.raises(BadInput, match="one template already"):
        wb.call("merge_templates", template_id=opened, other=[closed])

    wb.call("undo_template")

    assert wb.call("show_template", template_id=closed).template_id == closed
    with pytest.raises(NotFound, match="Nothing was merged"):
        wb.call("undo_template")


def test_what_is_not_known_is_said(wb: Workbench, file: Path) -> None:
    with pytest.raises(NotFound, match="templates learn FILES"):
        wb.call("list_templates", system="billing")
    wb.call("learn_templates", path=[file], system="shop")
    with pytest.raises(NotFound, match="Known are: shop"):
        wb.call("list_templates", system="billing")
    with pytest.raises(NotFound, match="templates list"):
        wb.call("show_template", template_id="T0", system="shop")


def test_files_are_grouped_without_a_verb_and_verbs_use_the_memory(tmp_path: Path, file: Path) -> None:
    run = CliRunner()
    workspace = ["--workspace", str(tmp_path / "ws")]

    grouped = run.invoke(cli, [*workspace, "templates", "--jsonl", str(file)], catch_exceptions=False)
    learned = run.invoke(cli, [*workspace, "templates", "learn", str(file), "--json"], catch_exceptions=False)
    shown = run.invoke(cli, [*workspace, "templates", "list"], catch_exceptions=False)

    assert json.loads(grouped.output.splitlines()[0])["template"] == "job is <*> on node <*>"
    assert json.loads(learned.output)["learned"] == 40
    assert "job is <*> on node <*>" in shown.output
