"""Flows: run one and tell how far it is, stop it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from workbench.cancel import shielded
from workbench.errors import Cancelled
from workbench.facts.evidence import Frozen
from workbench.facts.run import RUN_MOVES, Run, RunStatus
from workbench.flow.library import locate
from workbench.flow.options import RunOptions
from workbench.guard.tool import tool
from workbench.store import runs as run_store
from workbench.store import sources as source_store
from workbench.store.runs import RunError
from workbench.tools.flow_part import options_of_part, part_of
from workbench.tools.flows import settings_of
from workbench.tools.texts import one_line

if TYPE_CHECKING:
    from workbench.core import Workbench
    from workbench.engine.events import Event

_TELL_S = 0.25


class FlowRun(Frozen):
    """One run of a flow, and what it left."""

    run: Run
    scope: str
    """Data set of the rows it stored."""
    stored: dict[str, int]
    """Rows per table of the workspace."""
    errors: list[RunError]

    @property
    def exit_code(self) -> int:
        """1 when the run failed."""
        return int(self.run.status is RunStatus.FAILED)

    def text(self) -> str:
        """Return what became of it."""
        run = self.run
        seconds = f"{(run.ended_unix_nano - run.started_unix_nano) / 1e9:.1f} s" if run.ended_unix_nano else "going on"
        lines = [
            f"{run.run_id}: {run.named} {_ending(run)} ({seconds})",
            f"{run.rows_in:,} rows in, {run.rows_out:,} out, {run.rows_rejected:,} rejected",
        ]
        if self.stored:
            lines.append(f"data set {self.scope}: " + ", ".join(f"{n:,} {name}" for name, n in self.stored.items()))
        if run.resumed_from:
            lines.append(f"went on from {run.resumed_from}" + (": nothing was new" if not run.rows_in else ""))
        lines += [run.note] * bool(run.note)
        lines += [f"  {_error(one)}" for one in self.errors[:20]]
        return "\n".join(lines)


@tool(risk="write", command="flow run", positional=("flow",))
def flow_run(
    wb: Workbench,
    flow: str,
    set_: list[str] = [],  # noqa: B006 - a tool's defaults are read, never changed
    scope: str | None = None,
    seconds: float | None = None,
    wait: bool = True,
    resume: bool | None = None,
    restart: Literal["never", "on-failure"] | None = None,
    restart_limit: int | None = None,
    memory_mb: int | None = None,
    cores: int | None = None,
    low_priority: bool | None = None,
    max_errors: int | None = None,
    tap: list[str] = [],  # noqa: B006 - never changed
    tap_share: float | None = None,
    up_to: str | None = None,
    from_: str | None = None,
    pinned: str | None = None,
) -> FlowRun:
    """Run a flow, or a part of it; Ctrl-C stops it in order: what was read is finished.

    Restarts, limits and going on stand in the flow under `run`; what is given here counts for this run. A part is run
    as the whole is: sources are read and sinks written. But it keeps no state, and leaves that of the flow as it is.

    Args:
        flow: Path of a flow, or the name of one in the workspace or among the samples.
        set_: Another value for a setting, as node.field=value; may be given several times.
        scope: Data set that stored rows belong to; the run's id when left out.
        seconds: Stop it in order after so long.
        wait: Wait until it ends; otherwise it goes on as long as the workspace is open.
        resume: Go on where the last run of this flow ended, as long as the flow is the same.
        restart: Start it again when it fails: never, or on-failure.
        restart_limit: How many times in a row it is started again.
        memory_mb: Memory that its process may take, in MB.
        cores: Processor cores that it may use.
        low_priority: Leave the processor to other programs where they want it.
        max_errors: Rows that may fail; one more, and the run ends in order and has failed.
        tap: A node whose rows can be looked at while it runs, by `causeway flow-tap`; may be given several times.
        tap_share: Which part of the rows of tapped nodes is sampled, 0.01 unless said; 1 shows all and costs most.
        up_to: Run this node and what it reads from, and nothing else.
        from_: Run what reads from this node, on its first thousand rows; another branch that is needed is read anew.
        pinned: Rows to begin with in their place, as JSON: {"node": {"columns": [...], "rows": [...]}}.
    """
    found = locate(flow, wb.path)
    live = _Live()
    options = _options(
        found.flow.run,
        resume=resume,
        restart=restart,
        restart_limit=restart_limit,
        memory_mb=memory_mb,
        cores=cores,
        low_priority=low_priority,
        max_errors=max_errors,
        tap=tap or None,
        tap_share=tap_share,
    )
    flow_now = found.flow.with_settings(settings_of(set_))
    part = part_of(wb, found, flow_now, options, first=from_, last=up_to, pinned=pinned or "")
    run = wb.supervisor.run(
        part.flow,
        wait=False,
        on_event=live.take,
        scope=scope,
        folder=found.folder,
        options=options_of_part(options, resume=resume, restart=restart) if part.portion else options,
        portion=part.portion,
    )
    if wait:
        run = _follow(wb, run, live, seconds)
    return _result(wb, run)


@tool(risk="write", command="flow stop", positional=("run_id",))
def flow_stop(wb: Workbench, run_id: str, now: bool = False) -> Run:
    """Stop a run: its sources read no more and what was read is finished; if that takes too long it is killed.

    Args:
        run_id: Id of the run; `causeway runs` lists them.
        now: Kill it at once; rows that are under way are lost.
    """
    known = run_store.get(wb.store, run_id)
    # It may have ended by itself while the user typed; that is what was wanted.
    return wb.supervisor.stop(run_id, now=now) if RUN_MOVES[known.status] else known


class _Live:
    """What a run last said about its counts."""

    def __init__(self) -> None:
        self.rows_in = self.rows_out = self.rejected = 0

    def take(self, event: Event) -> None:
        match event.type:
            case "counts":
                self.rows_in, self.rows_out = sum(event.rows_in.values()), sum(event.rows_out.values())
            case "rejected":
                self.rejected += 1
            case "row_error":
                self.rejected += event.count

    def text(self) -> str:
        said = f"{self.rows_in:,} rows in, {self.rows_out:,} out"
        return said + (f", {self.rejected:,} rejected" if self.rejected else "")


def _follow(wb: Workbench, run: Run, live: _Live, seconds: float | None) -> Run:
    """Tell how far the run is until it ends, its time is over, or the user presses Ctrl-C, here or in the caller."""
    left = seconds
    try:
        while RUN_MOVES[run.status]:
            if (left is not None and left <= 0) or wb.caller_is_gone():
                return wb.supervisor.stop(run.run_id)
            run = wb.supervisor.wait(run.run_id, _TELL_S if left is None else min(_TELL_S, left))
            left = None if left is None else left - _TELL_S
            wb.progress(float(live.rows_in), None, f"{run.flow_name}: {live.text()}")
    except KeyboardInterrupt:
        wb.progress(float(live.rows_in), None, f"{run.flow_name}: stopping, finishing what was read")
        return wb.supervisor.stop(run.run_id)
    except Cancelled:
        with shielded():
            wb.supervisor.stop(run.run_id)
        raise
    return run


def _options(options: RunOptions, **given: Any) -> RunOptions:
    """Return the options of the flow, with those that were given in their place; raises pydantic's ValidationError."""
    return RunOptions.model_validate(options.model_dump() | {k: v for k, v in given.items() if v is not None})


def _result(wb: Workbench, run: Run) -> FlowRun:
    scope = run.scope
    stored: dict[str, int] = {}
    for source in source_store.latest(wb.store, scope=scope):
        for table, rows in source.rows.items():
            stored[table] = stored.get(table, 0) + rows
    return FlowRun(run=run, scope=scope, stored=stored, errors=run_store.errors(wb.store, run.run_id))


def _ending(run: Run) -> str:
    reason = run.why or "not ended"
    return f"{run.status}: {reason}" if run.status is RunStatus.FAILED else f"{run.status}, {reason}"


def _error(error: RunError) -> str:
    # A finding names its node and field itself.
    found = error.message.removeprefix("error: ")
    named = found.startswith(f"{error.node}.")
    return one_line(found if named else f"{error.node or '-'}: {error.message}", 160)
