"""What an exported program uses to tell its control server how far it is; copied into the program, not imported.

The counts go to a small file, since a program and whoever watches it share nothing else.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import pathway as pw

from workbench.flow.standalone import REJECTED, run

ROWS: dict[tuple[str, str], dict[int, int]] = {}
"""(node, "in" or "out") -> rows of each of its tables."""
REPORT_S = 0.5


def counted(node: str, direction: str, *tables: pw.Table) -> None:
    """Count the rows that come out of a step, or go into it; the engine counts, so nothing is paid per row."""
    counts = ROWS.setdefault((node, direction), {})
    for place, table in enumerate(tables):

        def on_change(key: Any, row: dict[str, Any], time: int, is_addition: bool, place: int = place) -> None:
            if is_addition:
                counts[place] = row["rows"]

        pw.io.subscribe(table.reduce(rows=pw.reducers.count()), on_change=on_change, name=f"{node}:{direction}:{place}")


def run_counted() -> None:
    """Run the graph; while it runs, the file that FLOW_STATUS names is written anew twice a second."""
    # Else Pathway tells about each connector every few seconds.
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    warnings.simplefilter("ignore")
    file = Path(os.environ.get("FLOW_STATUS", os.devnull))
    over = threading.Event()

    def watch() -> None:
        while not over.wait(REPORT_S):
            report(file)

    report(file)
    thread = threading.Thread(target=watch, name="counts", daemon=True)
    thread.start()
    try:
        run()
    finally:
        over.set()
        thread.join()
        report(file)


def report(file: Path) -> None:
    """Write the counts; whoever reads sees a whole file."""
    if file == Path(os.devnull):
        return
    rows = [
        {"node": node, "direction": direction, "rows": sum(counts.values())}
        for (node, direction), counts in ROWS.items()
    ]
    part = file.with_name(file.name + ".part")
    part.write_text(json.dumps({"at": time.time(), "rows": rows, "rejected": dict(REJECTED)}), encoding="utf-8")
    part.replace(file)
