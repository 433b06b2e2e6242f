"""Templates mined from streams: values found, events kept apart, identifiers stable, memory bounded."""

import random

import pytest

from workbench.errors import BadInput, NotFound
from workbench.signals.templates import TemplateMiner, mine_file, mine_messages, template_id

NAMES = ["ana", "bruno", "chitra", "dmitri", "emeka", "farah", "goro", "hanna", "ines", "jomo"]


def templates_of(messages: list[str]) -> set[str]:
    return {template for _, template in mine_messages(messages)}


@pytest.mark.parametrize(
    ("messages", "template"),
    [
        pytest.param(["took 12 ms", "took 7 ms"], "took <*> ms", id="numbers"),
        pytest.param(["open /var/log/a.txt", "open /srv/data/b"], "open <*>", id="paths"),
        pytest.param(["peer 10.0.0.1:80 up", "peer 10.0.0.22:8080 up"], "peer <*> up", id="addresses"),
        pytest.param(["commit 9fceb02d done", "commit 0a1b2c3d done"], "commit <*> done", id="hexadecimal"),
        pytest.param(["state=up id=1", "state=down id=2"], "state=<*> id=<*>", id="assignments"),
        pytest.param(["sent 3 bytes to x", "sent 9 bytes (4.5 KB) to x"], "sent <*> to x", id="sizes"),
        pytest.param(["sent 3 bytes to x", "sent 9 bytes to x"], "sent <*> bytes to x", id="a-unit-that-never-varies"),
        pytest.param([f"asked by {name}." for name in NAMES], "asked by <*>.", id="full-stops"),
        pytest.param(["from 00:1a:bb:ff:ee:cc up", "from 0a:bb:cc:dd:ee:1f up"], "from <*> up", id="network-cards"),
        pytest.param(["open C:\\Temp\\a.txt", "open \\\\?\\D:\\srv\\b"], "open <*>", id="paths-of-windows"),
        pytest.param(["wrote core.12 now", "wrote core.7 now"], "wrote core.<*> now", id="a-name-with-its-number"),
        pytest.param(["wrote core.12 now", "wrote dump-7 now"], "wrote <*> now", id="names-with-their-numbers"),
        pytest.param(["see ab.example now", "see cd.example now"], "see <*> now", id="values-are-whole"),
        pytest.param(["flag true set", "flag false set"], "flag <*> set", id="truth-values"),
        pytest.param(["see https://a.example/x now", "see http://b.example/y?z=1 now"], "see <*> now", id="urls"),
        pytest.param(["blocks 1", "blocks 1 2", "blocks 3 4 5"], "blocks <*>", id="lists-of-any-length"),
        pytest.param([f"door opened for {name} by root" for name in NAMES], "door opened for <*> by root", id="names"),
        pytest.param([f"car is {c} today too" for c in ("red", "blue", "tan")], "car is <*> today too", id="words"),
    ],
)
def test_values_become_wildcards(messages: list[str], template: str):
    assert templates_of(messages) == {template}


@pytest.mark.parametrize(("mark", "end"), ["()", "[]", ('"', '"')])
def test_what_stands_in_brackets_or_quotes_is_one_value(mark: str, end: str) -> None:
    contents = ["run the parts", "clean", "look at all of it"]

    assert templates_of([f"job of root begins {mark}{content}{end} now" for content in contents]) == {
        f"job of root begins {mark}<*>{end} now"
    }


def test_several_brackets_are_looked_at_one_by_one() -> None:
    messages = [
        f"job of root () () [{one}] (7) ended ({other}) now" for one in "abcd" for other in ("x y", "z", "u v w")
    ]

    assert templates_of(messages) == {"job of root (<*>) (<*>) [<*>] (<*>) ended (<*>) now"}


def test_messages_of_values_only_are_one_event() -> None:
    assert len(templates_of([f"r{n}:0x{n:04x} r{n + 1}:0x{n + 7:04x}" for n in range(9)])) == 1


def test_two_contents_of_brackets_and_named_fields_are_told_apart() -> None:
    assert len(templates_of(["job is over (all went well)", "job is over (gave up)"])) == 2
    assert len(templates_of([f"start of job {{{fields}}}" for fields in ("a=1", "a=1 b=2", "a=1 b=2 c=3")])) == 3


def test_events_with_a_value_of_several_words_survive_a_restart() -> None:
    miner = TemplateMiner()
    given = [
        miner.add(f"job of root begins ({content}) now") for content in ("run the parts", "clean", "look at it all")
    ]
    final = miner.final()
    miner.keep()

    again = TemplateMiner.load(miner.dump())
    given.append(again.add("job of root begins (one more thing to do) now"))

    assert {again.final()[identifier] for identifier in given} == set(final.values())


def test_two_words_in_the_same_place_are_two_events():
    assert templates_of(["connection to peer opened", "connection to peer closed"]) == {
        "connection to peer opened",
        "connection to peer closed",
    }


def test_two_kinds_behind_as_are_two_events() -> None:
    assert len(templates_of(["block 1 kept as values here", "block 2 kept as bytes here"])) == 2


def test_the_verb_of_a_short_message_is_content():
    verbs = ["starting", "stopping", "pausing", "resuming", "draining"]

    assert len(templates_of([f"{verb} worker" for verb in verbs])) == 5


def test_several_variable_words_at_once_are_found():
    rng = random.Random(3)
    messages = [f"moved ticket of {rng.choice(NAMES)} to the list of {rng.choice(NAMES)} again" for _ in range(60)]

    assert templates_of(messages) == {"moved ticket of <*> to the list of <*> again"}


