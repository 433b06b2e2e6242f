"""Lets a call be stopped from outside: its work asks at checkpoints, and what it waits for is woken.

Python cannot end a thread, so work that takes long says where it may be ended: `check()` raises `Cancelled` there, and
`woken(wake)` has whoever cancels call `wake` (interrupt a query, kill a child) until the wait is over. What has to be
whole once it is begun, such as clearing up, stands in `shielded()`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from workbench.errors import Cancelled

_AGAIN_S = 0.05


class Cancel:
    """Whether somebody asked one call to end, and what is to be woken then. Any thread may ask."""

    def __init__(self, name: str = "") -> None:
        self.name = name
        """Of the tool, for the message."""
        self._asked = False
        self._wakes: list[Callable[[], object]] = []
        self._changed = threading.Condition()

    @property
    def asked(self) -> bool:
        """True once somebody asked."""
        return self._asked

    def ask(self) -> None:
        """Have the call end at its next checkpoint; returns at once."""
        with self._changed:
            if self._asked:
                return
            self._asked = True
        # Until the wait is over: a query that begins just now would not notice that it was interrupted before.
        threading.Thread(target=self._wake, name="causeway-cancel", daemon=True).start()

    def check(self) -> None:
        """Raise `Cancelled` if somebody asked."""
        if self._asked:
            raise Cancelled(self.name)

    @contextmanager
    def woken(self, wake: Callable[[], object]) -> Iterator[None]:
        """Have `wake` called if somebody asks while the block runs; it must end the wait, and may be called often."""
        with self._changed:
            self.check()
            self._wakes.append(wake)
        try:
            yield
        finally:
            # With the lock, so that nothing is woken that has moved on to other work.
            with self._changed:
                self._wakes.remove(wake)
                self._changed.notify_all()

    def _wake(self) -> None:
        with self._changed:
            while self._wakes:
                for wake in self._wakes:
                    wake()
                self._changed.wait(_AGAIN_S)


_current: ContextVar[Cancel | None] = ContextVar("cancel", default=None)


@contextmanager
def cancellable(cancel: Cancel) -> Iterator[None]:
    """Have the work of the block look at `cancel`, unless it is part of work that looks at another one already."""
    token = _current.set(_current.get() or cancel)
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def shielded() -> Iterator[None]:
    """Let the block run to its end, whoever asks."""
    token = _current.set(None)
    try:
        yield
    finally:
        _current.reset(token)


def check() -> None:
    """Raise `Cancelled` if somebody asked the current call to end."""
    cancel = _current.get()
    if cancel is not None:
        cancel.check()


def is_asked() -> bool:
    """Tell whether somebody asked the current call to end."""
    cancel = _current.get()
    return cancel is not None and cancel.asked


@contextmanager
def woken(wake: Callable[[], object]) -> Iterator[None]:
    """As `Cancel.woken`, for the current call; raises `Cancelled` when somebody has asked already."""
    cancel = _current.get()
    if cancel is None:
        yield
        return
    with cancel.woken(wake):
        yield
