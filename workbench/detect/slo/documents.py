"""Reads YAML documents so that every fault can name its line; texts stay as written, no type is guessed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from workbench.detect.slo.places import Fault, Faults, Place
from workbench.errors import BadInput

MOST_NODES = 50_000
"""A specification with more than this is no specification, but an attack by aliases of aliases."""
DEEPEST = 100
_EMPTY = ("~", "null", "Null", "NULL")


def documents(path: Path, shown: str, faults: Faults) -> Iterator[Place]:
    """Yield the documents of a YAML file; one that cannot be read as YAML makes one fault and ends it.

    Raises:
        BadInput: the file cannot be opened.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror or error}", where=shown) from error
    except UnicodeDecodeError:
        faults.found.append(Fault(file=shown, document=0, line=0, message="it is not UTF-8 text; save it as UTF-8"))
        return
    number = 0
    try:
        for number, node in enumerate(yaml.compose_all(text, Loader=yaml.BaseLoader), start=1):
            lines: dict[str, int] = {"": node.start_mark.line + 1} if node is not None else {}
            place = Place(faults, number, lines, None)
            value = _plain(node, "", lines, [0], place) if node is not None else None
            if value is not None:
                yield Place(faults, number, lines, value)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        problem = " ".join(str(getattr(error, "problem", None) or error).split())
        message = f"it is not YAML ({problem}); mend the indentation or the quotes around this line"
        faults.found.append(Fault(file=shown, document=number + 1, line=line, message=message))


def _plain(node: yaml.Node, path: str, lines: dict[str, int], seen: list[int], place: Place) -> Any:
    seen[0] += 1
    if seen[0] > MOST_NODES or path.count(".") + path.count("[") > DEEPEST:
        raise yaml.YAMLError("too many values, or too deep: perhaps an alias of itself")
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(one, f"{path}[{number}]", lines, seen, place) for number, one in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Any] = {}
        for key, value in node.value:
            name = str(key.value)
            inner = f"{path}.{name}" if path else name
            if name in found:
                lines[inner] = key.start_mark.line + 1
                Place(place.faults, place.document, lines, name, inner).fault("the field is given twice; keep one")
            lines[inner] = key.start_mark.line + 1
            found[name] = _plain(value, inner, lines, seen, place)
        return found
    is_plain = getattr(node, "style", None) is None
    # An empty text says as little as no text.
    return None if not node.value.strip() or (is_plain and node.value in _EMPTY) else node.value
