"""A workspace in which the sample incident was investigated, one that was not, and a flow of four rows."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.report.sample import END, make_content
from workbench import Workbench, open_workbench
from workbench.facts.diagnosis import Verdict
from workbench.facts.incident import Incident, IncidentKind
from workbench.report.write import write
from workbench.store import incidents, reports
from workbench.store.reports import Report

FLOW = {
    "name": "four",
    "description": "Keeps what is slow.",
    "nodes": [
        {
            "id": "read",
            "kind": "sources.csv_file",
            "settings": {"path": "rows.csv", "columns": {"name": "text", "ms": "integer"}},
        },
        {"id": "slow", "kind": "tables.filter", "settings": {"condition": "ms > 10"}},
    ],
    "edges": [{"source": "read", "target": "slow"}],
}  # fmt: skip


@pytest.fixture(scope="module")
def wb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    folder = tmp_path_factory.mktemp("workspace")
    with open_workbench(folder, use_model=False) as opened:
        assert isinstance(opened, Workbench)
        content = make_content(opened.store, Verdict.INCIDENT)
        reported = folder / "reports" / "REP-1"
        reports.save(
            opened.store,
            Report(
                report_id="REP-1", incident_id=content.incident_id or "", title=content.title, created_unix_nano=END,
                folder=str(reported), files=[file.name for file in write(content, reported)],
            ),
        )  # fmt: skip
        incidents.create(
            opened.store,
            Incident(
                incident_id="", title="checkout: <b>slow</b>", kind=IncidentKind.LATENCY, service_name="checkout",
                opened_unix_nano=END, updated_unix_nano=END, scope="live",
            ),
        )  # fmt: skip
        (folder / "rows.csv").write_text("name,ms\na,5\nb,50\nc,7\nd,70\n", encoding="utf-8")
        (folder / "flows" / "four.flow.json").write_text(json.dumps(FLOW), encoding="utf-8")
        yield opened


@pytest.fixture(autouse=True)
def no_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test is in a notebook, whatever started it."""
    for name in ("JPY_SESSION_NAME", "VSCODE_PID", "VSCODE_CWD", "COLAB_RELEASE_TAG", "CAUSEWAY_WIDGETS"):
        monkeypatch.delenv(name, raising=False)
