"""Flows and workspaces travel as one file: nothing is lost, nothing is written over, nothing gets out of its folder."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.core import Workbench
from workbench.errors import BadInput
from workbench.flow.graph import Flow
from workbench.settings import Settings
from workbench.store import bundle
from workbench.store.db import Store

RUNBOOK = "# Disk full\nDelete old logs.\n"


def text(path: str = "a.csv", name: str = "shop") -> str:
    source = {"id": "read", "kind": "sources.csv_file", "settings": {"path": path, "columns": {"x": "text"}}}
    return Flow.model_validate({"name": name, "nodes": [source]}).to_json()


@contextmanager
def workspace(folder: Path) -> Iterator[Workbench]:
    folder.mkdir(parents=True, exist_ok=True)
    with Workbench(Store.open(None, memory_limit_mb=300, threads=1), Settings(), folder) as opened:
        yield opened


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Workbench]:
    with workspace(tmp_path / "here") as wb:
        wb.call("flow_save", flow="shop", message="First.", author="ada", document=text())
        wb.call("flow_save", flow="shop", message="Second.", author="bob", document=text("b.csv"))
        for place, body in (
            ("runbooks/mine/disk.md", RUNBOOK),
            ("slos/front.yaml", "a: 1\n"),
            ("correlation.yaml", "rules: []\n"),
            ("pii.json", '{"own": [{"name": "STAFF_ID", "pattern": "EMP-[0-9]{5}"}], "off": ["IP"]}'),
            ("causeway.toml", "port = 6000\n"),
            ("secrets.json", '{"shop_db_password": "x"}'),
            ("runs/run-1.log", "said\n"),
        ):
            (tmp_path / "here" / place).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "here" / place).write_text(body)
        yield wb


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Workbench]:
    with workspace(tmp_path / "there") as wb:
        (tmp_path / "there" / "causeway.toml").write_text(Settings.as_comments())
        yield wb


def test_a_workspace_comes_out_as_it_went_in(here: Workbench, there: Workbench, tmp_path: Path) -> None:
    written = here.call("workspace_export", to=tmp_path / "a.zip")
    there.call("workspace_import", file=tmp_path / "a.zip")
    there.call("workspace_export", to=tmp_path / "b.zip")

    assert written.files == [
        "flows/shop.flow.json", "versions/shop.json", "runbooks/mine/disk.md", "slos/front.yaml", "correlation.yaml",
        "pii.json", "causeway.toml",
    ]  # fmt: skip
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert list(there.call("flow_versions", flow="shop")) == list(here.call("flow_versions", flow="shop"))
    assert (tmp_path / "there" / "runbooks" / "mine" / "disk.md").read_text() == RUNBOOK
    assert "[STAFF_ID]" in there.call("pii_mask", line="EMP-12345 failed at 10.0.0.1").text()


@given(st.lists(st.tuples(st.sampled_from(["shop", "cart"]), st.sampled_from("abc"), st.booleans()), max_size=6))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_import_of_export_is_the_same(tmp_path: Path, steps: list[tuple[str, str, bool]]) -> None:
    root = tmp_path / str(len(list(tmp_path.iterdir())))
    with workspace(root / "here") as here, workspace(root / "there") as there:
        for flow, path, saves in steps:
            if saves:
                over = here.call("flow_draft", flow=flow) if (root / "here/flows" / f"{flow}.flow.json").exists() else 0
                here.call("flow_write", flow=flow, document=text(path, flow), over=over.document_id if over else "")
                here.call("flow_save", flow=flow, message=path)
            else:
                (root / "here" / "flows").mkdir(exist_ok=True)
                (root / "here" / "flows" / f"{flow}.flow.json").write_text(text("draft " + path, flow))

        here.call("workspace_export", to=root / "a.zip")
        there.call("workspace_import", file=root / "a.zip")
        again = there.call("workspace_import", file=root / "a.zip")
        there.call("workspace_export", to=root / "b.zip")

        assert (root / "a.zip").read_bytes() == (root / "b.zip").read_bytes()
        assert {step.action for step in again.steps} <= {"same"}


def test_a_trial_changes_nothing(here: Workbench, there: Workbench, tmp_path: Path) -> None:
    here.call("workspace_export", to=tmp_path / "a.zip")
    before = sorted(path.name for path in (tmp_path / "there").rglob("*"))

    found = there.call("workspace_import", file=tmp_path / "a.zip", dry_run=True)

    assert {step.action for step in found.steps} == {"new"}
    assert (found.exit_code, sorted(path.name for path in (tmp_path / "there").rglob("*"))) == (0, before)
    assert "would be imported, nothing was changed" in found.text()


def test_what_differs_is_told_and_taken_only_when_asked(here: Workbench, there: Workbench, tmp_path: Path) -> None:
    here.call("workspace_export", to=tmp_path / "a.zip")
    there.call("flow_save", flow="shop", message="Own.", author="eve", document=text("own.csv"))
    (tmp_path / "there" / "flows" / "shop.flow.json").write_text(text("unsaved.csv"))
    (tmp_path / "there" / "correlation.yaml").write_text("rules: [own]\n")

    with pytest.raises(BadInput) as refused:
        there.call("workspace_import", file=tmp_path / "a.zip")
    assert [part.split(":")[0] for part in str(refused.value).removeprefix("a.zip: ").split("; ")] == [
        "correlation.yaml", "flows/shop.flow.json", "versions/shop.json",
    ]  # fmt: skip
    assert (tmp_path / "there" / "correlation.yaml").read_text() == "rules: [own]\n"
    assert not (tmp_path / "there" / "runbooks").exists()

    there.call("workspace_import", file=tmp_path / "a.zip", replace=True)

    kept = [json.loads(there.call("flow_show", flow="shop", version=number)) for number in (1, 2, 3)]
    assert [one["nodes"][0]["settings"]["path"] for one in kept] == ["own.csv", "unsaved.csv", "b.csv"]
    assert there.call("flow_show", flow="shop") == text("b.csv")


def test_later_versions_are_added_to_the_earlier_ones(here: Workbench, there: Workbench, tmp_path: Path) -> None:
    here.call("flow_export_file", flow="shop", to=tmp_path / "2.zip")
    there.call("flow_import_file", file=tmp_path / "2.zip")
    here.call("flow_save", flow="shop", message="Third.", document=text("c.csv"))
    here.call("flow_export_file", flow="shop", to=tmp_path / "3.zip")

    found = there.call("flow_import_file", file=tmp_path / "3.zip")
    older = there.call("flow_import_file", file=tmp_path / "3.zip")

    assert [step.action for step in found.steps] == ["continues", "continues"]
    assert {step.action for step in older.steps} == {"same"}
    assert list(there.call("flow_versions", flow="shop")) == list(here.call("flow_versions", flow="shop"))
    assert there.call("flow_draft", flow="shop").based_on == 3


def test_one_flow_as_plain_json(here: Workbench, there: Workbench, tmp_path: Path) -> None:
    here.call("flow_export_file", flow="shop", to=tmp_path / "old.flow.json", version=1)

    there.call("flow_import_file", file=tmp_path / "old.flow.json", name="mine")

    assert there.call("flow_show", flow="mine") == text()


@pytest.mark.parametrize(
    ("place", "body"),
    [
        ("causeway.toml", 'ollama_url = "http://me:hunter2secret@127.0.0.1"\n'),
        ("runbooks/mine/disk.md", "line\nuse ghp_" + "a1B2" * 10 + "\n"),
        ("flows/shop.flow.json", text("http://user:pw12345@host/x")),
    ],
)
def test_what_looks_like_a_secret_stays_here(here: Workbench, tmp_path: Path, place: str, body: str) -> None:
    (tmp_path / "here" / place).write_text(body)

    with pytest.raises(
        BadInput, match=rf"something looks like a secret: {place}, line \d+\. Put \$\{{secret:NAME\}}"
    ) as found:
        here.call("workspace_export", to=tmp_path / "a.zip")
    written = here.call("workspace_export", to=tmp_path / "a.zip", leave_out=[place])

    assert not {"hunter2secret", "ghp_", "pw12345"} & set(str(found.value).replace(":", " ").split())
    assert place not in written.files


def archive(path: Path, members: dict[str, bytes], *, links: bool = False) -> Path:
    """Write a zip whose manifest fits, whatever its members are called."""
    entries = {name: {"sha256": bundle._sha256(body), "size": len(body)} for name, body in members.items()}
    manifest = {"format": "causeway-bundle", "format_version": 1, "made_by": "0", "files": entries}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("manifest.json", json.dumps(manifest))
        for name, body in members.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = ((stat.S_IFLNK if links else stat.S_IFREG) | 0o644) << 16
            out.writestr(info, body)
    return path


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../outside.yaml", "lies outside of the workspace"),
        ("/etc/cron.d/x", "lies outside of the workspace"),
        ("slos/../../x.yaml", "lies outside of the workspace"),
        ("slos/..\\x.yaml", "lies outside of the workspace"),
        ("C:/x.yaml", "lies outside of the workspace"),
        ("secrets.json", "is no part of a workspace that a bundle may hold"),
        ("causeway.duckdb", "is no part of a workspace that a bundle may hold"),
        ("flows/deep/x.flow.json", "is no part of a workspace"),
    ],
)
def test_places_outside_are_refused(there: Workbench, tmp_path: Path, name: str, said: str) -> None:
    file = archive(tmp_path / "bad.zip", {name: b"x"})

    with pytest.raises(BadInput, match=said):
        there.call("workspace_import", file=file)

    assert not (tmp_path / "outside.yaml").exists()


def test_links_are_refused(there: Workbench, tmp_path: Path) -> None:
    file = archive(tmp_path / "bad.zip", {"slos/a.yaml": b"/etc/passwd"}, links=True)

    with pytest.raises(BadInput, match=r"'slos/a\.yaml' is a link"):
        there.call("workspace_import", file=file)


def test_an_archive_that_unpacks_to_too_much_is_refused(there: Workbench, tmp_path: Path) -> None:
    file = archive(tmp_path / "bomb.zip", {"slos/a.yaml": b"\0" * (bundle.MAX_FILE + 1)})

    with pytest.raises(BadInput, match=r"'slos/a\.yaml' unpacks to more than 16 MB"):
        there.call("workspace_import", file=file)


def rewritten(change: Callable[[dict[str, bytes]], None]) -> Callable[[Path], None]:
    def rewrite(path: Path) -> None:
        with zipfile.ZipFile(path) as found:
            members = {name: found.read(name) for name in found.namelist()}
        change(members)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as target:
            for name, body in members.items():
                target.writestr(name, body)
        path.write_bytes(out.getvalue())

    return rewrite


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        pytest.param(lambda path: path.write_text("no zip"), "is no bundle", id="no-zip"),
        pytest.param(rewritten(lambda m: m.pop("manifest.json") and None), "there is no manifest", id="no-manifest"),
        pytest.param(rewritten(lambda m: m.update({"manifest.json": b"{}"})), r"manifest\.json: format", id="empty"),
        pytest.param(rewritten(lambda m: m.update({"slos/front.yaml": b"b"})), "front.yaml was changed", id="changed"),
        pytest.param(rewritten(lambda m: m.update({"slos/more.yaml": b"b"})), "more.yaml is not in the man", id="more"),
        pytest.param(rewritten(lambda m: m.pop("correlation.yaml") and None), "correlation.yaml is missing", id="less"),
    ],
)
def test_what_is_not_as_it_was_written_is_refused(
    here: Workbench, there: Workbench, tmp_path: Path, spoil: Callable[[Path], None], said: str
) -> None:
    here.call("workspace_export", to=tmp_path / "a.zip")
    spoil(tmp_path / "a.zip")

    with pytest.raises(BadInput, match=said):
        there.call("workspace_import", file=tmp_path / "a.zip")

    assert not (tmp_path / "there" / "flows").exists()


def test_a_history_that_was_tampered_with_is_refused(here: Workbench, there: Workbench, tmp_path: Path) -> None:
    here.call("flow_export_file", flow="shop", to=tmp_path / "a.zip")
    _, files = bundle.read(tmp_path / "a.zip")
    files["versions/shop.json"] = files["versions/shop.json"].replace(b"ada", b"eve")
    (tmp_path / "a.zip").write_bytes(bundle.write(files, made_by="0"))

    with pytest.raises(BadInput, match=r"versions/shop\.json: version 1 is not what was saved.*Nothing was changed"):
        there.call("flow_import_file", file=tmp_path / "a.zip")


def test_settings_that_do_not_fit_are_refused(there: Workbench, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(bundle.write({"causeway.toml": b"prot = 1\n"}, made_by="0"))

    with pytest.raises(BadInput, match=r"causeway\.toml: setting 'prot'"):
        there.call("workspace_import", file=tmp_path / "a.zip")


def test_rules_of_masking_that_do_not_fit_are_refused(there: Workbench, tmp_path: Path) -> None:
    body = b'{"own": [{"name": "ANY", "pattern": ".*"}], "off": []}'
    (tmp_path / "a.zip").write_bytes(bundle.write({"pii.json": body}, made_by="0"))

    with pytest.raises(BadInput, match=r"pii\.json: cannot be read: .*blank.*Nothing was changed"):
        there.call("workspace_import", file=tmp_path / "a.zip")

    assert there.pii.own == []
