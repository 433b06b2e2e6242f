"""Grouping files by template tells how far it is, and can be stopped."""

from __future__ import annotations

import os
import pty
import select
import sys
import time
from pathlib import Path

from workbench.tools.log_templates import TemplateCount, template_counts, template_lines

CLI = "from workbench.faces.cli.main import main; main()"


def test_progress_is_told_for_each_file(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("user 1 came\nuser 2 came\n")
    (tmp_path / "b.log").write_text("user 3 came\n")
    heard: list[tuple[float, float | None, str]] = []

    found = template_counts([tmp_path], lambda *told: heard.append(told))

    assert [(one.file, one.count) for one in found] == [("a.log", 2), ("b.log", 1)]
    assert heard == [
        (0, None, "reading a.log"),
        (2, 2, "2 of 2 lines of a.log"),
        (0, None, "reading b.log"),
        (1, 1, "1 of 1 lines of b.log"),
    ]


def test_lines_and_counts_agree_in_a_log_of_several_parts(tmp_path: Path) -> None:
    lines = [f"2024-05-01 10:00:{n % 60:02d} INFO {('user', 'job')[n % 3 > 0]} {n} came" for n in range(45_000)]
    (tmp_path / "a.log").write_text("\n".join(lines))

    found = template_counts([tmp_path / "a.log"])
    by_line = list(template_lines([tmp_path / "a.log"]))

    name = str(tmp_path / "a.log")
    assert found == [
        TemplateCount(file=name, template_id=by_line[1].template_id, count=30_000, template="job <*> came"),
        TemplateCount(file=name, template_id=by_line[0].template_id, count=15_000, template="user <*> came"),
    ]


def test_a_long_log_showed_nothing_on_a_terminal_until_it_was_done(tmp_path: Path) -> None:
    (tmp_path / "a[b].log").write_text("".join(f"user {n} took {n % 7} of {n % 11}x\n" for n in range(400_000)))
    child, terminal = pty.fork()
    if not child:
        os.chdir(tmp_path)
        os.execv(sys.executable, [sys.executable, "-c", CLI, "templates", "a[b].log"])
    shown, stopped, deadline = b"", False, time.monotonic() + 60
    while time.monotonic() < deadline:
        if select.select([terminal], [], [], 1)[0]:
            try:
                shown += os.read(terminal, 65536)
            except OSError:
                break
        if b"of 400,000 lines of a[b].log" in shown and not stopped:
            os.write(terminal, b"\x03")
            stopped = True

    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    assert (code, stopped, b"Stopped." in shown) == (130, True, True)
