"""The scripted model stands in for a real one, and the prompt is a document."""

from __future__ import annotations

import pytest

from workbench.errors import ModelUnavailable
from workbench.models.prompts import prompt
from workbench.models.protocol import ChatModel
from workbench.models.scripted import Scripted


def test_it_answers_in_turn_and_then_no_more() -> None:
    model: ChatModel = Scripted(["one", lambda asked: asked.upper(), ValueError("broken")])

    assert model.complete("a", system="s") == "one"
    assert model.complete("two") == "TWO"
    with pytest.raises(ValueError, match="broken"):
        model.complete("three")
    with pytest.raises(ModelUnavailable, match="no more answers"):
        model.complete("four")


def test_values_with_braces_stay_as_they_are() -> None:
    text = prompt("summary", facts="{sentences} {x}", sentences="One.")

    assert "{sentences} {x}" in text
    assert text.count("One.") == 1
    assert "exactly three sentences" in text
