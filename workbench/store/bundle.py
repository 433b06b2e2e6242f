"""A bundle: flows, versions and files of a workspace in one zip with a manifest of checksums. Never secrets.

Reading refuses whatever is not exactly what was written: other checksums, files beside the manifest, places outside of
the workspace, links, archives that unpack to more than they should.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Literal

from pydantic import ValidationError

from workbench.errors import BadInput
from workbench.facts.evidence import Frozen

MANIFEST = "manifest.json"
MAX_FILES, MAX_FILE, MAX_TOTAL = 10_000, 16 << 20, 256 << 20
"""Files in a bundle, bytes of one and of all."""
_EPOCH = (2020, 1, 1, 0, 0, 0)
PLACES = re.compile(
    r"flows/[^/]+\.flow\.json|versions/[^/]+\.json|runbooks/.+\.(md|ya?ml)|slos/.+\.ya?ml|correlation\.yaml"
    r"|causeway\.toml|pii\.json"
)
"""Where files of a bundle may lie; nothing else of a workspace ever gets in or out."""


class Entry(Frozen):
    """What the manifest knows of a file."""

    sha256: str
    size: int


class Manifest(Frozen):
    """The bundle's own list of what it holds."""

    format: Literal["causeway-bundle"]
    format_version: int
    made_by: str
    """Version of Causeway that wrote it."""
    files: dict[str, Entry]


def write(files: Mapping[str, bytes], *, made_by: str) -> bytes:
    """Return the zip of files by place; equal files give equal bytes."""
    for name in files:
        if fault := _place_fault(name):
            raise BadInput(f"{name!r} {fault}", where="bundle")
    entries = {name: Entry(sha256=_sha256(body), size=len(body)) for name, body in sorted(files.items())}
    manifest = Manifest(format="causeway-bundle", format_version=1, made_by=made_by, files=entries)
    text = json.dumps(manifest.model_dump(mode="json"), indent=1, sort_keys=True) + "\n"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in [(MANIFEST, text.encode()), *sorted(files.items())]:
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, body)
    return out.getvalue()


def read(path: Path) -> tuple[Manifest, dict[str, bytes]]:
    """Return the manifest and the files by place.

    Raises:
        BadInput: it is no bundle, or anything in it is not what the manifest says; the message has every fault.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            faults = _archive_faults(infos)
            if faults:
                raise BadInput("; ".join(faults), where=str(path))
            found = {info.filename: _content(archive, info, path) for info in infos}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise BadInput(
            f"is no bundle: {error}", where=str(path), hint="`causeway workspace export` makes one"
        ) from error
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror or error}", where=str(path)) from error
    manifest = _manifest(found.pop(MANIFEST, None), path)
    faults = [
        *(f"{name} is missing" for name in manifest.files if name not in found),
        *(f"{name} is not in the manifest" for name in found if name not in manifest.files),
        *(
            f"{name} was changed: its checksum is another"
            for name, body in found.items()
            if name in manifest.files and manifest.files[name] != Entry(sha256=_sha256(body), size=len(body))
        ),
    ]
    if faults:
        raise BadInput("; ".join(faults), where=str(path), hint="Get the bundle again from where it was made")
    return manifest, found


def _archive_faults(infos: list[zipfile.ZipInfo]) -> list[str]:
    if len(infos) > MAX_FILES:
        return [f"{len(infos)} files are more than {MAX_FILES}"]
    names = [info.filename for info in infos]
    faults = [f"{name!r} is there twice" for name in sorted(set(names)) if names.count(name) > 1]
    for info in infos:
        if stat.S_ISLNK(info.external_attr >> 16):
            faults.append(f"{info.filename!r} is a link")
        elif info.filename != MANIFEST and (fault := _place_fault(info.filename)):
            faults.append(f"{info.filename!r} {fault}")
        elif info.file_size > MAX_FILE:
            faults.append(f"{info.filename!r} unpacks to more than {MAX_FILE >> 20} MB")
    if sum(info.file_size for info in infos) > MAX_TOTAL:
        faults.append(f"it unpacks to more than {MAX_TOTAL >> 20} MB")
    return faults


def _place_fault(name: str) -> str:
    parts = PurePosixPath(name).parts
    if (
        not parts
        or name.startswith("/")
        or "\\" in name
        or ":" in name
        or "\0" in name
        or {"..", "."} & {*name.split("/")}
    ):
        return "lies outside of the workspace"
    return "" if PLACES.fullmatch(name) else "is no part of a workspace that a bundle may hold"


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> bytes:
    # The size in the directory of a zip is what its maker wrote; only reading tells.
    with archive.open(info) as member:
        body = member.read(MAX_FILE + 1)
    if len(body) > MAX_FILE:
        raise BadInput(f"{info.filename!r} unpacks to more than {MAX_FILE >> 20} MB", where=str(path))
    return body


def _manifest(body: bytes | None, path: Path) -> Manifest:
    if body is None:
        raise BadInput(
            f"there is no {MANIFEST} in it", where=str(path), hint="`causeway workspace export` makes bundles"
        )
    try:
        manifest = Manifest.model_validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadInput(f"{MANIFEST}: {place}: {first['msg']}", where=str(path)) from error
    if manifest.format_version != 1:
        raise BadInput(
            f"its format is version {manifest.format_version}, and this Causeway knows 1",
            where=str(path),
            hint="Update Causeway",
        )
    return manifest


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
