"""Who holds a workspace: a lock file that the kernel frees when its holder dies, and where the holder listens."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import tempfile
import time
from pathlib import Path

from workbench.errors import BadInput
from workbench.facts.evidence import Frozen

LOCK_NAME = "owner.lock"
SOCKET_NAME = "owner.sock"

# A Unix socket's path has at most 107 bytes on Linux and 103 on macOS.
_LONGEST_SOCKET_PATH = 100
_SHORT_PREFIX = "causeway-"
# Clients look whether the lock is held by holding it themselves for an instant.
_PROBE_S = 0.2


class Holder(Frozen):
    """What the lock file says about the process that holds the workspace."""

    pid: int
    version: str
    socket: str
    since_unix_nano: int


def take(folder: Path) -> int | None:
    """Take the lock of a workspace for as long as the returned descriptor is open; None when another has it.

    Raises:
        BadInput: the lock file cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise BadInput(f"cannot be locked: {error.strerror}", where=str(folder), hint="Name another folder") from error
    deadline = time.monotonic() + _PROBE_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
        except BlockingIOError:
            holder = _read(descriptor)
            if (holder is not None and _alive(holder.pid)) or time.monotonic() > deadline:
                os.close(descriptor)
                return None
        time.sleep(0.01)


def is_held(folder: Path) -> bool:
    """Tell whether some process holds the workspace."""
    try:
        descriptor = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def write(descriptor: int, holder: Holder | None) -> None:
    """Write down who holds the lock; None empties the file."""
    os.ftruncate(descriptor, 0)
    if holder is not None:
        os.pwrite(descriptor, holder.model_dump_json().encode(), 0)


def read(folder: Path) -> Holder | None:
    """Return who holds, or last held, a workspace; None when the file says nothing readable."""
    try:
        descriptor = os.open(folder / LOCK_NAME, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return _read(descriptor)
    finally:
        os.close(descriptor)


def socket_path(folder: Path) -> Path:
    """Return where to listen: in the workspace or, when its path is too long for a socket, in a private folder."""
    path = folder / SOCKET_NAME
    if len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH:
        return path
    return Path(tempfile.mkdtemp(prefix=_SHORT_PREFIX)) / SOCKET_NAME


def remove_socket(path: Path) -> None:
    """Remove a socket, and the private folder that was made for it."""
    if path.name != SOCKET_NAME:
        return
    path.unlink(missing_ok=True)
    if path.parent.name.startswith(_SHORT_PREFIX) and path.parent.parent == Path(tempfile.gettempdir()):
        with contextlib.suppress(OSError):
            path.parent.rmdir()


def _read(descriptor: int) -> Holder | None:
    try:
        return Holder.model_validate(json.loads(os.pread(descriptor, 4096, 0)))
    except ValueError:
        return None


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
