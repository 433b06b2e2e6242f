"""What figures of nodes and the content of failed rows cost: processor time of one flow at 20,000 rows/s, side by side.

Usage: python benchmarks/flow_metrics_cost.py [ROWS_PER_S] [SECONDS] [ROUNDS]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import threading
import time

from workbench.flow.graph import Flow
from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.flow.services import Sink, Source
from workbench.flow.source import RowSource, rows_of

FLOW = {
    "name": "cost",
    "nodes": [
        {"id": "read", "kind": "bench.steady"},
        {"id": "some", "kind": "tables.filter", "settings": {"condition": "number >= 0"}},
        {"id": "more", "kind": "tables.select", "settings": {"columns": {"number": "number + 1", "name": "name"}}},
        {"id": "many", "kind": "tables.filter", "settings": {"condition": 'name != "n3"'}},
        {"id": "group", "kind": "tables.group", "settings": {"by": ["name"]}},
        {"id": "rows", "kind": "bench.count"},
        {"id": "groups", "kind": "bench.count"},
    ],
    "edges": [
        {"source": "read", "target": "some"},
        {"source": "some", "target": "more"},
        {"source": "more", "target": "many"},
        {"source": "many", "target": "group"},
        {"source": "many", "target": "rows"},
        {"source": "group", "target": "groups"},
    ],
}


class Steady(Node):
    """Makes rows at a steady rate."""

    rate: float = 20_000
    seconds: float = 10

    def build(self, *, source: Source) -> Rows:
        return rows_of(SteadyReader(self, source), {"number": int, "name": str})


class SteadyReader(RowSource):
    def __init__(self, node: Steady, source: Source) -> None:
        super().__init__(source)
        self.node = node

    def read(self) -> None:
        begin, made = time.monotonic(), 0
        while (passed := time.monotonic() - begin) < self.node.seconds:
            due = int(passed * self.node.rate)
            for number in range(made, due):
                self.put((number, f"n{number % 7}"))
            made = due
            self.flush()
            time.sleep(0.02)


class Count(Node):
    """Takes rows and does nothing with them."""

    def build(self, rows: Rows, *, sink: Sink) -> None:
        import pathway as pw

        pw.io.null.write(rows)


def child(how: str, rate: float, seconds: float) -> None:
    """Run the flow here and print the processor time that it took."""
    import pathway as pw

    from workbench.engine.build import build
    from workbench.engine.meter import Meter
    from workbench.flow.catalog import load_catalog

    class Calm:
        def troubles(self, node: str) -> tuple[int, str, str]:
            return 0, "", ""

        def report(self, *, last: bool = False) -> None:
            """Nothing goes wrong here."""

    frames: list[str] = []
    meter = Meter(lambda event: frames.append(event.model_dump_json()), Calm())
    catalog = dict(load_catalog()) | {"bench.steady": Steady, "bench.count": Count}
    services = {
        "source": lambda node: Source(node, threading.Event(), print, lambda subject: meter.opened(node, subject)),
        "sink": lambda node: Sink(node, threading.Event(), print),
    }
    flow = Flow.model_validate(FLOW).with_settings({"read": {"rate": rate, "seconds": seconds}})
    measured = how != "plain"
    built = build(flow, catalog, services, metered=measured)
    assert not built.findings, built.findings
    if how == "with-rows":
        for rows in built.failing.values():
            if rows is not None:
                pw.io.subscribe(rows, on_change=lambda **change: frames.append("failed"))
    inputs = {node: [name for several in flow.wires(node).values() for name in several] for node in built.tables}
    level = meter.start(inputs, built.tables) if measured else pw.MonitoringLevel.NONE
    begin = time.process_time()
    pw.run(monitoring_level=level, terminate_on_error=False)
    meter.finish()
    assert len(frames) >= (seconds if measured else 0), "figures have to come"
    print("cpu", time.process_time() - begin)


def main(rate: float, seconds: float, pairs: int) -> None:
    found: dict[str, list[float]] = {"plain": [], "measured": [], "with-rows": []}
    for _ in range(pairs):
        for how in found:
            command = [sys.executable, "-W", "ignore", __file__, how, str(rate), str(seconds)]
            said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            found[how].append(float(said.split("cpu")[-1]))
    shares = {how: [100 * cpu / seconds for cpu in several] for how, several in found.items()}
    for how, several in shares.items():
        print(f"{how:9} {statistics.median(several):5.1f} % of a core ({min(several):.1f} to {max(several):.1f})")
    for before, after, what in (("plain", "measured", "figures"), ("measured", "with-rows", "failed rows")):
        more = statistics.median(b - a for a, b in zip(shares[before], shares[after], strict=True))
        print(f"{what} cost {more:+.1f} % of a core at {rate:,.0f} rows/s (median of {pairs} rounds)")


if __name__ == "__main__":
    if sys.argv[1:] and sys.argv[1] in ("plain", "measured", "with-rows"):
        child(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]))
    else:
        numbers = [float(text) for text in sys.argv[1:]] + [20_000, 8, 3][len(sys.argv) - 1 :]
        main(numbers[0], numbers[1], int(numbers[2]))
