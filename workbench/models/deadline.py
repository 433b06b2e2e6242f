"""Gives a call that can block a strict end: whoever waits gets an answer or an error in time."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


def within(seconds: float, call: Callable[[], Result], on_late: Callable[[], None]) -> Result:
    """Run `call` in a thread of its own and wait for it at most `seconds`.

    Args:
        seconds: How long to wait.
        call: What may block; its exceptions are raised here.
        on_late: Runs when the time is over, to make the call end soon; its thread is not waited for.

    Raises:
        TimeoutError: the time was over first.
    """
    outcome: queue.SimpleQueue[tuple[Result | None, BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            outcome.put((call(), None))
        except BaseException as error:  # noqa: BLE001 - carried over to the waiting thread, which raises it
            outcome.put((None, error))

    # A daemon, so that a server that never answers cannot keep the process from ending.
    threading.Thread(target=run, name="model call", daemon=True).start()
    try:
        result, error = outcome.get(timeout=seconds)
    except queue.Empty:
        on_late()
        raise TimeoutError(f"no answer within {seconds:g} s") from None
    if error is not None:
        raise error
    return result  # type: ignore[return-value]
