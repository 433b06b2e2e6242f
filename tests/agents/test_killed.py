"""An investigation that is killed at any point goes on in another process, to the same end and one report."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.agents.killed import INVESTIGATION
from tests.agents.shop import SCOPE, diagnose, fill, folders, write_report
from workbench.agents.investigate import investigate, resume, unfinished
from workbench.agents.state import STEPS
from workbench.facts.diagnosis import Diagnosis
from workbench.store import checkpoints, diagnoses, evidence, incidents, reports, steps
from workbench.store.db import Store

ROOT = Path(__file__).parents[2]


def go_on_until_done(folder: Path, mode: str, most: int) -> int:
    """Start the process again and again; returns how often it was killed."""
    for killed in range(20):
        done = subprocess.run(
            [sys.executable, "-m", "tests.agents.killed", str(folder), mode, str(most)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode == 0:
            return killed
        assert done.returncode == -signal.SIGKILL, done.stderr
    raise AssertionError("it never ended")


def undisturbed() -> Diagnosis:
    with Store.open(None) as store:
        fill(store)
        return investigate(
            store,
            scope=SCOPE,
            reports=Path("/nowhere"),
            diagnose=diagnose,
            write_report=lambda s, order: reports.save(
                s,
                reports.Report(
                    report_id=order.report_id, incident_id=order.incident_id, title="", created_unix_nano=1, folder=""
                ),
            ),
        ).diagnosis


@pytest.mark.parametrize(
    ("mode", "most", "killed"),
    [
        pytest.param("inside", 1, 1, id="once", marks=pytest.mark.slow),
        pytest.param("inside", 99, len(STEPS), id="within-every-step", marks=pytest.mark.slow),
        # The input and each of the six steps leave one state on disk.
        pytest.param("between", 99, len(STEPS) + 2, id="between-all-steps", marks=pytest.mark.slow),
    ],
)
def test_it_ends_as_if_nothing_had_happened(tmp_path: Path, mode: str, most: int, killed: int) -> None:
    with Store.open(tmp_path) as store:
        fill(store)

    assert go_on_until_done(tmp_path, mode, most) == killed

    with Store.open(tmp_path) as store:
        [incident] = incidents.latest(store)
        [report] = reports.latest(store)
        found = diagnoses.of_incident(store, incident.incident_id)
        assert found == undisturbed()
        assert folders(tmp_path / "reports") == [f"{incident.incident_id}-V-test"]
        assert len(evidence.of_incident(store, incident.incident_id)) == 1
        assert [one.name for one in steps.of_investigation(store, INVESTIGATION)] == list(STEPS)
        assert (report.incident_id, unfinished(store), checkpoints.list_(store)) == (incident.incident_id, [], [])
        assert resume(store, INVESTIGATION, reports=tmp_path, write_report=write_report).diagnosis == found
