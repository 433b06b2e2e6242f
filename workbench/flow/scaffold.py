"""The first files of a new node type: its class, its test, and the package around it when it is a plug-in."""

from __future__ import annotations

import keyword
import re
from pathlib import Path

from workbench.errors import BadInput

CATALOG = "node_catalog"
_NODE = '''"""The node `{kind}`."""

from __future__ import annotations

from typing import ClassVar

from workbench.flow.example import Example, example, grid
from workbench.flow.fields import Column
from workbench.flow.node import Node
from workbench.flow.rows import Rows


class {name}(Node):
    """Write a column of text in capitals.

    The first line is what the palette shows; say here when to use it, and what becomes of rows that do not fit.
    """

    column: Column
    """The column to change; this text is the help of the field."""

    example: ClassVar[Example | None] = example(
        {{"column": "level"}},
        grid("level", ("ERROR",)),
        grid("level", ("error",)),
    )

    @property
    def grows(self) -> str:
        """Return advice when the node keeps all rows of an endless stream; empty when it forgets."""
        return ""

    def build(self, rows: Rows) -> Rows:
        """Return the output; parameters are the input ports, and what is raised as BadInput is told before a run."""
        return rows.with_columns(**{{self.column: rows[self.column].str.upper()}})
'''
_TEST = '''"""The node `{kind}`."""

from {module} import {name}
from workbench.flow.trial import try_example


def test_the_example_is_true() -> None:
    found, expected = try_example({name})

    assert found == expected


def test_what_a_form_shows() -> None:
    about = {name}.describe()

    assert (about.kind, [port.name for port in about.inputs]) == ("{kind}", ["rows"])
    assert about.settings["required"] == ["column"]
'''
_PROJECT = """[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "{dashed}"
version = "0.1.0"
description = "Node types for Causeway."
requires-python = ">=3.11"
dependencies = ["causeway"]

# Causeway finds the nodes of every installed package by this entry point; the value is the package that holds them.
[project.entry-points."causeway.nodes"]
{package} = "{package}"

[tool.hatch.build.targets.wheel]
packages = ["{package}"]
"""


def files_of(kind: str, folder: Path, plugin: str = "") -> dict[Path, str]:
    """Return the files of a new node type and their texts; nothing is written.

    Args:
        kind: Such as tables.shout for the catalog, or shout for a plug-in.
        folder: The checkout, or where the folder of the plug-in is or shall be.
        plugin: Name of the plug-in's package; empty for the catalog of the checkout.

    Raises:
        BadInput: a name is none, a file is there already, or the folder is no checkout.
    """
    parts = kind.split(".")
    for part in [*parts, *([plugin] if plugin else [])]:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", part) or keyword.iskeyword(part):
            raise BadInput(
                f"{part!r} is no name for a node type", hint="Small letters, digits and _, such as tables.shout"
            )
    found = _plugin_files(parts, folder / plugin, plugin) if plugin else _catalog_files(parts, folder)
    there = [path for path in found if path.exists()]
    if there:
        raise BadInput(f"{there[0]} is there already", hint="Choose another name")
    return found


def _catalog_files(parts: list[str], folder: Path) -> dict[Path, str]:
    if not (folder / CATALOG / "__init__.py").is_file():
        raise BadInput(
            f"{folder} is no checkout of Causeway: it has no {CATALOG}",
            hint="Give a folder with --into, or make a plug-in with --plugin NAME",
        )
    if len(parts) != 2:
        raise BadInput(f"{'.'.join(parts)!r} is not group.name", hint="Such as tables.shout")
    group, name = parts
    if not (folder / CATALOG / group / "__init__.py").is_file():
        groups = sorted(path.parent.name for path in (folder / CATALOG).glob("[a-z]*/__init__.py"))
        raise BadInput(f"there is no group {group!r}", hint="There is " + ", ".join(groups))
    module = f"{CATALOG}.{group}.{name}"
    return {
        folder / CATALOG / group / f"{name}.py": _node(f"{group}.{name}", name),
        folder / "tests" / "catalog" / group / f"test_{name}.py": _test(f"{group}.{name}", module, name),
    }


def _plugin_files(parts: list[str], root: Path, package: str) -> dict[Path, str]:
    kind = ".".join([package, *parts])
    inner = root / package
    found = {inner.joinpath(*parts).with_suffix(".py"): _node(kind, parts[-1])}
    found[root / "tests" / f"test_{'_'.join(parts)}.py"] = _test(kind, kind, parts[-1])
    for depth in range(len(parts)):
        init = inner.joinpath(*parts[:depth]) / "__init__.py"
        if not init.exists():
            found[init] = '"""Node types for Causeway."""\n'
    if not (root / "pyproject.toml").exists():
        found[root / "pyproject.toml"] = _PROJECT.format(package=package, dashed=package.replace("_", "-"))
    return found


def _node(kind: str, name: str) -> str:
    return _NODE.format(kind=kind, name=_class(name))


def _test(kind: str, module: str, name: str) -> str:
    return _TEST.format(kind=kind, module=module, name=_class(name))


def _class(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
