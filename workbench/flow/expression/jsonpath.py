"""Where a value stands inside JSON: `user.roles.0`, `user.roles[0]`, `labels["app.kubernetes.io/name"]`."""

from __future__ import annotations

import json
import re
from typing import Any

_STEP = re.compile(r"\[(-?\d{1,9})\]|\[\"([^\"]*)\"\]|\['([^']*)'\]|\.?([^.\[\]\"']+)")


def read_path(path: str) -> tuple[str | int, ...]:
    """Return the steps of a path; raises ValueError where it is none."""
    steps: list[str | int] = []
    here = 0
    path = path.removeprefix("$").removeprefix(".") if path.startswith("$") else path
    while here < len(path):
        found = _STEP.match(path, here)
        if found is None or (here == 0 and path.startswith(".")):
            raise ValueError(f"{path!r} is not a path such as user.roles.0 at character {here + 1}")
        number, double, single, name = found.groups()
        steps.append(int(number) if number else next(one for one in (double, single, name) if one is not None))
        here = found.end()
    return tuple(steps)


def look_up(document: Any, steps: tuple[str | int, ...]) -> Any:
    """Return the value at a place; None when there is none."""
    here = document
    for step in steps:
        if isinstance(here, dict):
            here = here.get(str(step))
        elif isinstance(here, list):
            place = int(step) if isinstance(step, int) or step.isdecimal() else len(here)
            here = here[place] if -len(here) <= place < len(here) else None
        else:
            return None
    return here


def document_of(value: Any) -> Any:
    """Return what a JSON value or a JSON text says; raises ValueError for other text."""
    if isinstance(value, str):
        return json.loads(value) if value else None
    return getattr(value, "value", value)
