"""Prints a page of ours as PDF, by the Chromium or Chrome of this machine; nothing is fetched from anywhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from workbench.errors import GiveUp

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
NO_BROWSER = "no Chromium, Chrome or Edge is on the PATH of this machine"
HINT = "Install Chromium, or open the HTML report in any browser and print it: its print button is at the top"
_TIMEOUT_S = 90.0


def find_browser() -> str | None:
    """Return the path of a browser that can print, or None."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def to_pdf(html: str, browser: str) -> bytes:
    """Return an HTML page as PDF.

    Args:
        html: The whole page; it must need nothing else.
        browser: What `find_browser` found.

    Raises:
        GiveUp: the browser failed or took too long; the message has what it said last.
    """
    with tempfile.TemporaryDirectory(prefix="causeway-pdf-") as folder:
        page, pdf = Path(folder) / "page.html", Path(folder) / "page.pdf"
        page.write_text(html, encoding="utf-8")
        command = [
            browser, "--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", "--disable-sync",
            "--disable-background-networking", "--disable-component-update", f"--user-data-dir={folder}/profile",
            # The page asks for nothing; if a fault made it ask, the answer would be that there is no such host.
            "--host-resolver-rules=MAP * ~NOTFOUND", "--no-pdf-header-footer", f"--print-to-pdf={pdf}",
        ]  # fmt: skip
        # Chromium refuses to work for root with its sandbox.
        command += ["--no-sandbox"] * (os.geteuid() == 0)
        try:
            done = subprocess.run([*command, page.as_uri()], capture_output=True, text=True, timeout=_TIMEOUT_S)  # noqa: S603
        except (OSError, subprocess.TimeoutExpired) as error:
            raise GiveUp(f"{browser} did not print the report: {error}. {HINT}") from error
        if not pdf.is_file():
            said = (done.stderr.strip().splitlines() or ["nothing"])[-1]
            raise GiveUp(f"{browser} did not print the report; it said: {said[:200]}. {HINT}")
        return pdf.read_bytes()
