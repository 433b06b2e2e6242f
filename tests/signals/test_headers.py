"""Headers learned from files of many layouts: the message is exact, and the parts have their names."""

import json
import random
from datetime import UTC, datetime, timedelta

import pytest

from workbench.signals.columns import behaviour_of
from workbench.signals.columnview import ColumnView, Row
from workbench.signals.headers import HeaderFields, learn_header, severity_number
from workbench.signals.times import parse_time

PARTS = ["Billing", "Shipping", "GatewayPool", "Session"]
HOSTS = ["alpha", "bravo", "charlie"]
EVENTS = [
    "order {} accepted for customer {}",
    "connection to 10.0.0.{} port {} refused",
    "cache miss, loading item {}",
    "retrying payment {} after {} ms",
    "flushed {} rows",
    "queue depth is {} of {}",
    "user {} logged in",
    "user {} logged out: idle",
    "worker {} started",
    "disk usage at {} percent",
    "lost lease {} of partition {}",
    "compaction of segment {} done",
]
LAYOUTS = {
    "log4j": "{t:%Y-%m-%d %H:%M:%S},{ms:03d} {level} [worker-{pid}] com.acme.{part}: {message}",
    "syslog": "{t:%b %e %H:%M:%S} {host} {part}[{pid}]: {message}",
    "brackets": "[{t:%d/%b/%Y:%H:%M:%S +0000}][{level}][{host}][{part}] {message}",
    "pipes": "{t:%Y-%m-%dT%H:%M:%S}.{ms:03d}|{level}|{part}|{message}",
    "tabs": "{t:%Y-%m-%dT%H:%M:%S}\t{host}\t{part}\t{level}\t{message}",
    "level-first": "{level:<5} {t:%Y-%m-%d %H:%M:%S} {part}: {message}",
    "digits": "{t:%y%m%d %H%M%S} {pid} {level} {part}: {message}",
    "level-only": "[{level}] {message}",
    "bare": "{message}",
}


def moments(count: int) -> list[datetime]:
    start = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    return [start + timedelta(seconds=7 * i) for i in range(count)]


def rendered(layout: str, count: int = 400) -> list[tuple[str, str, dict[str, str]]]:
    """Return (line, message, what the header says) for each line of a generated log."""
    rng = random.Random(11)
    rows = []
    for i, t in enumerate(moments(count)):
        event = rng.randrange(len(EVENTS))
        message = EVENTS[event].format(rng.randrange(9999), rng.randrange(9999))
        level = ["INFO", "WARN", "ERROR", "INFO"][event % 4]
        said = {"level": level, "component": PARTS[event % 4], "process": str(rng.randrange(100, 999))}
        line = layout.format(
            t=t,
            ms=i % 1000,
            level=level,
            part=said["component"],
            host=HOSTS[i % 3],
            pid=said["process"],
            message=message,
        )
        rows.append((line, message, said))
    return rows


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_message_begins_where_the_header_ends(name: str):
    rows = rendered(LAYOUTS[name])
    header = learn_header([line for line, _, _ in rows])

    assert [header.message(line) for line, _, _ in rows] == [message for _, message, _ in rows]
    assert [header.split(line).message for line, _, _ in rows] == [message for _, message, _ in rows]


