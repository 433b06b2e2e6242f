"""How long it takes from many spans in a store to anomalies and a diagnosis, and how much memory that takes.

Usage: python benchmarks/rca_stored.py [--millions 10] [--whole]
The spans are those of `rca_speed.py`, stored first in a folder that is deleted afterwards (not measured). `--whole`
reads all of them, which takes about 1 GB per million; otherwise a part is read as `causeway analyze` does.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

import pyarrow as pa
from rca_speed import spans

from workbench.detect.watch import find_anomalies
from workbench.facts.telemetry import Case
from workbench.rca.diagnose import diagnose
from workbench.semconv import ORIGIN, Table
from workbench.store import sources, telemetry
from workbench.store.db import Store

AT_ONCE = 1_000_000
SERVICES, SLOW = 30, 15
_IDS = ("trace_id", "span_id", "parent_span_id")


def fill(folder: Path, count: int) -> None:
    """Store so many spans."""
    made = spans(min(count, AT_ONCE), SERVICES, slow=SLOW).drop(columns=list(ORIGIN))
    with Store.open(folder) as store:
        source = sources.register(store, kind="file", uri="made up", scope="many").source_id
        for part in range(-(-count // AT_ONCE)):
            # Each part has traces of its own.
            own = {name: made[name].where(made[name] == "", f"{part:x}-" + made[name]) for name in _IDS}
            rows = pa.Table.from_pandas(made.assign(**own), preserve_index=False)
            telemetry.append(store, Table.SPANS, rows, source_id=source)


def measure(folder: Path, most: int | None) -> None:
    """Read, detect and diagnose, and print what each took."""
    with Store.open(folder) as store:
        begun = [time.perf_counter()]
        rows = telemetry.read(store, scope="many", most_spans=most)
        begun.append(time.perf_counter())
        seen = find_anomalies(rows, "many")
        begun.append(time.perf_counter())
        found = diagnose(Case("many", rows))
        begun.append(time.perf_counter())
    read, detected, diagnosed = (after - before for before, after in pairwise(begun))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{rows.spans_in_all or len(rows.spans):,} spans, {len(rows.spans):,} of them read in {read:.1f} s")
    print(f"{len(seen)} anomalies in {detected:.1f} s, diagnosis in {diagnosed:.1f} s; {memory:.1f} GB at most")
    first = found.causes[0].service_name if found.causes else "-"
    print(f"{found.verdict.value}, first {first} (true: service-{SLOW:02d}); {' '.join(found.not_known)}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--millions", type=float, default=10)
    options.add_argument("--whole", action="store_true", help="read all spans")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        # Processes of their own, so that making the spans does not count.
        for work in ((fill, int(chosen.millions * 1e6)), (measure, None if chosen.whole else telemetry.MOST_SPANS)):
            process = get_context("spawn").Process(target=work[0], args=(Path(folder), work[1]))
            process.start()
            process.join()
            if process.exitcode:
                raise SystemExit(f"{work[0].__name__} ended with {process.exitcode}")


if __name__ == "__main__":
    main()
