"""The child's main: takes one job, builds its graph, runs it once, says how it ended, exits.

Pathway keeps one graph per process and has no stop call, so every run gets a process of its own.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import signal
import socket
import sys
import threading
import warnings
from functools import partial
from pathlib import Path

import pathway as pw

from workbench.engine import checkpoint, limits, looking, peek
from workbench.engine.build import Built, build, has_errors, inspect, schemas_of
from workbench.engine.events import Ack, Answer, Ended, Findings, Goes, Job, Stop
from workbench.engine.events import Built as BuiltEvent
from workbench.engine.failures import Failures
from workbench.engine.faults import LOGGER, watch
from workbench.engine.given import table_of
from workbench.engine.meter import Meter
from workbench.engine.outbox import Outbox
from workbench.engine.probing import probe
from workbench.engine.replay import Replay
from workbench.engine.tap import Taps
from workbench.engine.unsealed import ScrubbedStream, Unsealed
from workbench.engine.wire import Wire
from workbench.errors import RunFailed
from workbench.flow.catalog import Catalog, get, load_catalog
from workbench.flow.check import check
from workbench.flow.findings import Finding, Severity
from workbench.flow.partial import upstream
from workbench.flow.services import Sink, Source
from workbench.guard.rules import hold

EXIT_DONE, EXIT_FAILED, EXIT_STOPPED, EXIT_ORPHAN = 0, 3, 143, 4
_PR_SET_PDEATHSIG = 1

log = logging.getLogger(__name__)


def main(end: socket.socket, parent: int) -> int:
    """Do the one job that comes over the socket; return the exit code.

    Args:
        end: The child's end of the socket to the owner.
        parent: Process id of the fork server, to notice that it went before we could watch it.
    """
    die_with(parent)
    errors = ScrubbedStream(sys.stderr)
    sys.stderr = errors
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, force=True)
    # Pathway would write several lines for each bad row; a run hears of them otherwise.
    logging.getLogger(LOGGER).setLevel(logging.CRITICAL)
    warnings.simplefilter("ignore")
    wire = Wire(end)
    unsealed = Unsealed(wire)
    # Whatever a driver says, to the owner or into the log of the run, goes past those who know the secrets.
    wire.scrub = errors.scrub = unsealed.scrub
    first = wire.receive()
    if first is None or not isinstance(first[0], Job):
        return EXIT_ORPHAN
    hold(first[0].pii)
    outbox, stop = Outbox(wire), threading.Event()
    threading.Thread(target=_listen, args=(wire, outbox, unsealed, stop), daemon=True, name="owner").start()
    try:
        ended = _work(first[0], wire, outbox, unsealed, stop)
    except SystemExit:
        # Pathway turns SIGTERM into this; what was under way is lost, and the owner knows that it sent the signal.
        return EXIT_STOPPED
    except Exception as error:
        log.exception("the run failed")
        ended = _failed(error)
    wire.send(ended)
    return EXIT_FAILED if ended.reason == "failed" else EXIT_DONE


def die_with(parent: int) -> None:
    """Make the kernel kill this process when its parent goes; where it cannot, the lost socket does it."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(EXIT_ORPHAN)


