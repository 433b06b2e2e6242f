"""A model that says what it was given to say, in order; for tests and demonstrations."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from workbench.errors import ModelUnavailable

Answer = str | Exception | Callable[[str], str]


class Scripted:
    """Answers with the given texts in turn; raises what is an exception, calls what can be called with the prompt."""

    def __init__(self, answers: Sequence[Answer], *, name: str = "scripted") -> None:
        self.name = name
        self.prompts: list[str] = []
        """What it was asked, oldest first."""
        self._answers = list(answers)

    def complete(self, prompt: str, *, system: str = "") -> str:
        """Return the next answer; raises `ModelUnavailable` when all were given."""
        self.prompts.append(f"{system}\n\n{prompt}" if system else prompt)
        if not self._answers:
            raise ModelUnavailable(self.name, "has no more answers")
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, str) else answer(prompt)
