"""Over the real protocol: whatever a model does, causes, numbers and actions are the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agents.shop import SCOPE, diagnose, fill, write_report
from tests.models.fake_ollama import FakeOllama, fake_ollama
from workbench.agents.investigate import investigate
from workbench.agents.state import Investigation
from workbench.facts.diagnosis import Diagnosis
from workbench.models.ollama import Ollama
from workbench.models.protocol import ChatModel
from workbench.store.db import Store

pytestmark = pytest.mark.slow

LIES = {
    "other-cause": "Requests began to fail at 2023-11-14 22:16:40 UTC. The cause is cart. Confidence is 83 %.",
    "unknown-service": "Requests began to fail. The first cause is search, not payments. Confidence is 83 %.",
    "other-number": "Requests began to fail. The first cause is payments. Confidence is 97 %.",
    "other-time": "Requests began to fail at 03:00:00 UTC. The first cause is payments. Confidence is 83 %.",
    "in-words": "Requests began to fail. The first cause is payments. Confidence is ninety percent.",
    "too-sure": "Requests began to fail. The first cause is definitely payments. Confidence is 83 %.",
    "denial": "Requests began to fail. The first cause is never payments. Confidence is 83 %.",
    "advice": "Requests began to fail. The first cause is payments. Restart it now, confidence is 83 %.",
    "two-sentences": "Requests began to fail. The cause is payments.",
    "chatter": "Sure! Here is the summary you asked for: payments failed. It was bad. Confidence is 83 %. Bye.",
    "markdown": "# Summary. The first cause is payments. Confidence is 83 %.",
    "link": "See http://evil.example for more. The first cause is payments. Confidence is 83 %.",
}


@pytest.fixture(scope="module")
def server() -> Iterator[FakeOllama]:
    with fake_ollama() as fake:
        fake.answers.update(LIES)
        yield fake


def found_with(model: ChatModel | None, folder: Path) -> Investigation:
    with Store.open(None) as store:
        fill(store)
        return investigate(
            store, scope=SCOPE, reports=folder, model=model, diagnose=diagnose, write_report=write_report, now=lambda: 1
        )


@pytest.fixture(scope="module")
def by_rules(tmp_path_factory: pytest.TempPathFactory) -> Investigation:
    return found_with(None, tmp_path_factory.mktemp("rules"))


def bare(diagnosis: Diagnosis) -> Diagnosis:
    return diagnosis.model_copy(update={"seconds": 0.0})


@pytest.mark.parametrize(
    "name",
    ["missing", "slow", "drip", "garbage", "truncated", "error", "dies", "redirect", "html", "liar", *LIES],
)
def test_the_outcome_is_that_of_the_rules(
    server: FakeOllama, by_rules: Investigation, name: str, tmp_path: Path
) -> None:
    found = found_with(Ollama(server.url, name, total_s=0.3 if name in ("slow", "drip") else 5), tmp_path)

    assert bare(found.diagnosis) == bare(by_rules.diagnosis)
    assert found.summary == by_rules.summary
    assert found.worded_by == "rules"
    assert found.worded_why not in ("", by_rules.worded_why)
    assert found.incident_id == by_rules.incident_id


def test_no_prompt_holds_personal_data(server: FakeOllama, tmp_path: Path) -> None:
    before = len(server.prompts())

    found_with(Ollama(server.url, "ok"), tmp_path)

    [prompt] = server.prompts()[before:]
    assert "jo@example.org" not in prompt
    assert prompt.count("[EMAIL]") == 2
    assert "payments" in prompt
