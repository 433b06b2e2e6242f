"""How long an import takes, next to DuckDB's own CREATE TABLE AS SELECT from the same files.

    python benchmarks/import_folder.py [--mb 200] [--keep FOLDER]

Makes its own files (CSV, JSON Lines, Parquet, OTLP JSON), each about the same share of the size asked for. Both ways
write to a database on disk in the same run, file by file; the import also hashes, checks and numbers every row.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import tempfile
import time
from pathlib import Path

import duckdb

from workbench.ingest import import_paths
from workbench.store.db import Store

START = 1_700_000_000_000_000
LOGS = (
    "strftime(t, '%Y-%m-%dT%H:%M:%S.%f') || 'Z' AS timestamp, 'service-' || (i % 20) AS service, "
    "'service-' || (i % 20) || '-5f55b6cf68-77cfw' AS pod, CASE WHEN i % 50 = 0 THEN 'ERROR' ELSE 'INFO' END AS level, "
    "'request ' || i || ' was handled in ' || (i % 977) || ' ms by worker ' || (i % 31) AS message, "
    "md5(i::VARCHAR) AS trace_id, left(md5((i + 1)::VARCHAR), 16) AS span_id"
)
SPANS = (
    "md5((i // 8)::VARCHAR) AS trace_id, left(md5(i::VARCHAR), 16) AS span_id, "
    "CASE WHEN i % 8 = 0 THEN '' ELSE left(md5((i - 1)::VARCHAR), 16) END AS parent_span_id, "
    "'service-' || (i % 20) AS service_name, 'GET /path/' || (i % 97) AS operation_name, "
    "epoch_us(t) * 1000 AS start_time_unix_nano, epoch_us(t) * 1000 + (i % 977) * 1000000 AS end_time_unix_nano, "
    "CASE WHEN i % 90 = 0 THEN 'ERROR' ELSE 'OK' END AS status"
)
METRICS = (
    "epoch_us(t) // 1000 AS timestamp, 'service-' || (i % 20) AS service, 'metric.number.' || (i % 40) AS metric, "
    "(i * 7919 % 1000003) / 977.0 AS value, 'ms' AS unit"
)
OTLP = (
    "[{'resource': {'attributes': [{'key': 'service.name', 'value': {'stringValue': 'service-' || (i % 20)}}]}, "
    "'scopeSpans': [{'spans': list_transform(range(50), lambda k: {'traceId': md5((i * 50 + k // 8)::VARCHAR), "
    "'spanId': left(md5((i * 50 + k)::VARCHAR), 16), 'name': 'GET /path/' || (k % 97), 'kind': 2, "
    "'startTimeUnixNano': ((epoch_us(t) + k) * 1000)::VARCHAR, 'endTimeUnixNano': ((epoch_us(t) + k + 977) * "
    "1000)::VARCHAR, "
    "'attributes': [{'key': 'http.route', 'value': {'stringValue': '/path/' || (k % 97)}}, "
    "{'key': 'http.request.method', 'value': {'stringValue': 'GET'}}]})}]}] AS resourceSpans"
)
FILES = {
    "logs.csv": (LOGS, 165, "(HEADER)", "read_csv"),
    "spans.csv": (SPANS, 152, "(HEADER)", "read_csv"),
    "metrics.csv": (METRICS, 58, "(HEADER)", "read_csv"),
    "more_logs.jsonl": (LOGS, 245, "(FORMAT json)", "read_json"),
    "more_spans.parquet": (SPANS, 66, "(FORMAT parquet)", "read_parquet"),
    "traces.otlp.jsonl": (OTLP, 16_500, "(FORMAT json)", "read_json"),
}
"""File -> columns, bytes of a row, how it is written, DuckDB's reader."""


def make(folder: Path, megabytes: int) -> None:
    share = megabytes * 1_000_000 // len(FILES)
    with duckdb.connect() as db:
        for name, (columns, row, form, _) in FILES.items():
            rows = f"SELECT i, make_timestamp({START} + i * 1000) AS t FROM range({max(1, share // row)}) AS r(i)"
            db.execute(f"COPY (SELECT {columns} FROM ({rows})) TO '{folder / name}' {form}")


def by_duckdb(file: Path, reader: str, database: Path) -> float:
    with duckdb.connect(str(database)) as db:
        started = time.perf_counter()
        db.execute(f"CREATE TABLE t AS SELECT * FROM {reader}('{file}')")
        return time.perf_counter() - started


def by_import(file: Path, store: Store) -> tuple[float, dict[str, int], int]:
    started = time.perf_counter()
    report = import_paths(store, [file], scope=file.name)
    return time.perf_counter() - started, report.rows, report.rejected


def measure(folder: Path, work: Path) -> None:
    ours_in_all = theirs_in_all = size_in_all = 0.0
    print(f"{'file':<20}{'MB':>7}{'CTAS s':>9}{'import s':>10}{'ratio':>7}  rows")
    with Store.open(work / "workspace") as store:
        for name, (_, _, _, reader) in FILES.items():
            file = folder / name
            theirs = by_duckdb(file, reader, work / f"{name}.duckdb")
            ours, rows, rejected = by_import(file, store)
            size = file.stat().st_size / 1e6
            said = ", ".join(f"{count:,} {table}" for table, count in {**rows, "rejected": rejected}.items())
            print(f"{name:<20}{size:>7.0f}{theirs:>9.2f}{ours:>10.2f}{ours / theirs:>7.2f}  {said}")
            ours_in_all, theirs_in_all, size_in_all = ours_in_all + ours, theirs_in_all + theirs, size_in_all + size
    print(
        f"{'in all':<20}{size_in_all:>7.0f}{theirs_in_all:>9.2f}{ours_in_all:>10.2f}{ours_in_all / theirs_in_all:>7.2f}"
    )
    print(f"largest memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:,.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--mb", type=int, default=200, help="size of all files together")
    parser.add_argument("--keep", type=Path, help="make the files here and keep them; they are used again when there")
    given = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="causeway-import-"))
    folder = given.keep or work / "files"
    try:
        if not folder.exists():
            folder.mkdir(parents=True)
            make(folder, given.mb)
        measure(folder, work)
    finally:
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
