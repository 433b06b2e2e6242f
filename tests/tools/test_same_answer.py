"""The whole way from files to an incident gives the same rows in every fresh workspace, clocks apart."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from workbench import Workbench, open_workbench
from workbench.simulate import parse_fault, simulate, write_files

TABLES = (
    "anomalies", "incidents", "incident_moves", "incident_changes", "incident_links", "evidence", "diagnoses",
)  # fmt: skip
CLOCKS = {"updated_unix_nano", "moved_unix_nano", "stored_unix_nano"}
"""When somebody or something acted; all else comes from the data."""


def analysed(workspace: Path, folder: Path) -> str:
    found: dict[str, list[dict[str, Any]]] = {}
    with open_workbench(workspace) as wb:
        assert isinstance(wb, Workbench)
        assert wb.call("analyze", path=[folder]).incident_id == "INC-1"
        with wb.store.connection() as cursor:
            for table in TABLES:
                cursor.execute(f"SELECT * FROM {table} ORDER BY ALL")
                names = [column[0] for column in cursor.description or ()]
                rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
                found[table] = [{key: value for key, value in row.items() if key not in CLOCKS} for row in rows]
    for row in found["diagnoses"]:
        row["diagnosis"] = json.loads(row["diagnosis"]) | {"seconds": 0}
    return json.dumps(found, sort_keys=True)


@pytest.mark.slow
def test_the_same_files_give_the_same_incident_in_two_workspaces(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    write_files(simulate([parse_fault("pool_exhaustion@payments+240")], 5, 8), folder, "jsonl")

    assert analysed(tmp_path / "a", folder) == analysed(tmp_path / "b", folder)
