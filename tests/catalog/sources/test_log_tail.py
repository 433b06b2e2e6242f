import json
import threading
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from node_catalog.sources.log_tail import LogTail, LogTailReader
from workbench.flow.prefixes import LinePrefix


def when(condition: Callable[[], bool], then: Callable[[], None]) -> threading.Thread:
    """Do something in a thread once a condition holds."""

    def watch() -> None:
        deadline = time.monotonic() + 20
        while not condition() and time.monotonic() < deadline:
            time.sleep(0.01)
        then()

    thread = threading.Thread(target=watch)
    thread.start()
    return thread


def bodies(rows: list[tuple[Any, ...]]) -> list[str]:
    return sorted(row[0] for row in rows)


def follow(bench: Any, node: LogTail, steps: list[tuple[int, Callable[[], None]]]) -> list[str]:
    """Run the node; once it has given so many rows, do the step; in the end stop it."""
    table = node.build(source=bench.source())
    seen: list[Any] = []
    import pathway as pw

    pw.io.subscribe(table, on_change=lambda key, row, time, is_addition: seen.append(row))

    def act() -> None:
        for count, step in [*steps[1:], (0, bench.stop.set)]:
            when(lambda count=count: len(seen) >= count, step).join()

    thread = when(lambda: len(seen) >= steps[0][0], steps[0][1])
    driver = threading.Thread(target=lambda: (thread.join(), act()))
    driver.start()
    rows = bench.run(table)
    driver.join()
    return bodies(rows)


