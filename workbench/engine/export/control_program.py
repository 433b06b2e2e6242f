"""Runs the program of an exported flow: starts it, starts it again when it fails, stops it in order."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.engine.export.control_settings import Settings

LOG_LINES, LONGEST_LINE = 200, 4000
STEADY_S = 60.0
"""A program that ran so long has not failed at once; its failures are counted from 0 again."""
LONGEST_WAIT_S = 60.0


@dataclass
class Counts:
    """What happened so far."""

    succeeded: int = 0
    failed: int = 0
    stopped: int = 0
    restarts: int = 0
    running_s: float = 0.0


@dataclass
class Program:
    """The flow's program: one process, or several that share the work."""

    settings: Settings
    state: str = "idle"
    counts: Counts = field(default_factory=Counts)
    started_at: float = 0.0
    ended_at: float = 0.0
    exit_code: int | None = None
    began_once: bool = False

    def __post_init__(self) -> None:
        """Prepare; nothing is started yet."""
        self.lines: deque[str] = deque(maxlen=LOG_LINES)
        self._lock = threading.RLock()
        self._processes: list[subprocess.Popen[bytes]] = []
        self._wanted = threading.Event()
        self._going = threading.Event()
        self._over = threading.Event()
        self._status = Path(tempfile.gettempdir()) / f"flow-status-{os.getpid()}.json"
        self.keeper = threading.Thread(target=self._keep, name="keeper", daemon=True)
        self.keeper.start()

    def trigger(self) -> bool:
        """Start the program; False when it is running already."""
        with self._lock:
            if self.state in ("starting", "running", "stopping"):
                return False
            self.state = "starting"
            self._wanted.set()
        return True

    def stop(self) -> bool:
        """Ask the program to finish what it has read and to end; False when it is not running."""
        with self._lock:
            if self.state not in ("starting", "running"):
                return False
            self.state = "stopping"
            processes = list(self._processes)
            self._going.set()
        threading.Thread(target=self._end, args=(processes,), name="stopper", daemon=True).start()
        return True

    def close(self) -> None:
        """Stop, and start nothing any more."""
        self._over.set()
        self._wanted.set()
        self.stop()
        self.keeper.join(self.settings.grace_s + 15)
        with suppress(OSError):
            self._status.unlink()

    def rows(self) -> dict[str, Any]:
        """Return the counts that the program wrote last."""
        try:
            found = json.loads(self._status.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {"rows": [], "rejected": {}}
        return found if isinstance(found, dict) else {"rows": [], "rejected": {}}

    def running_s(self) -> float:
        """Return for how long the program has run in all, in seconds."""
        now = time.time() - self.started_at if self.state in ("running", "stopping") and self.started_at else 0.0
        return self.counts.running_s + max(0.0, now)

    def _keep(self) -> None:
        failures = 0
        while True:
            self._wanted.wait()
            if self._over.is_set():
                return
            self._wanted.clear()
            failures = 0
            while True:
                begun = time.monotonic()
                ended = self._run_once()
                failures = 0 if time.monotonic() - begun > STEADY_S else failures
                again = self.settings.restart == "always" or (
                    self.settings.restart == "on-failure" and ended == "failed"
                )
                if ended == "stopped" or not again or self._over.is_set():
                    break
                failures += ended == "failed"
                if failures > self.settings.restart_limit:
                    self._say(f"it failed {failures} times in a row; POST /trigger starts it again")
                    break
                # Waiting is interrupted by a stop.
                with self._lock:
                    self.state = "starting"
                if self._going.wait(min(LONGEST_WAIT_S, max(1.0, 2.0**failures - 1))):
                    with self._lock:
                        self.state = "stopped"
                    break
                self.counts.restarts += 1

    def _run_once(self) -> str:
        with suppress(OSError):
            self._status.unlink()
        with self._lock:
            if self.state == "stopping":
                self.state = "stopped"
                self._going.clear()
                return "stopped"
            self._going.clear()
            self.exit_code, self.started_at = None, time.time()
            try:
                lay_files(self.settings.files, self.settings.data)
                self._processes = [self._start(number) for number in range(self.settings.processes)]
            except OSError as error:
                return self._ended([127], f"it cannot be started: {error}")
        readers = [threading.Thread(target=self._read, args=(one,), daemon=True) for one in self._processes]
        for reader in readers:
            reader.start()
        codes = self._wait()
        for reader in readers:
            reader.join(5)
        return self._ended(codes)

    def _start(self, number: int) -> subprocess.Popen[bytes]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CONTROL_TOKEN")}
        environment["PYTHONUNBUFFERED"] = "1"
        if number == 0:
            environment["FLOW_STATUS"] = str(self._status)
        if self.settings.processes > 1 or self.settings.threads > 1:
            environment |= {
                "PATHWAY_PROCESSES": str(self.settings.processes),
                "PATHWAY_THREADS": str(self.settings.threads),
                "PATHWAY_PROCESS_ID": str(number),
                "PATHWAY_FIRST_PORT": environment.get("PATHWAY_FIRST_PORT", "10000"),
            }
        return subprocess.Popen(  # noqa: S603 - the program is part of the image
            [sys.executable, str(self.settings.program)],
            cwd=self.settings.data,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def _wait(self) -> list[int]:
        while True:
            codes = [one.poll() for one in self._processes]
            if all(code is not None for code in codes):
                return [int(code or 0) for code in codes]
            if any(code not in (None, 0) for code in codes) and self.state != "stopping":
                # One of several that share the work is gone: the others would wait for it for ever.
                self._end(self._processes)
            if self._status.exists():
                with self._lock:
                    self.began_once = True
                    if self.state == "starting":
                        self.state = "running"
            time.sleep(0.05)

    def _end(self, processes: list[subprocess.Popen[bytes]]) -> None:
        # Ctrl-C tells the sources to end, and what they have read is finished.
        for number, patience in ((signal.SIGINT, self.settings.grace_s), (signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)):
            for one in processes:
                if one.poll() is None:
                    with suppress(ProcessLookupError):
                        os.killpg(one.pid, number)
            deadline = time.monotonic() + patience
            while time.monotonic() < deadline and any(one.poll() is None for one in processes):
                time.sleep(0.05)
            if all(one.poll() is not None for one in processes):
                return

    def _ended(self, codes: list[int], why: str = "") -> str:
        with self._lock:
            worst = next((code for code in codes if code), 0)
            asked = self.state == "stopping"
            # A program that was killed for not ending in time has lost rows, so it did not end well; one that had not
            # begun has nothing to lose.
            well = worst == 0 or not self._status.exists()
            self.state = "stopped" if asked and well else "failed" if worst else "succeeded"
            self.exit_code, self.ended_at = worst, time.time()
            self.counts.running_s += self.ended_at - self.started_at
            setattr(self.counts, self.state, getattr(self.counts, self.state) + 1)
            self.began_once = self.began_once or worst == 0
            self._processes = []
        self._say(why or f"{self.state}, exit code {worst}")
        return "stopped" if asked else self.state

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None  # noqa: S101 - it was asked for
        while line := process.stdout.readline(LONGEST_LINE):
            text = line.decode("utf-8", errors="replace").rstrip()
            self.lines.append(text)
            print(text, flush=True)  # noqa: T201 - the log of the container

    def _say(self, text: str) -> None:
        self.lines.append(f"control: {text}")
        print(f"control: {text}", flush=True)  # noqa: T201


def lay_files(source: Path, target: Path) -> None:
    """Copy the files that came with the flow to where it reads them, unless they are there."""
    for path in sorted(source.rglob("*")) if source.is_dir() else []:
        place = target / path.relative_to(source)
        if path.is_file() and not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
