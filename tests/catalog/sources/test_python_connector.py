"""A generator of the user as a source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from node_catalog.sources.python_connector import PythonConnector
from workbench.errors import RunFailed

COLUMNS = {"n": "integer", "s": "text"}


def code(tmp_path: Path, text: str) -> str:
    (tmp_path / "mine.py").write_text(text)
    return str(tmp_path / "mine.py")


def test_what_the_function_yields_is_read(bench: Any, tmp_path: Path) -> None:
    file = code(
        tmp_path, "def rows():\n    yield {'n': 1, 's': 'a'}\n    yield {'n': 'x', 's': 'b'}\n    yield {'n': 3}\n"
    )

    assert bench.rows(PythonConnector(file=file, function="rows", columns=COLUMNS)) == [(1, "a"), (3, None)]
    assert [(one["line"], one["reason"]) for one in bench.rejected] == [
        (2, "column 'n': 'x' is not a whole number of 64 bits")
    ]


def test_with_an_offset_the_function_is_asked_for_what_came_since(bench: Any, tmp_path: Path) -> None:
    file = code(tmp_path, "def rows(offset):\n    begin = offset or 0\n    yield {'n': begin + 1, 's': repr(offset)}\n")
    node = PythonConnector(file=file, function="rows", columns=COLUMNS, offset="n", follow=True, poll_s=0.01)
    table = node.build(source=bench.source())

    found = bench.follow(table, lambda there: there(lambda r: len(r) > 2))

    assert sorted(found)[:3] == [(1, "None"), (2, "1"), (3, "2")]


@pytest.mark.parametrize(
    ("text", "more", "message"),
    [
        ("def rows():\n    yield 7\n", {}, "row 1 is 7, not a dict"),
        ("def rows():\n    raise KeyError('token')\n    yield\n", {}, "KeyError: 'token'"),
        ("def others():\n    pass\n", {}, "has no function 'rows'. It has others"),
        ("def rows():\n    yield {}\n", {"offset": "n"}, "the function has no parameter `offset`"),
    ],
)
def test_a_function_that_does_not_do_fails_the_run(
    bench: Any, tmp_path: Path, text: str, more: Any, message: str
) -> None:
    node = PythonConnector(file=code(tmp_path, text), function="rows", columns=COLUMNS, **more)

    with pytest.raises(RunFailed, match=message):
        bench.rows(node)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"follow": True}, "following needs a column `offset`"),
        ({"offset": "m"}, "offset 'm' has to be a column of text, integer or number"),
    ],
)
def test_settings_have_to_fit(more: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PythonConnector(file="f.py", function="rows", columns=COLUMNS, **more)
