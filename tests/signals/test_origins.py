"""What stands before the lines of several programs, and what only looks like it."""

from __future__ import annotations

import pytest

from workbench.signals.origins import Origin, Origins, Prefix, learn_origins


@pytest.mark.parametrize(
    ("prefix", "line", "expected"),
    [
        ("compose", "api-1  | \x1b[32mtaken\x1b[0m", Origin("api", "api-1", "", "taken")),
        ("kubectl", "[pod/api-7d9f8c6b5-q8k2p/main] taken", Origin("api", "api-7d9f8c6b5-q8k2p", "", "taken")),
        ("syslog", "<13>Nov 14 22:13:20 web-1 su(pam_unix)[7]: no", Origin("su", "", "web-1", "no", "Nov 14 22:13:20")),
        ("syslog", "2023-11-14T22:13:20Z web-1 kernel: ", Origin("kernel", "", "web-1", "", "2023-11-14T22:13:20Z")),
        ("kubelet", "2023-11-14T22:13:20Z stdout F taken", Origin("", "", "", "taken", "2023-11-14T22:13:20Z")),
        ("syslog", "  at Store.write", Origin("", "", "", "  at Store.write")),
    ],
)
def test_each_line_says_who_wrote_it(prefix: Prefix, line: str, expected: Origin) -> None:
    assert Origins(prefix).split(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "2023-11-14 22:13:20 INFO a | b",
        "2023-11-14T22:13:20Z INFO main: started",
        "2023-11-14T22:13:20Z web-1 a:b",
        "2023-11-14T22:13:20Z main: started",
    ],
)
def test_lines_of_one_program_have_no_origins(line: str) -> None:
    assert learn_origins([line] * 20) is None


def test_no_lines_have_no_origins() -> None:
    assert learn_origins(["", " "]) is None
