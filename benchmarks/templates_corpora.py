"""How well log lines are grouped and written as templates in eight more habits of logging than the shop's.

    python benchmarks/templates_corpora.py [--lines 2000] [--seeds 3] [--least 0.9] [--folder FOLDER]

The systems are those of `corpora`: a supercomputer's reliability log, a cluster's events, a step counter, a laptop, an
installer, a cloud, a batch engine, a node of a cluster. GA and PA are as in Zhu et al. (ICSE-SEIP 2019). `--folder`
writes the logs with labels, for `causeway eval templates`. Exits with 1 when the mean of GA is below --least.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path

from corpora import NAMES, corpus, settled, statements
from templates_perturbed import grouping_accuracy

from workbench.signals.templates import mine_file


def write(folder: Path, name: str, seed: int, count: int) -> None:
    """Write a log and its labels as LogHub has them."""
    lines, texts, truth = corpus(name, seed, count)
    code = statements(name)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}_{seed}.log").write_text("".join(f"{line}\n" for line in lines))
    with (folder / f"{name}_{seed}.log_structured.csv").open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["LineId", "Content", "EventTemplate"])
        rows.writerows([place + 1, texts[place], code[truth[place]].template] for place in range(count))


def scores(name: str, seed: int, count: int) -> tuple[float, float]:
    """Return GA and PA of one corpus."""
    lines, _, truth = corpus(name, seed, count)
    templates = [one.template for one in statements(name)]
    mined = mine_file(lines)
    right = sum(settled(text) == templates[number] for (_, text), number in zip(mined, truth, strict=True))
    return grouping_accuracy(truth, [identifier for identifier, _ in mined]), right / count


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--lines", type=int, default=2000)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--least", type=float, default=0.9)
    parser.add_argument("--folder", type=Path, help="write the logs and their labels here instead")
    given = parser.parse_args()
    seeds = range(1, given.seeds + 1)
    if given.folder:
        for name in NAMES:
            for seed in seeds:
                write(given.folder, name, seed, given.lines)
        return 0
    print(f"{'':12}{'GA':>8}{'PA':>8}")
    rows = []
    for name in NAMES:
        rows.append([mean(column) for column in zip(*(scores(name, seed, given.lines) for seed in seeds), strict=True)])
        print(f"{name:12}{rows[-1][0]:8.3f}{rows[-1][1]:8.3f}")
    grouped, parsed = (mean(column) for column in zip(*rows, strict=True))
    print(f"{'mean':12}{grouped:8.3f}{parsed:8.3f}")
    return int(grouped < given.least)


if __name__ == "__main__":
    raise SystemExit(main())
