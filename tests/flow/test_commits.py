"""Commits fall between messages, never between an offset and its rows."""

from __future__ import annotations

import threading
import time

from workbench.flow.commits import COMMIT_S, Commits


def test_no_commit_falls_into_what_belongs_together() -> None:
    said: list[str] = []
    came = threading.Event()

    def commit() -> None:
        said.append("commit")
        came.set()

    commits = Commits(commit)
    with commits.whole:
        commits.begin()
        said.append("offset")
        time.sleep(4 * COMMIT_S)
        said.append("rows")
    assert came.wait(30)
    commits.end()

    assert said[:3] == ["offset", "rows", "commit"]


def test_a_source_that_has_ended_commits_no_more() -> None:
    said: list[str] = []
    commits = Commits(lambda: said.append("commit"))
    commits.end()

    commits.begin()
    time.sleep(3 * COMMIT_S)

    assert said == []
