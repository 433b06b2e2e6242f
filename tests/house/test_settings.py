"""Settings come from keyword, environment, file and default, in this order; a wrong one is named with its origin."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.core import open_workbench
from workbench.errors import BadInput
from workbench.settings import Settings


def test_defaults_need_no_file_and_no_environment() -> None:
    assert Settings.load(None, {}) == Settings()


def test_the_stronger_origin_wins(tmp_path: Path) -> None:
    (tmp_path / "causeway.toml").write_text('port = 6001\nmodel = "a"\nthreads = 1\n')

    loaded = Settings.load(tmp_path, {"CAUSEWAY_MODEL": "b", "CAUSEWAY_THREADS": "2"}, threads=3)

    assert (loaded.port, loaded.model, loaded.threads) == (6001, "b", 3)


def test_other_causeway_variables_are_not_settings() -> None:
    assert Settings.load(None, {"CAUSEWAY_SERVE_TOKEN": "x", "CAUSEWAY_WORKSPACE": "y"}) == Settings()


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        pytest.param(["CAUSEWAY_PORT", "CAUSEWAY_WORKSPACE", "CAUSEWAY_WIDGETS"], [], id="what-is-known-is-silent"),
        pytest.param(
            ["CAUSEWAY_TREADS"],
            [
                "The environment variable CAUSEWAY_TREADS is ignored, there is no such setting; "
                "did you mean CAUSEWAY_THREADS?"
            ],
            id="a-typo",
        ),
        pytest.param(
            ["CAUSEWAY_COLOUR_OF_THE_SKY"],
            [
                "The environment variable CAUSEWAY_COLOUR_OF_THE_SKY is ignored, there is no such setting; "
                "`causeway settings` lists what can be set."
            ],
            id="nothing-like-it",
        ),
    ],
)
def test_a_variable_that_is_no_setting_was_ignored_without_a_word(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, variables: list[str], told: list[str]
) -> None:
    for name in variables:
        monkeypatch.setenv(name, "5099")

    open_workbench(in_memory=True).close()

    assert caplog.messages == told


@pytest.mark.parametrize(
    ("text", "environment", "words"),
    [
        pytest.param("prot = 1", {}, ["causeway.toml", "'prot' = 1", "port"], id="unknown-name"),
        pytest.param("port = 0", {}, ["causeway.toml", "'port' = 0", "greater"], id="out-of-range"),
        pytest.param("", {"CAUSEWAY_PORT": "x"}, ["environment", "'port' = 'x'", "integer"], id="not-a-number"),
        pytest.param("", {"CAUSEWAY_PORT": "x"}, ["CAUSEWAY_PORT"], id="variable-is-named-as-it-is-written"),
        pytest.param("prot = 1", {}, ["no such setting", "/causeway.toml"], id="unknown-name-was-an-extra-input"),
        pytest.param("memory_limit_mb = 1", {}, ["128 MB"], id="too-little-memory-was-a-fault-when-opening"),
        pytest.param("threads = 100000", {}, ["256"], id="too-many-threads-hung"),
        pytest.param('ollama_url = "nonsense"', {}, ["ollama_url"], id="no-address-failed-after-the-analysis"),
        pytest.param("port = ", {}, ["causeway.toml", "TOML"], id="not-toml"),
    ],
)
def test_a_wrong_setting_says_what_where_and_which(
    tmp_path: Path, text: str, environment: dict[str, str], words: list[str]
) -> None:
    (tmp_path / "causeway.toml").write_text(text)

    with pytest.raises(BadInput) as caught:
        Settings.load(tmp_path, environment)

    assert [word for word in words if word not in str(caught.value)] == []


def test_settings_that_cannot_be_read_were_a_fault(tmp_path: Path) -> None:
    (tmp_path / "causeway.toml").mkdir()

    with pytest.raises(BadInput, match="cannot be read: Is a directory"):
        Settings.load(tmp_path, {})


def test_every_setting_is_documented() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_the_first_settings_file_named_a_command_that_does_not_exist(tmp_path: Path) -> None:
    text = Settings.as_comments()
    settings = [line.removeprefix("#") for line in text.splitlines() if line and not line.startswith("# ")]
    (tmp_path / "causeway.toml").write_text("\n".join(settings))

    assert "causeway settings" not in text
    assert Settings.load(tmp_path, {}) == Settings()
    assert {line.split(" ")[0] for line in settings} == set(Settings.model_fields)
