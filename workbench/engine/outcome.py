"""How a run ended, in words: what the child said, or what its exit code, its signals and its log tell."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from pathlib import Path

from workbench.engine.events import Ended
from workbench.facts.run import RunStatus

_VMSTAT = Path("/proc/vmstat")
_NO_MEMORY = ("memory allocation of", "MemoryError", "Cannot allocate memory", "bad_alloc")


def outcome(
    ended: Ended | None, code: int, signals: Sequence[signal.Signals], log: Path | None, *, kernel_killed: bool = False
) -> tuple[RunStatus, str, str]:
    """Return status, reason and the node at fault ('' when there is none).

    Args:
        ended: The child's last frame, if it came to that.
        code: Exit code of the process; negative for a signal.
        signals: What the owner sent it, because it was asked to stop.
        log: The child's standard error.
        kernel_killed: The kernel ran out of memory while the process ended.
    """
    if ended is not None and ended.reason == "failed":
        lacking = any(word in ended.message for word in _NO_MEMORY)
        return RunStatus.FAILED, ("failed: out of memory: " if lacking else "failed: ") + ended.message, ended.node
    if ended is not None:
        return (RunStatus.STOPPED if ended.reason == "stopped" else RunStatus.SUCCEEDED), ended.reason, ""
    if signals:
        return RunStatus.CANCELLED, "killed" if signal.SIGKILL in signals else "stopped without draining", ""
    said = last_words(log)
    status, reason = _by_code(code, said, kernel_killed)
    return status, reason + (f" ({said})" if said else ""), ""


def last_words(log: Path | None) -> str:
    """Return the line of a log that tells most about the end: a panic, or the last line; at most 300 letters."""
    lines = tail(log, 200)
    panic = [line for line in lines if "panicked at" in line or any(word in line for word in _NO_MEMORY)]
    return (panic or lines or [""])[-1].strip()[:300]


def tail(log: Path | None, lines: int) -> list[str]:
    """Return the last lines of a file that are not empty; [] when there is no file."""
    if log is None or not log.is_file():
        return []
    with log.open("rb") as stream:
        stream.seek(max(0, log.stat().st_size - 400 * lines - 4000))
        text = stream.read().decode("utf-8", "replace")
    return [line for line in text.splitlines() if line.strip()][-lines:]


def kernel_kills() -> int:
    """Return how many processes the kernel has killed because memory ran out; 0 where it does not say."""
    try:
        return next((int(line.split()[1]) for line in _VMSTAT.read_text().splitlines() if line[:9] == "oom_kill "), 0)
    except OSError:
        return 0


def _by_code(code: int, said: str, kernel_killed: bool) -> tuple[RunStatus, str]:
    if code == 128 + signal.SIGTERM:
        return RunStatus.CANCELLED, "stopped without draining"
    if any(word in said for word in _NO_MEMORY):
        return RunStatus.FAILED, "out of memory"
    if code == -signal.SIGABRT:
        return RunStatus.FAILED, "panic"
    if code == -signal.SIGKILL:
        return RunStatus.FAILED, "out of memory: killed by the system" if kernel_killed else "killed"
    if code < 0:
        return RunStatus.FAILED, f"killed by signal {-code}"
    return RunStatus.FAILED, f"failed: the process ended with code {code} and said nothing"
