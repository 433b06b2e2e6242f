"""Simulated time: processes that sleep, wait for each other, and queue for a limited number of slots.

A process is a generator. It yields the seconds it sleeps, or None to wait until somebody wakes it with a value. Waking
needs a ticket, which is good for one waiting only: a late answer after a time-out finds a used ticket and is lost.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from heapq import heappop, heappush
from typing import Any, TypeVar

Result = TypeVar("Result")
Steps = Generator[float | None, Any, Result]
"""A process, or a part of one that ends with a result."""


class Process:
    """A running generator and how often it was resumed."""

    __slots__ = ("generator", "turn")

    def __init__(self, generator: Steps[None]) -> None:
        self.generator, self.turn = generator, 0


Ticket = tuple[Process, int]


class Clock:
    """Runs processes in the order of simulated time."""

    def __init__(self) -> None:
        self.now = 0.0
        """Seconds since the start of the run."""
        self._heap: list[tuple[float, int, Process, int, Any]] = []
        self._count = 0
        self._current: Process | None = None

    def start(self, generator: Steps[None], delay_s: float = 0.0) -> None:
        """Start a process after a delay."""
        self._push(delay_s, Process(generator), 0, None)

    def ticket(self) -> Ticket:
        """Return what the current process can be woken with, once, when it next yields None."""
        process = self._current
        if process is None:
            raise RuntimeError("a ticket is given to running processes only")
        return process, process.turn

    def wake(self, ticket: Ticket, value: object, delay_s: float = 0.0) -> None:
        """Hand a value to a waiting process after a delay, unless something else woke it before."""
        process, turn = ticket
        if process.turn == turn:
            self._push(delay_s, process, turn, value)

    def run(self, until_s: float) -> None:
        """Run everything that happens up to a time."""
        heap = self._heap
        while heap and heap[0][0] <= until_s:
            self.now, _, process, turn, value = heappop(heap)
            if process.turn != turn:
                continue
            process.turn += 1
            self._current = process
            try:
                delay_s = process.generator.send(value)
            except StopIteration:
                process.turn = -1
                continue
            if delay_s is not None:
                self._push(delay_s, process, process.turn, None)
        self._current = None

    def _push(self, delay_s: float, process: Process, turn: int, value: object) -> None:
        self._count += 1
        heappush(self._heap, (self.now + delay_s, self._count, process, turn, value))


class Slots:
    """A limited number of equal things, such as worker threads or connections, with a queue in order of arrival."""

    __slots__ = ("_waiting", "size", "used")

    def __init__(self, size: int) -> None:
        self.size, self.used = size, 0
        self._waiting: deque[Ticket] = deque()

    def take(self, clock: Clock, patience_s: float) -> Steps[bool]:
        """Wait for a slot and tell whether there was one before the patience ended."""
        if self.used < self.size:
            self.used += 1
            return True
        ticket = clock.ticket()
        self._waiting.append(ticket)
        clock.wake(ticket, False, patience_s)
        got: bool = yield None
        return got

    def give_back(self, clock: Clock) -> None:
        """Hand a slot to the first that still waits for it, or put it back."""
        while self._waiting and self.used <= self.size:
            process, turn = self._waiting.popleft()
            if process.turn == turn:
                clock.wake((process, turn), True)
                return
        self.used -= 1

    def pending(self) -> int:
        """Return how many wait."""
        return sum(process.turn == turn for process, turn in self._waiting)
