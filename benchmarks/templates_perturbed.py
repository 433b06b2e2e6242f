"""How well log lines are grouped whatever their header looks like and whatever their values are.

    python benchmarks/templates_perturbed.py [--lines 2000] [--seeds 3] [--least 0.96]

The statements are those of the simulator's shop; which line comes from which is known. They are written in header
styles made here, with values of three kinds: as the shop writes them; half of the slots filled with plain words from
pools of 3 to 100; and with words from pools of 30 to 300 in most slots. The measure is grouping accuracy (Zhu et al.,
ICSE-SEIP 2019): the share of lines whose group holds exactly the lines of their statement. Exits with 1 below --least.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from workbench.signals.templates import mine_file
from workbench.simulate import lines as idle
from workbench.simulate.shop import SHOP
from workbench.simulate.topology import Line

SLOT = re.compile(r"\{(\w+)\}")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
KINDS = {"as written": (0.0, 3, 100), "words, pools of 3-100": (0.5, 3, 100), "words, pools of 30-300": (0.7, 30, 300)}
"""Share of slots that are filled with words, smallest and largest pool."""
_START = 1_769_852_100


def statements() -> list[Line]:
    """Return the different statements of the shop's code, by text."""
    found: dict[str, Line] = {}

    def walk(value: Any) -> None:
        if isinstance(value, Line):
            found.setdefault(value.text, value)
        elif dataclasses.is_dataclass(value):
            for part in dataclasses.fields(value):
                walk(getattr(value, part.name))
        elif isinstance(value, dict | list | tuple):
            for part in value.values() if isinstance(value, dict) else value:
                walk(part)

    walk(SHOP)
    walk(idle._IDLE)
    walk(idle._IDLE_STORE)
    return [found[text] for text in sorted(found)]


def word(rng: random.Random) -> str:
    return "".join(rng.choices(LETTERS, k=rng.randrange(4, 10)))


def written(name: str, rng: random.Random) -> str:
    """Return a value as the shop writes it."""
    whole = rng.randrange
    values: dict[str, Callable[[], str]] = {
        "amount": lambda: f"{whole(5, 900)}.{whole(100):02d}",
        "card": lambda: f"{whole(10_000):04d}",
        "city": lambda: rng.choice(["Lyon", "Porto", "Graz", "Turku", "Bern", "Gdansk", "Cork", "Split"]),
        "email": lambda: f"{word(rng)}@{word(rng)}.example",
        "ip": lambda: f"10.{whole(256)}.{whole(256)}.{whole(256)}",
        "order": lambda: f"o-{whole(10**6):06d}",
        "product": lambda: f"{whole(16**8):08X}",
        "rate": lambda: f"{whole(2, 30)}.{whole(100):02d}",
        "search": lambda: rng.choice(["lamp", "mug", "scarf", "tent", "globe", "kettle"]),
        "session": lambda: f"{whole(16**12):012x}",
        "token": lambda: f"{whole(16**10):010x}",
        "user": lambda: f"u{whole(10**5)}",
    }
    return values.get(name, lambda: str(whole(500)))()


def messages(seed: int, count: int, kind: str) -> tuple[list[str], list[int], list[Line]]:
    """Return messages, the number of the statement of each, and the statements."""
    rng = random.Random(seed)
    share, low, high = KINDS[kind]
    code = statements()
    weights = [1 / (place + 1) for place in range(len(code))]
    rng.shuffle(weights)
    pools: dict[tuple[int, int], list[str]] = {}
    for number, line in enumerate(code):
        for place, _ in enumerate(SLOT.finditer(line.text)):
            if rng.random() < share:
                pools[number, place] = [word(rng) for _ in range(rng.randrange(low, high + 1))]
    truth = rng.choices(range(len(code)), weights, k=count)
    texts = []
    for number in truth:
        slots = iter(range(100))

        def fill(match: re.Match[str], number: int = number, slots: Iterator[int] = slots) -> str:
            pool = pools.get((number, next(slots)))
            return rng.choice(pool) if pool else written(match[1], rng)

        texts.append(SLOT.sub(fill, code[number].text))
    return texts, truth, code


def _moment(place: int) -> datetime:
    return datetime.fromtimestamp(_START + place * 0.371, UTC)


def _logfmt(place: int, line: Line, text: str) -> str:
    quoted = text.replace('"', "'")
    return f'time={_moment(place).isoformat()} level={line.severity.lower()} caller={line.file} msg="{quoted}"'


