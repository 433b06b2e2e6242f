"""The same files in a fresh workspace give the same incidents, byte for byte."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from workbench.detect.group import open_incidents
from workbench.detect.watch import find_anomalies
from workbench.ingest import load_case
from workbench.simulate import parse_fault, simulate, write_files
from workbench.store.db import Store

TABLES = ("anomalies", "incidents", "incident_moves", "incident_changes", "incident_links", "counters")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("made") / "shop"
    write_files(simulate([parse_fault("bad_deploy@payments+240")], 5, 7), made, "jsonl")
    return made


def dump(store: Store) -> bytes:
    found: dict[str, Any] = {}
    with store.connection() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT * FROM {table} ORDER BY ALL")
            names = [column[0] for column in cursor.description or ()]
            found[table] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return json.dumps(found, sort_keys=True, indent=1).encode()


def imported(workspace: Path, folder: Path) -> bytes:
    with Store.open(workspace) as store:
        case = load_case(store, folder)
        open_incidents(store, find_anomalies(case.telemetry, case.name))
        first = dump(store)
        again = load_case(store, folder)
        open_incidents(store, find_anomalies(again.telemetry, again.name))
        assert dump(store) == first
        return first


@pytest.mark.slow
def test_the_same_files_give_byte_equal_incidents(tmp_path: Path, folder: Path) -> None:
    one, other = imported(tmp_path / "a", folder), imported(tmp_path / "b", folder)

    assert one == other
    assert len(json.loads(one)["incidents"]) >= 1
