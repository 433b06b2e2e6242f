"""Numbers with units, as people write them."""

from __future__ import annotations

import pytest

from workbench.rca.narrate import with_unit


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (6, "{connection}", "6 connections"),
        (1, "{connection}", "1 connection"),
        (1.5, "{thread}", "1.5 threads"),
        (3.01e8, "By", "301 MB"),
        (4.2e9, "By", "4.2 GB"),
        (12, "By", "12 bytes"),
        (0.42, "1", "0.42"),
        (7, "%", "7 %"),
        (20, "ms", "20 ms"),
    ],
)
def test_units(value: float, unit: str, said: str) -> None:
    assert with_unit(value, unit) == said
