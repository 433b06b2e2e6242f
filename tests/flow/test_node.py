"""What a node type tells about itself."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from workbench.errors import NotFound
from workbench.flow.catalog import find, get, load_catalog
from workbench.flow.node import Node, Port


class Blend(Node):
    """Blend two tables.

    More about it.
    """

    formerly = ("tables.mix",)

    strength: int = 3
    """How much."""

    def build(self, left: Any, right: Any = None, *others: Any, deliver: Any) -> Any:
        return left


def test_ports_come_from_the_parameters_of_build() -> None:
    assert Blend.inputs() == [Port(name="left"), Port(name="right", required=False), Port(name="others", many=True)]
    assert Blend.services() == ["deliver"]


def test_a_node_describes_itself() -> None:
    found = Blend.describe()

    assert (found.summary, found.formerly, found.output) == ("Blend two tables.", ["tables.mix"], True)
    assert found.settings["properties"]["strength"] == {
        "default": 3,
        "description": "How much.",
        "title": "Strength",
        "type": "integer",
    }


def test_kind_is_the_place_in_the_catalog() -> None:
    assert load_catalog()["windows.tumbling"].__module__ == "node_catalog.windows.tumbling"
    assert Blend.kind == Blend.__module__


def test_the_catalog_holds_only_installed_node_types() -> None:
    assert Blend.kind not in load_catalog()


def test_a_former_name_still_finds_the_node() -> None:
    assert find({"tables.blend": Blend}, "tables.mix") is Blend


def test_an_unknown_kind_names_the_nearest() -> None:
    with pytest.raises(NotFound, match=r"no node type 'tables.filtr'. Did you mean 'tables.filter'\?"):
        get(load_catalog(), "tables.filtr")


@pytest.mark.parametrize("kind", sorted(load_catalog()))
def test_every_node_and_setting_is_documented(kind: str) -> None:
    found = load_catalog()[kind].describe()

    assert found.summary.endswith(".")
    assert len(found.summary) < 120
    undocumented = [name for name, field in found.settings["properties"].items() if not field.get("description")]
    assert undocumented == []


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder on the path that looks like an installed package with nodes."""
    package = tmp_path / "acme_nodes"
    package.mkdir()
    (package / "__init__.py").write_text("")
    info = tmp_path / "acme_nodes-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-nodes\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[causeway.nodes]\nacme = acme_nodes\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    load_catalog.cache_clear()
    yield package
    load_catalog.cache_clear()
    for name in [name for name in sys.modules if name.startswith("acme_nodes")]:
        del sys.modules[name]


def test_an_installed_package_may_offer_nodes(plugin: Path) -> None:
    (plugin / "turn.py").write_text(
        "from workbench.flow.node import Node\n"
        'class Turn(Node):\n    """Turn rows."""\n    def build(self, rows): return rows\n'
    )

    assert load_catalog()["acme_nodes.turn"].describe().summary == "Turn rows."


def test_a_broken_package_leaves_the_other_nodes(plugin: Path, caplog: pytest.LogCaptureFixture) -> None:
    (plugin / "turn.py").write_text("import not_there_at_all\n")

    assert "tables.filter" in load_catalog()
    assert "the nodes of 'acme_nodes' cannot be imported" in caplog.text
