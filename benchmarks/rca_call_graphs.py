"""How often the broken node of a call graph drawn at random comes first, and how far the confidences can be believed.

Usage: python benchmarks/rca_call_graphs.py [--seeds 1-100] [--alone] [--gaps 0.3]
Each seed draws a graph of 8 to 40 services, a fault-free reference of a day in rows of five minutes, and a case of five
to nine rows in whose last two or three one node gets slow or fails; callers feel it by their share of calls. No time is
given, and with `--alone` no reference either. Every fifth seed is a case without a fault. With `--gaps` that share of
the values of the case is missing.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from workbench.evaluate.statistics import calibration_error, reliability
from workbench.facts.diagnosis import Diagnosis, Verdict
from workbench.facts.telemetry import Case, Telemetry, empty_frame
from workbench.rca.columns import Floats
from workbench.rca.diagnose import diagnose
from workbench.semconv import Table

START = 1_760_000_000_000_000_000
STEP = 300_000_000_000
DAY = 288


@dataclass(frozen=True)
class Graph:
    """Services in the order of calls (0 is where users enter), and how often a request of one calls another."""

    names: list[str]
    calls: Floats
    own_s: Floats
    noise: Floats
    load: float

    def rows(self, count: int, dice: np.random.Generator, slow: Floats, failing: Floats) -> dict[str, Floats]:
        """Return latency, availability and requests, each (nodes, rows); `slow` factors and `failing` shares of the own
        work have the same shape.
        """
        size = len(self.names)
        latency, healthy, requests = (np.zeros((size, count)) for _ in range(3))
        own = self.own_s[:, None] * dice.lognormal(0.0, self.noise[:, None], (size, count)) * slow
        requests[0] = self.load * dice.lognormal(0.0, 0.1, count)
        for node in range(size):
            requests[node] += self.calls[:node, node] @ requests[:node]
        for node in reversed(range(size)):
            latency[node] = own[node] + self.calls[node] @ latency
            healthy[node] = (1 - failing[node]) * np.prod(
                healthy ** np.minimum(self.calls[node], 1.0)[:, None], 0, where=self.calls[node][:, None] > 0
            )
        requests = dice.poisson(requests).clip(min=1).astype(float)
        failed = dice.binomial(requests.astype(np.int64), np.clip(1 - healthy + 0.0005, 0.0, 1.0))
        return {"latency": latency, "availability": 1 - failed / requests, "requests": requests}

    def telemetry(self, values: dict[str, Floats]) -> Telemetry:
        """Return the rows as telemetry."""
        count = values["latency"].shape[1]
        frames = []
        for metric, table in values.items():
            made: dict[str, object] = dict.fromkeys(empty_frame(Table.METRICS).columns, "")
            time = np.tile(START + STEP * np.arange(count), len(self.names))
            made |= {"metric_name": metric, "service_name": np.repeat(self.names, count)}
            made |= {"value": table.ravel(), "time_unix_nano": time, "row_id": 0, "source_id": 0, "source_line": 0}
            frames.append(pd.DataFrame(made))
        callers, callees = np.nonzero(self.calls)
        edges: dict[str, object] = dict.fromkeys(empty_frame(Table.EDGES).columns, "")
        edges |= {
            "caller_service_name": np.take(self.names, callers),
            "callee_service_name": np.take(self.names, callees),
        }
        metrics = pd.concat(frames, ignore_index=True)
        return Telemetry(metrics=metrics, edges=pd.DataFrame(edges))


def draw(seed: int) -> Graph:
    dice = np.random.default_rng(seed)
    size = int(dice.integers(8, 41))
    calls = np.zeros((size, size))
    for node in range(1, size):
        above = dice.choice(node, size=min(node, int(dice.integers(1, 4))), replace=False)
        calls[above, node] = dice.choice([0.1, 0.3, 1.0, 1.0, 2.0], size=len(above))
    names = [f"s{number:02d}" for number in dice.permutation(size)]
    return Graph(names, calls, dice.lognormal(-4, 1, size), dice.uniform(0.02, 0.2, size), float(dice.lognormal(6, 1)))


def drawn_case(seed: int) -> tuple[Case, str]:
    """Return a case with its reference, and the broken node ('' when none is)."""
    graph, dice = draw(seed), np.random.default_rng([seed, 1])
    size, count = len(graph.names), int(dice.integers(5, 10))
    slow, failing = np.ones((size, count)), np.zeros((size, count))
    node, bad = int(dice.integers(1, size)), count - int(dice.integers(2, 4))
    if seed % 5 and dice.random() < 0.5:
        failing[node, bad:] = dice.uniform(0.03, 0.8)
    elif seed % 5:
        slow[node, bad:] = dice.uniform(3, 30)
    day = graph.telemetry(graph.rows(DAY, dice, np.ones((size, DAY)), np.zeros((size, DAY))))
    case = graph.telemetry(graph.rows(count, dice, slow, failing))
    return Case(f"graph-{seed}", case, {"healthy": day}), graph.names[node] if seed % 5 else ""


def answer(seed: int, *, alone: bool, gaps: float) -> tuple[str, Diagnosis]:
    """Return the true node and the diagnosis of one case."""
    case, truth = drawn_case(seed)
    metrics = case.telemetry.metrics
    kept = metrics[np.random.default_rng([seed, 2]).random(len(metrics)) >= gaps].reset_index(drop=True)
    return truth, diagnose(Case(case.name, replace(case.telemetry, metrics=kept), {} if alone else case.references))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seeds", default="1-100")
    options.add_argument("--alone", action="store_true", help="give no reference")
    options.add_argument("--gaps", type=float, default=0.0, help="share of the values of the case that are missing")
    chosen = options.parse_args()
    low, _, high = chosen.seeds.partition("-")
    stated, faults, called, alarms, healthy = [], 0, 0, 0, 0
    for seed in range(int(low), int(high or low) + 1):
        truth, found = answer(seed, alone=chosen.alone, gaps=chosen.gaps)
        incident = found.verdict is Verdict.INCIDENT
        healthy, alarms = healthy + (not truth), alarms + (incident and not truth)
        faults, called = faults + bool(truth), called + (incident and bool(truth))
        if incident and truth:
            stated.append((found.causes[0].confidence, found.causes[0].service_name == truth))
    right = sum(hit for _, hit in stated)
    print(f"{faults} faults: {called} called, {right} named first; false alarms {alarms} of {healthy}")
    bins = reliability(stated)
    print(f"calibration error {calibration_error(bins) or 0:.3f}: ", end="")
    print(", ".join(f"{one.confidence:.2f} said {one.right:.2f} right ({one.cases})" for one in bins))


if __name__ == "__main__":
    main()
