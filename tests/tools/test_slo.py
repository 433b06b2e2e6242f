"""Objectives on the command line: a table, one in full, a check that opens incidents, files in and out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml

from tests.detect.slo.made import MINUTE, NOW, OPENSLO, SLOTH, S
from workbench import Workbench, open_workbench
from workbench.errors import BadInput, NotFound
from workbench.semconv import Table
from workbench.store import sources, telemetry


@pytest.fixture
def wb(tmp_path: Path) -> Iterator[Workbench]:
    with open_workbench(tmp_path / "workspace") as opened:
        assert isinstance(opened, Workbench)
        yield opened


def written(folder: Path, text: str, name: str = "web.yaml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def put_spans(wb: Workbench, bad_from: int = 10) -> None:
    """Store 20 minutes of a service, failing from a minute on."""
    rows: list[dict[str, Any]] = [
        {
            "start_time_unix_nano": NOW + minute * MINUTE + n * S,
            "end_time_unix_nano": NOW + minute * MINUTE + n * S,
            "service_name": "web",
            "status_code": "ERROR" if minute >= bad_from and n == 0 else "OK",
        }
        for minute in range(20)
        for n in range(10)
    ]
    source = sources.register(wb.store, kind="api", uri="made", scope="live")
    telemetry.append(wb.store, Table.SPANS, pa.Table.from_pylist(rows), source_id=source.source_id)


def test_a_workspace_without_objectives_says_how_to_begin(wb: Workbench) -> None:
    said = wb.call("slos").text()

    assert "No objectives yet" in said
    assert "causeway slo import --sample" in said
    assert wb.call("slo_check").exit_code == 0


def test_the_sample_is_brought_in_and_listed(wb: Workbench) -> None:
    brought = wb.call("slo_import", sample=True)
    again = wb.call("slo_import", sample=True)

    assert brought.objectives == again.objectives == [
        "checkout/checkout-latency", "checkout/checkout-minutes", "gateway/front-availability",
    ]  # fmt: skip
    assert {one.state for one in wb.call("slos").objectives} == {"no data"}


def test_the_list_tells_how_each_objective_stands(wb: Workbench, tmp_path: Path) -> None:
    put_spans(wb)
    wb.call("slo_import", path=[written(tmp_path, OPENSLO), written(tmp_path, SLOTH.replace("web", "api"), "api.yaml")])

    found = wb.call("slos")

    assert [(one.slo.key, one.state) for one in found.objectives] == [
        ("api/answers", "not computed"), ("web/answers", "exhausted"),
    ]  # fmt: skip
    lines = found.text().splitlines()
    assert lines[2].split() == [
        "web/answers", "exhausted", "99.9", "%", "95", "%", "-4900.0", "%", "50", "50", "the", "last", "30", "days",
    ]  # fmt: skip
    assert "api/answers: its query is in another system's language" in found.text()


def test_one_objective_tells_its_computation(wb: Workbench, tmp_path: Path) -> None:
    put_spans(wb)
    file = written(tmp_path, OPENSLO)

    said = wb.call("slo", name="answers", file=[file]).text()

    assert "Budget: 100 % - 99.9 % = 0.1 % of 200 events = 0.2 events may be bad." in said
    assert "Spent: 200 - 190 = 10 bad events. Left: 0.2 - 10 = -9.8 events, -4900 % of the budget." in said
    assert "page quick    fires" in said
    early = wb.call("slo", name="web/answers", file=[file], at="2026-02-01T00:10:00Z").status
    assert (early.total, early.state) == (100, "met")
    with pytest.raises(NotFound, match=r"no objective 'other'\. There are: web/answers"):
        wb.call("slo", name="other", file=[file])


def test_a_check_opens_an_incident_once(wb: Workbench, tmp_path: Path) -> None:
    put_spans(wb)
    file = written(tmp_path, OPENSLO)

    only_told = wb.call("slo_check", file=[file], open_incidents=False)
    first = wb.call("slo_check", file=[file])
    second = wb.call("slo_check", file=[file])

    assert (only_told.incidents, only_told.anomalies > 0) == ([], True)
    assert [(one.incident_id, one.service_name) for one in first.incidents] == [("INC-1", "web")]
    assert (first.burning, first.exit_code) == (["web/answers"], 1)
    assert second.incidents == []
    assert "no new incident" in second.text()
    assert "causeway incident INC-1" in first.text()


def test_the_report_goes_month_by_month(wb: Workbench, tmp_path: Path) -> None:
    put_spans(wb)

    said = wb.call("slo_report", file=[written(tmp_path, OPENSLO)]).text()

    assert "| 2026-02 (in part) | 95 % | missed | -4900.0 % |" in said
    assert "- Compliance: 190 / 200 = 95 %." in said


def test_a_file_with_faults_is_refused_and_nothing_is_copied(wb: Workbench, tmp_path: Path) -> None:
    broken = written(tmp_path, OPENSLO.replace("0.999", "99.9").replace("30d", "soon"))

    with pytest.raises(BadInput, match=r"duration = soon.*\n.*target = 99.9"):
        wb.call("slo_import", path=[broken])

    assert wb.path
    assert not (wb.path / "slos").exists()
    assert wb.call("slo_check", file=[broken]).exit_code == 1


def test_another_file_of_the_same_name_is_not_written_over(wb: Workbench, tmp_path: Path) -> None:
    wb.call("slo_import", path=[written(tmp_path, OPENSLO)])
    changed = written(tmp_path, OPENSLO.replace("0.999", "0.9"))

    with pytest.raises(BadInput, match="there is another file of this name"):
        wb.call("slo_import", path=[changed])
    wb.call("slo_import", path=[changed], replace=True)

    assert [one.slo.objective for one in wb.call("slos").objectives] == [90]


def test_import_wants_files_or_the_sample(wb: Workbench, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="name files or folders, or give --sample"):
        wb.call("slo_import")
    with pytest.raises(BadInput, match=r"there is no \.yaml file"):
        wb.call("slo_import", path=[tmp_path])


def test_rules_are_printed_or_written(wb: Workbench, tmp_path: Path) -> None:
    files = [written(tmp_path, SLOTH), written(tmp_path, OPENSLO.replace("answers", "own"), "own.yaml")]
    out = tmp_path / "rules.yml"

    shown = wb.call("slo_rules", path=files, label=["env=test"], period="28d")
    kept = wb.call("slo_rules", path=files, out=out)

    assert shown.left_out == ["web/own: it is measured on this workspace's telemetry, which Prometheus does not have."]
    (document,) = yaml.safe_load_all(shown.text())
    assert len(document["groups"]) == 3
    assert document["groups"][0]["rules"][0]["labels"]["env"] == "test"
    assert kept.text().splitlines()[0] == f"1 objective written to {out}."
    assert len(list(yaml.safe_load_all(out.read_text()))) == 1
    with pytest.raises(BadInput, match="'soon' is no duration"):
        wb.call("slo_rules", path=files, period="soon")
    with pytest.raises(BadInput, match="'x' is no label"):
        wb.call("slo_rules", path=files, label=["x"])


def test_export_writes_openslo(wb: Workbench, tmp_path: Path) -> None:
    shown = wb.call("slo_export", path=[written(tmp_path, SLOTH)])

    (document,) = yaml.safe_load_all(shown.text())
    assert (document["apiVersion"], document["spec"]["objectives"]) == ("openslo/v1", [{"target": 0.999}])
    with pytest.raises(BadInput, match="the workspace has no objectives"):
        wb.call("slo_export")
