"""A known failure mode says what broke first where statistics only found where it shows."""

from __future__ import annotations

import pytest

from workbench.facts.diagnosis import Cause, Diagnosis, FailureMode, Verdict
from workbench.rca.told_cause import MOST_SURE, with_told_cause

ONSET = 1_760_000_000 * 10**9
PROXY, API = (
    Cause(rank=1, service_name="proxy", fault_type="exception", confidence=0.95),
    Cause(rank=2, service_name="api", fault_type="exception", confidence=0.03),
)
FOUND = Diagnosis(
    case="case",
    verdict=Verdict.INCIDENT,
    reason="Errors.",
    onset_unix_nano=ONSET,
    causes=[PROXY, API],
    lead="rise of errors",
)
FULL = FailureMode(
    signature_id="database-connections-exhausted",
    title="A database has no connections left",
    category="resource_exhaustion",
    subject="db",
    service_name="db",
    confidence=0.95,
    first_seen_unix_nano=ONSET + 3 * 10**9,
    sentence="db is out of connections.",
    fault_types=["pool_exhaustion"],
)


def test_the_service_that_says_what_broke_comes_before_the_one_that_only_fails() -> None:
    found = with_told_cause(FOUND, [FULL])

    assert [(one.rank, one.service_name) for one in found.causes] == [(1, "db"), (2, "proxy"), (3, "api")]
    assert found.causes[0].fault_type == "pool_exhaustion"
    assert found.causes[0].confidence == MOST_SURE
    assert found.causes[1].confidence <= 1 - MOST_SURE + 1e-9
    assert "No trace shows that proxy needs db" in found.causes[0].missing[0]
    assert set(found.explained) == {"proxy", "api"}


@pytest.mark.parametrize(
    "mode",
    [
        pytest.param({"confidence": 0.7}, id="not sure"),
        pytest.param({"category": "dependency_failure"}, id="only complains of another"),
        pytest.param({"role": "symptom"}, id="a symptom"),
        pytest.param({"consequence_of": "disk-full"}, id="follows from another"),
        pytest.param({"first_seen_unix_nano": ONSET + 600 * 10**9}, id="much later"),
    ],
)
def test_weaker_words_change_nothing(mode: dict[str, object]) -> None:
    assert with_told_cause(FOUND, [FULL.model_copy(update=mode)]) == FOUND


def test_a_cause_whose_type_is_known_stays_first() -> None:
    typed = FOUND.model_copy(update={"causes": [PROXY.model_copy(update={"fault_type": "cpu_contention"}), API]})

    assert with_told_cause(typed, [FULL]) == typed


def test_a_caller_of_the_first_only_suffers_from_it() -> None:
    called = FOUND.model_copy(update={"edges": [("db", "web"), ("web", "proxy")]})

    assert with_told_cause(called, [FULL]) == called


def test_a_first_cause_with_a_failure_mode_of_its_own_stays_first() -> None:
    own = FULL.model_copy(update={"service_name": "proxy", "subject": "proxy"})

    assert with_told_cause(FOUND, [own, FULL]) == FOUND


def test_what_ended_with_a_panic_comes_before_what_cannot_reach_it() -> None:
    panic = FULL.model_copy(update={"category": "code_defect", "fault_types": ["exception"]})
    refused = FULL.model_copy(update={"category": "dependency_failure", "service_name": "proxy", "subject": "proxy"})

    assert with_told_cause(FOUND, [refused, panic]).causes[0].service_name == "db"
    assert with_told_cause(FOUND, [panic]) == FOUND