def calm_collector() -> None:
    """Let Python's collector of cycles run rarely: rows are many and make no cycles (a fifth of the sink's time)."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


def _listen(wire: Wire, outbox: Outbox, unsealed: Unsealed, stop: threading.Event) -> None:
    while True:
        frame = wire.receive()
        match frame:
            case None:
                # The owner is gone: nobody takes our rows, and half of a batch must not stay in files.
                os._exit(EXIT_ORPHAN)
            case (Stop(), _):
                stop.set()
            case (Ack(seq=seq), _):
                outbox.acknowledged(seq)
            case (Answer() as answer, blob):
                if not unsealed.answered(answer, blob):
                    outbox.answered(answer, blob)


def _work(job: Job, wire: Wire, outbox: Outbox, unsealed: Unsealed, stop: threading.Event) -> Ended:
    os.chdir(job.folder)
    limits.apply(job.options)
    catalog = load_catalog()
    if job.task == "peek" and not get(catalog, job.flow.node(job.peek_at).kind).has_output():
        before = next(iter(job.flow.wires(job.peek_at).values()), [job.peek_at])[0]
        job = job.model_copy(update={"flow": upstream(job.flow, before), "peek_at": before})
    findings = check(job.flow, catalog, folder=Path(job.folder), secrets=job.secrets)
    if job.task == "probe":
        probe(job.flow, catalog, findings, unsealed, wire)
        return Ended(reason="done")
    replay = Replay()
    failures = Failures(wire)
    meter = Meter(wire.send, failures, replay.look)
    peeks, alone = job.task == "peek", dict[str, str]()
    if peeks:
        flow, alone = looking.fit(job.flow, catalog)
        job = job.model_copy(update={"flow": flow})
    looked = looking.Looked(alone, stop)

    def source(node: str) -> Source:
        if peeks:
            return Source(node, stop, failures.reject(node), partial(looked.opened, node))
        opened, ended = partial(meter.opened, node), partial(meter.settle, node)
        return Source(node, stop, failures.reject(node), opened, ended, replay.wait)

    services = {
        "source": source,
        "sink": lambda node: Sink(node, stop, failures.reject(node), partial(meter.opened, node)),
        "secrets": lambda node: unsealed,
        "deliver": lambda node: lambda rows, table: outbox.deliver(node, rows, table, partial(meter.opened, node)),
        "read_table": lambda node: outbox.read_table,
        "template_store": lambda node: outbox,
    }
    # A file that is not there was told already; what the node says about it adds nothing.
    told = {finding.node for finding in findings if finding.code == "missing_file"}
    if job.task == "check":
        faulty = {one.node for one in findings if one.severity is Severity.ERROR and one.code not in _BUILDABLE}
        built = inspect(job.flow, catalog, services, faulty)
        findings += [finding for finding in built.findings if finding.node not in told]
        wire.send(Findings(findings=findings, schemas=schemas_of(job.flow, built)))
        return Ended(reason="done")
    findings = [finding for finding in findings if finding.node not in job.given]
    built = Built()
    if not any(finding.code in _NOT_BUILDABLE for finding in findings):
        given = {node: partial(table_of, rows, source(node)) for node, rows in job.given.items()}
        built = build(job.flow, catalog, services, metered=not peeks, given=given)
        findings += [finding for finding in built.findings if finding.node not in told]
    wire.send(Findings(findings=findings))
    if has_errors(findings):
        return _first_error(findings)
    if peeks:
        notes = [f"{node}: {why}" for node, why in alone.items() if node not in job.given]
        lasting = looking.lasting(job.flow, catalog, job.given)
        peek.peek(built, job.peek_at, job.peek_rows, wire, looked, notes, lasting=lasting)
    persistence, goes_on = _persistence(job, catalog, wire)
    watch(built, failures, replay, keep_rows=job.options.keep_failed_rows)
    outbox.keeps_state = persistence is not None
    wire.send(
        BuiltEvent(
            sources=[name for name, rows in built.inputs.items() if not rows],
            sinks=[name for name, table in built.tables.items() if table is None],
        )
    )
    calm_collector()
    inputs = {node: [name for several in job.flow.wires(node).values() for name in several] for node in built.tables}
    taps = _led_out(job, built, wire)
    level = meter.start(inputs, built.tables)
    replay.begin(something_kept=goes_on and level is not pw.MonitoringLevel.NONE)
    try:
        pw.run(monitoring_level=level, terminate_on_error=False, persistence_config=persistence)
    finally:
        # A run that fails has failed rows to tell of, too.
        meter.finish()
    taps.finish()
    outbox.drain()
    failures.report(last=True)
    return Ended(reason="stopped" if stop.is_set() else "done")


_BUILDABLE = frozenset({"missing_file", "missing_folder"})
_NOT_BUILDABLE = frozenset(
    {
        "empty",
        "duplicate_id",
        "unknown_kind",
        "unknown_node",
        "no_output",
        "unknown_port",
        "duplicate_wire",
        "missing_wire",
        "cycle",
        "bad_setting",
        "missing_setting",
        "unknown_setting",
    }
)


def _led_out(job: Job, built: Built, wire: Wire) -> Taps:
    """Lead rows out of the graph that no sink takes: those that are looked at, and those of the end of a part."""
    taps = Taps(wire.send, job.options.tap_share)
    for node in job.options.tap:
        if (table := built.tables.get(node)) is not None:
            taps.add(node, table)
    taps.start()
    if (end := built.tables.get(job.ends_with)) is not None:
        pw.io.null.write(end)
    return taps


def _persistence(job: Job, catalog: Catalog, wire: Wire) -> tuple[pw.persistence.Config | None, bool]:
    """Say what the run goes on with; return where the engine keeps what is read, and whether something is kept."""
    if not job.state:
        return None, False
    state = Path(job.state)
    lost = [node.id for node in job.flow.nodes if get(catalog, node.kind).delivers() == "afresh"]
    kept = None if lost else checkpoint.kept_before(state)
    if kept is None:
        # Without its metadata the rest is of no use.
        checkpoint.clear(state)
    wire.send(Goes(on_from=kept, why_not=f"{', '.join(lost)} cannot go on where it was" if lost else ""))
    if lost:
        return None, False
    state.mkdir(parents=True, exist_ok=True)
    backend = pw.persistence.Backend.filesystem(state)
    return pw.persistence.Config(backend, snapshot_interval_ms=checkpoint.SNAPSHOT_MS), kept is not None


def _first_error(findings: list[Finding]) -> Ended:
    first = next(finding for finding in findings if finding.severity == "error")
    return Ended(reason="failed", node=first.node, message=" ".join(filter(None, (first.message, first.hint))))


def _failed(error: Exception) -> Ended:
    if isinstance(error, RunFailed):
        return Ended(reason="failed", node=error.node or "", message=error.reason)
    return Ended(reason="failed", message=f"{type(error).__name__}: {error}")
