from pathlib import Path
from typing import Any

import pytest

from node_catalog.tables.python_function import PythonFunction
from workbench.errors import BadInput


def write(folder: Path, text: str) -> str:
    path = folder / "mine.py"
    path.write_text(text)
    return str(path)


def test_calls_the_function_with_the_columns_in_order(bench: Any, tmp_path: Path) -> None:
    file = write(tmp_path, "def less(a, b):\n    return a - b\n")
    node = PythonFunction(file=file, function="less", arguments=["b", "a"], output="c", type="number")

    assert bench.rows(node, bench.table({"a": int, "b": int}, (1, 5))) == [(1, 5, 4.0)]


def test_an_unknown_function_says_which_there_are(bench: Any, tmp_path: Path) -> None:
    file = write(tmp_path, "def less(a):\n    return a\n")
    node = PythonFunction(file=file, function="more", arguments=["a"], output="c")

    with pytest.raises(BadInput, match=r"has no function 'more'. It has less"):
        node.build(bench.table({"a": int}, (1,)))
