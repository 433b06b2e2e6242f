"""The table of connectors in the documentation is what the catalogue says. Renew it with CAUSEWAY_RENEW_GOLDEN=1."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path

from workbench.flow.catalog import load_catalog
from workbench.flow.connectors import connector_table, connectors

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "connectors.md"
MARKED = re.compile(r"(?<=<!-- connectors -->\n).*(?=<!-- /connectors -->)", re.DOTALL)


def test_the_page_has_the_table_of_the_catalogue() -> None:
    table = connector_table(load_catalog()) + "\n"
    if os.environ.get("CAUSEWAY_RENEW_GOLDEN"):
        PAGE.write_text(MARKED.sub(lambda match: table, PAGE.read_text(encoding="utf-8")), encoding="utf-8")

    found = MARKED.search(PAGE.read_text(encoding="utf-8"))

    assert found is not None
    assert found[0] == table


def test_every_connector_says_how_it_was_tested_and_its_extra_can_be_installed() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    (everything,) = extras["all"]
    wanted = {node.needs.extra for node in connectors(load_catalog()) if node.needs}

    assert [node.kind for node in connectors(load_catalog()) if node.tested is None] == []
    assert wanted - set(extras) == set()
    assert wanted - set(re.split(r"[\[\],]", everything)) == set()


def test_the_tests_of_a_real_server_exist() -> None:
    texts = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "catalog").rglob("test_*.py"))

    imported = set(
        re.findall(r"\b\w+\b", " ".join(re.findall(r"^from node_catalog\S* import (.*)$", texts, re.MULTILINE)))
    )
    untested = [node.kind for node in connectors(load_catalog()) if node.__name__ not in imported]

    assert untested == []


def test_the_connection_of_every_connector_can_be_tried() -> None:
    assert [node.kind for node in connectors(load_catalog()) if node.probe is None] == []
