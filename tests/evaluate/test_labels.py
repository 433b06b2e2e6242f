"""Labelled folders in three layouts; a wrong label is one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workbench.errors import BadInput
from workbench.evaluate.labels import read_labels


def write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")


def test_a_list_of_labels_beside_cases(tmp_path: Path) -> None:
    row = {"case": "c1", "root_cause_service": "cart", "fault_type": "cpu", "inject_epoch": 1_700_000_000}
    write(tmp_path / "labels.json", [row])
    (one,) = read_labels(tmp_path)
    assert (one.services, one.group, one.onset_known) == (["cart"], "cpu", True)
    assert one.at_unix_nano == 1_700_000_000_000_000_000
    assert one.folder == tmp_path / "cases" / "c1"


def test_targets_inside_the_cases_give_an_alarm_not_an_onset(tmp_path: Path) -> None:
    target = {"target": {"metric": "latency", "timestamp": 1_700_000_000}, "root_cause": {"node": "search"}}
    write(tmp_path / "cases" / "b" / "target.json", target)
    write(tmp_path / "cases" / "a" / "target.json", target)
    found = read_labels(tmp_path)
    assert [one.case for one in found] == ["a", "b"]
    assert not found[0].onset_known
    assert found[0].at_unix_nano is not None


def test_our_simulator_writes_labels_too_and_health_is_a_label(tmp_path: Path) -> None:
    fault = {"service": "cart", "fault_type": "cpu", "start": "2026-03-10T09:31:13.081Z"}
    write(tmp_path / "one" / "truth.json", {"faults": [fault], "seed": 1})
    write(tmp_path / "two" / "truth.json", {"faults": [], "seed": 2})
    sick, well = read_labels(tmp_path)
    assert (sick.services, sick.fault_type) == (["cart"], "cpu")
    assert sick.at_unix_nano is not None
    assert sick.at_unix_nano % 1_000_000_000 == 81_000_000
    assert (well.services, well.group, well.at_unix_nano) == ([], "healthy", None)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("labels.json", [{"case": "c1"}], "root_cause_service"),
        ("cases/a/target.json", {"target": {}}, "root_cause"),
        ("other.json", {}, "holds no labelled cases"),
    ],
)
def test_wrong_labels_say_what_is_wanted(tmp_path: Path, name: str, content: object, said: str) -> None:
    write(tmp_path / name, content)
    with pytest.raises(BadInput) as failed:
        read_labels(tmp_path)
    assert said in str(failed.value)
    assert "ted" in str(failed.value) or "needs" in str(failed.value)
