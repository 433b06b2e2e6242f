"""Limits of a run: what its process may take of memory and processor."""

from __future__ import annotations

import contextlib
import os
import subprocess
from pathlib import Path

from workbench.flow.options import RunOptions

LOW_PRIORITY = 10
"""Niceness of a run with low priority."""
LOG_BYTES = 16_000_000
"""Size at which the log of a run is cut to its last part."""
LOG_KEPT = 1_000_000


def apply(options: RunOptions) -> None:
    """Limit the processor for this process and all threads that it starts from now on."""
    if options.low_priority:
        os.nice(LOW_PRIORITY)
    if options.cores is not None and hasattr(os, "sched_setaffinity"):
        allowed = sorted(os.sched_getaffinity(0))
        # Not always the first ones, so that several limited runs do not crowd there.
        start = os.getpid() % len(allowed)
        os.sched_setaffinity(0, (allowed[start:] + allowed[:start])[: options.cores])


def memory_mb(pid: int) -> float:
    """Return the resident memory of a process in MB; 0 when it is gone."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except FileNotFoundError:
        return 0.0 if Path("/proc/self").exists() else _memory_by_ps(pid)
    except (OSError, IndexError, ValueError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def cut_log(log: Path | None) -> None:
    """Keep the last part of a log that has grown too long; the process writes on at its end."""
    with contextlib.suppress(OSError):
        if log is None or log.stat().st_size <= LOG_BYTES:
            return
        with log.open("r+b") as stream:
            stream.seek(-LOG_KEPT, os.SEEK_END)
            kept = stream.read()
            stream.truncate(0)
            stream.seek(0)
            stream.write(kept[kept.find(b"\n") + 1 :])


def _memory_by_ps(pid: int) -> float:
    found = subprocess.run(["/bin/ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603
    return int(found.stdout.strip() or 0) * 1024 / 1e6
