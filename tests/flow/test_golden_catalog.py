"""All kinds and settings, held by a golden file and shown by docs/nodes: a change of either is seen in review.

Renew it with CAUSEWAY_RENEW_GOLDEN=1.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from workbench.flow.catalog import load_catalog
from workbench.flow.nodepages import pages

DOCS = Path(__file__).parents[2] / "docs" / "nodes"
GOLDEN = Path(__file__).parents[1] / "golden" / "catalog.json"


def test_kinds_and_settings_are_those_of_the_golden_file() -> None:
    found = {
        kind: {
            "summary": (about := node.describe()).summary,
            "inputs": [port.name + "*" * port.many for port in about.inputs],
            "output": about.output,
            "delivery": about.delivery,
            "formerly": about.formerly,
            "settings": {
                name: {key: value for key, value in field.items() if key not in ("title", "description")}
                for name, field in about.settings["properties"].items()
            },
            "required": about.settings.get("required", []),
        }
        for kind, node in load_catalog().items()
    }
    text = json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    if os.environ.get("CAUSEWAY_RENEW_GOLDEN"):
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(text, encoding="utf-8")

    assert text == GOLDEN.read_text(encoding="utf-8")


def test_docs_show_every_node_type_as_it_is() -> None:
    made = pages(load_catalog())
    if os.environ.get("CAUSEWAY_RENEW_GOLDEN"):
        DOCS.mkdir(exist_ok=True)
        for page in DOCS.glob("*.md"):
            page.unlink()
        for name, text in made.items():
            (DOCS / name).write_text(text, encoding="utf-8")

    assert {page.name: page.read_text(encoding="utf-8") for page in DOCS.glob("*.md")} == made
