"""What a caller gets: an answer, or a failure and why."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.simulate.clock import Clock, Ticket


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a call did not succeed, as its caller is told."""

    exception: str
    text: str
    status: int
    """Status code of HTTP."""
    retryable: bool = False


Answer = Failure | bool
"""A failure, or whether the answer holds anything."""


class Reply:
    """The way back to a waiting caller."""

    __slots__ = ("delay_s", "ticket")

    def __init__(self, ticket: Ticket, delay_s: float) -> None:
        self.ticket, self.delay_s = ticket, delay_s

    def send(self, clock: Clock, answer: Answer) -> None:
        """Send the answer; it is lost when the caller does not wait any more."""
        clock.wake(self.ticket, answer, self.delay_s)
