"""How fast rows are stored, next to DuckDB's own INSERT ... SELECT of the same Arrow table.

    python benchmarks/store_append.py [--rows 500000] [--batch 500000 50000 1000] [--repeat 3]

Three ways write the same rows to a database on disk in the same run, taking turns, one transaction a batch: DuckDB
alone (missing columns stay NULL), `telemetry.append` (checks columns, fills what is missing, numbers the rows), and the
same through the owner's socket as Arrow IPC, acknowledged after the commit. The best of the repeats counts.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from workbench.semconv import COLUMNS, Table
from workbench.store import sources, telemetry
from workbench.store.client import Client
from workbench.store.db import Store
from workbench.store.owner import Owner

GIVEN = ("time_unix_nano", "service_name", "severity_number", "severity_text", "body", "trace_id")


def made(rows: int) -> pa.Table:
    number = np.arange(rows)
    columns = {
        "time_unix_nano": 1_700_000_000_000_000_000 + number * 1000,
        "service_name": np.char.add("service-", (number % 20).astype(str)),
        "severity_number": np.where(number % 50 == 0, 17, 9).astype(np.int32),
        "severity_text": np.where(number % 50 == 0, "ERROR", "INFO"),
        "body": [f"request {i} was handled in {i % 977} ms by worker {i % 31}" for i in range(rows)],
        "trace_id": [f"{i * 2654435761:032x}" for i in range(rows)],
    }
    return pa.table({name: columns[name] for name in GIVEN})


def parts(table: pa.Table, size: int) -> list[pa.Table]:
    return [table.slice(first, size) for first in range(0, table.num_rows, size)]


def ipc(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def plain(batches: list[pa.Table], folder: Path) -> float:
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS[Table.LOGS].items())
    with duckdb.connect(str(folder / "plain.duckdb")) as db:
        db.execute(f"CREATE TABLE logs ({columns})")
        start = time.perf_counter()
        for batch in batches:
            db.register("incoming", batch)
            db.execute(f"INSERT INTO logs ({', '.join(GIVEN)}) SELECT * FROM incoming")
            db.unregister("incoming")
        return time.perf_counter() - start


def appended(batches: list[pa.Table], folder: Path) -> float:
    with Store.open(folder) as store:
        source = sources.register(store, kind="api", uri="", scope="bench")
        start = time.perf_counter()
        for batch in batches:
            telemetry.append(store, Table.LOGS, batch, source_id=source.source_id)
        return time.perf_counter() - start


def sent(batches: list[pa.Table], folder: Path) -> float:
    owner = Owner.acquire(folder)
    assert owner
    with Store.open(folder) as store:
        owner.serve(lambda name, arguments, report: None, append=partial(telemetry.append_ipc, store))
        source = sources.register(store, kind="api", uri="", scope="bench")
        client = Client(folder)
        start = time.perf_counter()
        for number, batch in enumerate(batches):
            client.append("logs", source.source_id, ipc(batch), str(number))
        seconds = time.perf_counter() - start
        client.close()
        owner.close()
    return seconds


def once(way: Callable[[list[pa.Table], Path], float], batches: list[pa.Table]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        return way(batches, Path(folder))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--batch", type=int, nargs="+", default=[500_000, 50_000, 1_000])
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    table = made(options.rows)
    ways = {"DuckDB alone": plain, "telemetry.append": appended, "through the socket": sent}
    print(f"{'batch':>8}  {'way':<20}{'rows/s':>12}  against DuckDB alone")
    for size in options.batch:
        # Small batches cost a commit each; a tenth of the rows tells as much.
        rows = options.rows if size >= 10_000 else options.rows // 10
        batches = parts(table.slice(0, rows), size)
        times: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(options.repeat):
            for name, way in ways.items():
                times[name].append(once(way, batches))
        alone = min(times["DuckDB alone"])
        for name, seconds in times.items():
            print(f"{size:>8,}  {name:<20}{rows / min(seconds):>12,.0f}  {alone / min(seconds):.2f}")


if __name__ == "__main__":
    main()
