"""The memory of templates: identifiers that stay, changes by people that hold, and a bound that is kept and said."""

from __future__ import annotations

import random

import pytest

from workbench.errors import BadInput
from workbench.signals.edits import Edits, Split, check_split, edits_of, filled, part_id
from workbench.signals.memory import TemplateMemory
from workbench.signals.templates import MOST_FAMILIES, REST, template_id

NAMES = ["ana", "bruno", "chitra", "dmitri", "emeka", "farah", "goro", "hanna"]


def again(memory: TemplateMemory, edits: Edits | None = None) -> TemplateMemory:
    return TemplateMemory(memory.dump(), edits, memory.renamed())


def test_identifiers_stay_over_restarts_though_the_template_widens() -> None:
    first = TemplateMemory()
    [(before, text)] = set(first.mine(["colour of car is red today"]))

    second = again(first)
    after = second.mine([f"colour of car is {colour} today" for colour in ("red", "blue", "green", "black")])
    third = again(second)

    assert text == "colour of car is red today"
    assert set(after) == {(before, "colour of car is <*> today")}
    assert third.mine(["colour of car is mauve today"]) == [(before, "colour of car is <*> today")]


def test_when_two_become_one_the_older_identifier_stays_and_the_other_leads_to_it() -> None:
    memory = TemplateMemory()
    (red, _), (blue, _) = memory.mine(["colour of car is red today", "colour of car is blue today"])

    memory = again(memory)
    memory.mine(["colour of car is green today"])

    assert red != blue
    assert (memory.resolve(blue), memory.resolve(red)) == (red, red)
    assert memory.renamed()[blue] == red
    assert again(memory).resolve(blue) == red


def test_a_replay_learns_nothing_new() -> None:
    rng = random.Random(2)
    lines = [f"user {rng.choice(NAMES)} {rng.choice(['read', 'wrote'])} page {i}" for i in range(200)]
    memory = TemplateMemory()

    first = memory.mine(lines)
    memory = again(memory)

    assert memory.mine(lines) == first
    assert [one.lines for one in memory.known()] == [2 * one.lines for one in learned(lines).known()]


def learned(lines: list[str]) -> TemplateMemory:
    memory = TemplateMemory()
    memory.mine(lines)
    return memory


def test_templates_that_were_united_by_hand_are_one_and_stay_so() -> None:
    lines = ["connection to peer opened", "connection to peer closed", "disk is full"]
    memory = TemplateMemory()
    (opened, _), (closed, _), (disk, _) = memory.mine(lines)
    edits = edits_of([("merge", opened, closed)])

    memory = again(memory, edits)

    text = "connection to peer opened"
    assert memory.mine(lines) == [(opened, text), (opened, text), (disk, "disk is full")]
    assert memory.resolve(closed) == opened
    assert {one.template_id: one.lines for one in memory.known()} == {opened: 4, disk: 2}
    with pytest.raises(BadInput, match="one template already"):
        edits.merge(closed, opened)


def test_a_template_that_was_split_at_a_place_falls_apart_by_its_values() -> None:
    lines = [f"job is {state} on node {i}" for i, state in enumerate(["up", "down", "lost", "up"])]
    memory = TemplateMemory()
    [(whole, template)] = set(memory.mine(lines))

    found = again(memory, edits_of([("split", whole, "1")])).mine(lines)

    assert template == "job is <*> on node <*>"
    assert found == [
        (part_id(whole, "1", state), f"job is {state} on node <*>") for state in ("up", "down", "lost", "up")
    ]


def test_a_template_that_was_split_at_a_word_keeps_the_other_lines() -> None:
    lines = [f"job is {state} on node {i}" for i, state in enumerate(["up", "down", "lost"])]
    memory = TemplateMemory()
    [(whole, template)] = set(memory.mine(lines))

    found = again(memory, edits_of([("split", whole, "lost"), ("rename", whole, "job state")]))

    assert found.mine(lines) == [
        (whole, template), (whole, template), (part_id(whole, "lost", "lost"), "job is lost on node <*>"),
    ]  # fmt: skip
    assert found.known()[0].name == "job state"


def test_changes_by_hand_follow_an_identifier_that_became_another() -> None:
    memory = TemplateMemory()
    (red, _), (blue, _) = memory.mine(["colour of car is red today", "colour of car is blue today"])
    edits = edits_of([("rename", blue, "paint"), ("merge", red, blue)])

    memory = again(memory, edits)
    memory.mine(["colour of car is green today"])

    [one] = memory.known()
    assert (one.template_id, one.name, one.lines) == (red, "paint", 3)


def test_a_split_holds_though_the_template_has_more_values_now() -> None:
    memory = TemplateMemory()
    first = [f"main job is {state} on node {i}" for i, state in enumerate(["up", "down", "lost"])]
    [(whole, template)] = set(memory.mine(first))
    memory = again(memory, edits_of([("split", whole, f"1\n{template}")]))
    memory.mine([f"{name} job is up on node 7" for name in ("spare", "third", "fourth")])

    found = memory.mine(["spare job is up on node 9"])

    assert found == [(part_id(whole, "1", "up"), "<*> job is up on node <*>")]


@pytest.mark.parametrize(
    ("template", "at", "said"),
    [("disk is full", "1", "to split at"), ("a <*> b", "2", "no number 2"), ("a <*> b", " ", "empty")],
)
def test_a_split_that_cannot_be_made_is_refused(template: str, at: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        check_split(template, at)


def test_a_value_is_put_in_its_place() -> None:
    assert filled("a <*> b <*> c", 2, "x") == "a <*> b x c"
    assert Split("2").value("a <*> b <*>", "a 1 b  2") == (2, "2")
    assert Split("7").value("a <*>", "a 1") is Split("x").value("a <*>", "other") is None


def random_lines(count: int, seed: int) -> list[str]:
    rng = random.Random(seed)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(rng.choices(letters, k=6)) for _ in range(20_000)]
    return [" ".join(rng.choices(words, k=rng.randrange(4, 9))) for _ in range(count)]


def test_the_number_of_kinds_is_bounded_and_the_rest_is_counted() -> None:
    memory = TemplateMemory(most_families=500)
    lines = [line for rare in random_lines(4000, 1) for line in (rare, "heartbeat received from peer")]

    found = memory.mine(lines)

    known = memory.known()
    beat = template_id("heartbeat received from peer")
    assert len(known) <= 501
    assert known[0].template_id == beat
    assert (known[0].lines, known[-1].template_id, known[-1].lines) == (4000, REST[0], memory.forgotten)
    assert sum(one.lines for one in known) == len(lines)
    assert {one for one in found if one[0] == REST[0]} == {REST}
    assert len(memory.dump()) < 400_000


@pytest.mark.slow
def test_two_hundred_thousand_random_lines_stay_below_the_bound() -> None:
    memory = TemplateMemory()

    memory.mine(random_lines(200_000, 3))

    assert len(memory.known()) <= MOST_FAMILIES + 1
    assert sum(one.lines for one in memory.known()) == 200_000
    assert memory.forgotten > 170_000


def test_a_broken_memory_is_refused() -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        TemplateMemory("[]")
