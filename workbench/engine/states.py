"""Decides which kept state a run goes on with: that of the last run of the same flow, or none."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from workbench.engine import checkpoint
from workbench.errors import FlowError
from workbench.flow.graph import Flow
from workbench.flow.options import RunOptions
from workbench.store import flow_states
from workbench.store.db import Store
from workbench.store.flow_states import FlowState


@dataclass(frozen=True, slots=True)
class Kept:
    """What a run begins with."""

    scope: str
    state: FlowState | None = None
    folder: Path | None = None
    resumed_from: str = ""
    note: str = ""


class States:
    """The states of one workspace; the rows of `flow_states` and the folders in `runs/state`."""

    def __init__(self, store: Store, folder: Path | None) -> None:
        self._store, self._folder = store, folder

    def take(
        self,
        flow: Flow,
        base: str,
        run_id: str,
        scope: str | None,
        options: RunOptions,
        active: Collection[str],
    ) -> Kept:
        """Return the state that a new run keeps; another one of this flow is removed.

        Args:
            flow: What is run.
            base: What its relative paths are relative to.
            run_id: Of the new run.
            scope: Data set that was asked for.
            options: Of the run.
            active: Runs that have not ended.

        Raises:
            FlowError: a run that has not ended uses the state, or there is no folder to keep one in.
        """
        if not options.keeps_state:
            return Kept(scope or run_id)
        if self._folder is None:
            raise FlowError(
                "a workspace in memory keeps no state: open one in a folder, or run it without restart and resume"
            )
        before = flow_states.find(self._store, flow.name)
        if before and before.run_id in active:
            raise FlowError(f"{before.run_id} keeps the state of {flow.name} and has not ended; stop it first")
        digest, note = checkpoint.digest(flow, base), ""
        if before and options.resume:
            note = _why_not(before, digest, scope)
            if not note:
                state = before.model_copy(update={"run_id": run_id, "saved_unix_nano": time.time_ns()})
                flow_states.save(self._store, state)
                return Kept(state.scope, state, self._path(state), resumed_from=before.run_id)
        if before:
            flow_states.forget(self._store, before.state_id)
            checkpoint.clear(self._path(before))
        state = FlowState(
            flow_name=flow.name,
            state_id=run_id,
            digest=digest,
            scope=scope or run_id,
            run_id=run_id,
            saved_unix_nano=time.time_ns(),
        )
        flow_states.save(self._store, state)
        return Kept(state.scope, state, self._path(state), note=note)

    def _path(self, state: FlowState) -> Path:
        return (self._folder or Path()) / "runs" / "state" / state.state_id


def _why_not(before: FlowState, digest: str, scope: str | None) -> str:
    if before.digest != digest:
        return f"began afresh: the flow is not the one that {before.run_id} ran"
    if scope not in (None, before.scope):
        return f"began afresh: {before.run_id} stored its rows in the data set {before.scope}"
    return ""