@pytest.mark.parametrize("name", [name for name in LAYOUTS if "{t:" in LAYOUTS[name]])
def test_the_time_is_found(name: str):
    rows = rendered(LAYOUTS[name])
    header = learn_header([line for line, _, _ in rows])

    found = [parse_time(header.split(line).time_text, year=2026) for line, _, _ in rows]

    assert [nanos // 10**9 for nanos in found if nanos] == [int(t.timestamp()) for t in moments(len(rows))]


@pytest.mark.parametrize("name", [name for name in LAYOUTS if "{level" in LAYOUTS[name]])
def test_the_level_is_found(name: str):
    rows = rendered(LAYOUTS[name])
    header = learn_header([line for line, _, _ in rows])

    assert [header.split(line).level for line, _, _ in rows] == [said["level"] for _, _, said in rows]


@pytest.mark.parametrize("name", [name for name in LAYOUTS if "{part}" in LAYOUTS[name]])
def test_the_component_is_found(name: str):
    rows = rendered(LAYOUTS[name])
    header = learn_header([line for line, _, _ in rows])

    found = [header.split(line).component.removeprefix("com.acme.") for line, _, _ in rows]

    assert found == [said["component"] for _, _, said in rows]


@pytest.mark.parametrize("name", ["syslog", "digits"])
def test_the_process_is_found(name: str):
    rows = rendered(LAYOUTS[name])
    header = learn_header([line for line, _, _ in rows])

    assert [header.split(line).process for line, _, _ in rows] == [said["process"] for _, _, said in rows]


def test_json_lines_take_the_key_with_the_richest_words_for_the_message():
    lines = [
        json.dumps(
            {"at": f"{t.isoformat()}", "lvl": "info", "thread": "http nio exec four", "host": {"n": "a"}, "say": m}
        )
        for t, (_, m, _) in zip(moments(60), rendered("{message}", 60), strict=True)
    ]
    header = learn_header(lines)

    assert header.split(lines[0]) == HeaderFields(
        "2026-03-04T05:06:07+00:00", "info", "", "http nio exec four", rendered("{message}", 1)[0][1]
    )
    assert header.describe() == ["records with message in 'say', time in 'at', level in 'lvl', process in 'thread'"]


def test_key_value_lines():
    lines = [
        f'ts={t.isoformat()} level=warn caller=api.go:{i % 7} msg="{m} \\"quoted\\"" n={i}'
        for i, (t, (_, m, _)) in enumerate(zip(moments(60), rendered("{message}", 60), strict=True))
    ]

    fields = learn_header(lines).split(lines[0])

    assert (fields.level, fields.component) == ("warn", "api.go:0")
    assert fields.message == rendered("{message}", 1)[0][1] + ' "quoted"'


def test_stack_traces_between_the_lines_stay_whole():
    lines = [line for line, _, _ in rendered(LAYOUTS["log4j"])]
    trace = ["java.lang.IllegalStateException: no seat", "\tat com.acme.Seat.take(Seat.java:41)"]
    for at in range(380, 0, -20):
        lines[at:at] = trace

    header = learn_header(lines)

    assert [header.split(line) for line in trace] == [HeaderFields(message=line) for line in trace]
    assert header.split(lines[0]).level in ("INFO", "WARN", "ERROR")


@pytest.mark.parametrize("event", ["user {} logged in", "added item {n} for {}", "took [{n}] from {} again"])
def test_the_words_of_a_files_only_event_are_no_header(event: str):
    names = ["ana", "bruno", "chitra", "dmitri", "emeka", "farah", "goro"]
    messages = [event.format(names[i % 7], n=i) for i in range(200)]
    header = learn_header([f"2026-01-02 03:04:05,{i:03d} INFO [w-{i}] Cart: {m}" for i, m in enumerate(messages)])

    assert [header.message(f"2026-01-02 03:04:05,000 INFO [w-1] Cart: {m}") for m in messages] == messages


def test_words_like_error_in_a_file_without_headers_are_content():
    lines = [f"error: cannot open file number {i}" if i % 9 == 0 else EVENTS[i % 12].format(i, i) for i in range(300)]

    header = learn_header(lines)

    assert [header.message(line) for line in lines] == lines


@pytest.mark.parametrize("lines", [[], [""], ["   ", ""], ["one line only"], ["{", "{}", "[]", '{"a": 1}']])
def test_files_with_nothing_to_learn(lines: list[str]):
    header = learn_header(lines)

    assert [header.split(line).message for line in lines] == lines


PIECES = ["2026-01-02", "03:04:05,123", "INFO", "[main]", "a.b:", "x=1", '"', "{", "|", "\t", ";", ",", "-", "Jan", "("]


def test_no_garbage_makes_the_learner_fail_or_lose_text():
    rng = random.Random(8)
    for _ in range(150):
        shape = rng.choices(PIECES, k=rng.randrange(14))
        lines = [
            rng.choice(" |;").join(piece if rng.random() < 0.85 else rng.choice(PIECES) for piece in shape)
            for _ in range(rng.choice([1, 30, 60]))
        ]
        header = learn_header(lines)
        for line in lines:
            fields = header.split(line)
            assert line.endswith(fields.message)
            assert header.message(line) == fields.message


def test_a_line_that_lacks_the_last_column_of_many_is_cut_at_once():
    rng = random.Random(9)
    words = [["aa", "bb", "cc", "dd"][rng.randrange(4)] for _ in range(4000)]
    lines = [f"INFO {' '.join(words[i * 10 : i * 10 + 10])} WARN end {i}" for i in range(300)]
    header = learn_header(lines)

    assert header.split("INFO " + "abcdefghij " * 12).level == "INFO"


@pytest.mark.parametrize(
    ("level", "number"), [("WARN", 13), ("[Error]", 17), ("I", 9), ("fatal", 21), ("", 0), ("LOUD", 0)]
)
def test_severity_number(level: str, number: int):
    assert severity_number(level) == number


@pytest.mark.parametrize(("short", "is_header"), [(1, True), (5, False)])
def test_a_column_of_words_that_ends_some_messages_is_no_header(short: int, is_header: bool) -> None:
    # Each word stands before many others and varies while the rest stays the same, as a component does.
    words = ["cart", "mail", "shop", "user"]
    rests = [f"{left} opened {right}" for left in "abcdefgh" for right in "abcdefgh"]
    lines = [f"{words[n % 4]} {rests[n // 4 % 64]}" for n in range(100 - short)] + words[:1] * short

    behaviour = behaviour_of(ColumnView([Row(line) for line in lines], 0), gap=0, anchored=True, after_word=False)

    assert (behaviour is not None) is is_header


def test_messages_that_begin_with_a_value_keep_it() -> None:
    # Three of the program's statements begin with a value; in all others the first word is constant.
    words = ["lamp went out", "milk is sour", "door stands open", "boat came late", "soup boils over", "bird sings low"]
    starts = ["{n} rows were moved on", "alpha{n} has lost the link", "{n} keys fell off", *words[:4]]
    lines = [
        f"2024-03-01 10:{n // 60 % 60:02d}:{n % 60:02d} INFO {starts[n * 7 % 11 % 7].format(n=n * 3 % 50)}"
        for n in range(900)
    ]

    header = learn_header(lines)

    assert [header.message(line) for line in lines] == [line.split("INFO ")[1] for line in lines]


def test_a_host_without_digits_is_cut_off_whatever_it_says() -> None:
    hosts, words = ["apple", "pear", "plum", "fig"], ["lamp went out", "milk is sour", "door stands open"]
    lines = [f"Jun  3 10:00:{n % 60:02d} {hosts[n * 5 % 7 % 4]} {words[n % 3]}" for n in range(300)]

    header = learn_header(lines)

    assert {header.message(line) for line in lines} == set(words)
