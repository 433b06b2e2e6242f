"""One process holds a workspace and answers all others; when it goes, however it goes, the next one takes over."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from workbench.errors import BadInput, IllegalMove, OwnerGone, StoreError
from workbench.store import lock
from workbench.store.client import Client
from workbench.store.frames import receive, send
from workbench.store.owner import Owner, Progress

OWN = """
import sys, time
from pathlib import Path
from workbench.store.owner import Owner
owner = Owner.acquire(Path(sys.argv[1]))
print("owner" if owner else "none", flush=True)
if owner:
    owner.serve(lambda name, arguments, report: time.sleep(60) if name == "sleep" else [name, arguments])
    time.sleep(60)
"""


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[Owner]:
    acquired = Owner.acquire(tmp_path)
    assert acquired
    yield acquired
    acquired.close()


def echo(name: str, arguments: dict[str, Any], report: Progress) -> Any:
    return [name, arguments]


def other_process(folder: Path, expected: str = "owner") -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", OWN, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline().strip() == expected
    return process


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate(timeout=10)


def test_a_call_comes_back_with_its_result(owner: Owner, tmp_path: Path) -> None:
    owner.serve(echo)

    assert Client(tmp_path).call("incidents", {"limit": 5, "text": "\u00e9"}) == [
        "incidents",
        {"limit": 5, "text": "\u00e9"},
    ]


def test_progress_comes_before_the_result(owner: Owner, tmp_path: Path) -> None:
    def count(name: str, arguments: dict[str, Any], report: Progress) -> int:
        for done in range(3):
            report(done, 3, "counting")
        return 3

    owner.serve(count)
    seen: list[tuple[float, float | None, str]] = []

    assert Client(tmp_path).call("count", {}, lambda *progress: seen.append(progress)) == 3
    assert seen == [(0, 3, "counting"), (1, 3, "counting"), (2, 3, "counting")]


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(BadInput("no column 'x'", where="a.log", hint="Name another"), id="bad-input"),
        pytest.param(IllegalMove("incident", "INC-1", "closed", "open", []), id="illegal-move"),
    ],
)
def test_an_error_arrives_with_its_class_message_and_facts(owner: Owner, tmp_path: Path, error: Exception) -> None:
    def fail(name: str, arguments: dict[str, Any], report: Progress) -> None:
        raise error

    owner.serve(fail)

    with pytest.raises(type(error)) as caught:
        Client(tmp_path).call("x", {})
    assert str(caught.value) == str(error)
    assert vars(caught.value) == vars(error)


@pytest.mark.parametrize("answer", [pytest.param(KeyError("x"), id="a-bug"), pytest.param(object(), id="not-json")])
def test_a_bug_in_a_call_is_an_error_of_that_call_only(owner: Owner, tmp_path: Path, answer: Any) -> None:
    def handle(name: str, arguments: dict[str, Any], report: Progress) -> Any:
        if name == "fine":
            return 1
        if isinstance(answer, Exception):
            raise answer
        return answer

    owner.serve(handle)
    client = Client(tmp_path)

    with pytest.raises(StoreError, match=r"KeyError: 'x'|cannot be sent"):
        client.call("broken", {})
    assert client.call("fine", {}) == 1


def test_calls_run_side_by_side(owner: Owner, tmp_path: Path) -> None:
    all_there = threading.Barrier(4, timeout=10)
    owner.serve(lambda name, arguments, report: all_there.wait() >= 0)
    client = Client(tmp_path)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda number: client.call(str(number), {}), range(4)))

    assert answers == [True] * 4


def test_a_caller_that_comes_before_the_owner_serves_waits(owner: Owner, tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(Client(tmp_path).call, "early", {})
        time.sleep(0.05)
        assert not answer.done()
        owner.serve(echo)
        assert answer.result(10) == ["early", {}]


def test_closing_answers_what_runs_refuses_what_comes_and_says_that_it_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("workbench.store.owner._SILENT_S", 0.01)
    owner = Owner.acquire(tmp_path)
    assert owner
    started, go_on = threading.Event(), threading.Event()

    def slow(name: str, arguments: dict[str, Any], report: Progress) -> str:
        started.set()
        go_on.wait(10)
        return "finished"

    owner.serve(slow)
    with ThreadPoolExecutor(2) as pool:
        running = pool.submit(Client(tmp_path).call, "slow", {})
        started.wait(10)
        closing = pool.submit(owner.close)
        until(lambda: f"Closing {tmp_path} waits for calls of other processes: 1" in caplog.text)
        with pytest.raises(OwnerGone) as caught:
            Client(tmp_path, wait_s=0.1).call("late", {})
        assert not closing.done()
        go_on.set()
        assert running.result(10) == "finished"
        closing.result(10)

    assert not caught.value.sent
    assert not lock.is_held(tmp_path)


def test_without_an_owner_the_caller_learns_it_at_once(tmp_path: Path) -> None:
    with pytest.raises(OwnerGone, match="no process holds the workspace") as caught:
        Client(tmp_path).call("x", {})

    assert not caught.value.sent


def test_the_socket_and_the_lock_are_private_and_tell_the_process(owner: Owner, tmp_path: Path) -> None:
    holder = lock.read(tmp_path)

    assert holder
    assert (holder.pid, holder.socket) == (os.getpid(), str(tmp_path / "owner.sock"))
    for name in ("owner.sock", "owner.lock"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


@pytest.mark.skipif(not hasattr(socket, "SO_PEERCRED"), reason="needs Linux")
def test_another_user_is_turned_away(owner: Owner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.store.owner.os.getuid", lambda: os.geteuid() + 1)
    owner.serve(echo)

    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(10)
        link.connect(str(owner.socket))
        assert receive(link) is None


def test_a_path_too_long_for_a_socket_works_too(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 40)
    owner = Owner.acquire(folder)
    assert owner
    owner.serve(echo)

    assert len(str(owner.socket)) < 100
    assert stat.S_IMODE(owner.socket.parent.stat().st_mode) == 0o700
    assert Client(folder).call("x", {}) == ["x", {}]
    owner.close()
    assert not owner.socket.parent.exists()


def test_a_workspace_has_one_owner_at_a_time(owner: Owner, tmp_path: Path) -> None:
    assert Owner.acquire(tmp_path) is None
    kill(other_process(tmp_path, "none"))

    owner.close()

    assert lock.read(tmp_path) is None
    again = Owner.acquire(tmp_path)
    assert again
    again.close()


def test_a_folder_that_cannot_be_locked_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(BadInput, match=r"file: cannot be locked: .*Name another folder"):
        Owner.acquire(tmp_path / "file")


def test_an_owner_that_was_killed_leaves_nothing_in_the_way(tmp_path: Path) -> None:
    first = other_process(tmp_path)
    client = Client(tmp_path)
    assert client.call("x", {}) == ["x", {}]

    kill(first)

    assert (tmp_path / "owner.sock").exists()
    with pytest.raises(OwnerGone) as caught:
        client.call("y", {})
    assert not caught.value.sent
    second = other_process(tmp_path)
    assert client.call("z", {}) == ["z", {}]
    kill(second)


def test_an_owner_that_dies_during_a_call_ends_the_call(tmp_path: Path) -> None:
    first = other_process(tmp_path)
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(Client(tmp_path).call, "sleep", {})
        time.sleep(0.1)
        kill(first)

        error = call.exception(10)

    assert isinstance(error, OwnerGone)
    assert error.sent


@pytest.mark.parametrize("content", ["", "rubbish", json.dumps({"pid": 1})])
def test_a_lock_file_with_rubbish_in_it_heals(tmp_path: Path, content: str) -> None:
    (tmp_path / "owner.lock").write_text(content)
    (tmp_path / "owner.sock").write_text("no socket")

    owner = Owner.acquire(tmp_path)

    assert owner
    owner.serve(echo)
    assert Client(tmp_path).call("x", {}) == ["x", {}]
    owner.close()


def test_a_stranger_who_talks_nonsense_harms_nobody(owner: Owner, tmp_path: Path) -> None:
    owner.serve(echo)
    for words in (b"GET / HTTP/1.1\r\n\r\n", b"J\xff\xff\xff\xff", b"J\x00\x00\x00\x02[]", b"J\x00\x00\x00\x09{"):
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(10)
            link.connect(str(owner.socket))
            assert receive(link)
            link.sendall(words)
            link.shutdown(socket.SHUT_WR)
            assert receive(link) is None

    assert Client(tmp_path).call("x", {}) == ["x", {}]


def test_an_owner_of_another_protocol_is_named(tmp_path: Path) -> None:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "owner.sock"))
    listener.listen()
    holder = lock.Holder(pid=7, version="9.9", socket=str(tmp_path / "owner.sock"), since_unix_nano=0)
    (tmp_path / "owner.lock").write_text(holder.model_dump_json())

    def greet() -> None:
        link, _ = listener.accept()
        with link:
            send(link, {"hello": {"protocol": 99, "version": "9.9", "pid": 7}})

    greeter = threading.Thread(target=greet)
    greeter.start()
    with pytest.raises(StoreError, match=r"held by Causeway 9\.9 \(process 7\).*another protocol"):
        Client(tmp_path).call("x", {})
    greeter.join()
    listener.close()


def test_batches_are_refused_where_nobody_stores_them(owner: Owner, tmp_path: Path) -> None:
    owner.serve(echo)
    client = Client(tmp_path)

    with pytest.raises(StoreError, match="takes no batches"):
        client.append("logs", 1, b"", "b")
    client.close()


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_keeps_neither_lock_nor_socket(tmp_path: Path) -> None:
    owner = Owner.acquire(tmp_path)
    assert owner
    ready, done = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        os.write(ready[1], b"x")
        os.read(done[0], 1)
        os._exit(0)
    os.read(ready[0], 1)

    owner.close()

    again = Owner.acquire(tmp_path)
    os.write(done[1], b"x")
    os.waitpid(child, 0)
    for end in (*ready, *done):
        os.close(end)
    assert again
    again.close()
