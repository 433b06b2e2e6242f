"""How well lines are grouped when every rule and constant of the miner was chosen on other systems than the one tested.

    python benchmarks/templates_held_out.py [FOLDER] [--orders 24] [--least 0.9]

FOLDER holds labelled logs as LogHub has them; without it the invented systems of `corpora` are taken. Each system is
left out in turn. Candidates are the rules of `workbench.signals.rules` one by one, and a few values for each constant.

A rule is chosen when it helps the other systems. Rules back each other up, so what one is good for depends on which
are on already; each is therefore switched on at many places of random orders that begin with nothing, with random
constants, and its gain is averaged (the Shapley value). A gain is that of the mean of GA, FGA, PA and FTA; at least
0.0005 on average over the other systems is enough. Then each constant is set, in two rounds, to the middle one
of the values that are within one standard error of the best on the others, with the rules chosen. Only then is the
system left out mined.

What is a priori: the algorithm, the list of candidates, and how headers are cut off; people wrote them who knew the
eight public systems of LogHub. `nothing` begins with no rule; `forms` takes for granted how numbers, addresses, paths,
dates and units of measure look, and chooses conventions and grouping; `constants` takes all rules for granted.
Exits with 1 when the mean GA of `nothing` is below --least.
"""

from __future__ import annotations

import argparse
import math
import random
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from statistics import fmean, stdev
from typing import NamedTuple

from corpora import NAMES, corpus, statements

from workbench.evaluate.templates import METRICS, read_labelled, scores
from workbench.signals.formats import messages_of
from workbench.signals.rules import CALENDAR, LITERALS, RULES, UNITS, Rules
from workbench.signals.templates import mine_messages
from workbench.tools.files import read_lines, read_text

LEAST_GAIN = 0.0005
CONSTANTS = {
    "words_needed": (2, 3, 4, 5),
    "after_preposition": (2, 3, 5),
    "at_start": (5, 8, 15, 30),
    "many_others": (3, 4, 5),
    "parallel_events": (3, 5, 8),
    "varied_values": (5, 8, 12),
}
FORMS = frozenset(LITERALS + CALENDAR + UNITS)
_ROUNDS = 2

Constants = tuple[tuple[str, int], ...]
Chosen = frozenset[str]


class System(NamedTuple):
    """One labelled log: messages without their headers, and the true templates."""

    name: str
    messages: tuple[str, ...]
    templates: tuple[str, ...]


def systems(folder: Path | None) -> list[System]:
    if folder:
        return [
            System(path.name.split("_")[0], tuple(messages_of(read_lines(path))), tuple(templates))
            for path, templates in read_labelled(folder, read_text)
        ]
    found = []
    for name in NAMES:
        lines, _, truth = corpus(name, 1, 2000)
        code = statements(name)
        found.append(System(name, tuple(messages_of(lines)), tuple(code[number].template for number in truth)))
    return found


@cache
def measured(system: System, on: Chosen, constants: Constants) -> tuple[float, ...]:
    """Return GA, FGA, PA and FTA with these rules and constants."""
    rules = Rules(RULES - on, **dict(constants))
    return tuple(scores(system.templates, mine_messages(system.messages, rules=rules)))


def gains(every: Sequence[System], start: Chosen, orders: int) -> dict[str, dict[str, float]]:
    """Return system -> rule -> mean gain over random orders that begin with the rules of `start`."""
    found = {system.name: dict.fromkeys(RULES - start, 0.0) for system in every}
    for number in range(orders):
        rng = random.Random(number)
        order = rng.sample(sorted(RULES - start), len(RULES - start))
        constants = tuple((name, rng.choice(values)) for name, values in CONSTANTS.items())
        for system in every:
            on, before = start, fmean(measured(system, start, constants))
            for rule in order:
                on |= {rule}
                now = fmean(measured(system, on, constants))
                found[system.name][rule] += (now - before) / orders
                before = now
    return found


def rules_for(others: Iterable[System], start: Chosen, found: Mapping[str, Mapping[str, float]]) -> Chosen:
    names = [other.name for other in others]
    return start | {rule for rule in RULES - start if fmean(found[name][rule] for name in names) >= LEAST_GAIN}


def constants_for(others: Sequence[System], on: Chosen) -> Constants:
    """Return for each constant the middle one of the values that are as good as the best on the other systems."""
    chosen = {name: values[len(values) // 2] for name, values in CONSTANTS.items()}
    for _ in range(_ROUNDS):
        for name, values in CONSTANTS.items():
            tried = []
            for value in values:
                constants = tuple((chosen | {name: value}).items())
                tried.append([fmean(measured(other, on, constants)) for other in others])
            best = max(tried, key=fmean)
            good = [value for value, found in zip(values, tried, strict=True) if _as_good(found, best)]
            chosen[name] = good[(len(good) - 1) // 2]
    return tuple(chosen.items())


def _as_good(found: Sequence[float], best: Sequence[float]) -> bool:
    """Tell whether results are within one standard error of the best ones, paired by system."""
    worse = [one - other for one, other in zip(best, found, strict=True)]
    return fmean(worse) <= stdev(worse) / math.sqrt(len(worse))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--orders", type=int, default=24)
    parser.add_argument("--least", type=float, default=0.9)
    given = parser.parse_args()
    every = systems(given.folder)
    starts = {"nothing": frozenset[str](), "forms": FORMS, "constants": RULES}
    means = {}
    for variant, start in starts.items():
        found = gains(every, start, given.orders)
        print(
            f"\n{variant:12}" + "".join(f"{metric:>7}" for metric in METRICS) + "  rules that the others do not support"
        )
        rows = []
        for system in every:
            others = [other for other in every if other is not system]
            on = rules_for(others, start, found)
            rows.append(measured(system, on, constants_for(others, on)))
            print(
                f"{system.name:12}" + "".join(f"{one:7.3f}" for one in rows[-1]) + "  " + " ".join(sorted(RULES - on))
            )
        means[variant] = [fmean(column) for column in zip(*rows, strict=True)]
        print(f"{'mean':12}" + "".join(f"{one:7.3f}" for one in means[variant]), flush=True)
    return int(means["nothing"][0] < given.least)


if __name__ == "__main__":
    raise SystemExit(main())
