import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from node_catalog.sources.log_tail import LogTail, LogTailReader


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
    assert min(json.loads(reader._offset()).values()) == len("E boom\n  at a\n  at b\n")
    bench.stop.set()
    assert bodies(bench.rows(node)) == ["E boom\n  at a\n  at b", "I fine"]


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
