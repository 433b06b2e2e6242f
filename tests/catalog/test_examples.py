"""The example of every node type is true: its rows go through Pathway and what comes out is what the docs show."""

from __future__ import annotations

import pytest

from workbench.errors import BadInput
from workbench.flow.catalog import load_catalog
from workbench.flow.trial import try_example

WITH_EXAMPLE = {kind: node for kind, node in load_catalog().items() if node.example}


@pytest.mark.parametrize("kind", sorted(WITH_EXAMPLE))
def test_the_example_is_true(kind: str) -> None:
    found, expected = try_example(WITH_EXAMPLE[kind])

    assert found == expected


def test_every_table_and_time_node_has_an_example() -> None:
    groups = ("tables.", "windows.")
    lacking = [kind for kind in load_catalog() if kind.startswith(groups) and kind not in WITH_EXAMPLE]

    # A function of the user lies in a file of his.
    assert lacking == ["tables.python_function"]


def test_a_node_without_an_example_says_so() -> None:
    with pytest.raises(BadInput, match=r"tables\.python_function has no example"):
        try_example(load_catalog()["tables.python_function"])
