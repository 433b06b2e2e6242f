"""Names of data sets: one folder may be a case and a reference, and neither hides the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.errors import BadInput
from workbench.ingest import import_paths, load_case
from workbench.ingest.scopes import scope_of
from workbench.store.db import Store


def folder(path: Path, lines: int = 3) -> Path:
    path.mkdir(parents=True)
    rows = [f"2026-01-31T09:35:0{number}Z,web,INFO,request {number} done" for number in range(lines)]
    (path / "logs.csv").write_text("\n".join(["time,service,level,message", *rows]) + "\n")
    return path


def test_a_folder_that_was_a_reference_can_be_analysed_as_a_case(store: Store, tmp_path: Path) -> None:
    normal, broken = folder(tmp_path / "normal"), folder(tmp_path / "broken", 4)
    load_case(store, broken, reference=[normal])

    found = load_case(store, normal)

    assert (found.name, len(found.telemetry.logs), found.references) == ("normal-as-case", 3, {})
    assert load_case(store, normal).name == "normal-as-case"


def test_a_folder_that_was_a_case_can_be_a_reference(store: Store, tmp_path: Path) -> None:
    normal, broken = folder(tmp_path / "normal"), folder(tmp_path / "broken", 4)
    load_case(store, normal)

    found = load_case(store, broken, reference=[normal])

    assert {name: len(one.logs) for name, one in found.references.items()} == {"normal-as-reference": 3}


def test_imports_in_both_roles_stay_apart(store: Store, tmp_path: Path) -> None:
    normal = folder(tmp_path / "normal")

    first = import_paths(store, [normal], role="reference")
    second = import_paths(store, [normal])

    assert (first.scope, second.scope, second.rows) == ("normal", "normal-as-case", {"logs": 3})


def test_one_named_data_set_does_not_hold_one_file_in_both_roles(store: Store, tmp_path: Path) -> None:
    normal = folder(tmp_path / "normal")
    import_paths(store, [normal], scope="mine", role="reference")

    with pytest.raises(BadInput, match=r"'mine' as reference already.*--scope mine-as-case"):
        import_paths(store, [normal], scope="mine")


def test_another_folder_of_the_same_name_gets_a_hash(store: Store, tmp_path: Path) -> None:
    one, other = folder(tmp_path / "a" / "logs"), folder(tmp_path / "b" / "logs", 4)
    load_case(store, one)

    assert scope_of(store, one, "case") == "logs"
    assert scope_of(store, other, "case").startswith("logs-")
