"""How long a diagnosis of many spans takes, beside a plain pandas group-by over the same spans.

Usage: python benchmarks/rca_speed.py [--millions 1] [--services 30]
Spans are made up: a front calls a tree of services, and one service gets slow in the last quarter. Memory: about 1.5 GB
per million spans.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import pandas as pd

from workbench.facts.telemetry import Case, Telemetry, empty_frame
from workbench.rca.diagnose import diagnose
from workbench.semconv import Table

START = 1_760_000_000_000_000_000
PER_TRACE = 10


def spans(count: int, services: int, slow: int) -> pd.DataFrame:
    """Return `count` spans of traces with ten spans each: every span calls the next one."""
    dice = np.random.default_rng(7)
    traces = count // PER_TRACE
    way = np.sort(dice.integers(1, services, (traces, PER_TRACE)), axis=1)
    way[:, 0] = 0
    begin = START + np.sort(dice.integers(0, 1_800_000_000_000, traces))
    own = dice.lognormal(1.0, 0.4, (traces, PER_TRACE))
    late = (begin > START + 1_350_000_000_000)[:, None]
    own = np.where((way == slow) & late, own * 8, own)
    below = np.cumsum(own[:, ::-1], axis=1)[:, ::-1]
    names = np.array([f"service-{number:02d}" for number in range(services)], dtype=object)
    number = np.arange(traces * PER_TRACE).reshape(traces, PER_TRACE)
    ids = np.array([f"{one:012x}" for one in number.ravel().tolist()], dtype=object).reshape(number.shape)
    start = begin[:, None] + np.arange(PER_TRACE) * 100_000
    frame = empty_frame(Table.SPANS)
    columns: dict[str, object] = dict.fromkeys(frame.columns, "")
    columns |= {
        "row_id": number.ravel(),
        "trace_id": np.repeat(ids[:, 0], PER_TRACE),
        "span_id": ids.ravel(),
        "parent_span_id": np.concatenate([np.full((traces, 1), "", dtype=object), ids[:, :-1]], axis=1).ravel(),
        "service_name": names[way].ravel(),
        "span_name": "handle",
        "span_kind": "SPAN_KIND_SERVER",
        "start_time_unix_nano": start.ravel(),
        "end_time_unix_nano": (start + (below * 1e6).astype(np.int64)).ravel(),
        "status_code": "STATUS_CODE_OK",
    }
    return pd.DataFrame({name: columns[name] for name in frame.columns}, index=range(traces * PER_TRACE))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--millions", type=float, default=1)
    options.add_argument("--services", type=int, default=30)
    chosen = options.parse_args()
    frame = spans(int(chosen.millions * 1e6), chosen.services, slow=chosen.services // 2)
    begun = time.perf_counter()
    duration = frame["end_time_unix_nano"] - frame["start_time_unix_nano"]
    duration.groupby([frame["service_name"], frame["span_name"]]).quantile(0.95)
    plain = time.perf_counter() - begun
    begun = time.perf_counter()
    found = diagnose(Case("speed", Telemetry(spans=frame)))
    ours = time.perf_counter() - begun
    first = found.causes[0].service_name if found.causes else "-"
    millions = len(frame) / 1e6
    true = f"service-{chosen.services // 2:02d}"
    print(
        f"{millions:g} million spans: group-by {plain / millions:.2f} s, diagnosis {ours / millions:.2f} s a million, "
        f"ratio {ours / plain:.1f}; verdict {found.verdict.value}, first {first} (true: {true})"
    )


if __name__ == "__main__":
    main()