def test_survives_rotation_and_truncation(bench: Any, tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.write_text("one\ntwo\n")

    def rotate() -> None:
        with log.open("a") as file:
            file.write("three\nlast words")
        log.rename(tmp_path / "app.log.1")
        log.write_text("four\nfive\n")

    def truncate() -> None:
        log.write_text("six\n")

    found = follow(bench, LogTail(path=str(log), poll_s=0.02), [(2, rotate), (6, truncate), (7, lambda: None)])

    assert found == sorted(["one", "two", "three", "last words", "four", "five", "six"])


def test_a_deleted_file_stays_counted(bench: Any, tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.write_text("one\n")

    found = follow(bench, LogTail(path=str(log), poll_s=0.02), [(1, log.unlink), (1, lambda: time.sleep(0.1))])

    assert found == ["one"]


def test_a_half_written_line_waits_for_its_end(bench: Any, tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.write_text("one\nhal")

    def finish() -> None:
        with log.open("a") as file:
            file.write("f\n")

    found = follow(bench, LogTail(path=str(log), poll_s=0.02), [(1, finish), (2, lambda: None)])

    assert found == ["half", "one"]


def test_goes_on_where_the_last_run_was_stopped(bench: Any, tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.write_text("one\n")
    node = LogTail(path=str(log), poll_s=0.02, positions_file=str(tmp_path / "positions.json"))
    bench.stop.set()
    first = bodies(bench.rows(node))
    with log.open("a") as file:
        file.write("two\n")

    second = bodies(bench.run(node.build(source=bench.source())))

    assert (first, second) == (["one"], ["two"])


def test_may_skip_what_is_there(bench: Any, tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.write_text("old\n")

    came = threading.Event()

    def append() -> None:
        # When the node looks for the first time is not to be seen from outside, so lines come until one was read.
        while not came.wait(0.05):
            with log.open("a") as file:
                file.write("new\n")

    writer = threading.Thread(target=append)
    writer.start()
    found = follow(bench, LogTail(path=str(log), from_start=False, poll_s=0.02), [(1, came.set)])
    writer.join()

    assert set(found) == {"new"}


def test_stack_traces_are_one_row_and_a_crash_loses_no_half_of_one(bench: Any, tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.write_text("E boom\n  at a\n  at b\nI fine\n")
    node = LogTail(path=str(log), join="indented", join_wait_s=60)

    reader = LogTailReader(node, bench.source())
    put = [line.text for line in reader._records(False)]
    reader.tail.close()

    assert put == ["E boom\n  at a\n  at b"]
    assert "I fine" in reader._offset()
    bench.stop.set()
    assert bodies(bench.rows(node)) == ["E boom\n  at a\n  at b", "I fine"]


COMPOSE = """\
api-1  | E boom
db-1   | W slow
api-1  |   at a
db-1   |   for 3 s
api-1  |   at b
api-1  | I fine
db-1   | I fine, too
"""
SAID = [("E boom\n  at a\n  at b", "api"), ("I fine", "api"), ("I fine, too", "db"), ("W slow\n  for 3 s", "db")]


def test_lines_of_several_programs_are_joined_for_each(bench: Any, tmp_path: Path) -> None:
    (tmp_path / "all.log").write_text(COMPOSE)
    bench.stop.set()

    rows = bench.rows(LogTail(path=str(tmp_path / "all.log"), join="indented", prefix="compose"))

    assert [(body, service) for body, _, _, _, service, *_ in rows] == SAID
    assert {row[4:] for row in rows} == {("api", "api-1", "", 0), ("db", "db-1", "", 0)}


@pytest.mark.parametrize("taken", range(len(SAID)))
def test_a_crash_between_lines_of_several_programs_loses_and_doubles_nothing(
    bench: Any, tmp_path: Path, taken: int
) -> None:
    (tmp_path / "all.log").write_text(COMPOSE)
    node = LogTail(path=str(tmp_path / "all.log"), join="indented", prefix="compose", join_wait_s=60)
    crashed, later = LogTailReader(node, bench.source()), LogTailReader(node, bench.source())

    records = list(islice(crashed._records(True), taken))
    later._seek(json.dumps([1, crashed._offset()]).encode())
    crashed.tail.close()
    records += later._records(True)
    later.tail.close()

    assert sorted((line.text, line.origin.service) for line in records) == SAID


@pytest.mark.parametrize(
    ("prefix", "name", "line", "expected"),
    [
        ("none", "a.log", "api-1  | taken", ("api-1  | taken",)),
        ("compose", "a.log", "no prefix", ("no prefix", "", "", "", 0)),
        (
            "kubectl",
            "a.log",
            "[pod/api-7d9f8c6b5-q8k2p/main] taken",
            ("taken", "api", "api-7d9f8c6b5-q8k2p", "", 0),
        ),
        (
            "kubelet",
            f"api-7d9f8c6b5-q8k2p_shop_main-{'0f' * 32}.log",
            "2026-03-10T09:30:00.5Z stderr F taken",
            ("taken", "api", "api-7d9f8c6b5-q8k2p", "", 1773135000500000000),
        ),
        (
            "syslog",
            "messages",
            "2026-03-10T10:30:00+01:00 web-1 nginx[812]: taken",
            ("taken", "nginx", "", "web-1", 1773135000000000000),
        ),
        ("syslog", "messages", "Feb 30 10:30:00 web-1 nginx: taken", ("taken", "nginx", "", "web-1", 0)),
    ],
)
def test_what_was_put_before_a_line_says_who_wrote_it(
    bench: Any, tmp_path: Path, prefix: LinePrefix, name: str, line: str, expected: tuple[Any, ...]
) -> None:
    (tmp_path / name).write_text(line + "\n")
    bench.stop.set()

    ((body, _, _, _, *said),) = bench.rows(LogTail(path=str(tmp_path / name), prefix=prefix))

    assert (body, *said) == expected


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"encoding": "utf-16"}, "ends lines with more than one byte"),
        ({"encoding": "utf-7x"}, "there is no encoding 'utf-7x'"),
        ({"join": "pattern"}, "needs a pattern"),
        ({"pattern": "("}, "is no regular expression"),
    ],
)
def test_settings_that_cannot_be_used(settings: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        LogTail(path="x", **settings)
