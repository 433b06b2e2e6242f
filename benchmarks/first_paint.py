"""How long a person waits for an incident's page, next to the smallest page of the same library.

    python benchmarks/first_paint.py [--visits 5]

Serves a simulated incident on this machine and opens it in a fresh Chromium tab with an empty cache: `answer` is when
the verdict, the summary and the ranked causes can be read, `alive` when charts and buttons work. `bare` is the time
to a panel-material-ui page that holds one word, visited in turn. Wanted: answer below 3 s.
"""

from __future__ import annotations

import argparse
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
LIMIT_S = 3.0
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]
SERVE = """
import sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from tests.panel.conftest import fill_workspace
from workbench import open_workbench
from workbench.faces.rest.server import serve
with open_workbench(sys.argv[1]) as wb:
    fill_workspace(wb)
serve(Path(sys.argv[1]), "127.0.0.1", 5400, False, query="?incident=INC-1")
"""
BARE_URL = "http://127.0.0.1:5490/bare"
BARE = "import panel_material_ui as pmui\npmui.Page(title='bare', main=[pmui.Typography('word')]).servable()\n"


def main() -> int:
    """Measure and print; returns 1 when the answer takes longer than `LIMIT_S`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visits", type=int, default=5)
    visits = parser.parse_args().visits
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        (folder / "bare.py").write_text(BARE, encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        ours = [sys.executable, "-c", SERVE, str(folder / "workspace"), str(ROOT)]
        bare = [sys.executable, "-m", "panel", "serve", str(folder / "bare.py"), "--port", "5490"]
        with started(ours, subprocess.PIPE) as server, started(bare, subprocess.DEVNULL):
            address = re.search(r"http://\S+", server.stdout.readline())
            assert address, "the server did not start"
            wait_for(BARE_URL)
            wait_for(address[0].split("?")[0] + "health/ready")
            found: dict[str, list[float]] = {"answer": [], "alive": [], "bare": []}
            for number in range(visits + 1):
                times = incident(browser, address[0])
                times["bare"] = timed(browser, BARE_URL, lambda tab: tab.get_by_text("word").wait_for())
                # The first visit of each server also compiles its templates.
                if number:
                    for key, seconds in times.items():
                        found[key].append(seconds)
        browser.close()
    middle = {key: statistics.median(seconds) for key, seconds in found.items()}
    for key, seconds in middle.items():
        spread = f"{min(found[key]):.2f} to {max(found[key]):.2f}"
        print(f"{key:<7} {seconds:5.2f} s  ({spread}), {seconds / middle['bare']:.2f} x bare")
    return int(middle["answer"] > LIMIT_S)


def incident(browser: Any, address: str) -> dict[str, float]:
    """Visit the incident once; returns seconds to the answer and to the live page."""
    times: dict[str, float] = {}

    def watch(tab: Any) -> None:
        tab.locator("#loader h1").wait_for()
        times["answer"] = time.perf_counter() - begun
        tab.locator("#loader").wait_for(state="hidden")
        tab.locator("canvas").first.wait_for()

    begun = time.perf_counter()
    times["alive"] = timed(browser, address, watch)
    return times


def timed(browser: Any, address: str, watch: Callable[[Any], None]) -> float:
    """Return the seconds from asking for a page to the end of `watch`, in a context without a cache."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    begun = time.perf_counter()
    tab.goto(address, wait_until="commit")
    watch(tab)
    seconds = time.perf_counter() - begun
    context.close()
    return seconds


@contextmanager
def started(command: list[str], output: int) -> Iterator[Any]:
    """Run a server until the end of the block."""
    with subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            yield server
        finally:
            server.send_signal(signal.SIGINT)


def wait_for(url: str) -> None:
    """Wait until an address answers."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=30):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{url} does not answer")


if __name__ == "__main__":
    sys.exit(main())
