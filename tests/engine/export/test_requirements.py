"""Which packages an image gets: what the program imports, whole and pinned, without what Pathway only asks for."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from workbench.engine.export.requirements import UNUSED, _of_extra, imported, pinned
from workbench.errors import BadInput


def names_of(lines: list[str]) -> set[str]:
    return {line.split("==")[0] for line in lines}


def test_requirements_are_pinned_and_closed() -> None:
    found = pinned("import pathway\nfrom pydantic import BaseModel\ndef f():\n    import numpy.linalg\n")

    names = names_of(found)
    assert names > {"pathway", "pydantic", "pydantic-core", "numpy", "pandas", "typing-extensions"}
    assert not names & {"causeway", "pytest", "duckdb"}
    assert all(line.count("==") == 1 and line.split("==")[1] for line in found)
    assert [line.split("==")[0] for line in found] == sorted(names)


def test_a_module_of_no_package_is_told() -> None:
    with pytest.raises(BadInput, match="the module 'nowhere' belongs to no installed package"):
        imported("import nowhere.deep")


def test_an_extra_names_its_packages_with_their_own_extras() -> None:
    found = dict(_of_extra("standard", "uvicorn"))

    assert {"httptools", "websockets"} <= set(found)
    assert "click" not in found


@pytest.mark.parametrize(
    ("program", "kept"),
    [
        pytest.param("import pathway as pw", set(), id="nothing"),
        pytest.param(
            "import pathway as pw\npw.io.gdrive.read('x')", {"google-api-python-client"}, id="a-part-of-pathway"
        ),
        pytest.param("import pathway\nimport sklearn.cluster", {"scikit-learn"}, id="imported-by-the-program-itself"),
    ],
)
def test_what_pathway_asks_for_and_a_program_does_not_use_is_left_out(program: str, kept: set[str]) -> None:
    assert names_of(pinned(program)) & set(UNUSED) == kept


def test_what_files_of_the_user_import_is_taken_when_it_is_here() -> None:
    beside = ["import sklearn\nimport a_module_of_mine\nfrom .near import other"]

    assert "scikit-learn" in names_of(pinned("import pathway", beside=beside))


PROGRAM = """
import pathway as pw
rows = pw.debug.table_from_rows(pw.schema_from_types(t=int, name=str), [(1, "a"), (7, "b"), (8, "b")])
windows = rows.windowby(rows.t, window=pw.temporal.tumbling(5)).reduce(pw.this._pw_window_start, n=pw.reducers.count())
pw.io.jsonlines.write(windows, "out.jsonl")
pw.run(monitoring_level=pw.MonitoringLevel.NONE)
"""


def test_pathway_runs_with_nothing_but_what_is_listed(tmp_path: Path) -> None:
    kept = names_of(pinned(PROGRAM))
    others = [
        module
        for module, packages in packages_distributions().items()
        if module.isidentifier() and not any(canonicalize_name(one) in kept for one in packages)
    ]
    alone = f"import sys\nsys.modules.update(dict.fromkeys({others!r}))\n{PROGRAM}"

    assert {"panel", "sklearn", "deltalake"} < set(others)
    subprocess.run([sys.executable, "-c", alone], cwd=tmp_path, check=True)
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 2
