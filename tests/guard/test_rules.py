"""Rules of masking that a workspace adds: what they find, which patterns are refused, and where they hold."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench import Workbench, open_workbench
from workbench.errors import BadInput, NotFound
from workbench.guard.pii import mask, mask_text
from workbench.guard.rules import Rules, check, holding
from workbench.guard.spans import PiiType

LINE = "EMP-12345 wrote to ada@example.org from 10.1.2.3"
RULES = Rules().with_rule("EMPLOYEE", r"EMP-\d{5}").with_rule("IP", on=False)


@pytest.fixture
def wb(tmp_path: Path) -> Iterator[Workbench]:
    with open_workbench(tmp_path, use_model=False) as opened:
        assert isinstance(opened, Workbench)
        yield opened


def test_own_rules_mask_and_kinds_are_switched_off() -> None:
    with holding(RULES):
        masked = mask_text(LINE)
        assert mask_text(masked.text).count == 0
        named = mask({"client_ip": "10.1.2.3", "note": "EMP-12345"})[0]

    assert named == {"client_ip": "10.1.2.3", "note": "[EMPLOYEE]"}
    assert masked.text == "[EMPLOYEE] wrote to [EMAIL] from 10.1.2.3"
    assert masked.kinds == {"EMPLOYEE": 1, "EMAIL": 1}
    assert mask_text(LINE).text == "EMP-12345 wrote to [EMAIL] from [IP]"


def test_an_own_rule_is_stronger_than_what_is_built_in() -> None:
    with holding(Rules().with_rule("STAFF", r"\w+@example\.org")):
        assert mask_text(LINE).text == "EMP-12345 wrote to [STAFF] from [IP]"


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        pytest.param("", r"pattern: there is no pattern. A regular expression, such as EMP-\d{5}", id="none"),
        pytest.param("(", "is no regular expression: missing ), unterminated subpattern at position 0", id="broken"),
        pytest.param("x*", "fits nothing at all or a blank as well. Make it narrower", id="empty"),
        pytest.param(r"\w+", "fits placeholders such as [EMAIL] as well. Make it narrower", id="placeholders"),
        pytest.param("(z+)+q", "repeats a repetition, which may take for ever on some lines", id="for-ever"),
        pytest.param("(?:z|y*)*q", "repeats a repetition", id="for-ever-in-a-choice"),
        pytest.param("z" * 501, "it is longer than 500 characters", id="long"),
    ],
)
def test_a_bad_pattern_is_refused_in_one_sentence(pattern: str, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        check(pattern)

    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("pattern", [r"EMP-\d{5}", r"ORD-\d+(?:-\d{1,3})?", r"(?i)case no\. ?\d{4,}", "(z{1,9})+q"])
def test_usual_patterns_are_taken(pattern: str) -> None:
    assert check(pattern) == pattern


def test_names_and_removing() -> None:
    for name in ("employee", "E", "A B", "[X]"):
        with pytest.raises(BadInput, match="is no name of a rule"):
            Rules().with_rule(name, "abc1")
    with pytest.raises(BadInput, match="EMAIL is built in"):
        Rules().with_rule("EMAIL", "abc1")
    with pytest.raises(BadInput, match="cannot be removed"):
        Rules().without("EMAIL")
    with pytest.raises(NotFound):
        Rules().with_rule("NEW")
    assert RULES.without("EMPLOYEE").with_rule("IP", on=True) == Rules()


def test_tools_keep_rules_in_the_workspace(wb: Workbench) -> None:
    assert wb.path
    wb.call("pii_rule_set", name="EMPLOYEE", pattern=r"EMP-\d{5}")
    wb.call("pii_rule_set", name="IP", turn="off")

    assert wb.call("pii_mask", line=LINE).masked == "[EMPLOYEE] wrote to [EMAIL] from 10.1.2.3"
    assert wb.call("pii_rules").text().splitlines()[1].split() == ["EMPLOYEE", "on", r"EMP-\d{5}"]
    assert Rules.load(wb.path) == wb.pii == RULES
    wb.call("pii_rule_set", name="EMPLOYEE", turn="off")
    assert wb.call("pii_mask", line=LINE).masked.startswith("EMP-12345")
    wb.call("pii_rule_remove", name="EMPLOYEE")
    assert [one.name for one in wb.call("pii_rules")] == [kind.value for kind in PiiType]


def test_rules_hold_in_the_log_of_the_workspace(wb: Workbench) -> None:
    assert wb.path
    wb.call("pii_rule_set", name="EMPLOYEE", pattern=r"EMP-\d{5}")

    with pytest.raises(NotFound):
        wb.call("incident", incident_id="EMP-12345")

    logging.shutdown()
    written = "".join(path.read_text() for path in (wb.path / "logs").iterdir())
    assert "[EMPLOYEE]" in written
    assert "EMP-12345" not in written


def test_a_file_that_cannot_be_read_opens_no_workspace(tmp_path: Path) -> None:
    (tmp_path / "pii.json").write_text('{"own": [{"name": "A1", "pattern": "("}]}')

    with pytest.raises(BadInput, match=r"pii\.json: cannot be read: pattern: '\(' is no regular expression"):
        open_workbench(tmp_path)

    (tmp_path / "pii.json").unlink()
    open_workbench(tmp_path).close()


@pytest.mark.slow
def test_rules_hold_in_runs_of_flows(wb: Workbench) -> None:
    assert wb.path
    wb.call("pii_rule_set", name="EMPLOYEE", pattern=r"EMP-\d{5}")
    (wb.path / "in.jsonl").write_text(json.dumps({"body": LINE}) + "\n")
    flow = {
        "name": "masked",
        "nodes": [
            {"id": "read", "kind": "sources.jsonlines", "settings": {"path": "in.jsonl", "columns": {"body": "text"}}},
            {"id": "mask", "kind": "text.pii_mask", "settings": {"columns": ["body"]}},
            {"id": "out", "kind": "sinks.jsonlines", "settings": {"path": "out.jsonl"}},
        ],
        "edges": [{"source": "read", "target": "mask"}, {"source": "mask", "target": "out"}],
    }
    wb.call("flow_save", flow="masked", message="first", document=json.dumps(flow))

    wb.call("flow_run", flow="masked")

    deadline = time.monotonic() + 20
    while not (wb.path / "out.jsonl").exists():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert "[EMPLOYEE] wrote to [EMAIL] from [IP]" in (wb.path / "out.jsonl").read_text()
