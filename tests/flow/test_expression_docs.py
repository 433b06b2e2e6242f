"""docs/expressions.md lists every operator and function; its tables are made from the code.

Renew them with CAUSEWAY_RENEW_GOLDEN=1.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from workbench.flow.expression.assist import functions
from workbench.flow.expression.helps import GROUPS
from workbench.flow.expression.tree import OPERATORS

DOCS = Path(__file__).parents[2] / "docs" / "expressions.md"


def tables() -> str:
    lines = ["| operator | gives |", "| --- | --- |"]
    lines += [f"| `{sign}` | {said} |" for sign, (_, said) in OPERATORS.items()]
    for group in GROUPS:
        lines += ["", f"### {group[0].upper()}{group[1:]}", "", "| function | gives | example |", "| --- | --- | --- |"]
        for one in functions():
            if one.group == group:
                signature, example = (text.replace("|", "\\|") for text in (one.signature, one.example))
                lines.append(f"| `{signature}` | {one.help} | `{example}` |")
    return "\n".join(lines)


def test_the_docs_list_every_operator_and_function() -> None:
    text = DOCS.read_text(encoding="utf-8")
    begin, end = "<!-- made from the code -->\n", "\n<!-- until here -->"
    made = text.split(begin)[0] + begin + tables() + end + text.split(end)[1]
    if os.environ.get("CAUSEWAY_RENEW_GOLDEN"):
        DOCS.write_text(made, encoding="utf-8")

    assert DOCS.read_text(encoding="utf-8") == made
    assert not re.search(r"\S {2,}\|", made)
