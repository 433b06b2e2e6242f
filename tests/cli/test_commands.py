"""Every tool is a command with help; what the user mistypes ends in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.core import load_tools
from workbench.faces.cli.index import entries
from workbench.faces.cli.main import GROUPS, OWN, OWN_HELP, main
from workbench.guard.tool import TOOLS


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(list(words))
    out = capsys.readouterr()
    return int(stop.value.code or 0), out.out, out.err


def test_the_index_knows_every_tool() -> None:
    load_tools()

    assert {(entry.tool, entry.words, entry.summary) for entry in entries()} == {
        (tool.name, tool.command, tool.summary) for tool in TOOLS.values()
    }


def test_every_own_command_says_what_it_is_for() -> None:
    assert set(OWN) == set(OWN_HELP)


def test_every_group_of_commands_says_what_it_is_for() -> None:
    commands = {entry.words for entry in entries()}
    groups = {words[0] for words in commands if len(words) > 1 and words[:1] not in commands}

    assert groups - set(OWN) == set(GROUPS)


@pytest.mark.parametrize("words", [entry.words for entry in entries()], ids=" ".join)
def test_every_command_has_help_and_helps_with_each_option(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, *words, "--help")

    assert code == 0
    assert out.startswith("Usage: causeway " + " ".join(words))


def test_every_parameter_of_every_tool_is_documented() -> None:
    load_tools()
    bare = [
        f"{tool.name}.{name}"
        for tool in TOOLS.values()
        for name, field in tool.arguments.model_fields.items()
        if not field.description
    ]

    assert bare == []


def test_an_unknown_command_is_refused_with_a_hint(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "analyse")

    assert code == 2
    assert "No such command 'analyse'" in err


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["-w", "{}", "--json", "incidents"], id="before"),
        pytest.param(["incidents", "-w", "{}", "--json"], id="behind"),
        pytest.param(["-w", "elsewhere", "incidents", "--workspace={}", "--json", "-q"], id="behind-goes-first"),
        pytest.param(["flow", "list", "-w", "{}", "--json"], id="in-a-group"),
    ],
)
def test_the_workspace_may_stand_behind_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    code, _, wrong = run(capsys, *[word.format(tmp_path / "mine") for word in words])

    assert (code, wrong) == (0, "")
    assert [one.name for one in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("words", [(one,) for one in OWN], ids=" ".join)
def test_own_commands_take_the_workspace_as_well(capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    code, text, _ = run(capsys, *words, "--help")

    assert code == 0
    assert "--workspace" in text
