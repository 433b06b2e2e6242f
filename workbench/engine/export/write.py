"""Writes an export into a folder: all of it, or nothing when the flow cannot run without Causeway."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from workbench.engine.export.compose import compose, published
from workbench.engine.export.control_text import control_text
from workbench.engine.export.image import containerfile, ignored
from workbench.engine.export.kubernetes import manifests, secret_keys
from workbench.engine.export.plan import Plan
from workbench.engine.export.readme import readme
from workbench.errors import BadInput

MARK = ".causeway-export"
"""A folder with this file is an export, and may be written anew; what a user put into it stays."""
KEPT = ("secrets", "data", "wheels")


def write(plan: Plan, folder: Path, *, replace: bool = False) -> list[str]:
    """Write the files of an export and return their names.

    Raises:
        BadInput: the folder has other files in it, or has an export and `replace` is false.
    """
    there = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    if there and MARK not in there:
        raise BadInput("the folder has other files in it", where=str(folder), hint="Name a new or an empty folder")
    if there and not replace:
        raise BadInput("there is an export already", where=str(folder), hint="Give --replace, or name another folder")
    texts = _texts(plan)
    try:
        for old in ("files", "kubernetes"):
            shutil.rmtree(folder / old, ignore_errors=True)
        for name in ("kubernetes", *KEPT):
            (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / "secrets").chmod(0o700)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
        for place, source in plan.needs.files.items():
            target = folder / "files" / place
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    except OSError as error:
        raise BadInput(f"cannot be written: {error.strerror or error}", where=str(folder)) from error
    return sorted([*texts, *(f"files/{place}" for place in plan.needs.files)])


def _mark(plan: Plan) -> dict[str, Any]:
    return {
        "name": plan.name,
        "secrets": secret_keys(plan, beside=False),
        "ports": [published(one) for one in plan.needs.listens],
        "memory_mb": plan.memory_mb,
        "cpus": plan.cpus,
    }


def _texts(plan: Plan) -> dict[str, str]:
    keep_out = "Put wheels here to build without a network: pip download --no-deps -d wheels -r requirements.txt\n"
    return {
        MARK: json.dumps(_mark(plan), indent=1) + "\n",
        ".containerignore": ignored(),
        # Docker reads only this name.
        ".dockerignore": ignored(),
        ".gitignore": "secrets/*\ndata/*\nwheels/*.whl\n",
        "Containerfile": containerfile(plan.name, files=bool(plan.needs.files)),
        "README.md": readme(plan),
        "compose.yaml": compose(plan),
        "control.py": control_text(),
        "flow.flow.json": plan.flow.to_json(),
        "flow.py": plan.program,
        "requirements.txt": "\n".join(
            [
                "# For Python 3.11 on Linux; what was installed where this was made. The list is whole: --no-deps.",
                *plan.requirements,
                "",
            ]
        ),
        "wheels/README": keep_out,
        **{f"kubernetes/{name}": text for name, text in manifests(plan).items()},
    }
