"""How the command ends: signals, readers that go away, and errors, each as one sentence and an exit code."""

from __future__ import annotations

import os
import select
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import NoReturn

import click

from workbench.errors import BadInput, CausewayError, NotFound, RetryLater

FAILED, BAD_INPUT = 1, 2


_signals: list[int] = []
"""Signals that asked this process to end; DuckDB loses the exception that carried the number."""


def run_to_the_end(command: Callable[[], object]) -> NoReturn:
    """Run the command and exit.

    Exit codes: 0 done, 1 failed, 2 what the user gave does not fit, 128 and the signal's number when stopped.
    """
    try:
        # Outside its standalone mode click returns the code of `ctx.exit(code)` and of --help instead of exiting.
        code = command()
        sys.exit(code if isinstance(code, int) else 0)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _stopped()
    except CausewayError as error:
        again = ". Call it again" if isinstance(error, RetryLater) and "again" not in str(error) else ""
        click.echo(f"causeway: {error}{again}", err=True)
        sys.exit(BAD_INPUT if isinstance(error, BadInput | NotFound) else FAILED)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        click.echo(f"causeway: {place}{error.strerror or error}", err=True)
        sys.exit(FAILED)
    except RuntimeError as error:
        # DuckDB says so when Ctrl-C comes while one of its queries runs.
        if str(error) != "Query interrupted":
            raise
        _stopped()


def end_in_order() -> None:
    """Make a request to end, and a terminal that is closed, do what Ctrl-C does; under nohup the latter is ignored."""

    def end(number: int, _: object) -> NoReturn:
        _signals.append(number)
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, end)


def reader_is_gone() -> bool:
    """Tell whether nobody reads our output any more, as behind `| head`; what is left of it is then dropped."""
    output = sys.stdout.fileno()
    poll = select.poll()
    poll.register(output, select.POLLOUT)
    gone = any(state & (select.POLLERR | select.POLLHUP) for _, state in poll.poll(0))
    if gone:
        # Python flushes once more on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), output)
    return gone


def keep_faults_short() -> None:
    """Put the traceback of a fault of our own into a file and say where that is."""
    sys.excepthook = _fault


def _fault(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", prefix="causeway-fault-", suffix=".txt", delete=False
        ) as file:
            traceback.print_exception(kind, error, trace, file=file)
    except OSError:
        sys.__excepthook__(kind, error, trace)
        return
    click.echo(
        f"causeway: this is a fault of Causeway, not yours: {kind.__name__}: {error}. "
        f"Please report it with {file.name}",
        err=True,
    )


def _stopped() -> NoReturn:
    click.echo("Stopped.", err=True)
    sys.exit(128 + (_signals[-1] if _signals else signal.SIGINT))
