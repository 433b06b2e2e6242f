"""Starts a server as a private process, waits until it answers, ends it."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from glob import glob
from pathlib import Path

import pytest

PATIENCE_S = 90.0


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def until(condition: Callable[[], bool]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def answers(port: int) -> bool:
    """Tell whether somebody listens on a port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def program(*patterns: str) -> str:
    """Return the path of a server's program; the newest when there are several."""
    for pattern in patterns:
        found = shutil.which(pattern) or (sorted(glob(pattern))[-1:] or [""])[0]
        if found:
            return found
    return pytest.fail(f"no {patterns[0]} on this machine; `make test-services` installs what these tests need")


@contextmanager
def folder_of(user: str | None) -> Iterator[Path]:
    """Yield a folder for a server's data that belongs to the user it runs as, and remove it."""
    # Not pytest's tmp_path: nobody but its owner may look into that.
    folder = Path(tempfile.mkdtemp(prefix="causeway-service-"))
    try:
        if user is not None:
            account = pwd.getpwnam(user)
            os.chown(folder, account.pw_uid, account.pw_gid)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def user_if_root(name: str) -> str | None:
    """Return the account a server runs as: servers such as PostgreSQL refuse to run as root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(name).pw_name
    except KeyError:
        return pytest.fail(f"there is no user {name!r}; `make test-services` installs what these tests need")


def run_as(user: str | None, command: list[str], **environment: str) -> None:
    """Run a command to its end as a user."""
    done = subprocess.run(
        command, user=user, group=_group(user), extra_groups=[] if user else None, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=os.environ | environment, cwd="/",
    )  # fmt: skip
    if done.returncode:
        pytest.fail(f"{command[0]} failed: {done.stdout[-2000:]}")


@contextmanager
def server(
    command: list[str],
    *,
    ready: Callable[[], bool],
    log: Path,
    user: str | None = None,
    stop: signal.Signals = signal.SIGTERM,
    **environment: str,
) -> Iterator[int]:
    """Run a server while the block runs; yields its process id."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, user=user, group=_group(user), extra_groups=[] if user else None, cwd="/",
            stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, env=os.environ | environment,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + PATIENCE_S
        while not ready():
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"{command[0]} does not answer: {log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)
        yield process.pid
    finally:
        if process.poll() is None:
            process.send_signal(stop)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _group(user: str | None) -> int | None:
    return pwd.getpwnam(user).pw_gid if user else None
