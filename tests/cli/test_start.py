"""The command line starts light: what it imports is listed here, so that a heavy guest shows in review."""

from __future__ import annotations

import json
import subprocess
import sys

HEAVY = (
    "bokeh", "duckdb", "fastapi", "langgraph", "numpy", "ollama", "pandas", "panel", "pathway", "pyarrow", "pydantic",
    "rich", "scipy", "uvicorn",
)  # fmt: skip


def imported_by(code: str) -> set[str]:
    show = "import json, sys; print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    done = subprocess.run([sys.executable, "-c", f"{code}\n{show}"], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_help_imports_nothing_heavy() -> None:
    code = "from workbench.faces.cli.main import main\ntry: main(['--help'])\nexcept SystemExit: pass"

    assert imported_by(code).isdisjoint(HEAVY)


def test_help_lists_exactly_what_is_imported_from_our_side() -> None:
    code = "import workbench.faces.cli.main"
    show = "import json, sys; print(json.dumps(sorted(n for n in sys.modules if n.startswith('workbench'))))"
    done = subprocess.run([sys.executable, "-c", f"{code}\n{show}"], capture_output=True, text=True, check=True)

    assert json.loads(done.stdout) == [
        "workbench", "workbench.errors", "workbench.faces", "workbench.faces.cli", "workbench.faces.cli.endings",
        "workbench.faces.cli.index", "workbench.faces.cli.main",
    ]  # fmt: skip


def test_importing_the_package_imports_nothing_heavy() -> None:
    assert imported_by("import workbench").isdisjoint(HEAVY)
