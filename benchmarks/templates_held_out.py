"""How well lines are grouped when every rule and constant of the miner was chosen on other systems than the one tested.

    python benchmarks/templates_held_out.py [FOLDER] [--orders 8] [--plain] [--least 0.9]

FOLDER holds labelled logs as LogHub has them; without it the invented systems of `corpora` are taken. Each system is
left out in turn. Candidates are the rules of `workbench.signals.rules` one by one, and a few values for each constant.

A rule is chosen when it helps the other systems. Rules back each other up, so what one is good for depends on which
are on already; each is therefore switched on at many places of random orders that begin with nothing, with random
constants, and its gain is averaged (the Shapley value). A gain is that of the mean of GA, FGA, PA and FTA; at least
0.0005 on average over the other systems is enough. Then each constant is set, one after the other, to the value
that is best on the others with the rules chosen; of values that differ by less than 0.0005 to the middle one. Only then
is the system left out mined.

A rule or constant that is chosen on 2,000 lines of one installation learns that values hardly ever vary. So beside each
of the other systems stands a copy in which words from pools of 3, 10 or 100 stand for the values of half of the slots
(not with `--plain`). The system left out is tested as it is.

What is a priori: the algorithm, the list of candidates, and how headers are cut off; people wrote them who knew the
eight public systems of LogHub. `nothing` begins with no rule; `forms` takes for granted how numbers, addresses, paths,
dates and units of measure look, and chooses conventions and grouping; `constants` takes all rules for granted.
Exits with 1 when the mean GA of `nothing` is below --least, if that is given.
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

from corpora import NAMES, corpus, statements
from templates_perturbed import word

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
COPIES: dict[str, tuple[System, ...]] = {}
"""Varied copies of the systems, by name."""
_SHARE_VARIED = 0.5
_POOLS = (3, 10, 100)

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


def varied(system: System) -> System:
    """Return a copy of a system in which words stand for the values of half of the slots, as elsewhere they may."""
    rng = random.Random(system.name)
    patterns: dict[str, re.Pattern[str]] = {}
    pools: dict[tuple[str, int], list[str]] = {}
    messages = []
    for message, template in zip(system.messages, system.templates, strict=True):
        if template not in patterns:
            parts = [r"\s+".join(map(re.escape, re.split(r"\s+", part))) for part in template.split("<*>")]
            patterns[template] = re.compile(r"(.*?)".join(parts) + r"\s*", re.DOTALL)
            for slot in range(1, len(parts)):
                words = [word(rng) for _ in range(rng.choice(_POOLS))]
                pools[template, slot] = words if rng.random() < _SHARE_VARIED else []
        if found := patterns[template].fullmatch(message):
            # From the last value to the first, so that places stay as they are.
            for slot in range(patterns[template].groups, 0, -1):
                pool, value = pools[template, slot], found[slot]
                if pool and len(value) > 1 and " " not in value:
                    message = message[: found.start(slot)] + rng.choice(pool) + message[found.end(slot) :]
        messages.append(message)
    return System(f"{system.name} varied", tuple(messages), system.templates)


@cache
def measured(system: System, on: Chosen, constants: Constants) -> tuple[float, ...]:
    """Return GA, FGA, PA and FTA with these rules and constants."""
    rules = Rules(RULES - on, **dict(constants))
    return tuple(scores(system.templates, mine_messages(system.messages, rules=rules)))


def support(system: System, on: Chosen, constants: Constants) -> float:
    """Return how well a system is mined when it is one of the others: the mean of all measures, plain and varied."""
    return fmean(fmean(measured(copy, on, constants)) for copy in (system, *COPIES.get(system.name, ())))


def gains(every: Sequence[System], orders: int) -> dict[str, dict[str, float]]:
    """Return system -> rule -> mean gain over random orders that begin with no rule."""
    found = {system.name: dict.fromkeys(RULES, 0.0) for system in every}
    for number in range(orders):
        rng = random.Random(number)
        order = rng.sample(sorted(RULES), len(RULES))
        constants = tuple((name, rng.choice(values)) for name, values in CONSTANTS.items())
        for system in every:
            on = frozenset[str]()
            before = support(system, on, constants)
            for rule in order:
                on |= {rule}
                now = support(system, on, constants)
                found[system.name][rule] += (now - before) / orders
                before = now
    return found


def rules_for(others: Iterable[System], start: Chosen, found: Mapping[str, Mapping[str, float]]) -> Chosen:
    names = [other.name for other in others]
    return start | {rule for rule in RULES if fmean(found[name][rule] for name in names) >= LEAST_GAIN}


def constants_for(others: Sequence[System], on: Chosen) -> Constants:
    """Return for each constant the value that is best on the other systems; of equally good ones the middle."""
    chosen = {name: values[len(values) // 2] for name, values in CONSTANTS.items()}
    for name, values in CONSTANTS.items():
        tried = []
        for value in values:
            constants = tuple((chosen | {name: value}).items())
            tried.append(fmean(support(other, on, constants) for other in others))
        good = [value for value, found in zip(values, tried, strict=True) if found > max(tried) - LEAST_GAIN]
        chosen[name] = good[(len(good) - 1) // 2]
    return tuple(chosen.items())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--orders", type=int, default=8)
    parser.add_argument(
        "--plain", action="store_true", help="no copies with varied values among what rules are chosen on"
    )
    parser.add_argument("--least", type=float, default=0.0)
    given = parser.parse_args()
    every = systems(given.folder)
    COPIES.update({} if given.plain else {system.name: (varied(system),) for system in every})
    starts = {"nothing": frozenset[str](), "constants": RULES, "forms": FORMS}
    found = gains(every, given.orders)
    means = {}
    for variant, start in starts.items():
        print(f"\n{variant:12}" + "".join(f"{metric:>7}" for metric in METRICS) + "  constants; rules left out")
        rows = []
        for system in every:
            others = [other for other in every if other is not system]
            on = rules_for(others, start, found)
            constants = constants_for(others, on)
            rows.append(measured(system, on, constants))
            figures = "".join(f"{one:7.3f}" for one in rows[-1])
            numbers = ",".join(str(value) for _, value in constants)
            print(f"{system.name:12}{figures}  {numbers}; {' '.join(sorted(RULES - on))}", flush=True)
        means[variant] = [fmean(column) for column in zip(*rows, strict=True)]
        print(f"{'mean':12}" + "".join(f"{one:7.3f}" for one in means[variant]), flush=True)
    return int(means["nothing"][0] < given.least)


if __name__ == "__main__":
    raise SystemExit(main())
