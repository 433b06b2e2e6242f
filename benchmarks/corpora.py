"""Logs of eight invented systems, each with the habits of one kind of system; what is a value in them is known.

`corpora/NAME.txt` has one statement a line: weight, level, component and text with `{slots}`, parted by tabs;
`values.tsv` has the values of some slots.
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from templates_perturbed import SLOT, word

GLUED = re.compile(r"[\w\\]*<\*>(?:[\w.\\-]*\w|<\*>)*")
RUN = re.compile(r"(?:<\*>[^\w\s<>()\[\]{}\"'.]*)+<\*>")
"""Labels disagree whether an address is `<*>` or `<*>:<*>`: both are taken for one value."""
HERE = Path(__file__).with_name("corpora")
NAMES = tuple(sorted(path.stem for path in HERE.glob("*.txt")))
_START = 1_117_838_570
_CHOICES = {name: values for name, *values in csv.reader((HERE / "values.tsv").open(newline=""), delimiter="\t")}
_WORDS = [word(random.Random(seed)) for seed in range(40)]


def value(name: str, rng: random.Random) -> str:
    """Return a value for a slot."""
    if name in _CHOICES:
        return rng.choice(_CHOICES[name])
    whole, hexadecimal = rng.randrange, lambda digits: f"{rng.randrange(16**digits):0{digits}x}"
    guid = "-".join(hexadecimal(digits) for digits in (8, 4, 4, 4, 12))
    makers: dict[str, Callable[[], str]] = {
        "bits": lambda: "0" * whole(1, 3),
        "clock": lambda: f"{whole(24):02d}:{whole(60):02d}:{whole(60):02d}",
        "date": lambda: f"{_moment(whole(10**7)):%a %b %d %H:%M:%S %Y}",
        "dec": lambda: f"{whole(90)}.{whole(1000)}",
        "file": lambda: f"{word(rng)}.cpp",
        "guid": lambda: "{" + guid + "}",
        "guidplain": lambda: guid,
        "hex": lambda: "0x" + hexadecimal(8),
        "hexlong": lambda: hexadecimal(32),
        "hexplain": lambda: "f" + hexadecimal(6) + "0",
        "host": lambda: f"{rng.choice(_WORDS)}.cluster.example",
        "ip": lambda: f"10.{whole(256)}.{whole(256)}.{whole(256)}",
        "mac": lambda: ":".join(hexadecimal(2) for _ in range(6)),
        "mail": lambda: f"2005{whole(10**9)}.{word(rng)}@x.example",
        "n": lambda: str(whole(10 ** whole(1, 5))),
        "package": lambda: f"Package_for_KB{whole(10**7)}~31bf{hexadecimal(8)}~amd64~~6.1.{whole(9)}.{whole(9)}",
        "path": lambda: "/" + "/".join(rng.choice(_WORDS) for _ in range(whole(2, 5))),
        "port": lambda: str(whole(1024, 65536)),
        "queue": lambda: f"jA{hexadecimal(4).upper()}q0{whole(10**6):06d}",
        "signed": lambda: str(whole(-900, 900)),
        "signeddec": lambda: f"{rng.choice('+-')}0.{whole(10**6):06d}",
        "size": lambda: rng.choice([f"{whole(999)}.0 B", f"{whole(99)}.{whole(9)} KB", f"{whole(9)}.{whole(9)} MB"]),
        "stamp": lambda: f"{_moment(whole(10**7)):%Y/%-m/%-d:%H:%M:%S}.{whole(1000):03d}",
        "temp": lambda: f"{whole(40, 60)}C",
        "version": lambda: f"{whole(9)}.{whole(9)}.{whole(99)}",
        "winpath": lambda: "\\".join(["\\\\?", "C:", rng.choice(_WORDS), rng.choice(_WORDS), f"{hexadecimal(6)}.dll"]),
        "word": lambda: rng.choice(_WORDS),
    }
    return makers[name]()


def settled(template: str) -> str:
    """Return a template with single blanks and with glued values as one."""
    return RUN.sub("<*>", " ".join(template.split()))


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of an invented system."""

    weight: float
    level: str
    component: str
    text: str

    @property
    def template(self) -> str:
        """The text with `<*>` for each slot and whatever is glued to it, as the corrected labels of LogHub have it."""
        return settled(GLUED.sub("<*>", SLOT.sub("<*>", self.text)))


def statements(name: str) -> list[Statement]:
    rows = [line.split("\t") for line in (HERE / f"{name}.txt").read_text().splitlines()]
    return [Statement(float(weight), level, component, text) for weight, level, component, text in rows]


def _moment(place: float) -> datetime:
    return datetime.fromtimestamp(_START + place, UTC)


Header = Callable[[int, Statement, random.Random], str]
HEADERS: dict[str, Header] = {
    "rack": lambda place, one, rng: (
        f"{rng.choice('-----A')} {_START + place} {_moment(place):%Y.%m.%d} R{place % 64:02d}-M{place % 2}-N0 "
        f"{_moment(place):%Y-%m-%d-%H.%M.%S.%f} R{place % 64:02d}-M{place % 2}-N0 RAS {one.component} {one.level} "
    ),
    "cluster": lambda place, one, rng: (
        f"{10_000 + place * 7} node-{place * 13 % 250} unix.hw {one.component} {_START + place * 60} 1 "
    ),
    "steps": lambda place, one, rng: (
        f"{_moment(place):%Y%m%d-%-H:%-M:%-S:}{place * 37 % 1000}|{one.component}|3000{2312 + place // 900}|"
    ),
    "laptop": lambda place, one, rng: (
        f"{_moment(place * 60):%b %e %H:%M:%S} {rng.choice(['cal-10-105', 'auth-mac'])} "
        f"{value('app', rng) if one.component == '{app}' else one.component}[{place * 31 % 90000}]: "
    ),
    "setup": lambda place, one, rng: f"{_moment(place):%Y-%m-%d %H:%M:%S}, {one.level:<22}{one.component:<7}",
    "cloud": lambda place, one, rng: (
        f"api.log.1.2017-05-16_13:53:08 {_moment(place):%Y-%m-%d %H:%M:%S.%f}"[:-3]
        + f" {2900 + place % 7} {one.level} {one.component} "
        + ("[-] " if place % 9 == 0 else f"[req-{value('guidplain', rng)} {value('hexlong', rng)} - - -] ")
    ),
    "batch": lambda place, one, rng: f"{_moment(place):%y/%m/%d %H:%M:%S} {one.level} {one.component}: ",
    "nodes": lambda place, one, rng: (
        f"- {_START + place} {_moment(place):%Y.%m.%d} dn{place % 300} {_moment(place):%b %-d %H:%M:%S} "
        f"dn{place % 300}/dn{place % 300} {one.component}"
        + ("" if one.component == "kernel" else f"[{place * 31 % 30000}]")
        + ": "
    ),
}


def corpus(name: str, seed: int, count: int) -> tuple[list[str], list[str], list[int]]:
    """Return lines, their messages, and the number of the statement of each."""
    rng = random.Random(seed)
    code = statements(name)
    truth = rng.choices(range(len(code)), [one.weight for one in code], k=count)
    texts = [SLOT.sub(lambda slot: value(slot[1], rng), code[number].text) for number in truth]
    lines = [HEADERS[name](place, code[truth[place]], rng) + text for place, text in enumerate(texts)]
    return lines, texts, truth
