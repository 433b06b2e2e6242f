"""Every notebook runs from top to bottom, and is kept without outputs."""

from __future__ import annotations

import asyncio
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_its_incident_is_shown(path: Path, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from jupyter_client.kernelspec import KernelSpecManager
        from nbclient import NotebookClient

    book = nbformat.read(path, as_version=4)
    # The kernel of this very environment, whatever kernels the machine has registered.
    spec = KernelSpecManager().get_kernel_spec("python3")
    assert spec.argv
    client = NotebookClient(book, timeout=180, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}})
    # In a thread of its own: the browser tests keep an event loop running in the main one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(client.async_execute())).result()

    shown = [output["data"]["text/html"] for cell in book.cells if cell.cell_type == "code"
             for output in cell.outputs if "text/html" in output.get("data", {})]  # fmt: skip
    printed = "".join(
        output.get("text", "") for cell in book.cells if cell.cell_type == "code" for output in cell.outputs
    )

    assert any("payments" in html for html in shown)
    assert "HOLDS" in printed


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_outputs(path: Path) -> None:
    book = nbformat.read(path, as_version=4)

    assert [cell.id for cell in book.cells if cell.cell_type == "code" and (cell.outputs or cell.execution_count)] == []
