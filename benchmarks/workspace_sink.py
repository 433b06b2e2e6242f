"""Rows per second of the workspace sink beside Pathway's own jsonlines.write, in one run of this script.

    python benchmarks/workspace_sink.py [--rows 300000] [--rounds 3]

Both read the same file with Pathway's own reader (a connector in Python would be the slower part) in a child process.
The time is from just before pw.run until the child's last frame: for the workspace until the last batch is committed to
the database on disk and acknowledged.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import tempfile
import threading
import time
import warnings
from pathlib import Path
from statistics import median

from workbench.engine.events import Ack, Batch, Built, Ended
from workbench.engine.intake import Intake
from workbench.engine.wire import Wire
from workbench.semconv import NANOS_PER_SECOND
from workbench.store import telemetry
from workbench.store.db import Store

COLUMNS = {"time_unix_nano": int, "service_name": str, "severity_number": int, "body": str, "trace_id": str}


def write_rows(path: Path, count: int) -> None:
    with path.open("w") as file:
        for n in range(count):
            row = (n * NANOS_PER_SECOND, f"service-{n % 20}", 9, f"GET /path/{n % 97} took {n % 977} ms", f"{n:032x}")
            file.write(json.dumps(dict(zip(COLUMNS, row, strict=True))) + "\n")


def child(end: socket.socket, sink: str, source: Path, out: Path) -> None:
    """Read the file with Pathway's reader and write it to the sink."""
    import pathway as pw

    from workbench.engine.outbox import Outbox
    from workbench.engine.worker import calm_collector

    warnings.simplefilter("ignore")
    wire = Wire(end)
    outbox = Outbox(wire)

    def listen() -> None:
        while frame := wire.receive():
            if isinstance(frame[0], Ack):
                outbox.acknowledged(frame[0].seq)

    threading.Thread(target=listen, daemon=True).start()
    rows = pw.io.jsonlines.read(source, schema=pw.schema_from_types(**COLUMNS), mode="static")
    if sink == "workspace":
        outbox.deliver("keep", rows, "logs")
    elif sink == "jsonlines":
        pw.io.jsonlines.write(rows, out)
    else:
        pw.io.null.write(rows)
    calm_collector()
    wire.send(Built(sources=[], sinks=[]))
    pw.run(monitoring_level=pw.MonitoringLevel.NONE, terminate_on_error=False)
    outbox.drain()
    wire.send(Ended(reason="done"))


def measure(sink: str, source: Path, folder: Path, count: int) -> float:
    """Return the seconds that a sink took for all rows."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        ours.close()
        child(theirs, sink, source, folder / "out.jsonl")
        os._exit(0)
    theirs.close()
    begin = 0.0
    scope = f"{sink}-{pid}"
    with Store.open(folder) as store:
        wire, intake = Wire(ours), Intake(store, scope, "bench", scope)
        while frame := wire.receive():
            match frame:
                case (Built(), _):
                    begin = time.perf_counter()
                case (Batch() as batch, blob):
                    intake.batch(batch, blob, wire)
                case (Ended(), _):
                    break
        took = time.perf_counter() - begin
        os.waitpid(pid, 0)
        stored = telemetry.count(store, scope)["logs"]
        assert stored == (count if sink == "workspace" else 0), f"{stored} rows stored"
    return took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    sinks = ("null", "jsonlines", "workspace")
    seconds: dict[str, list[float]] = {sink: [] for sink in sinks}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_rows(folder / "rows.jsonl", chosen.rows)
        for _ in range(chosen.rounds):
            for sink in sinks:
                seconds[sink].append(measure(sink, folder / "rows.jsonl", folder, chosen.rows))
    for sink in sinks:
        rates = [chosen.rows / took for took in seconds[sink]]
        print(f"{sink:10} median {median(rates):10,.0f} rows/s   of {', '.join(f'{rate:,.0f}' for rate in rates)}")


if __name__ == "__main__":
    main()
