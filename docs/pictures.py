"""Takes the pictures of the README from the running app with the demo in it: `make pictures`.

Needs Chromium on the PATH, and what the tests need. Writes WebP files into `docs/pictures/`.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent / "pictures"
SIZE: Any = {"width": 1280, "height": 800}
MOST_BYTES = 200_000
CAUSEWAY = (sys.executable, "-m", "workbench.faces.cli.main", "-w")


def incident(page: Any) -> None:
    """The answer: what broke first, how sure that is, when it began."""
    page.get_by_role("heading", name="Ranked causes").first.wait_for()


def causes(page: Any) -> None:
    """Ranked causes, and the query behind a piece of evidence."""
    page.locator("main a[href*='evidence=']").first.click()
    page.locator(".holds").first.wait_for()


def editor(page: Any) -> None:
    """A flow with the settings of one of its nodes."""
    page.get_by_role("option", name="CSV file Read rows").wait_for()
    page.locator(".react-flow__node", has_text="mask").first.click()
    page.locator(".cw-right").wait_for()


def logs(page: Any) -> None:
    """Lines by level over time, and values to narrow by."""
    page.locator("main .line").first.wait_for()


PICTURES: tuple[tuple[str, str, Callable[[Any], None]], ...] = (
    ("incident", "incident=INC-1", incident),
    ("causes", "incident=INC-1", causes),
    ("editor", "flow=shop-demo", editor),
    ("explore", "page=logs", logs),
)
"""File name, address within the app, and what is to be there before it is taken."""


@contextmanager
def served(workspace: Path) -> Iterator[str]:
    """Serve the demo; yields the address with the token."""
    environment = os.environ | {"CAUSEWAY_USE_MODEL": "0"}
    made = [*CAUSEWAY, str(workspace), "demo"]
    subprocess.run(made, check=True, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603 - our own program
    command = [*CAUSEWAY, str(workspace), "serve", "--no-open", "--port", "5460"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:  # noqa: S603
        try:
            address = re.search(r"http://\S+", server.stdout.readline() if server.stdout else "")
            if address is None:
                raise RuntimeError("the server did not start")
            yield address[0]
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=30)


def take(address: str) -> None:
    """Write all pictures."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        for name, query, ready in PICTURES:
            page = browser.new_page(viewport=SIZE, color_scheme="light", device_scale_factor=1.5)
            page.set_default_timeout(90_000)
            page.goto(f"{address}&{query}")
            page.locator("#loader").wait_for(state="hidden")
            ready(page)
            # Charts and drawers come in softly.
            page.wait_for_timeout(2500)
            shot = Image.open(io.BytesIO(page.screenshot()))
            file = HERE / f"{name}.webp"
            shot.save(file, quality=80, method=6)
            if file.stat().st_size > MOST_BYTES:
                raise RuntimeError(f"{file.name} is larger than {MOST_BYTES:,} bytes")
            page.close()
        browser.close()


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    # The workspace's path is seen in the pictures, so it has a plain name.
    with tempfile.TemporaryDirectory() as folder, served(Path(folder) / "shop") as shown:
        take(shown)
