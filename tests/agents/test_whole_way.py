"""With the real analysis and the real report: a broken shop is explained, and the evidence runs again."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest

from workbench.agents.investigate import investigate
from workbench.facts.diagnosis import Verdict
from workbench.semconv import Table
from workbench.simulate.faults import parse_fault
from workbench.simulate.world import Simulation, simulate
from workbench.store import evidence, sources, telemetry
from workbench.store.db import Store


def keep(store: Store, simulation: Simulation, role: str) -> None:
    for table in Table:
        rows = simulation.telemetry.frame(table)
        if len(rows):
            source = sources.register(store, kind="simulator", uri=f"{role}/{table}", scope="shop", role=role)
            columns = pa.Table.from_pandas(rows, preserve_index=False).drop_columns(["row_id", "source_id"])
            telemetry.append(store, table, columns, source_id=source.source_id)


@pytest.mark.slow
def test_a_bad_deploy_is_explained(tmp_path: Path) -> None:
    with Store.open(None) as store:
        keep(store, simulate([parse_fault("bad_deploy@checkout+240")], seed=5, minutes=6), "case")
        keep(store, simulate([], seed=6, minutes=6), "reference")

        found = investigate(store, scope="shop", reports=tmp_path)

        assert found.diagnosis.verdict is Verdict.INCIDENT
        assert found.diagnosis.causes[0].service_name == "checkout"
        assert len(found.summary) == 3
        kept = evidence.of_incident(store, found.incident_id)
        assert kept
        assert all(evidence.recheck(store, one.evidence.evidence_id).holds for one in kept)
        content = json.loads((Path(found.report.folder) / "report.json").read_text(encoding="utf-8"))
        assert content["summary"] == found.summary
        assert content["worded_by"] == "rules"
