"""A time that lies outside of the data opens no incident; a named window is all that is looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench import open_workbench
from workbench.errors import BadInput


def log_of(folder: Path) -> Path:
    """Half an hour of lines, one a minute, of which those of the last minutes are errors."""
    levels = ["INFO"] * 20 + ["ERROR"] * 10
    lines = [f"2025-03-01T08:{minute:02d}:00Z {level} cart handled {minute}" for minute, level in enumerate(levels)]
    (folder / "cart.log").write_text("\n".join(lines), encoding="utf-8")
    return folder / "cart.log"


@pytest.mark.parametrize(
    ("window", "rows"),
    [
        pytest.param({"from_": "2025-03-01T08:05:00Z", "to": "2025-03-01T08:15:00"}, 10, id="both"),
        pytest.param({"from_": "1740816300"}, 25, id="from-an-epoch-on"),
        pytest.param({"to": "2025-03-01T09:10:00+01:00"}, 10, id="until-a-time-of-another-zone"),
        pytest.param({}, 30, id="all"),
    ],
)
def test_only_what_happened_in_the_window_is_looked_at(tmp_path: Path, window: dict[str, str], rows: int) -> None:
    with open_workbench(tmp_path / "workspace") as wb:
        found = wb.call("analyze", path=[log_of(tmp_path)], **window)

        assert found.rows["logs"] == rows
        # Everything is imported, so that the next window is there at once.
        assert wb.call("overview").rows["logs"] == 30


@pytest.mark.parametrize(
    ("window", "said"),
    [
        pytest.param(
            {"from_": "2025-03-01T09:00:00Z", "to": "2025-03-01T08:30:00Z"},
            "2025-03-01T09:00:00Z is not before 2025-03-01T08:30:00Z",
            id="wrong-way-round",
        ),
        pytest.param(
            {"from_": "2025-03-02"},
            "nothing happened from 2025-03-02T00:00:00Z in the data, which goes from 2025-03-01T08:00:00Z to",
            id="nothing-there",
        ),
        pytest.param({"to": "yesterday"}, "--to: 'yesterday' is not a time", id="no-time"),
        pytest.param(
            {"from_": "2025-03-01T08:10:00Z", "at": "2025-03-01T07:00:00Z"},
            "2025-03-01T07:00:00Z is not in the data, which goes from 2025-03-01T08:10:00Z",
            id="onset-outside",
        ),
    ],
)
def test_a_window_that_cannot_be_is_refused(tmp_path: Path, window: dict[str, str], said: str) -> None:
    with open_workbench(tmp_path / "workspace") as wb, pytest.raises(BadInput) as refused:
        wb.call("analyze", path=[log_of(tmp_path)], **window)

    assert said in str(refused.value)


@pytest.mark.parametrize("at", ["2030-01-01", "2024-03-01T08:00:00Z"])
def test_a_time_outside_of_the_data_is_refused(tmp_path: Path, at: str) -> None:
    with open_workbench(tmp_path / "workspace") as wb:
        with pytest.raises(
            BadInput, match=r"is not in the data, which goes from 2025-03-01T08:00:00Z to 2025-03-01T08:29:00Z"
        ):
            wb.call("analyze", path=[log_of(tmp_path)], at=at)

        assert list(wb.call("incidents")) == []
