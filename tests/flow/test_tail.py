"""Rotation in all its ways, within a run and between two."""

import gzip
import json
import shutil
from pathlib import Path

import pytest

from workbench.flow.tail import Tail


def texts(tail: Tail) -> list[str]:
    return [line.text for line in tail.poll()]


def append(path: Path, *lines: str) -> None:
    with path.open("a") as file:
        file.write("".join(f"{line}\n" for line in lines))


def compress(path: Path) -> None:
    Path(f"{path}.gz").write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()


def test_a_truncated_file_that_has_grown_past_its_old_end(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    append(log, "one", "two")
    tail = Tail(str(log))
    texts(tail)

    log.write_text("three\nfour\nfive\n")

    assert texts(tail) == ["three", "four", "five"]
    tail.close()


def test_a_compressed_copy_is_not_read_again(tmp_path: Path) -> None:
    log, old = tmp_path / "a.log", tmp_path / "a.log.1"
    append(log, "one")
    tail = Tail(f"{log}*")
    assert texts(tail) == ["one"]

    log.rename(old)
    append(old, "two")
    append(log, "three")
    assert sorted(texts(tail)) == ["three", "two"]
    compress(old)

    assert texts(tail) == []
    assert texts(tail) == []
    tail.close()


def test_what_was_compressed_before_the_start_is_read_once(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    append(tmp_path / "a.log.1", "old")
    compress(tmp_path / "a.log.1")
    append(log, "new")
    tail = Tail(f"{log}*")
    assert sorted(texts(tail)) == ["new", "old"]
    tail.close()

    again = Tail(f"{log}*", positions=json.loads(tail_offset := json.dumps(tail.reached())))

    assert "gz:" in tail_offset
    assert [line for line in texts(again) if line == "old"] == []
    again.close()


def test_rotated_and_compressed_while_nobody_looked(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    append(log, *[f"line {number}" for number in range(300)])
    tail = Tail(f"{log}*")
    texts(tail)
    reached = tail.reached()
    tail.close()

    append(log, "last words")
    log.rename(tmp_path / "a.log.1")
    compress(tmp_path / "a.log.1")
    append(log, "new")
    again = Tail(f"{log}*", positions=reached)

    assert sorted(texts(again)) == ["last words", "new"]
    again.close()


def test_a_file_that_appears_later_is_read_whole_even_when_there_was_none_at_first(tmp_path: Path) -> None:
    tail = Tail(str(tmp_path / "*.log"), from_start=False)
    assert texts(tail) == []

    append(tmp_path / "a.log", "one")

    assert texts(tail) == ["one"]
    tail.close()


def test_places_are_counted_in_bytes_of_the_file(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_bytes("grün\nrot\n".encode("latin-1"))
    tail = Tail(str(log), encoding="latin-1")

    assert [line.text for line in tail.poll()] == ["grün", "rot"]
    assert set(tail.reached().values()) == {9}
    tail.close()


def test_a_file_that_one_look_has_missed_is_not_read_again(tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.write_text("one\ntwo\n")
    tail = Tail(str(tmp_path / "app.log*"))
    first = [line.text for line in tail.poll()]

    # As when it is renamed while the folder is listed.
    log.rename(tmp_path / "elsewhere")
    missed = [line.text for line in tail.poll()]
    (tmp_path / "elsewhere").rename(tmp_path / "app.log.1")
    with (tmp_path / "app.log.1").open("a") as file:
        file.write("three\n")
    back = [line.text for line in tail.poll()]
    tail.close()

    assert (first, missed, back) == (["one", "two"], [], ["three"])


def test_a_new_file_with_the_number_of_one_that_went_is_read_from_its_start(tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.write_text("one\ntwo\n")
    tail = Tail(str(log))
    list(tail.poll())
    log.unlink()
    list(tail.poll())
    log.write_text("other\nlines\n")
    key = f"{log.stat().st_dev}:{log.stat().st_ino}"
    tail._gone[key] = 8

    found = [line.text for line in tail.poll()]
    tail.close()

    assert found == ["other", "lines"]


def lines_of(first: int, last: int) -> list[str]:
    """More than a KiB, as a copy is known by."""
    return [f"2026-12-01 10:00:00 INFO request {number} was answered" for number in range(first, last)]


@pytest.mark.parametrize("name", ["app.log.1", "app-1.log"])
def test_a_copy_made_before_the_log_is_truncated_adds_only_what_nobody_has_read(tmp_path: Path, name: str) -> None:
    log, copy = tmp_path / "app.log", tmp_path / name
    tail = Tail(str(tmp_path / "app*"))
    append(log, *lines_of(0, 100))
    assert texts(tail) == lines_of(0, 100)

    append(log, *lines_of(100, 110))
    shutil.copy(log, copy)
    log.write_text("")
    append(log, *lines_of(110, 115))

    assert sorted(texts(tail)) == lines_of(100, 115)
    append(log, *lines_of(115, 120))
    assert texts(tail) == lines_of(115, 120)
    tail.close()


def test_a_copy_of_a_log_that_goes_on_is_no_news_until_it_is_truncated(tmp_path: Path) -> None:
    log, copy = tmp_path / "app.log", tmp_path / "app.log.1"
    tail = Tail(str(tmp_path / "app*"))
    append(log, *lines_of(0, 100))
    texts(tail)

    append(log, *lines_of(100, 110))
    shutil.copy(log, copy)
    assert texts(tail) == lines_of(100, 110)
    assert texts(tail) == []
    append(log, *lines_of(110, 112))
    assert texts(tail) == lines_of(110, 112)
    log.write_text("")
    append(log, *lines_of(112, 114))

    assert texts(tail) == lines_of(112, 114)
    tail.close()


def test_copied_and_truncated_while_nobody_looked(tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    append(log, *lines_of(0, 100))
    tail = Tail(f"{log}*")
    texts(tail)
    reached = json.loads(tail.offset())
    tail.close()

    append(log, *lines_of(100, 103))
    shutil.copy(log, tmp_path / "app.log.1")
    log.write_text("")
    append(log, *lines_of(103, 105))
    again = Tail(f"{log}*", positions=reached)

    assert sorted(texts(again)) == lines_of(100, 105)
    again.close()


@pytest.mark.parametrize(
    ("alike", "own"), [(1, 1), (1, 100), (100, 100)], ids=["a-line", "a-line-of-longer-files", "more-than-a-kib"]
)
def test_files_that_begin_alike_are_both_read_whole(tmp_path: Path, alike: int, own: int) -> None:
    one, other = (lines_of(0, alike) + [f"{name} {number}" for number in range(own)] for name in ("one", "other"))
    append(tmp_path / "a.log", *one)
    tail = Tail(str(tmp_path / "*.log"))
    first = texts(tail)
    append(tmp_path / "b.log", *other)

    assert (first, texts(tail)) == (one, other)
    tail.close()
