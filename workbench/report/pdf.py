"""Prints a page of ours as PDF, by the Chromium or Chrome of this machine; nothing is fetched from anywhere."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from workbench import cancel
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
        stderr = _run([*command, page.as_uri()])
        if not pdf.is_file():
            said = (stderr.strip().splitlines() or ["nothing"])[-1]
            raise GiveUp(f"{browser} did not print the report; it said: {said[:200]}. {HINT}")
        return pdf.read_bytes()


def _run(command: list[str]) -> str:
    """Run the browser to its end and return what it said; it is killed when it takes too long or is cancelled."""
    try:
        # A session of its own, so that its helpers can be killed with it.
        process = subprocess.Popen(  # noqa: S603 - arguments are a list, no shell reads them
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
    except OSError as error:
        raise GiveUp(f"{command[0]} did not print the report: {error}. {HINT}") from error
    with process:
        try:
            with cancel.woken(lambda: _kill(process)):
                stderr = process.communicate(timeout=_TIMEOUT_S)[1]
            cancel.check()
        except subprocess.TimeoutExpired as error:
            raise GiveUp(f"{command[0]} did not print the report within {_TIMEOUT_S:.0f} s. {HINT}") from error
        finally:
            if process.poll() is None:
                _kill(process)
    return str(stderr)


def _kill(process: subprocess.Popen[str]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
