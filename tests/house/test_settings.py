"""Settings come from keyword, environment, file and default, in this order; a wrong one is named with its origin."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.errors import BadInput
from workbench.settings import Settings


def test_defaults_need_no_file_and_no_environment() -> None:
    assert Settings.load(None, {}) == Settings()


def test_the_stronger_origin_wins(tmp_path: Path) -> None:
    (tmp_path / "causeway.toml").write_text('port = 6001\nmodel = "a"\nthreads = 1\n')

    loaded = Settings.load(tmp_path, {"CAUSEWAY_MODEL": "b", "CAUSEWAY_THREADS": "2"}, threads=3)

    assert (loaded.port, loaded.model, loaded.threads) == (6001, "b", 3)


def test_other_causeway_variables_are_not_settings() -> None:
    assert Settings.load(None, {"CAUSEWAY_TOKEN": "x", "CAUSEWAY_WORKSPACE": "y"}) == Settings()


@pytest.mark.parametrize(
    ("text", "environment", "words"),
    [
        pytest.param("prot = 1", {}, ["causeway.toml", "'prot' = 1", "port"], id="unknown-name"),
        pytest.param("port = 0", {}, ["causeway.toml", "'port' = 0", "greater"], id="out-of-range"),
        pytest.param("", {"CAUSEWAY_PORT": "x"}, ["environment", "'port' = 'x'", "integer"], id="not-a-number"),
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


def test_every_setting_is_documented() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
