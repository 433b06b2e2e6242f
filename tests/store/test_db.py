"""A store gives every use a cursor of its own, writes all or nothing, and never fetches anything by itself."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from workbench.errors import StoreError
from workbench.store import db, templates
from workbench.store.db import Store


def setting(store: Store, name: str) -> object:
    with store.connection() as cursor:
        return cursor.execute("SELECT current_setting(?)", [name]).fetchall()[0][0]


def test_what_was_stored_is_there_after_reopening(tmp_path: Path) -> None:
    with Store.open(tmp_path / "new") as store:
        templates.remember(store, "shop", {"t1": "order <*> paid"})

    with Store.open(tmp_path / "new") as store:
        assert store.path == tmp_path / "new"
        assert templates.recall(store, "shop") == {"t1": "order <*> paid"}


def test_duckdb_may_not_fetch_extensions_and_keeps_to_its_limits() -> None:
    with Store.open(None, memory_limit_mb=333, threads=1) as store:
        assert setting(store, "autoinstall_known_extensions") is False
        assert setting(store, "autoload_known_extensions") is False
        assert setting(store, "threads") == 1
        assert str(setting(store, "memory_limit")).startswith("317.5")  # MiB


def test_an_error_takes_back_the_whole_transaction(store: Store) -> None:
    def fail_half_way() -> None:
        with store.transaction():
            templates.remember(store, "shop", {"t1": "x"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()

    assert templates.recall(store, "shop") == {}


def test_a_transaction_inside_another_one_belongs_to_it(store: Store) -> None:
    with store.transaction():
        templates.remember(store, "shop", {"t1": "x"})
        assert templates.recall(store, "shop") == {"t1": "x"}
        seen_elsewhere: list[dict[str, str]] = []
        other = threading.Thread(target=lambda: seen_elsewhere.append(templates.recall(store, "shop")))
        other.start()
        other.join()

    assert seen_elsewhere == [{}]
    assert templates.recall(store, "shop") == {"t1": "x"}


def test_many_threads_write_and_read_without_conflict(store: Store) -> None:
    def work(number: int) -> None:
        for step in range(10):
            templates.save_state(store, "same", {"by": number, "step": step})
            templates.remember(store, "shop", {f"{number}-{step}": "x"})
            assert templates.load_state(store, "same") is not None

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))

    assert len(templates.recall(store, "shop")) == 60


def test_faults_of_the_database_come_as_errors_of_the_store(store: Store) -> None:
    with pytest.raises(StoreError, match="nowhere"), store.connection() as cursor:
        cursor.execute("SELECT * FROM nowhere")
    with pytest.raises(StoreError, match="nowhere"), store.transaction() as cursor:
        cursor.execute("DELETE FROM nowhere")


def test_a_closed_store_says_so(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    store.close()
    store.close()

    with pytest.raises(StoreError, match="is closed"):
        templates.recall(store, "shop")


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "causeway.duckdb").write_text("not a database, but long enough to be looked at" * 200)

    with pytest.raises(StoreError, match=r"causeway\.duckdb: cannot be opened"):
        Store.open(tmp_path)


HOLD = "import duckdb, sys, time; db = duckdb.connect(sys.argv[1]); print('held', flush=True); time.sleep(60)"


def held_by_another_program(folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOLD, str(folder / "causeway.duckdb")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    return process


def test_a_program_that_has_the_database_open_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "_LOCK_WAIT_S", 0.0)
    process = held_by_another_program(tmp_path)
    try:
        with pytest.raises(StoreError, match=rf"process {process.pid} has the database open. Close that"):
            Store.open(tmp_path)
    finally:
        process.kill()
        process.communicate()


def test_a_program_that_is_about_to_close_the_database_is_waited_for(tmp_path: Path) -> None:
    process = held_by_another_program(tmp_path)
    threading.Timer(0.2, process.kill).start()

    Store.open(tmp_path).close()

    process.communicate()


def test_batches_of_long_ago_are_forgotten(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store, store.transaction() as cursor:
        cursor.execute("INSERT INTO batches VALUES ('old', 1, 0), ('new', 1, ?)", [time.time_ns()])

    with Store.open(tmp_path) as store, store.connection() as cursor:
        assert cursor.execute("SELECT batch_id FROM batches").fetchall() == [("new",)]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda whole: b"no database", id="another-file"),
        pytest.param(lambda whole: whole[: len(whole) // 10], id="cut-off"),
        pytest.param(lambda whole: whole[:8192] + b"?" * 64 + whole[8256:], id="changed"),
    ],
)
def test_a_damaged_database_says_how_to_mend_it(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    Store.open(tmp_path, memory_limit_mb=300, threads=1).close()
    file = tmp_path / db.DATABASE_NAME
    file.write_bytes(damage(file.read_bytes()))

    with pytest.raises(StoreError, match=r"causeway\.duckdb.* is damaged: put back a copy .*workspace import"):
        Store.open(tmp_path, memory_limit_mb=300, threads=1)


ON_A_FULL_DISK = """
import sys
from pathlib import Path
from workbench.errors import StoreError
from workbench.store import templates
from workbench.store.db import Store

with Store.open(Path(sys.argv[1]), memory_limit_mb=300, threads=1) as store:
    templates.remember(store, "shop", {"t1": "small"})
    try:
        templates.remember(store, "shop", {f"t{n}": str(hash(str(n))) * 8 for n in range(50_000)})
    except StoreError as error:
        print(error)
with Store.open(Path(sys.argv[1]), memory_limit_mb=300, threads=1) as store:
    print(templates.recall(store, "shop"))
"""


def test_a_full_disk_says_so_and_loses_nothing(tmp_path: Path) -> None:
    small = ["unshare", "--map-root-user", "--mount"]
    if shutil.which("unshare") is None or subprocess.run([*small, "true"], check=False).returncode:
        pytest.skip("only a user who may mount something can make a small disk")
    script = f'mount -t tmpfs -o size=4m none "$1" && exec "{sys.executable}" -c "$2" "$1"'
    command = [*small, "sh", "-c", script, "sh", str(tmp_path), ON_A_FULL_DISK]

    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()

    assert "No space left on device. The disk is full: make room on it, then try again" in said[0]
    assert said[1] == "{'t1': 'small'}"
