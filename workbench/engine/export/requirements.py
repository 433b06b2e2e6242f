"""Which packages a program needs, each with the version that is installed here: what was tried is what will run."""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterator
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from workbench.errors import BadInput

LINUX = {
    "os_name": "posix",
    "sys_platform": "linux",
    "platform_system": "Linux",
    "python_version": "3.11",
    "python_full_version": "3.11.0",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
}
"""The image's side of markers; the exporter may sit at another system."""
UNUSED = {
    "panel": "",
    "jupyter-bokeh": "",
    "gitpython": "",
    "geopy": "",
    "h3": "",
    "shapely": "",
    "sqlmodel": "",
    "sqlalchemy": "",
    "fastapi": "",
    "uvicorn": "",
    "networkx": ".ml",
    "scikit-learn": ".ml",
    "google-api-python-client": "io.gdrive",
    "deltalake": "io.deltalake",
}
"""What Pathway asks for and imports in parts of its own only: drawings in notebooks, a dashboard, examples.

Each with the part that a program names when it uses it, empty where no flow can. Half of an image would be this.
"""
UNDECLARED = ("pyyaml",)
"""What Pathway imports and does not ask for: it comes with something else that it asks for."""


def pinned(program: str, extras: Collection[str] = (), beside: Collection[str] = ()) -> list[str]:
    """Return `name==version` of every package that a program imports, and of what these need, in alphabetical order.

    The list is whole: it is installed with `pip install --no-deps`, since Pathway asks for more than it uses.

    Args:
        program: Text of a Python program.
        extras: Extras of Causeway that its nodes need, such as `postgres`: they may say more than an import does.
        beside: Texts of Python files of the user's that it loads; what they import and is installed here is taken.

    Raises:
        BadInput: a package is not installed here, so that its version is not known.
    """
    wanted = [(name, frozenset[str]()) for name in imported(program)]
    wanted += [one for extra in extras for one in _of_extra(extra)]
    wanted += [(name, frozenset()) for text in beside for name in imported(text, strict=False)]
    unused = {name for name, part in UNUSED.items() if not part or part not in program}
    seen: set[tuple[str, frozenset[str]]] = set()
    versions: dict[str, str] = {}
    while wanted:
        name, extras = wanted.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            found = distribution(name)
        except PackageNotFoundError as error:
            raise BadInput(
                f"the package {name!r} is not installed, so its version is not known", hint=f"pip install {name}"
            ) from error
        versions[name] = found.version
        needed = list(_needed(found.requires or [], extras))
        if name == "pathway":
            needed = [one for one in needed if one[0] not in unused] + [(one, frozenset()) for one in UNDECLARED]
        wanted += needed
    return [f"{name}=={version}" for name, version in sorted(versions.items())]


def imported(program: str, *, strict: bool = True) -> set[str]:
    """Return the names of the packages that a program imports anywhere, also inside functions.

    Raises:
        BadInput: a module belongs to no installed package, and that matters (`strict`).
    """
    modules: set[str] = set()
    for node in ast.walk(ast.parse(program)):
        match node:
            case ast.Import(names=names):
                modules |= {name.name.split(".")[0] for name in names}
            case ast.ImportFrom(module=str() as module, level=0):
                modules.add(module.split(".")[0])
    of_module = packages_distributions()
    foreign = modules - set(sys.stdlib_module_names)
    unknown = sorted(foreign - set(of_module))
    if unknown and strict:
        raise BadInput(
            f"the module {unknown[0]!r} belongs to no installed package", hint="Install what the flow's nodes need"
        )
    # Several packages may share a name such as google; all that are installed are taken.
    return {str(canonicalize_name(name)) for module in foreign for name in of_module.get(module, ())}


def _of_extra(extra: str, package: str = "causeway") -> Iterator[tuple[str, frozenset[str]]]:
    for text in distribution(package).requires or []:
        one = Requirement(text)
        with_it, without = (one.marker and one.marker.evaluate({**LINUX, "extra": name}) for name in (extra, ""))
        if with_it and not without:
            yield str(canonicalize_name(one.name)), frozenset(one.extras)


def _needed(requires: list[str], extras: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    for text in requires:
        one = Requirement(text)
        marker = one.marker
        if marker is None or any(marker.evaluate({**LINUX, "extra": extra}) for extra in extras | {""}):
            yield str(canonicalize_name(one.name)), frozenset(one.extras)