def test_dates_in_another_language_are_values() -> None:
    days = [(day, month) for day in ("lun", "mar", "mer", "jeu") for month in ("juin", "juillet")]

    assert templates_of(
        [f"porte ouverte le {day} {month} {n} 10:0{n} 2024" for n, (day, month) in enumerate(days)]
    ) == {"porte ouverte le <*> <*> <*> <*> <*>"}


def test_two_verbs_between_values_are_two_events() -> None:
    assert templates_of(
        [f"gate of {name} {verb} {n}" for n, name in enumerate(NAMES) for verb in ("opened", "shut")]
    ) == {
        "gate of <*> opened <*>",
        "gate of <*> shut <*>",
    }


def test_units_that_may_be_missing_are_values() -> None:
    units = ["", " px", " mpx"]

    assert templates_of([f"drew 5{one} and kept 7{other} of all" for one in units for other in units]) == {
        "drew <*> and kept <*> of all"
    }


def test_a_word_that_is_missing_once_makes_another_event() -> None:
    assert templates_of(["job 5 failed in the first round", "job 5 in the first round"]) == {
        "job <*> failed in the first round",
        "job <*> in the first round",
    }


def test_order_of_lines_does_not_matter_for_the_groups():
    rng = random.Random(5)
    messages = [f"user {rng.choice(NAMES)} read page {rng.randrange(99)}" for _ in range(50)]
    messages += [f"job {rng.choice(NAMES)} failed with code {rng.randrange(9)}" for _ in range(50)]
    shuffled = rng.sample(messages, len(messages))

    assert templates_of(messages) == templates_of(shuffled)


def test_identifiers_depend_on_the_text_alone():
    one, other = TemplateMiner(), TemplateMiner()
    other.add("something else came first here")

    assert one.add("took 12 ms") == other.add("took 99 ms") == template_id("took  <*> ms ")


def test_final_follows_an_identifier_whose_template_widened():
    miner = TemplateMiner()
    given = [miner.add(f"colour of car is {colour} today") for colour in ("red", "blue", "green", "black")]

    final = miner.final()

    assert len(set(given)) == 3
    assert {final[identifier] for identifier in given} == {(given[-1], "colour of car is <*> today")}
    assert miner.template(given[0]) == "colour of car is <*> today"


def test_a_restored_miner_goes_on_where_it_was():
    messages = [f"user {name} {verb} page {i}" for i, name in enumerate(NAMES) for verb in ("read", "wrote")]
    whole, first = TemplateMiner(), TemplateMiner()
    expected = [whole.add(message) for message in messages]

    head = [first.add(message) for message in messages[:9]]
    second = TemplateMiner.load(first.dump())
    tail = [second.add(message) for message in messages[9:]]

    assert head + tail == expected
    assert second.final() == whole.final()


@pytest.mark.parametrize("state", ["", "[]", "{}", '{"version": 99}', '{"version": 1, "events": [[1]], "issued": {}}'])
def test_a_broken_state_is_refused(state: str):
    with pytest.raises(BadInput, match="state of log templates"):
        TemplateMiner.load(state)


def test_memory_is_bounded_and_frequent_events_survive():
    miner = TemplateMiner(most_families=200)
    rng = random.Random(7)
    letters = "abcdefghijklmnopqrstuvwxyz"
    usual = miner.add("heartbeat received from peer")
    rare = miner.add("one strange sentence that never comes again")
    for _ in range(3000):
        words = ["".join(rng.choices(letters, k=5)) for _ in range(rng.randrange(4, 9))]
        miner.add(" ".join(words))
        miner.add("heartbeat received from peer")

    assert miner.add("heartbeat received from peer") == usual
    assert miner.template(usual) == "heartbeat received from peer"
    assert len(miner.dump()) < 100_000
    with pytest.raises(NotFound, match="too rare"):
        miner.template(rare)


def test_an_unknown_identifier_is_not_found():
    with pytest.raises(NotFound, match="T0"):
        TemplateMiner().template("T0")


@pytest.mark.parametrize(
    "message", ["", " ", "\t", "<*>", "()", "= = =", "a" * 100_000, "a " * 50_000, "\ud800", "ein größeres Übel 名前 7"]
)
def test_strange_messages_are_mined(message: str):
    miner = TemplateMiner()

    identifier = miner.add(message)

    assert miner.final()[identifier][0] == identifier
    assert TemplateMiner.load(miner.dump()).add(message) == identifier


@pytest.mark.parametrize(
    "token",
    ["-" * 400, "a" + "-" * 400, "a_" * 200, "/a" * 200 + "!", "1-" * 200 + "x", "[" * 400, "=" * 400, "a." * 200],
)
def test_rows_of_punctuation_do_not_stall_the_masks(token: str):
    mined = mine_file([f"2026-01-02 03:04:05 INFO a{token} {i} {token}!" for i in range(30)])

    assert len({template for _, template in mined}) == 1


def test_a_file_is_cut_and_mined():
    lines = [
        f"2026-01-02 03:04:{i % 60:02d},000 INFO [w-{i}] shop.Cart: added item {i} for {NAMES[i % 10]}"
        for i in range(120)
    ]

    assert mine_file(lines) == [(template_id("added item <*> for <*>"), "added item <*> for <*>")] * 120


def test_an_empty_file_has_no_templates():
    assert mine_file([]) == []
