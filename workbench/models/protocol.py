"""What every language model looks like from here. A model words things; it decides nothing."""

from __future__ import annotations

from typing import Protocol


class ChatModel(Protocol):
    """Something that answers a prompt with a text."""

    @property
    def name(self) -> str:
        """Name that is shown beside what it worded, such as `qwen3:4b`."""
        ...

    def complete(self, prompt: str, *, system: str = "") -> str:
        """Return the whole answer.

        Raises:
            ModelUnavailable: no complete answer came in time, for whatever reason.
        """
        ...
