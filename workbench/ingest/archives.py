"""Opens archives of telemetry: support bundles and exports come as .zip or .tar, with any of the usual compressions.

What is in them is unpacked beside, into a folder that is removed after the import. Nothing is written outside of it: of
names like `../x` or `/etc/x` only the harmless parts are kept, links and devices are left out.
"""

from __future__ import annotations

import shutil
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import IO

from workbench import cancel
from workbench.errors import BadInput
from workbench.ingest.files import Found, Ignored, discover

_ENDINGS = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
_MOST_FILES = 100_000
_SHARE_OF_DISK = 0.8
"""What is unpacked may fill so much of the room that is left."""
_PIECE = 2**20
_BY_HAND = "Unpack it yourself and name the folder"
_BROKEN = (zipfile.BadZipFile, tarfile.TarError, OSError, EOFError, RuntimeError, NotImplementedError)


def is_archive(path: Path) -> bool:
    """Tell whether a path is that of an archive, by its ending."""
    return path.name.lower().endswith(_ENDINGS)


def opened(found: Sequence[Found], ignored: Sequence[Ignored], into: Path) -> tuple[list[Found], list[Ignored]]:
    """Return the files with those in archives in the place of the archives, which are unpacked below `into`.

    Raises:
        BadInput: an archive that was named is broken, needs a password, or is too large for the disk. One that lay in a
            folder is listed with the reason instead.
    """
    files: list[Found] = []
    left: list[Ignored] = []
    for number, file in enumerate(found):
        if is_archive(file.path):
            members, others = _within(file.path, into / f"found{number}")
            files += members
            left += others
        else:
            files.append(file)
    for number, one in enumerate(ignored):
        if not is_archive(one.path):
            left.append(one)
            continue
        try:
            members, others = _within(one.path, into / f"beside{number}")
        except BadInput as error:
            others, members = [Ignored(one.path, error.what)], []
        files += members
        left += others
    return files, left


def _within(archive: Path, folder: Path) -> tuple[list[Found], list[Ignored]]:
    """Return the files in an archive, shown as `bundle.zip/app.log`."""
    members, others = discover([_unpack(archive, folder)])
    return (
        [replace(file, shown=f"{archive}/{file.path.relative_to(folder).as_posix()}") for file in members],
        [Ignored(archive / file.path.relative_to(folder), file.reason) for file in others],
    )


def _unpack(archive: Path, folder: Path) -> Path:
    folder.mkdir(parents=True)
    room = int(shutil.disk_usage(folder).free * _SHARE_OF_DISK)
    try:
        for number, (name, content) in enumerate(_members(archive)):
            cancel.check()
            if number >= _MOST_FILES:
                raise BadInput(f"there are more than {_MOST_FILES:,} files in it", where=str(archive), hint=_BY_HAND)
            target = folder.joinpath(*_harmless(name))
            if target == folder or target.exists():
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            with content, target.open("wb") as copy:
                room -= _copy(content, copy, room, archive)
    except _BROKEN as error:
        secret = "password" in str(error)
        what = "the archive needs a password" if secret else f"the archive cannot be opened: {error}"
        raise BadInput(
            what, where=str(archive), hint=_BY_HAND if secret else "Get it anew; it may be cut off"
        ) from error
    return folder


def _copy(content: IO[bytes], copy: IO[bytes], room: int, archive: Path) -> int:
    written = 0
    while piece := content.read(_PIECE):
        written += len(piece)
        if written > room:
            raise BadInput(
                "there is no room for what is in the archive", where=str(archive), hint="Free some, or: " + _BY_HAND
            )
        copy.write(piece)
    return written


def _members(archive: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """Yield name and content of each regular file."""
    if archive.name.lower().endswith(".zip"):
        with zipfile.ZipFile(archive) as zipped:
            for info in zipped.infolist():
                if not info.is_dir():
                    yield info.filename, zipped.open(info)
        return
    with tarfile.open(archive, "r:*") as tarred:
        for member in tarred:
            content = tarred.extractfile(member) if member.isfile() else None
            if content is not None:
                yield member.name, content


def _harmless(name: str) -> list[str]:
    """Return the parts of a member's path that stay below the folder."""
    parts = PurePosixPath(name.replace("\\", "/").replace("\0", "")).parts
    return [part for part in parts if part not in ("/", ".", "..") and ":" not in part]
