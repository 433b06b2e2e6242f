"""What to do next comes from the runbook of the fault, with no name out of telemetry turned into shell."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.agents.actions import MOST_ACTIONS, Runbook, RunbookStep, actions_for, load_runbooks, runbook_folder
from workbench.errors import BadInput
from workbench.facts.diagnosis import Action, Cause, Diagnosis, Verdict

BOOK = Runbook(
    id="bad-deploy",
    title="A new version fails",
    fault_types=["exception"],
    steps=[
        RunbookStep(title="Roll back SERVICE", risk="medium", command="undo deployment/SERVICE"),
        RunbookStep(title="Tell the team"),
    ],
)


def blaming(service: str, fault: str | None, verdict: Verdict = Verdict.INCIDENT) -> Diagnosis:
    cause = Cause(rank=1, service_name=service, fault_type=fault, confidence=0.8)
    return Diagnosis(case="c", verdict=verdict, reason="r", causes=[cause])


def test_the_first_causes_fault_chooses_the_runbook() -> None:
    why = "cart looks like a new version fails (runbook bad-deploy)"

    assert actions_for(blaming("cart", "exception"), [BOOK]) == [
        Action(title="Roll back cart", why=why, risk="medium", command="undo deployment/cart"),
        Action(title="Tell the team", why=why),
    ]


def test_a_fault_without_a_runbook_says_where_to_look() -> None:
    [action] = actions_for(blaming("cart", None), [BOOK])

    assert (action.title, action.command) == ("Look at cart first", "")


@pytest.mark.parametrize("name", ["cart; rm -rf /", "$(id)", "-x", "a b", "cart\nid", ""])
def test_an_odd_service_name_never_becomes_shell(name: str) -> None:
    assert actions_for(blaming(name, "exception"), [BOOK])[0].command == "undo deployment/SERVICE"


def test_nothing_is_done_about_nothing() -> None:
    assert actions_for(blaming("cart", "exception", Verdict.HEALTHY), [BOOK]) == []


def test_the_runbooks_that_come_along_can_all_be_read() -> None:
    books = load_runbooks(runbook_folder())

    assert len(books) >= 10
    assert all(0 < len(book.steps) <= MOST_ACTIONS for book in books)
    assert {step.risk for book in books for step in book.steps} <= {"low", "medium", "high"}


@pytest.mark.parametrize("text", ["no front matter", "---\nid: [\n---\n", "---\n- a\n---\n", "---\nid: x\n---\n"])
def test_a_runbook_that_cannot_be_used_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "odd.md").write_text(text, encoding="utf-8")

    with pytest.raises(BadInput, match=r"odd\.md"):
        load_runbooks(tmp_path)
