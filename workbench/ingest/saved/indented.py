"""Reads keys with values, indented blocks and small tables, as `kubectl describe` prints them, into a tree."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from workbench.ingest.saved.columns import header_at

KEY = re.compile(r"^(?P<indent>\s*)(?:- )?(?P<key>[A-Za-z][\w ./()-]*?):(?:\s+(?P<value>.*\S))?\s*$")
NOTHING = ("<none>", "<unset>", "<nil>", "<unknown>", "")


@dataclass(slots=True)
class Node:
    """One key with its value, and what is indented below it."""

    key: str
    value: str
    indent: int
    line: int
    children: list[Node] = field(default_factory=list)
    texts: list[tuple[int, str]] = field(default_factory=list)
    """Lines below it that are no keys: continued values and rows of tables."""

    @property
    def said(self) -> str:
        """The value with the lines that continue it; '' for <none>."""
        before = takewhile(lambda text: not is_table(text), (text for _, text in self.texts))
        parts = [self.value, *(text.strip() for text in before)]
        return "\n".join(part for part in parts if part not in NOTHING)


def tree(lines: Sequence[str], first_line: int) -> Node:
    """Return the keys of an object by their indentation."""
    root = Node("", "", -1, first_line)
    path = [root]
    table_below: int | None = None
    for number, line in enumerate(lines, start=first_line):
        if not line.strip():
            table_below = None
            continue
        indent = len(line) - len(line.lstrip())
        if table_below is not None and indent >= table_below:
            path[-1].texts.append((number, line))
            continue
        found = KEY.match(line)
        if found and indent > 20 and path[-1].value and indent > path[-1].indent + 12:
            # Far to the right is where a value goes on, as labels do.
            found = None
        if not found:
            if is_table(line):
                table_below = indent
            path[-1].texts.append((number, line))
            continue
        while len(path) > 1 and path[-1].indent >= indent:
            path.pop()
        node = Node(found["key"].strip(), (found["value"] or "").strip(), indent, number)
        path[-1].children.append(node)
        path.append(node)
        table_below = None
    return root


def is_table(line: str) -> bool:
    """Tell whether a line is the header of a table: titles far apart, the first of them a known one."""
    words = re.split(r"\s{2,}", line.strip())
    return len(words) >= 2 and words[0] in ("Type", "Resource", "Namespace", "LAST SEEN", "Host", "GROUP", "NAME")


def table_of(node: Node) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield line number and cells of the rows of the table below a key."""
    texts = [(number, text) for number, text in node.texts if text.strip()]
    if not texts:
        return
    header = header_at(texts[0][1])
    for number, text in texts[1:]:
        if set(text.strip()) <= {"-", " "}:
            continue
        yield number, header.cells(text)
