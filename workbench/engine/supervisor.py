"""Starts runs as child processes, watches them, stops them: drain, then SIGTERM, then SIGKILL."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path

from workbench.engine.asking import Asking
from workbench.engine.children import Children
from workbench.engine.events import Event, Job, Tapped
from workbench.engine.intake import Opens
from workbench.engine.portion import Portion
from workbench.engine.running import Running
from workbench.engine.states import States
from workbench.errors import CausewayError, NotFound, NotWatched
from workbench.facts.metrics import FlowMetrics
from workbench.facts.run import Run, RunStatus
from workbench.flow.graph import Flow
from workbench.flow.options import RunOptions
from workbench.guard.secrets import SecretStore
from workbench.store import runs
from workbench.store.db import Store

OnEvent = Callable[[Event], None]
KEPT_RUNS = 20
"""Runs that have ended and whose figures are remembered."""
WATCH_S = 0.5
"""How often the limits of runs are looked at."""


class Supervisor(Asking):
    """Runs flows for one owner. Any thread may use it; several runs at once are fine."""

    def __init__(
        self,
        store: Store,
        *,
        drain_s: float = 10.0,
        term_s: float = 5.0,
        folder: Path | None = None,
        secrets: SecretStore | None = None,
        opens: Opens | None = None,
    ) -> None:
        """Prepare; the first run or check starts the fork server.

        Args:
            store: Where rows and states of runs go.
            drain_s: How long a stopped run may finish what it has read.
            term_s: How long it may take to end after SIGTERM.
            folder: The workspace; relative paths in flows are relative to it, logs of runs go to `runs/` in it.
            secrets: What flows may refer to; none when left out.
            opens: Opens the incidents that flows ask for; none are opened when left out.
        """
        known = secrets or SecretStore(None)
        super().__init__(store, Children(folder, known), known)
        self._drain_s, self._term_s, self._folder, self._opens = drain_s, term_s, folder, opens
        self._running: dict[str, Running] = {}
        self._closing = threading.Event()
        self._watcher: threading.Thread | None = None
        self._states = States(store, folder)
        for run in runs.unfinished(store):
            # Its child went with the process that owned the workspace before.
            runs.move(
                store,
                run.run_id,
                RunStatus.FAILED,
                exit_reason="failed: the process that ran it went away",
                ended_unix_nano=time.time_ns(),
            )

    def prepare(self) -> None:
        """Start the fork server now, so that the first run does not wait for it."""
        self._children.prepare()

    def run(
        self,
        flow: Flow,
        *,
        wait: bool = True,
        on_event: OnEvent | None = None,
        scope: str | None = None,
        folder: Path | None = None,
        options: RunOptions | None = None,
        portion: Portion | None = None,
    ) -> Run:
        """Run a flow in a child process.

        Args:
            flow: What to run.
            wait: Return when it has ended; otherwise as soon as it is started.
            on_event: Told everything the run says, in a thread of its own.
            scope: Data set that stored rows belong to; that of the kept state, or the run's id, when left out.
            folder: What relative paths are relative to; the workspace when left out.
            options: Restarts, limits, going on; those of the flow when left out.
            portion: What it is when it is only a part of the flow that it has the name of.

        Returns:
            The run; one that failed has `exit_reason` and `error_node`.

        Raises:
            FlowError: another run of this flow keeps its state and has not ended, or there is no folder to keep it in.
        """
        flow, options = flow.expanded(), options or flow.run
        run_id = f"run-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{secrets.token_hex(3)}"
        kept = self._states.take(flow, self._children.base(folder), run_id, scope, options, self.active())
        run = Run(
            run_id=run_id,
            flow_name=flow.name,
            started_unix_nano=time.time_ns(),
            scope=kept.scope,
            resumed_from=kept.resumed_from,
            note=kept.note or (portion.note if portion else ""),
            part=portion.words if portion else "",
        )
        runs.create(self._store, run)
        running = Running(
            self._store,
            run,
            on_event,
            options=options,
            state=kept.state,
            state_folder=kept.folder,
            secrets=self._secrets,
            opens=self._opens,
        )
        with self._lock:
            self._running[run_id] = running
            self._forget_old()
        try:
            more = {"given": dict(portion.given), "ends_with": portion.ends_with} if portion else {}
            job = self._children.job("run", flow, folder, options=options, state=str(kept.folder or ""), **more)
            running.start_again = lambda: self._start(running, job)
            self._start(running, job)
        except CausewayError as error:
            running.could_not_start(str(error))
        except BaseException:
            # Ctrl-C while the child starts: a run that never began nor ended would keep the workspace from closing.
            running.could_not_start("interrupted before it began")
            raise
        if wait:
            self.wait(run_id)
        return runs.get(self._store, run_id)

    def wait(self, run_id: str, timeout_s: float | None = None) -> Run:
        """Wait until a run has ended or the time is over; return it as it is then."""
        running = self._running.get(run_id)
        if running:
            running.over.wait(timeout_s)
        return runs.get(self._store, run_id)

    def stop(self, run_id: str, *, now: bool = False) -> Run:
        """Stop a run: its sources read no more and it may finish; then SIGTERM; then SIGKILL.

        Args:
            run_id: Which run.
            now: Kill it at once; rows that are under way are lost.

        Raises:
            NotFound: this process has no such run.
        """
        running = self._running.get(run_id)
        if running is None:
            raise NotFound("run", run_id, hint="Only the process that started a run can stop it")
        running.stopping()
        steps = ((running.ask_to_stop, self._drain_s), (running.terminate, self._term_s), (running.kill, 30.0))
        for step, patience_s in steps[2:] if now else steps:
            if running.over.is_set():
                break
            step()
            running.over.wait(patience_s)
        return runs.get(self._store, run_id)

    def active(self) -> list[str]:
        """Return the ids of the runs that have not ended."""
        with self._lock:
            return [run_id for run_id, running in self._running.items() if not running.over.is_set()]

    def metrics(self, run_id: str) -> list[FlowMetrics]:
        """Return what was measured of a run in the last ten minutes that it ran, the oldest first.

        Raises:
            NotFound: this process has no such run, or has forgotten it.
        """
        running = self._running.get(run_id)
        if running is None:
            raise NotFound("figures of run", run_id, hint="They are kept in memory by the process that ran it")
        return list(running.metrics)

    def tapped(self, run_id: str, node: str) -> Tapped:
        """Return the last sampled rows of a node.

        Raises:
            NotFound: this process has no such run.
            NotWatched: the node is not tapped.
        """
        running = self._running.get(run_id)
        if running is None:
            raise NotFound("rows of run", run_id, hint="They are kept in memory by the process that ran it")
        if node not in running.options.tap:
            raise NotWatched(node)
        none = Tapped(node=node, rows=[], seen=0, share=running.options.tap_share)
        return running.tapped.get(node, none)

    def process_id(self, run_id: str) -> int | None:
        """Return the process id of a run's child; None before it is started."""
        running = self._running.get(run_id)
        return running.pid if running else None

    def close(self) -> None:
        """Stop every run, then end the fork server."""
        self._children.refuse()
        self._closing.set()
        stoppers = [threading.Thread(target=self.stop, args=(run_id,)) for run_id in self.active()]
        for thread in stoppers:
            thread.start()
        for thread in stoppers:
            thread.join()
        self._children.close()

    def _start(self, running: Running, job: Job) -> None:
        self._watch()
        wire, pid, log = self._children.spawn(job, running.exited, running.run.run_id)
        running.started(wire, pid, log)

    def _forget_old(self) -> None:
        ended = [run_id for run_id, running in self._running.items() if running.over.is_set()]
        for run_id in ended[:-KEPT_RUNS]:
            del self._running[run_id]

    def _watch(self) -> None:
        with self._lock:
            if self._watcher is None:
                self._watcher = threading.Thread(target=self._look_after, daemon=True, name="limits")
                self._watcher.start()

    def _look_after(self) -> None:
        while not self._closing.wait(WATCH_S):
            with self._lock:
                active = [running for running in self._running.values() if not running.over.is_set()]
            for running in active:
                running.check_limits()
