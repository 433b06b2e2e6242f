"""Versions of flows, by the verbs that every face calls: nothing that was saved is lost or written over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.core import Workbench
from workbench.errors import BadInput, NotFound, Outdated, Refused, StoreError
from workbench.facts.flow_version import Role
from workbench.flow.graph import Flow
from workbench.settings import Settings
from workbench.store.db import Store


def text(path: str = "a.csv", more: dict[str, Any] | None = None, about: str = "") -> str:
    """Return a small flow; `more` are further settings of its source."""
    columns = {"x": "text"}
    nodes = [
        {"id": "read", "kind": "sources.csv_file", "settings": {"path": path, "columns": columns, **(more or {})}},
        {"id": "write", "kind": "sinks.csv_file", "settings": {"path": "out.csv"}},
    ]
    return json.dumps(
        {"name": "shop", "description": about, "nodes": nodes, "edges": [{"source": "read", "target": "write"}]}
    )


@pytest.fixture
def wb(tmp_path: Path) -> Iterator[Workbench]:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "shop.flow.json").write_text(text())
    with Workbench(Store.open(None, memory_limit_mb=300, threads=1), Settings(), tmp_path) as opened:
        yield opened


def edit(wb: Workbench, document: str) -> None:
    """Change the draft as a text editor does."""
    assert wb.path is not None
    (wb.path / "flows" / "shop.flow.json").write_text(document)


def test_a_draft_becomes_a_version(wb: Workbench) -> None:
    first = wb.call("flow_save", flow="shop", message="First.", author="ada")
    edit(wb, text("b.csv"))
    draft = wb.call("flow_draft", flow="shop")
    second = wb.call("flow_save", flow="shop", message="Another file.", author="bob")

    assert first.text().splitlines()[0] == "shop: saved version 1, 3 changes: First."
    assert draft.text().splitlines()[1:] == ['  ~ read.path: "a.csv" -> "b.csv"']
    assert (second.version.version, second.version.parent, second.version.author) == (2, 1, "bob")
    assert [one.message for one in wb.call("flow_versions", flow="shop")] == ["Another file.", "First."]
    assert json.loads(wb.call("flow_show", flow="shop", version=1)) == json.loads(Flow.parse(text()).to_json())
    assert wb.call("flow_diff", flow="shop", before="1", after="2").text() == (
        'shop version 1 -> shop version 2: 1 change\n~ read.path: "a.csv" -> "b.csv"'
    )


def test_saving_again_without_a_change_makes_no_version(wb: Workbench) -> None:
    wb.call("flow_save", flow="shop", message="First.")
    edit(wb, json.dumps(json.loads(text()), indent=7))

    again = wb.call("flow_save", flow="shop", message="Again.")

    assert (again.is_new, again.version.version) == (False, 1)
    assert again.text() == "shop: nothing has changed since version 1."


def test_a_draft_of_an_older_version_is_told_and_nothing_is_written(wb: Workbench) -> None:
    wb.call("flow_save", flow="shop", message="First.", author="ada")
    wb.call("flow_save", flow="shop", message="Other file.", author="bob", document=text("b.csv"))

    with pytest.raises(Outdated, match=r"made from version 1 of 'shop', but bob has saved version 2 since .*--merge"):
        wb.call("flow_save", flow="shop", message="Mine.", author="ada", based_on=1, document=text("c.csv"))

    assert [one.version for one in wb.call("flow_versions", flow="shop")] == [2, 1]
    assert "b.csv" in wb.call("flow_show", flow="shop")


def test_changes_of_two_people_are_merged(wb: Workbench) -> None:
    wb.call("flow_save", flow="shop", message="First.", author="ada")
    wb.call("flow_save", flow="shop", message="Other file.", author="bob", document=text("b.csv"))

    saved = wb.call(
        "flow_save", flow="shop", message="Says what.", author="ada", based_on=1, merge=True,
        document=text(about="Copies."),
    )  # fmt: skip

    assert saved.merged
    assert wb.call("flow_show", flow="shop") == Flow.parse(text("b.csv", about="Copies.")).to_json()


def test_a_version_is_compared_with_a_file(wb: Workbench, tmp_path: Path) -> None:
    wb.call("flow_save", flow="shop", message="First.")
    (tmp_path / "theirs.flow.json").write_text(text("b.csv"))

    found = wb.call("flow_diff", flow="shop", file=tmp_path / "theirs.flow.json")

    assert found.text() == 'shop version 1 -> theirs.flow.json: 1 change\n~ read.path: "a.csv" -> "b.csv"'


def test_what_both_changed_is_told(wb: Workbench) -> None:
    wb.call("flow_save", flow="shop", message="First.", author="ada")
    wb.call("flow_save", flow="shop", message="Other file.", author="bob", document=text("b.csv"))

    with pytest.raises(Outdated, match=r"both changed the same: read\.path: yours is .*c\.csv.*theirs .*b\.csv"):
        wb.call("flow_save", flow="shop", message="Mine.", based_on=1, merge=True, document=text("c.csv"))


def test_saving_something_else_does_not_take_a_draft_away(wb: Workbench) -> None:
    wb.call("flow_save", flow="shop", message="First.")
    edit(wb, text("unsaved.csv"))

    with pytest.raises(Outdated, match=r"the draft of 'shop' has changes that are in no version.*Save it first"):
        wb.call("flow_save", flow="shop", message="Mine.", document=text("c.csv"))

    assert "unsaved.csv" in wb.call("flow_show", flow="shop")


def test_a_draft_is_written_only_over_what_was_read(wb: Workbench) -> None:
    wb.call("flow_save", flow="shop", message="First.")
    seen = wb.call("flow_draft", flow="shop")

    written = wb.call("flow_write", flow="shop", document=text("b.csv"), over=seen.document_id)
    with pytest.raises(Outdated, match="the draft of 'shop' was changed since you read it"):
        wb.call("flow_write", flow="shop", document=text("c.csv"), over=seen.document_id)

    assert [change.text() for change in written.unsaved] == ['~ read.path: "a.csv" -> "b.csv"']
    assert "b.csv" in wb.call("flow_show", flow="shop")


def test_a_new_flow_can_be_written_and_a_sample_taken_over(wb: Workbench) -> None:
    wb.call("flow_write", flow="fresh", document=text())
    taken = wb.call("flow_save", flow="shop-watch", message="Ours now.")

    assert wb.path is not None
    assert {path.name for path in (wb.path / "flows").iterdir()} == {
        "shop.flow.json", "fresh.flow.json", "shop-watch.flow.json",
    }  # fmt: skip
    assert taken.version.version == 1


def test_restore_makes_a_new_version_and_keeps_the_unsaved_draft(wb: Workbench) -> None:
    wb.call("flow_save", flow="shop", message="First.")
    wb.call("flow_save", flow="shop", message="Second.", document=text("b.csv"))
    edit(wb, text("unsaved.csv"))

    back = wb.call("flow_restore", flow="shop", version=1)

    assert (back.version.version, back.version.message, back.kept.version) == (4, "restores version 1", 3)
    assert wb.call("flow_show", flow="shop") == wb.call("flow_show", flow="shop", version=1)
    assert "unsaved.csv" in wb.call("flow_show", flow="shop", version=3)


@given(st.lists(st.sampled_from(["a", "b", "c", "unsaved d", "restore 1", "restore 2"]), max_size=8))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_restoring_loses_nothing_whatever_was_done_before(tmp_path: Path, steps: list[str]) -> None:
    folder = tmp_path / str(len(list(tmp_path.iterdir())))
    (folder / "flows").mkdir(parents=True)
    (folder / "flows" / "shop.flow.json").write_text(text())
    with Workbench(Store.open(None, memory_limit_mb=300, threads=1), Settings(), folder) as wb:
        wb.call("flow_save", flow="shop", message="first")
        seen: dict[int, str] = {1: wb.call("flow_show", flow="shop", version=1)}
        kept: set[str] = set()
        for step in steps:
            word, _, which = step.partition(" ")
            if word == "restore":
                if int(which) not in seen:
                    continue
                kept.add(wb.call("flow_show", flow="shop"))
                wb.call("flow_restore", flow="shop", version=int(which))
                assert wb.call("flow_show", flow="shop") == seen[int(which)]
            else:
                edit(wb, text(step + ".csv"))
                if word != "unsaved":
                    wb.call("flow_save", flow="shop", message=step)
            for one in wb.call("flow_versions", flow="shop"):
                now = wb.call("flow_show", flow="shop", version=one.version)
                assert seen.setdefault(one.version, now) == now
        assert kept <= set(seen.values())


def test_who_may_only_look_cannot_save(wb: Workbench) -> None:
    wb.call("flow_save", flow="shop", message="First.", author="ada")

    shared = wb.call("flow_share", flow="shop", person="bob", role="viewer", author="ada")

    assert [(one.person, one.role) for one in shared] == [("ada", Role.OWNER), ("bob", Role.VIEWER)]
    with pytest.raises(Refused, match="bob may only look at flow 'shop'"):
        wb.call("flow_save", flow="shop", message="Mine.", author="bob", document=text("b.csv"))
    with pytest.raises(Refused, match="bob does not own flow 'shop'; ada does"):
        wb.call("flow_share", flow="shop", person="bob", role="owner", author="bob")
    with pytest.raises(Refused, match="'shop' would have no owner"):
        wb.call("flow_share", flow="shop", person="ada", role="viewer", author="ada")


def test_a_version_that_was_tampered_with_is_noticed(wb: Workbench) -> None:
    wb.call("flow_save", flow="shop", message="First.", author="ada")
    with wb.store.transaction() as cursor:
        cursor.execute("UPDATE flow_documents SET document = replace(document, 'a.csv', 'z.csv')")

    with pytest.raises(StoreError, match="version 1 of flow 'shop' is not what was saved: its text was changed"):
        wb.call("flow_show", flow="shop", version=1)

    with wb.store.transaction() as cursor:
        cursor.execute("UPDATE flow_versions SET author = 'eve'")
    with pytest.raises(StoreError, match="its entry was changed"):
        wb.call("flow_show", flow="shop", version=1)


@pytest.mark.parametrize(
    ("verb", "arguments", "error", "said"),
    [
        ("flow_save", {"flow": "sho", "message": "x"}, NotFound, r"no flow 'sho'\. Did you mean 'shop'"),
        ("flow_save", {"flow": "shop", "message": " "}, BadInput, "the message is empty.*Say what was changed"),
        ("flow_save", {"flow": "../x", "message": "x", "document": text()}, BadInput, r"'\.\./x' is no name"),
        ("flow_save", {"flow": "shop", "message": "x", "document": "{"}, BadInput, "document: line 1: not JSON"),
        ("flow_save", {"flow": "shop", "message": "x", "based_on": 7}, NotFound, "no version of flow 'shop' '7'"),
        ("flow_versions", {"flow": "shop"}, NotFound, "no version of flow 'shop'.*flow save shop"),
        ("flow_show", {"flow": "shop", "version": 3}, NotFound, "no version of flow 'shop' '3'"),
        ("flow_diff", {"flow": "shop", "before": "old"}, BadInput, "'old' is no version.*a number, latest or"),
        ("flow_write", {"flow": "shop"}, BadInput, "name a file or give a document"),
        ("flow_share", {"flow": "shop", "person": "ada"}, BadInput, "name a person and a role"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said(
    wb: Workbench, verb: str, arguments: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        wb.call(verb, **arguments)
