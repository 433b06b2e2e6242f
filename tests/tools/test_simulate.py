import json

import pytest

from workbench.errors import BadInput
from workbench.guard.tool import TOOLS
from workbench.tools.simulate import SimulationSummary, simulate


def test_a_broken_shop_is_written_with_its_truth(tmp_path):
    summary = simulate(None, tmp_path, fault=["cpu@cart+20"], seed=3, minutes=0.6, format="csv")

    assert summary.folder == tmp_path
    assert set(summary.files) == {path.name for path in tmp_path.iterdir()}
    assert set(summary.files) >= {"logs.csv", "spans.csv", "metrics.csv", "edges.csv", "truth.json"}
    assert summary.truth.model_dump() == json.loads((tmp_path / "truth.json").read_text())
    assert summary.truth.faults[0].service == "cart"
    with (tmp_path / "spans.csv").open() as file:
        assert sum(1 for _ in file) == summary.rows["spans"] + 1


def test_a_healthy_shop_has_no_faults(tmp_path):
    summary = simulate(None, tmp_path, healthy=True, minutes=0.3)

    assert summary.truth.faults == []
    assert SimulationSummary.model_validate_json(summary.model_dump_json()) == summary


def test_a_run_begins_when_it_is_told_to(tmp_path):
    given = {"fault": ["cpu@cart+10"], "seed": 3, "minutes": 0.4, "format": "csv"}
    summary = simulate(None, tmp_path / "friday", start="2026-04-03T09:30:00Z", **given)
    usual = simulate(None, tmp_path / "usual", **given)

    assert summary.truth.faults[0].start.startswith("2026-04-03T09:30:10")
    assert usual.truth.faults[0].start.startswith("2026-03-10T09:30:10")
    assert summary.rows == usual.rows
    with pytest.raises(BadInput, match="start"):
        simulate(None, tmp_path / "never", start="soon", **given)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param({}, "neither a fault nor healthy is asked for. Give --healthy, or --fault with one of", id="none"),
        pytest.param({"healthy": True, "fault": ["cpu"]}, "both a fault and healthy are asked for", id="both"),
    ],
)
def test_what_to_simulate_has_to_be_said(tmp_path, arguments, message):
    with pytest.raises(BadInput, match=message):
        simulate(None, tmp_path, **arguments)


def test_faces_can_explain_every_parameter():
    tool = TOOLS["simulate"]

    fields = tool.arguments.model_fields
    assert tool.risk == "write"
    assert list(fields) == ["out", "fault", "healthy", "seed", "minutes", "format", "topology", "start"]
    assert [name for name, field in fields.items() if not field.description] == []
