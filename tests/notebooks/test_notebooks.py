"""Every notebook runs from top to bottom, shows what it promises, and is kept without outputs."""

from __future__ import annotations

import asyncio
import re
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
import pytest

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
PROMISED = {
    "01_first_incident": ("Ranked causes", "HOLDS", "What happened", "Who calls whom", "found: payments pool_exhaustion"),
    "02_your_own_files": ("orders.log", "600 logs, 600 metrics", "first_error", "verdict: incident"),
    "03_build_a_flow": ("Slow requests, from spans", "tok_ms", "succeeded", "what takes longer than 150 ms"),
    "04_live_flow": ("rows_per_s", "INC-1", "stopped"),
    "05_latency_with_traces": ("Slowest request after the onset", "after_ms", "truth: catalog - found: catalog"),
    "06_slo": ("front-availability", "budget: ", "burn_rate", "computed|counted|BURN"),
    "07_write_a_node": ("Write a column of text in capitals", "Extra inputs are not permitted", "as promised", "shout.py"),
    "08_weekly_report": ("INC-3", "Like INC-1", "Restored the pool to 40 connections", "pool_exhaustion"),
}


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_shows_what_it_promises(path: Path, tmp_path: Path) -> None:
    book = nbformat.read(path, as_version=4)

    execute(book, tmp_path)

    said = "\n".join(shown(book))

    assert [promise for promise in PROMISED[path.stem] if not re.search(promise, said)] == []


@pytest.mark.slow
def test_an_export_stands_alone(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from nbconvert import HTMLExporter

    source = "from workbench import open_workbench\nopen_workbench(in_memory=True).incidents()"
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])

    execute(book, tmp_path)
    html, _ = HTMLExporter(exclude_input=True).from_notebook_node(book)

    assert 'class="causeway-part"' in html
    # Widgets would be fetched from elsewhere when the page is opened.
    assert "application/vnd.jupyter.widget" not in html


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_outputs(path: Path) -> None:
    book = nbformat.read(path, as_version=4)

    assert [cell.id for cell in book.cells if cell.cell_type == "code" and (cell.outputs or cell.execution_count)] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_tells_what_comes(path: Path) -> None:
    book = nbformat.read(path, as_version=4)

    kinds = [cell.cell_type for cell in book.cells]
    assert kinds[0] == "markdown"
    assert kinds.count("markdown") >= kinds.count("code") // 2
    assert book.cells[0].source.startswith(f"# {int(path.stem[:2])} · ")
    for link in re.findall(r"\]\((\d\d_[^)]+)\)", "".join(cell.source for cell in book.cells)):
        assert (FOLDER / link).is_file()


def execute(book: Any, folder: Path) -> None:
    """Run a notebook with the kernel of this very environment, whatever kernels the machine has registered."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from jupyter_client.kernelspec import KernelSpecManager
        from nbclient import NotebookClient

    assert KernelSpecManager().get_kernel_spec("python3").argv
    client = NotebookClient(book, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(folder)}})
    # In a thread of its own: the browser tests keep an event loop running in the main one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(client.async_execute())).result()


def shown(book: Any) -> list[str]:
    """Return all texts that the cells printed or showed."""
    outputs = [output for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]
    return [
        text
        for output in outputs
        for text in (output.get("text", ""), *(str(one) for one in output.get("data", {}).values()))
    ]
