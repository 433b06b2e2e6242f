"""Prompts as documents: one Markdown file each, with `{name}` where a value goes."""

from __future__ import annotations

import re
from importlib.resources import files


def prompt(name: str, **values: str) -> str:
    """Return the prompt `name` with its values filled in.

    Only `{name}` of a given value is replaced, once and in one go: braces inside values stay as they are.
    """
    text = files(__name__).joinpath(f"{name}.md").read_text(encoding="utf-8")
    return re.sub(r"\{(\w+)\}", lambda match: values.get(match.group(1), match.group()), text)
