"""Reads the signatures of runbooks; all mistakes of all files are told at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from workbench.errors import BadInput
from workbench.rca.signatures.model import Signature, front_of

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""As safe and ten times as fast where PyYAML was built with libyaml."""
_FRONT = re.compile(r"\A---\r?\n(.*?)\r?\n---\r?\n", re.DOTALL)


def shipped_folder() -> Path:
    """Return the folder of the runbooks that come with Causeway."""
    package = Path(__file__).parent.parent.parent
    installed = package / "resources" / "runbooks"
    return installed if installed.is_dir() else package.parent / "runbooks"


def load_signatures(folders: Sequence[Path] = ()) -> tuple[Signature, ...]:
    """Return the signatures that are shipped and those of more folders, by id; a later folder replaces an id.

    Raises:
        BadInput: a runbook's front matter cannot be used; the message has one sentence for each mistake.
    """
    found, mistakes = load_usable_signatures(folders)
    if mistakes:
        raise BadInput(
            f"{len(mistakes)} mistake(s) in runbooks: " + "; ".join(mistakes),
            where=", ".join(str(folder) for folder in (shipped_folder(), *folders)),
            hint="The front matter begins with a line ---, then YAML with id, title, category, match and steps",
        )
    return found


def load_usable_signatures(folders: Sequence[Path] = ()) -> tuple[tuple[Signature, ...], list[str]]:
    """Return the signatures that can be used, by id, and one sentence for each mistake of the others."""
    found: dict[str, Signature] = {}
    mistakes: list[str] = []
    for folder in (shipped_folder(), *folders):
        for path in sorted(folder.glob("*.md")):
            if path.stem == "README":
                continue
            signature, wrong = _read(path, path.lstat().st_mtime_ns)
            mistakes += wrong
            if signature is not None:
                found[signature.id] = signature
    lost = {one.id: name for one in found.values() for name in one.follows if name not in found}
    mistakes += [f"{one}.md: follows names {name!r}, and no runbook has this id" for one, name in lost.items()]
    return tuple(found[name] for name in sorted(found) if name not in lost), mistakes


@lru_cache(maxsize=1024)
def _read(path: Path, changed: int) -> tuple[Signature | None, tuple[str, ...]]:
    """Return a file's signature and its mistakes; `changed` makes a file that was edited be read again."""
    try:
        front = _FRONT.match(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        said_why = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        return None, (f"{path.name}: cannot be read: {said_why}",)
    if not front:
        return None, (f"{path.name}: has no front matter",)
    try:
        said: Any = yaml.load(front.group(1), Loader=_LOADER)  # noqa: S506 - a safe one
    except yaml.YAMLError as error:
        why = " ".join(str(error).split()).replace(' in "<unicode string>",', " at")
        return None, (f"{path.name}: is no YAML: {why}",)
    if not isinstance(said, dict):
        return None, (f"{path.name}: the front matter is no mapping",)
    try:
        signature = front_of(said)
    except ValidationError as error:
        return None, tuple(f"{path.name}: {_sentence(one['loc'], one['msg'])}" for one in error.errors())
    if signature.id != path.stem:
        return None, (f"{path.name}: id is {signature.id!r}, and the file has to be called {signature.id}.md",)
    return signature, ()


def _sentence(place: Sequence[int | str], message: str) -> str:
    where = ".".join(str(part) for part in place)
    said = message.removeprefix("Value error, ")
    return f"{where}: {said}" if where else said
