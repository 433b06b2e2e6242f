"""Signatures are read from runbooks, and every mistake in them is told in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.errors import BadInput
from workbench.rca.signatures.load import load_signatures, load_usable_signatures, shipped_folder
from workbench.rca.signatures.model import Category

GOOD = """---
id: {id}
title: A thing breaks
category: {category}
match:
  any:
    - {condition}
explains: "{sentence}"
steps: []
---
# A thing breaks
"""


def write(
    folder: Path,
    name: str = "thing-broken",
    *,
    category: str = "code_defect",
    condition: str = "{log: 'thing (?P<which>[a-z]+) broke'}",
    sentence: str = "{subject}: {which} broke",
) -> None:
    text = GOOD.replace("{id}", name).replace("{category}", category)
    text = text.replace("{condition}", condition).replace("{sentence}", sentence)
    (folder / f"{name}.md").write_text(text, encoding="utf-8")


def test_the_shipped_library_is_sound_and_large() -> None:
    found = load_signatures()

    assert len([one for one in found if one.is_matched()]) >= 80
    assert {one.category for one in found} >= {
        Category.RESOURCE_EXHAUSTION,
        Category.CONFIGURATION_ERROR,
        Category.INFRASTRUCTURE,
        Category.DEPENDENCY_FAILURE,
        Category.CODE_DEFECT,
    }
    assert all(one.steps for one in found)
    assert [one.id for one in found] == sorted(path.stem for path in shipped_folder().glob("*.md"))


def test_a_folder_of_the_workspace_adds_signatures_and_replaces_those_of_the_same_id(tmp_path: Path) -> None:
    write(tmp_path)
    write(tmp_path, "disk-full", category="data_quality")

    found = {one.id: one for one in load_signatures([tmp_path])}

    assert found["thing-broken"].explains == "{subject}: {which} broke"
    assert found["disk-full"].category is Category.DATA_QUALITY
    assert len(found) == len(load_signatures()) + 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        pytest.param({"condition": "{log: 'a(b'}"}, "'a(b' is no regular expression", id="pattern"),
        pytest.param({"condition": "{log: a, event: b}"}, "this one has log and event", id="two-subjects"),
        pytest.param({"condition": "{count: 3}"}, "this one has none", id="no-subject"),
        pytest.param({"condition": "{metric: cpu}"}, "needs one of at_least", id="metric-without-number"),
        pytest.param({"condition": "{log: a, rises: 2}"}, "rises is for conditions on metrics", id="rise-of-logs"),
        pytest.param({"condition": "{log: a, severity: BAD}"}, "severity 'BAD' is not known", id="severity"),
        pytest.param({"condition": "{logs: a}"}, "logs", id="misspelt"),
        pytest.param({"category": "bad_luck"}, "resource_exhaustion", id="category"),
        pytest.param({"sentence": "{subject} {whom}"}, "explains uses {whom}", id="unknown-name"),
        pytest.param({"sentence": ""}, "needs `explains`", id="nothing-to-say"),
    ],
)
def test_a_mistake_is_told_with_the_file_and_what_would_be_right(
    tmp_path: Path, changes: dict[str, str], sentence: str
) -> None:
    write(tmp_path, **changes)

    with pytest.raises(BadInput, match=r"thing-broken\.md") as caught:
        load_signatures([tmp_path])

    assert sentence in str(caught.value)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, "first", category="luck")
    write(tmp_path, "second", condition="{log: '('}")
    (tmp_path / "third.md").write_text("# no front matter\n", encoding="utf-8")
    (tmp_path / "fourth.md").write_text("---\nid: [\n---\n", encoding="utf-8")

    with pytest.raises(BadInput, match=r"4 mistake\(s\)") as caught:
        load_signatures([tmp_path])

    assert all(name in str(caught.value) for name in ("first.md", "second.md", "third.md", "fourth.md"))


def test_a_file_has_the_name_of_its_signature_and_follows_only_what_there_is(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "thing-broken.md").rename(tmp_path / "other.md")
    text = (tmp_path / "other.md").read_text(encoding="utf-8").replace("id: thing-broken", "id: lost")
    (tmp_path / "lost.md").write_text(
        text.replace("steps: []", "follows: [nothing-like-it]\nsteps: []"), encoding="utf-8"
    )

    with pytest.raises(BadInput) as caught:
        load_signatures([tmp_path])

    assert "other.md: id is 'thing-broken'" in str(caught.value)
    assert "follows names 'nothing-like-it'" in str(caught.value)


def test_what_can_be_used_is_loaded_beside_mistakes(tmp_path: Path) -> None:
    write(tmp_path)
    write(tmp_path, "wrong", condition="{log: '('}")
    (tmp_path / "binary.md").write_bytes(b"---\n\xff\xfe\n---\n")
    (tmp_path / "folder.md").mkdir()
    (tmp_path / "gone.md").symlink_to(tmp_path / "nowhere.md")

    found, mistakes = load_usable_signatures([tmp_path])

    assert len(found) == len(load_signatures()) + 1
    assert [mistake.split(":")[0] for mistake in mistakes] == ["binary.md", "folder.md", "gone.md", "wrong.md"]
    assert mistakes[:3] == [
        "binary.md: cannot be read: it is no text in UTF-8",
        "folder.md: cannot be read: Is a directory",
        "gone.md: cannot be read: No such file or directory",
    ]


def test_what_follows_nothing_known_is_left_out(tmp_path: Path) -> None:
    write(tmp_path)
    text = (tmp_path / "thing-broken.md").read_text(encoding="utf-8")
    (tmp_path / "thing-broken.md").write_text(
        text.replace("steps: []", "follows: [nothing-like-it]\nsteps: []"), encoding="utf-8"
    )

    found, mistakes = load_usable_signatures([tmp_path])

    assert "thing-broken" not in [one.id for one in found]
    assert mistakes == ["thing-broken.md: follows names 'nothing-like-it', and no runbook has this id"]