STYLES: dict[str, Callable[[int, Line, str], str]] = {
    "bare": lambda place, line, text: text,
    "level first": lambda place, line, text: f"{line.severity}: {_moment(place):%Y/%m/%d %H:%M:%S} {text}",
    "python": lambda place, line, text: f"{_moment(place):%Y-%m-%d %H:%M:%S,123} {line.severity} {line.file}: {text}",
    "java": lambda place, line, text: (
        f"{_moment(place):%Y-%m-%d %H:%M:%S.%f} {line.severity:<5} {place % 90 + 10} --- [worker-{place % 7}] "
        f"{line.file.rsplit('/', 1)[-1]} : {text}"
    ),
    "syslog": lambda place, line, text: (
        f"{_moment(place):%b %d %H:%M:%S} host{place % 5} {line.file.rsplit('.', 1)[-1]}d[{1000 + place % 9}]: {text}"
    ),
    "syslog 5424": lambda place, line, text: (
        f"<{14 + place % 3}>1 {_moment(place):%Y-%m-%dT%H:%M:%S.%fZ} host{place % 5} shop {100 + place % 9} - - {text}"
    ),
    "klog": lambda place, line, text: (
        f"{line.severity[0]}{_moment(place):%m%d %H:%M:%S.%f} {place % 9 + 1:7d} "
        f"{line.file.rsplit('/', 1)[-1]}:{line.number}] {text}"
    ),
    "container": lambda place, line, text: f"{_moment(place):%Y-%m-%dT%H:%M:%S.%fZ} stdout F {text}",
    "epoch": lambda place, line, text: f"{_START + place} {line.severity} [{line.file}:{line.number}] {text}",
    "piped": lambda place, line, text: (
        f"{_moment(place):%H:%M:%S:%f}|{line.file.rsplit('/', 1)[-1]}|{place % 9}|{line.severity}|{text}"
    ),
    "brackets": lambda place, line, text: (
        f"[{_moment(place):%a %b %d %H:%M:%S %Y}] [{line.severity.lower()}] [pid {place % 40 + 7}] {text}"
    ),
    "nginx": lambda place, line, text: (
        f"{_moment(place):%Y/%m/%d %H:%M:%S} [{line.severity.lower()}] {place % 9}#{place % 4}: *{place} {text}"
    ),
    "logfmt": _logfmt,
    "json": lambda place, line, text: json.dumps(
        {"ts": _moment(place).isoformat(), "lvl": line.severity, "thread": f"http nio {place % 20}", "msg": text}
    ),
    "tabs": lambda place, line, text: f"{_moment(place).isoformat()}\t{line.severity}\t{line.file}\t{text}",
}


def styled(style: str, seed: int, count: int = 2000, kind: str = "as written") -> tuple[list[str], list[int]]:
    """Return lines in a header style and the number of the statement of each."""
    texts, truth, code = messages(seed, count, kind)
    write = STYLES[style]
    return [write(place, code[truth[place]], text) for place, text in enumerate(texts)], truth


def grouping_accuracy(truth: Sequence[int], found: Sequence[str]) -> float:
    by_truth: dict[int, set[int]] = defaultdict(set)
    by_found: dict[str, set[int]] = defaultdict(set)
    for place, (true, group) in enumerate(zip(truth, found, strict=True)):
        by_truth[true].add(place)
        by_found[group].add(place)
    right = sum(len(places) for places in by_found.values() if places == by_truth[truth[next(iter(places))]])
    return right / len(truth)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--lines", type=int, default=2000)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--least", type=float, default=0.96)
    given = parser.parse_args()
    print(f"{'grouping accuracy':24}" + "".join(f"{kind:>25}" for kind in KINDS))
    sums = dict.fromkeys(KINDS, 0.0)
    for style in STYLES:
        row = []
        for kind in KINDS:
            scores = []
            for seed in range(1, given.seeds + 1):
                lines, truth = styled(style, seed, given.lines, kind)
                scores.append(grouping_accuracy(truth, [identifier for identifier, _ in mine_file(lines)]))
            row.append(sum(scores) / len(scores))
            sums[kind] += row[-1]
        print(f"{style:24}" + "".join(f"{score:25.3f}" for score in row))
    means = [total / len(STYLES) for total in sums.values()]
    print(f"{'mean':24}" + "".join(f"{mean:25.3f}" for mean in means))
    return int(sum(means) / len(means) < given.least)


if __name__ == "__main__":
    raise SystemExit(main())
