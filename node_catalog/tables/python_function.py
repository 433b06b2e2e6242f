"""The node `tables.python_function`."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pathway as pw
from pydantic import Field

from workbench.errors import BadInput
from workbench.flow.fields import Column, ColumnType, InputFile, NewColumn
from workbench.flow.node import Node
from workbench.flow.rows import Rows
from workbench.flow.types import TYPES


class PythonFunction(Node):
    """Add a column that a Python function of yours computes from other columns.

    The function runs with your rights and may do whatever you may do, so run only flows whose Python files you trust.
    It is called once per row with the values of the input columns; a row for which it raises is counted as rejected.
    """

    file: InputFile
    """Python file that holds the function."""
    function: str = Field(pattern=r"^[A-Za-z_]\w*$")
    """Name of the function."""
    arguments: list[Column] = Field(min_length=1)
    """Columns whose values it is called with, in this order."""
    output: NewColumn
    """Column that takes what it returns."""
    type: ColumnType = "text"
    """Type of what it returns."""

    def build(self, rows: Rows) -> Rows:
        function = load_function(self.file, self.function)
        kind = TYPES[self.type]

        def call(*values: Any) -> Any:
            result = function(*values)
            # Pathway would panic on another type than the declared one.
            if kind is float and type(result) is int:
                return float(result)
            if type(result) is not kind:
                raise TypeError(f"{self.function} returned {result!r}, which is not a {self.type}")
            return result

        return rows.with_columns(
            **{self.output: pw.apply_with_type(call, kind, *(rows[name] for name in self.arguments))}
        )


def load_function(file: str, name: str) -> Callable[..., Any]:
    """Return a function of a Python file; raises `BadInput` when the file has no such function."""
    spec = importlib.util.spec_from_file_location(Path(file).stem, file)
    if spec is None or spec.loader is None:
        raise BadInput(f"{file!r} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = getattr(module, name, None)
    if not callable(found):
        has = sorted(key for key, value in vars(module).items() if callable(value) and not key.startswith("_"))
        raise BadInput(f"{file!r} has no function {name!r}", hint="It has " + (", ".join(has) or "none"))
    function: Callable[..., Any] = found
    return function
