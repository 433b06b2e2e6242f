"""Archives: what is in them is read as from a folder, and nothing is written elsewhere."""

from __future__ import annotations

import io
import shutil
import tarfile
import tempfile
import zipfile
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ingest.conftest import Rows, Write
from workbench.errors import BadInput
from workbench.ingest import explain, import_paths
from workbench.store.db import Store

LOG = "time,service,message\n1700000000,cart,ok\n1700000001,cart,failed\n"
FILES = {"logs/cart.csv": LOG, "logs/other.csv": LOG.replace("cart", "web"), "README.md": "no telemetry"}


def zipped(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def tarred(path: Path, files: dict[str, str]) -> Path:
    with tarfile.open(path, {".tgz": "w:gz", ".gz": "w:gz", ".xz": "w:xz"}.get(path.suffix, "w")) as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
        link = tarfile.TarInfo("logs/passwords.csv")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return path


@pytest.mark.parametrize("name", ["bundle.zip", "bundle.tar", "bundle.tar.gz", "bundle.tgz", "bundle.tar.xz"])
def test_what_is_in_an_archive_is_read_as_from_a_folder(store: Store, tmp_path: Path, rows: Rows, name: str) -> None:
    make: Callable[[Path, dict[str, str]], Path] = zipped if name.endswith("zip") else tarred
    archive = make(tmp_path / name, FILES)

    report = import_paths(store, [archive])
    again = import_paths(store, [archive])

    assert (report.scope, report.rows, again.skipped) == ("bundle", {"logs": 4}, 2)
    assert [file.uri for file in report.sources] == [f"{archive}/logs/cart.csv", f"{archive}/logs/other.csv"]
    assert [file.uri for file in report.left] == [f"{archive}/README.md"]
    assert rows("SELECT DISTINCT service_name FROM logs ORDER BY 1") == [("cart",), ("web",)]
    assert [one.uri for one in explain([archive])] == [file.uri for file in report.sources]


def test_an_archive_in_a_folder_is_opened_and_a_broken_one_is_listed(store: Store, write: Write) -> None:
    folder = write("app.csv", LOG.replace("cart", "app")).parent
    zipped(folder / "more.zip", FILES)
    (folder / "cut.zip").write_bytes((folder / "more.zip").read_bytes()[:100])

    report = import_paths(store, [folder])

    assert report.rows == {"logs": 6}
    left = {Path(file.uri).name: file.reason for file in report.left}
    assert left["cut.zip"].startswith("the archive cannot be opened")


def test_names_that_lead_elsewhere_stay_below_the_folder(store: Store, tmp_path: Path) -> None:
    archive = zipped(tmp_path / "evil.zip", {"../../up.csv": LOG, "/etc/cron.csv": LOG.replace("cart", "web")})

    report = import_paths(store, [archive])

    assert [file.uri for file in report.sources] == [f"{archive}/up.csv", f"{archive}/etc/cron.csv"]
    assert not list(tmp_path.rglob("up.csv"))
    assert not list(tmp_path.parent.glob("up.csv"))


def test_nothing_is_left_behind(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))

    import_paths(store, [zipped(tmp_path / "bundle.zip", FILES)])

    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"PK\x03\x04 no more", "the archive cannot be opened", id="broken"),
        pytest.param(None, "the archive needs a password", id="password"),
    ],
)
def test_an_archive_that_cannot_be_opened_is_one_clear_sentence(
    store: Store, tmp_path: Path, content: bytes | None, message: str
) -> None:
    archive = zipped(tmp_path / "bundle.zip", FILES)
    if content is None:
        # The first flag of an entry says that it is encrypted, beside the data and in the directory behind.
        content = archive.read_bytes()
        for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            at = content.index(mark) + place
            content = content[:at] + bytes([content[at] | 1]) + content[at + 1 :]
    archive.write_bytes(content)

    with pytest.raises(BadInput, match=message) as caught:
        import_paths(store, [archive])

    assert caught.value.where == str(archive)


def test_an_archive_that_would_fill_the_disk_is_refused(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = zipped(tmp_path / "bomb.zip", {"zeros.csv": LOG + "0" * 10_000_000})
    room = namedtuple("room", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: room(10, 5, 1_000_000))

    with pytest.raises(BadInput, match="there is no room"):
        import_paths(store, [archive])


def test_a_file_in_an_archive_that_cannot_be_read_is_named_by_where_people_find_it(
    store: Store, tmp_path: Path
) -> None:
    archive = zipped(tmp_path / "bundle.zip", {"empty.csv": ""})

    with pytest.raises(BadInput) as caught:
        import_paths(store, [archive])

    assert caught.value.where == f"{archive}/empty.csv"
