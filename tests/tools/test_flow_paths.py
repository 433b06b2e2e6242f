"""Names of files for editors: what lies beside a flow, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from workbench import open_workbench
from workbench.flow.graph import Flow


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A workspace with files of its own and of others, and a folder beside it."""
    home = tmp_path / "workspace"
    for name in ("data/app.log", "data/old/app.log", "data/.hidden", ".git/config", "rows.csv"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text("12345")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "private.txt").write_text("x")
    (home / "way_out").symlink_to(tmp_path / "outside")
    with open_workbench(home) as wb:
        wb.call("flow_save", flow="shop", message="new", document=Flow(name="shop").to_json())
        wb.call("secret_set", name="postgres_shop_password", value="hunter2")
    return home


def paths(wb: Any, typed: str, flow: str = "shop") -> list[tuple[str, int | None]]:
    return [(one.path, one.size_bytes) for one in wb.call("flow_paths", flow=flow, typed=typed).paths]


def test_files_and_folders_beside_the_flow_are_offered_as_they_can_stand_in_it(home: Path) -> None:
    with open_workbench(home) as wb:
        assert paths(wb, "") == [("data/", None), ("rows.csv", 5)]
        assert paths(wb, "RO") == [("rows.csv", 5)]
        assert paths(wb, "data/") == [("data/old/", None), ("data/app.log", 5)]
        assert paths(wb, "data/old/a") == [("data/old/app.log", 5)]
        assert paths(wb, "", flow="not saved yet") == paths(wb, "")


@pytest.mark.parametrize(
    "typed",
    [
        "../",
        "../outside/",
        "data/../../outside/",
        "way_out/",
        "/",
        "/etc/",
        ".",
        ".git/",
        "data/.",
        "none/",
        "rows.csv/",
    ],
)
def test_nothing_is_listed_outside_of_the_folder_nor_what_is_hidden(home: Path, typed: str) -> None:
    with open_workbench(home) as wb:
        assert paths(wb, typed) == []


def test_a_flow_elsewhere_begins_at_its_own_folder_and_no_other_file_does(home: Path) -> None:
    flow = home.parent / "outside" / "own.flow.json"
    Flow(name="own").save(flow)

    with open_workbench(home) as wb:
        assert [path for path, _ in paths(wb, "", flow=str(flow))] == ["own.flow.json", "private.txt"]
        assert paths(wb, "", flow=str(flow.with_name("private.txt"))) == paths(wb, "")
