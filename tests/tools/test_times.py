"""Times are read as people and files write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.errors import BadInput
from workbench.tools.times import parse_at, read_times

AT = 1_769_852_100_000_000_000


@pytest.mark.parametrize(
    "value",
    [
        "2026-01-31T09:35:00Z", "2026-01-31T09:35:00", "2026-01-31 09:35", "2026-01-31T10:35:00+01:00",
        1769852100, "1769852100", 1769852100.0, 1769852100000, 1769852100000000, 1769852100000000000,
    ],
    ids=lambda value: f"{type(value).__name__}-{value}",
)  # fmt: skip
def test_one_moment_in_many_spellings(value: str | float) -> None:
    assert parse_at(value) == AT


def test_what_is_no_time_is_said_with_its_value() -> None:
    with pytest.raises(BadInput, match="'half past nine' is not a time"):
        parse_at("half past nine")


@pytest.mark.parametrize("value", ["inf", "nan", "-5", "1e30", "9" * 25, "9999-12-31", "0001-01-01", ""])
def test_times_out_of_reach_were_a_fault(value: str) -> None:
    with pytest.raises(BadInput, match=r"is not a time|is not between 1970 and 2262"):
        parse_at(value)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"a": "2026-01-31T09:35:00Z", "b": 1769852100}', id="object"),
        pytest.param('{"a": {"start": 1769852100}, "b": {"onset": 1769852100000}}', id="object-of-objects"),
        pytest.param('[{"case": "a", "at": 1769852100}, {"case": "b", "at": 1769852100}]', id="list"),
        pytest.param('{"case": "a", "at": 1769852100}\n{"case": "b", "at": 1769852100}\n', id="json-lines"),
        pytest.param("case,start\na,2026-01-31T09:35:00Z\nb,1769852100\n", id="csv"),
        pytest.param("a\t1769852100\nb\t1769852100\n", id="tsv-without-header"),
    ],
)
def test_a_file_of_times(tmp_path: Path, text: str) -> None:
    (tmp_path / "times").write_text(text)

    assert read_times(tmp_path / "times") == {"a": AT, "b": AT}


def test_a_file_without_times_says_how_it_should_look(tmp_path: Path) -> None:
    (tmp_path / "times").write_text("nothing")

    with pytest.raises(BadInput, match="no times found"):
        read_times(tmp_path / "times")
