"""Sentences are filled with what was found; numbers are read and written as people do."""

from __future__ import annotations

import pytest

from workbench.rca.signatures.words import amount, clock, fill, quantity, shorten


@pytest.mark.parametrize(
    ("template", "values", "expected"),
    [
        ("{a} is full", {"a": "disk"}, "disk is full"),
        ("{a} is full{: : {b} of {c}}.", {"a": "disk", "b": "9", "c": "10"}, "disk is full: 9 of 10."),
        ("{a} is full{: : {b} of {c}}.", {"a": "disk", "b": "9"}, "disk is full."),
        ("{a} is full{b:; {b} used}", {"a": "disk", "b": "9"}, "disk is full; 9 used"),
        ("{a} is {b}", {"a": "disk", "b": ""}, None),
    ],
)
def test_pieces_whose_values_are_not_known_are_left_out(
    template: str, values: dict[str, str], expected: str | None
) -> None:
    assert fill(template, values) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("100m", 0.1),
        ("2Gi", 2 * 2**30),
        ("1,500", 1500.0),
        ("93%", 93.0),
        ("4", 4.0),
        ("3.5 GB", 3.5 * 2**30),
        ("-", None),
    ],
)
def test_quantities_are_read(text: str, expected: float | None) -> None:
    assert quantity(text) == expected


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (3.5 * 2**30, "Bytes", "3.5 GB"),
        (97.4, "Percent", "97.4 %"),
        (1140.0, "Seconds", "1,140 s"),
        (18230.4, "Count/Second", "18,230/s"),
        (494.0, "Count", "494"),
        (0.00012, "Seconds", "0.00012 s"),
        (2 * 2**20, "Bytes/Second", "2 MB/s"),
        (7.0, "widgets", "7 widgets"),
        (7.0, "{connection}", "7 connections"),
        (1.0, "{connection}", "1 connection"),
        (2.0, "{requests}", "2 requests"),
    ],
)
def test_amounts_are_written_with_their_unit(value: float, unit: str, expected: str) -> None:
    assert amount(value, unit) == expected


def test_times_and_long_texts() -> None:
    assert clock(1_743_580_800_000_000_000) == "08:00 UTC"
    assert clock(1_743_580_805_000_000_000) == "08:00:05 UTC"
    assert clock(0) == ""
    assert shorten("a\n b" * 3, 5) == "a ba…"
