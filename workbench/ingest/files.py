"""Finds the files of an import, says which are left alone and why, and reads their beginnings."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from workbench.errors import BadInput

ANSWERS = frozenset(
    {"target.json", "labels.json", "truth.json", "answer.json", "answer.yml", "answer.yaml", "scenario.yml"}
)
"""Files that say what the cause was. They are never read, whatever a profile says."""
SUFFIXES = frozenset(
    {
        ".csv",
        ".tsv",
        ".json",
        ".jsonl",
        ".ndjson",
        ".parquet",
        ".pq",
        ".log",
        ".txt",
        ".out",
        ".yaml",
        ".yml",
        ".lp",
        ".influx",
    }
)
SYSTEM_LOGS = frozenset(
    {"syslog", "messages", "secure", "dmesg", "kern", "auth", "daemon", "cron", "maillog", "boot", "user", "debug"}
)
"""Logs of Unix systems, which have no ending."""
COMPANIONS = frozenset(
    {
        ".md",
        ".md5",
        ".sha1",
        ".sha256",
        ".sha512",
        ".sig",
        ".asc",
        ".idx",
        ".tmp",
        ".part",
        ".swp",
        ".lock",
        ".bin",
        ".zip",
        ".tar",
        ".7z",
        ".bz2",
        ".xz",
    }
)
"""Endings of files that lie beside others and hold something else, or cannot be read."""
OF_CLOUDFRONT = re.compile(r"([A-Z0-9]{5,})\.\d{4}-\d\d-\d\d-\d\d\.[0-9a-z]{6,}(?:\.gz)?")
"""Names that CloudFront gives to its logs: distribution, hour and a key, without an ending."""
CONTAINER = "config.v2.json"
"""Docker's description of a container, beside its log: it names the service, and holds secrets."""
COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}


@dataclass(frozen=True, slots=True)
class Found:
    """One file to import."""

    path: Path
    relative: str
    """Path below the folder that was given, with `/`, without .gz or .zst: profiles match against it."""
    compression: str
    """`gzip`, `zstd` or `none`, as DuckDB calls them."""
    bytes: int
    shown: str = ""
    """Where people find it, when it was unpacked from an archive: `bundle.zip/app.log`; '' when that is its path."""

    @property
    def uri(self) -> str:
        """Return where people find the file."""
        return self.shown or str(self.path)

    @property
    def suffix(self) -> str:
        """Return the ending that tells the format, in lower case."""
        return Path(self.relative).suffix.lower()

    def fits(self, globs: Sequence[str]) -> bool:
        """Tell whether the path, or the file's name alone, fits any of the globs."""
        name = self.relative.rsplit("/", 1)[-1]
        return any(fnmatchcase(text, glob) for glob in globs for text in (self.relative, name))


@dataclass(frozen=True, slots=True)
class Ignored:
    """One file that is left alone, and why."""

    path: Path
    reason: str


def discover(paths: Sequence[Path]) -> tuple[list[Found], list[Ignored]]:
    """Walk files and folders in a fixed order; a file is found once, however often it is named.

    Raises:
        BadInput: a path does not exist.
    """
    found: dict[Path, Found] = {}
    ignored: list[Ignored] = []
    alike = Counter(path.name for path in paths)
    for path in paths:
        if not path.exists():
            raise BadInput("no such file or folder", where=str(path), hint="Check the spelling and the current folder")
        if path.is_dir():
            for member in _walk(path):
                reason = _why_ignored(member)
                if reason:
                    ignored.append(Ignored(member, reason))
                else:
                    found.setdefault(member.resolve(), _found(member, member.relative_to(path).as_posix()))
        elif path.name in ANSWERS:
            ignored.append(Ignored(path, "it names the cause; answers are never read"))
        else:
            # Of files that are called alike the folder says whose they are.
            name = f"{path.parent.name}/{path.name}" if alike[path.name] > 1 and path.parent.name else path.name
            found.setdefault(path.resolve(), _found(path, name))
    return list(found.values()), ignored


def _walk(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(parent, name) for name in sorted(names) if not name.startswith("."))


def _why_ignored(path: Path) -> str:
    if path.name in ANSWERS:
        return "it names the cause; answers are never read"
    if path.name in (CONTAINER, "hostconfig.json"):
        return "it is Docker's description of a container; only the name is taken from it"
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in COMPRESSIONS:
        suffixes.pop()
    # app.log.1 and app.log.2024-01-02 are logs that were rotated.
    while len(suffixes) > 1 and re.fullmatch(r"\.[\d_-]+", suffixes[-1]):
        suffixes.pop()
    # One that was cut or put aside (app.log.old, pods.txt.head) is one still.
    if len(suffixes) > 1 and suffixes[-1] not in COMPANIONS and suffixes[-2] in SUFFIXES:
        suffixes.pop()
    if re.split(r"[.-]", path.name.lower())[0] in SYSTEM_LOGS and not set(suffixes) & COMPANIONS:
        suffixes = [".log"]
    if OF_CLOUDFRONT.fullmatch(path.name):
        suffixes = [".log"]
    if not suffixes or suffixes[-1] not in SUFFIXES:
        return "its ending is none of a telemetry file"
    return "" if path.is_file() else "it is no regular file"


def _found(path: Path, relative: str) -> Found:
    suffix = path.suffix.lower()
    compression = COMPRESSIONS.get(suffix, "none")
    relative = relative[: -len(suffix)] if compression != "none" else relative
    return Found(path=path, relative=relative, compression=compression, bytes=path.stat().st_size)


def stem(path: Path) -> str:
    """Return a file's name without the endings of its compression and its format."""
    name = path.name.removesuffix(path.suffix) if path.suffix.lower() in COMPRESSIONS else path.name
    return Path(name).stem.removesuffix(".tar")
