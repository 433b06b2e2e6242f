"""Secrets on their way into a run: asked for over the wire, kept in memory only, and taken out of all that is said."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TextIO
from urllib.parse import quote, quote_plus

from workbench.engine.events import Answer, Unlock
from workbench.engine.wire import Wire
from workbench.errors import BadInput, CausewayError
from workbench.flow.fields import secret_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from workbench.guard.secrets import SecretStore

HIDDEN = "[SECRET]"
SHORTEST = 4
"""Shorter values are words that stand anywhere; hiding them would only make errors unreadable."""
_PATIENCE_S = 60.0


def unlock(event: Unlock, secrets: SecretStore | None, wire: Wire) -> None:
    """Owner: answer with the value of a secret, or say why there is none."""
    try:
        if secrets is None:
            raise BadInput("this workspace keeps no secrets")
        value = secrets.get(event.name)
    except CausewayError as error:
        wire.send(Answer(number=event.number, last=True, error=str(error)))
        return
    wire.send(Answer(number=event.number, last=True), value.encode())


class Unsealed:
    """Child: service `secrets`. Numbers of its questions are negative, so that they meet no others on the wire."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._values: dict[str, str] = {}
        self._hidden: list[str] = []
        self._asked = 0
        self._answers: dict[int, tuple[Answer, bytes]] = {}
        self._came = threading.Condition()

    def __call__(self, reference: str) -> str:
        """Return what a reference `${secret:NAME}` stands for; raises `BadInput` when the owner has no such secret."""
        name = secret_name(reference)
        if name in self._values:
            return self._values[name]
        with self._came:
            self._asked -= 1
            number = self._asked
        self._wire.send(Unlock(number=number, name=name))
        with self._came:
            if not self._came.wait_for(lambda: number in self._answers, _PATIENCE_S):
                raise BadInput(f"the value of the secret {name!r} did not come")
            answer, blob = self._answers.pop(number)
        if answer.error:
            raise BadInput(answer.error)
        value = blob.decode()
        self._values[name] = value
        self._hidden = sorted(_forms(self._values.values()), key=len, reverse=True)
        return value

    def answered(self, answer: Answer, blob: bytes) -> bool:
        """Take an answer of the owner; tell whether it was for us."""
        if answer.number >= 0:
            return False
        with self._came:
            self._answers[answer.number] = (answer, blob)
            self._came.notify_all()
        return True

    def scrub(self, text: str) -> str:
        """Return a text without the values that were handed out, also where they are quoted as in a URL."""
        for form in self._hidden:
            text = text.replace(form, HIDDEN)
        return text

    def __repr__(self) -> str:
        return "<Unsealed>"


class ScrubbedStream:
    """Standard error of a run, without secrets: tracebacks and the logs of drivers go through it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.scrub: Callable[[str], str] | None = None

    def write(self, text: str) -> int:
        """Write a text."""
        return self._stream.write(self.scrub(text) if self.scrub else text)

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


def _forms(values: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for value in values:
        found |= {value, repr(value)[1:-1], quote(value, safe=""), quote_plus(value)}
        # A key of several lines is told line by line.
        found |= {line.strip() for line in value.splitlines() if len(line.strip()) >= 16}
    return {form for form in found if len(form) >= SHORTEST}
