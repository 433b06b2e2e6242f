"""The header of a log is learned anew when its lines stop to look as they did."""

from __future__ import annotations

import random

from workbench.signals.formats import Formats, messages_of
from workbench.signals.templates import mine_file

VERBS = ("opened", "closed", "moved", "found", "lost")


def said(rng: random.Random) -> str:
    return f"door {rng.choice(VERBS)} by {rng.choice(['ana', 'bruno', 'chitra', 'dmitri'])} after {rng.randrange(99)} s"


def dated(count: int, seed: int) -> tuple[list[str], list[str]]:
    rng = random.Random(seed)
    texts = [said(rng) for _ in range(count)]
    lines = [f"2026-01-02 03:{i // 60 % 60:02d}:{i % 60:02d},{i % 1000:03d} INFO [w-{i % 7}] shop.Cart: {text}"
             for i, text in enumerate(texts)]  # fmt: skip
    return lines, texts


def piped(count: int, seed: int) -> tuple[list[str], list[str]]:
    rng = random.Random(seed)
    texts = [said(rng) for _ in range(count)]
    lines = [f"{1_769_852_100 + i}|WARN|{rng.randrange(9)}|{text}" for i, text in enumerate(texts)]
    return lines, texts


def test_a_log_that_changes_its_format_is_learned_anew() -> None:
    (first, said_first), (second, said_second) = dated(2000, 1), piped(3000, 2)
    formats = Formats()

    found = formats.messages(first + second)

    assert found == said_first + said_second
    assert formats.learned == 2


def test_both_formats_are_known_after_the_change() -> None:
    (first, said_first), (second, said_second) = dated(2000, 1), piped(2000, 2)
    (third, said_third) = dated(1000, 3)
    formats = Formats()

    assert formats.messages(first + second + third) == said_first + said_second + said_third
    assert formats.learned == 2


def test_a_few_odd_lines_change_nothing() -> None:
    lines, texts = dated(3000, 1)
    for place in range(0, 3000, 6):
        lines[place] = texts[place] = "    at shop.Cart.add(Cart.java:83)"
    formats = Formats()

    assert formats.messages(lines) == texts
    assert formats.learned == 1


def test_a_header_that_begins_late_is_found() -> None:
    rng = random.Random(4)
    banner = [said(rng) for _ in range(1500)]
    lines, texts = dated(6000, 1)

    found = messages_of(banner + lines)

    assert found[:1500] == banner
    assert found[3000:] == texts[1500:]


def test_what_is_learned_from_one_part_holds_for_the_next() -> None:
    lines, texts = dated(1500, 1)
    formats = Formats()

    assert formats.messages(lines[:1400]) + formats.messages(lines[1400:]) == texts
    assert formats.messages([]) == []
    assert formats.learned == 1


def test_one_template_on_both_sides_of_a_change() -> None:
    (first, _), (second, _) = dated(2000, 1), piped(2000, 2)

    mined = mine_file(first + second)

    assert set(mined[:2000]) == set(mined[2000:])
