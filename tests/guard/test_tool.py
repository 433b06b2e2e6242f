"""One typed function gives everything that a face needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from pydantic import ValidationError

from workbench.guard.tool import TOOLS, Risk, tool


@pytest.fixture(autouse=True)
def _registry_is_put_back() -> Iterator[None]:
    before = dict(TOOLS)
    yield
    TOOLS.clear()
    TOOLS.update(before)


def greet_tool() -> None:
    @tool(risk="read", command="say hello", positional=("name",))
    def greet(wb: object, name: str, times: int = 1, tone: Literal["warm", "cold"] = "warm") -> list[str]:
        """Greet somebody.

        At length if asked for.

        Args:
            name: Who is greeted.
            times: How often,
                one by one.
            tone: How it sounds.
        """
        return [f"{tone} hello {name}"] * times


def test_a_tool_is_described_by_its_signature_and_docstring() -> None:
    greet_tool()
    made = TOOLS["greet"]
    helps = {name: field.description for name, field in made.arguments.model_fields.items()}

    assert (made.risk, made.command, made.positional) == (Risk.READ, ("say", "hello"), ("name",))
    assert (made.summary, made.description) == ("Greet somebody.", "Greet somebody.\n\nAt length if asked for.")
    assert helps == {"name": "Who is greeted.", "times": "How often, one by one.", "tone": "How it sounds."}


def test_arguments_are_checked_before_the_function_runs() -> None:
    greet_tool()

    with pytest.raises(ValidationError, match="warm"):
        TOOLS["greet"](None, {"name": "Ada", "tone": "loud"})
    with pytest.raises(ValidationError, match="Extra inputs"):
        TOOLS["greet"](None, {"name": "Ada", "loud": True})


def test_texts_become_numbers_where_numbers_are_wanted() -> None:
    greet_tool()

    assert TOOLS["greet"](None, {"name": "Ada", "times": "2"}) == ["warm hello Ada"] * 2
