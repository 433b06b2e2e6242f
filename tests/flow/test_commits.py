"""Commits fall between messages, never between an offset and its rows; between commits the engine may not commit."""

from __future__ import annotations

import threading
import time

from workbench.flow.commits import COMMIT_S, Commits


class Subject:
    """Writes down its messages."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.came = threading.Event()

    def commit(self) -> None:
        self.said.append("commit")
        self.came.set()

    def _disable_commits(self) -> None:
        self.said.append("forbid")


def test_no_commit_falls_into_what_belongs_together() -> None:
    subject = Subject()
    commits = Commits(subject)
    commits.begin()
    with commits.whole:
        subject.said.append("offset")
        time.sleep(4 * COMMIT_S)
        subject.said.append("rows")
    assert subject.came.wait(30)
    commits.end()

    first = subject.said.index("offset")
    assert subject.said[0] == "forbid"
    assert subject.said[first : first + 3] == ["offset", "rows", "commit"]


def test_the_engine_may_not_commit_by_itself_behind_a_commit() -> None:
    subject = Subject()

    Commits(subject).now()

    assert subject.said == ["commit", "forbid"]


def test_a_source_that_has_ended_commits_no_more() -> None:
    subject = Subject()
    commits = Commits(subject)
    commits.end()

    commits.begin()
    time.sleep(3 * COMMIT_S)

    assert subject.said == ["forbid"]
