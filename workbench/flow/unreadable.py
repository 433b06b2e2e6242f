"""Says why a text is no flow, in words for whoever has edited it by hand."""

from __future__ import annotations

import json
import re
from typing import Any

from pydantic import ValidationError

from workbench.errors import BadInput

MERGE = re.compile(r"^(<{7}|={7}|>{7})( .*)?$")
"""A line that git leaves where two versions could not be merged."""
MOST = 5
"""Faults that are told at once."""


def unparsed(text: str, error: json.JSONDecodeError, where: str) -> BadInput:
    """Return the error of a text that is not JSON."""
    if not text.strip():
        return BadInput("it is empty", where=where, hint="A flow is a JSON object with a name, nodes and edges")
    for number, line in enumerate(text.splitlines(), 1):
        if MERGE.match(line):
            hint = "Keep one of the two sides and remove the lines that git put in"
            return BadInput(f"line {number}: a merge was not finished: {line}", where=where, hint=hint)
    return BadInput(f"line {error.lineno}: not JSON: {error.msg}", where=where)


def misfits(error: ValidationError, document: Any, where: str) -> BadInput:
    """Return the error of a JSON document that is not a flow; it has every fault, at most five."""
    faults = error.errors(include_url=False)
    if not isinstance(faults[0]["input"], dict) and not faults[0]["loc"]:
        kind = {list: "a list", str: "a text", type(None): "null"}.get(type(faults[0]["input"]), "a single value")
        return BadInput(f"it is {kind}", where=where, hint="A flow is a JSON object with a name, nodes and edges")
    told = [f"{_place(fault['loc'], document)}: {fault['msg']}" for fault in faults[:MOST]]
    more = f"; and {len(faults) - MOST} more" if len(faults) > MOST else ""
    return BadInput("; ".join(told) + more, where=where, hint="It has to be a flow")


def _place(loc: tuple[str | int, ...], document: Any) -> str:
    """Return where a fault is, such as `nodes.1.kind (node 'errors')`: nobody counts nodes."""
    place = ".".join(str(part) for part in loc) or "document"
    match loc:
        case ("nodes", int(at), *_) if isinstance(node := document["nodes"][at], dict) and isinstance(
            name := node.get("id"), str
        ):
            return f"{place} (node {name!r})"
    return place
