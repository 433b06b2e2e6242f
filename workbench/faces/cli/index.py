"""The list of commands, read from the tools' source text: nothing is imported, so `causeway --help` is instant."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TOOLS_FOLDER = Path(__file__).parents[2] / "tools"


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a command comes from."""

    words: tuple[str, ...]
    tool: str
    module: str
    summary: str


@cache
def entries() -> tuple[Entry, ...]:
    """Return one entry for every function decorated with `@tool`, in alphabetical order."""
    found = [
        entry
        for path in sorted(TOOLS_FOLDER.glob("*.py"))
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and (entry := _entry(path.stem, node))
    ]
    return tuple(sorted(found, key=lambda entry: entry.words))


def _entry(module: str, function: ast.FunctionDef) -> Entry | None:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Name) and decorator.func.id == "tool":
            keywords = {word.arg: word.value for word in decorator.keywords}
            command = keywords.get("command")
            words = command.value if isinstance(command, ast.Constant) else function.name.replace("_", "-")
            summary = (ast.get_docstring(function) or "").split("\n", 1)[0]
            return Entry(tuple(str(words).split()), function.name, f"workbench.tools.{module}", summary)
    return None
