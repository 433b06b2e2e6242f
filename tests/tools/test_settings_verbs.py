"""Settings are shown with where they were said, and written without losing what else stands in the file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench import Workbench, open_workbench
from workbench.errors import BadInput
from workbench.settings import FILE_NAME, Settings


@pytest.fixture
def wb(tmp_path: Path) -> Iterator[Workbench]:
    with open_workbench(tmp_path / "workspace", use_model=False) as opened:
        assert isinstance(opened, Workbench)
        yield opened


def test_a_setting_is_written_where_its_comment_stands_and_holds(wb: Workbench) -> None:
    assert wb.path
    before = (wb.path / FILE_NAME).read_text(encoding="utf-8").splitlines()

    told = wb.call("settings_set", name="incident_grouping_s", value="60")
    wb.call("settings_set", name="incident_grouping_s", value="90")
    wb.call("settings_set", name="model", value='3 "x"')

    after = (wb.path / FILE_NAME).read_text(encoding="utf-8").splitlines()
    assert told.holds_now
    assert len(after) == len(before)
    assert [line for line in after if line not in before] == ['model = "3 \\"x\\""', "incident_grouping_s = 90.0"]
    assert wb.settings.incident_grouping_s == 90
    assert Settings.load(wb.path).model == '3 "x"'
    shown = {one.name: one for one in wb.call("settings_show")}
    assert (shown["incident_grouping_s"].said, shown["use_model"].said, shown["port"].said) == (
        "file", "keyword", "default",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("port", "99999", "less than or equal to 65535"), ("colour", "red", "no setting 'colour'"), ("port", "x", "port")],
)
def test_what_does_not_fit_is_refused_and_not_written(wb: Workbench, name: str, value: str, said: str) -> None:
    assert wb.path
    before = (wb.path / FILE_NAME).read_bytes()

    with pytest.raises(BadInput, match=said):
        wb.call("settings_set", name=name, value=value)

    assert (wb.path / FILE_NAME).read_bytes() == before


def test_a_setting_of_the_environment_is_told(wb: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAUSEWAY_MODEL", "small")

    assert {one.name: one.said for one in wb.call("settings_show")}["model"] == "environment"
    assert not wb.call("settings_set", name="model", value="large").holds_now


def test_a_model_that_is_not_wanted_is_not_asked(wb: Workbench) -> None:
    assert wb.call("model_status").text().startswith("No model is asked")
