"""How fast log lines are grouped into templates, beside masking the same lines with one plain regular expression.

    python benchmarks/templates_speed.py [--lines 20000] [--repeat 3] [FILE...]

Lines are those of the simulator in several header styles (see `templates_perturbed`), or of files that are given,
repeated up to the number of lines. Three ways take turns in one process, on one core: one regular expression that masks
numbers, addresses and paths; our miner on messages, as a stream; and the whole way from raw lines, header learned,
to final templates. The best of the repeats counts.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from pathlib import Path

from templates_perturbed import STYLES, styled

from workbench.signals.templates import TemplateMiner, mine_file
from workbench.tools.files import read_lines

MASK = re.compile(
    r"\b0x[0-9a-fA-F]+\b|\d+\.\d+\.\d+\.\d+(?::\d+)?|(?:/[\w.-]+){2,}|\b[0-9a-fA-F]{8,}\b|[-+]?\d+(?:\.\d+)?"
)


def masked(lines: Sequence[str]) -> int:
    return len({MASK.sub("<*>", line) for line in lines})


def streamed(lines: Sequence[str]) -> int:
    miner = TemplateMiner()
    return len({miner.add(line) for line in lines})


def whole(lines: Sequence[str]) -> int:
    return len({identifier for identifier, _ in mine_file(lines)})


def best(work: Callable[[Sequence[str]], int], lines: Sequence[str], repeat: int) -> float:
    seconds = []
    for _ in range(repeat):
        start = time.perf_counter()
        work(lines)
        seconds.append(time.perf_counter() - start)
    return len(lines) / min(seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--lines", type=int, default=20_000)
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    sets = {path.name: read_lines(path) for path in given.files} or {name: styled(name, 1)[0] for name in STYLES}
    print(f"{'lines/s':24}{'regex':>12}{'stream':>12}{'whole':>12}{'whole/regex':>13}")
    figures = []
    for name, lines in sets.items():
        many = list(islice(cycle(lines), given.lines))
        row = [best(work, many, given.repeat) for work in (masked, streamed, whole)]
        figures.append(row)
        print(f"{name[:23]:24}" + "".join(f"{one:12,.0f}" for one in row) + f"{row[2] / row[0]:13.2f}")
    means = [sum(column) / len(column) for column in zip(*figures, strict=True)]
    worst = min(row[2] for row in figures)
    print(f"{'mean':24}" + "".join(f"{one:12,.0f}" for one in means) + f"{means[2] / means[0]:13.2f}")
    print(f"{'worst':24}{'':24}{worst:12,.0f}")


if __name__ == "__main__":
    main()
