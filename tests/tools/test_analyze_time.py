"""A time that lies outside of the data opens no incident."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench import open_workbench
from workbench.errors import BadInput


@pytest.mark.parametrize("at", ["2030-01-01", "2024-03-01T08:00:00Z"])
def test_a_time_outside_of_the_data_is_refused(tmp_path: Path, at: str) -> None:
    lines = [f"2025-03-01T08:{minute:02d}:00Z INFO cart handled request {minute}" for minute in range(30)]
    (tmp_path / "cart.log").write_text("\n".join(lines), encoding="utf-8")

    with open_workbench(tmp_path / "workspace") as wb:
        with pytest.raises(
            BadInput, match=r"is not in the data, which goes from 2025-03-01T08:00:00Z to 2025-03-01T08:29:00Z"
        ):
            wb.call("analyze", path=[tmp_path / "cart.log"], at=at)

        assert list(wb.call("incidents")) == []
