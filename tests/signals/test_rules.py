"""Each rule of the template miner can be left out, and what it is good for is then missing."""

import random

import pytest

from workbench.errors import BadInput
from workbench.signals.rules import RULES, Rules
from workbench.signals.templates import TemplateMiner, mine_messages

COLOURS = ["red", "blue", "tan", "green"]
SENTENCES = ["one slip was inked", "door is shut now", "lamp went out again", "boat left too soon", "milk turns sour"]
LETTERS = "abcdefghijk"


def events(messages: list[str], *off: str, **constants: int) -> int:
    return len({template for _, template in mine_messages(messages, rules=Rules(frozenset(off), **constants))})


@pytest.mark.parametrize(
    ("rules", "messages"),
    [
        pytest.param(["url"], ["see ftp://a.x/b.c;", "see web+x://b.q/b;"], id="url"),
        pytest.param(["object", "assigned"], ["at=Job{red;car} up", "at=Job{tan} up"], id="object"),
        pytest.param(["path", "dotted"], ["open /var/log", "open /srv/data"], id="path"),
        pytest.param(["host", "number", "digits", "dotted", "assigned"], ["to is a.ex:80", "to is b.ex:81"], id="host"),
        pytest.param(["address", "assigned"], ["at 0a:bb:cc:dd:ee:1f up", "at 00:cc:2b:ee:ff:dd up"], id="address"),
        pytest.param(["hexadecimal"], ["commit feedface", "commit decadeba"], id="hexadecimal"),
        pytest.param(["number", "digits"], ["took 12", "took 7"], id="number"),
        pytest.param(["suffix", "number", "glued", "digits"], ["see job-17x up", "see job-18y up"], id="suffix"),
        pytest.param(["truth"], ["flag true set", "flag false set"], id="truth"),
        pytest.param(["glued"], ["got ab<*> now", "got cd<*> now"], id="glued"),
        pytest.param(["literal"], ["was nil then", "was NULL then"], id="literal"),
        pytest.param(["date", "calendar"], ["on Mon Jan 3 10:00:00", "on Tue Feb 9 12:00:00"], id="date"),
        pytest.param(["calendar"], ["run each Mon again", "run each Tue again"], id="calendar"),
        pytest.param(["size", "unit"], ["sent 3 bytes to x", "sent 9 bytes (4.5 KB) to x"], id="size"),
        pytest.param(["unit"], ["took 5 ms all", "took 5 s all"], id="unit"),
        pytest.param(["quoted"], ['x="a b" y', 'x="c" y'], id="quoted"),
        pytest.param(["assigned"], ["state=up now", "state=down now"], id="assigned"),
        pytest.param(["account", "preposition"], ["gone user ana now", "gone user bo now"], id="account"),
        pytest.param(["dotted"], ["load a.b now", "load c.d.e now"], id="dotted"),
        pytest.param(["vote"], [f"the car is {colour}" for colour in COLOURS], id="vote"),
        pytest.param(["preposition"], ["door opened by ana", "door opened by bo"], id="preposition"),
        pytest.param(
            ["parallel"],
            [f"{host} {sentence}" for host in ("up", "down") for sentence in SENTENCES],
            id="parallel",
        ),
        pytest.param(
            ["varied"],
            [f"moved slip {a}q to list {b}z at noon" for a, b in zip(LETTERS, reversed(LETTERS), strict=True)],
            id="varied",
        ),
        pytest.param(["pieces"], [f"sent ({text}) to all" for text in SENTENCES], id="pieces"),
    ],
)
def test_a_rule_left_out_is_missed(rules: list[str], messages: list[str]) -> None:
    assert events(messages, *rules) > events(messages)


def test_empty_assignments_are_counted_only_by_their_rule() -> None:
    messages = ["who uid= gid=", "who uid= gid=7"]

    assert (events(messages), events(messages, "empty")) == (2, 1)


def test_words_beside_masked_values_are_kept_apart_only_by_their_rule() -> None:
    messages = ["door 7 not open", "door left open", "door held 9 open"]

    assert (events(messages), events(messages, "beside")) == (3, 1)


def test_constants_decide_how_many_words_are_a_value() -> None:
    messages = [f"the car is {colour} now" for colour in COLOURS]

    assert (events(messages, words_needed=4), events(messages, words_needed=5)) == (1, 4)


def test_units_behind_numbers_are_values_and_elsewhere_words() -> None:
    units = ["B", "bytes", "MiB", "Gbps", "kHz", "ms", "nanoseconds", "weeks"]

    assert events([f"took 5 {unit} of it" for unit in units[:2]]) == 1
    assert events([f"took 5 {unit} (3.5 {unit}) of it" for unit in units], "vote", "varied") == 1
    assert events([f"wants more {unit} of it" for unit in units[:2]]) == 2


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(BadInput, match="no rule 'tpyo'"):
        Rules(frozenset({"tpyo"}))


def test_without_any_rule_messages_are_told_apart_by_all_their_words() -> None:
    miner = TemplateMiner(rules=Rules(RULES))

    assert len({miner.add(text) for text in ("a=1 (x) user bo 5", "a=1 (x) user bo 6", "a=2 (x) user bo 5")}) == 3


def test_no_choice_of_rules_makes_the_miner_fail() -> None:
    rng = random.Random(7)
    units = ["", " (2.5 KB)", " (7.1 MB)"]
    messages = [
        f"{rng.choice(LETTERS)}.x.example close, {n} bytes{rng.choice(units)} sent, 7 bytes{rng.choice(units)} read, "
        f"lifetime {rng.choice(['00:17', '<1 sec'])} on {rng.choice(['Mon', 'Tue'])} {rng.choice(COLOURS)} {n}"
        for n in range(300)
    ]

    for _ in range(60):
        off = [rule for rule in sorted(RULES) if rng.random() < 0.5]
        assert events(messages, *off, words_needed=rng.choice([2, 3, 5]), varied_values=rng.choice([3, 8])) >= 1
