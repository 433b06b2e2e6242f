"""Patterns only look at lines in which a text stands that they need."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from workbench.rca.signatures.conditions import log_patterns
from workbench.rca.signatures.literals import may_fit, needed_texts
from workbench.rca.signatures.load import load_signatures


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("No space left on device|ENOSPC", {"no space left on device", "enospc"}),
        (r"exceeded quota: (?P<quota>\S+)", {"exceeded quota: "}),
        (r"(?:disk|volume) \w+ (is full)?", {"disk", "volume"}),
        (r"(timeout){1,3}\d+", {"timeout"}),
        (r"\d+/\d+ up", None),
        (r"(timeout)?|x", None),
        (r"ab\.", None),
    ],
)
def test_what_a_pattern_needs(pattern: str, expected: set[str] | None) -> None:
    assert needed_texts(pattern) == expected


def test_no_line_is_lost_that_a_shipped_pattern_fits() -> None:
    signatures = load_signatures()
    patterns = [one for signature in signatures for one in log_patterns(signature.match.conditions())]
    lines = pd.Series(
        [
            "ERROR could not extend file: No space left on device",
            "java.lang.OutOfMemoryError: Java heap space",
            "GET /cart 200 12 ms",
            "dial tcp: lookup db.shop on 10.0.0.10:53: no such host",
            "FATAL: sorry, too many clients already",
            "started in 4.2 seconds",
            "x509: certificate has expired or is not yet valid",
        ]
    )

    kept = may_fit(lines, patterns)

    fitting = [any(re.search(one, line, re.IGNORECASE) for one in patterns) for line in lines]
    assert all(kept[at] for at, fits in enumerate(fitting) if fits)
    assert not kept[2]
    assert not kept[5]


def test_a_pattern_without_a_text_of_its_own_still_finds_its_lines() -> None:
    assert may_fit(pd.Series(["3/4 up", "none"]), [r"\d+/\d+ up"]).tolist() == [True, False]
