"""Runs between real databases: killed and gone on with, the server ended and started again, no secret left behind."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.services.databases import PASSWORD, Database, postgres_data, postgres_on
from tests.services.process import until
from workbench.core import Workbench, open_workbench
from workbench.facts.run import RunStatus
from workbench.flow.graph import Flow
from workbench.guard.keys import KEY_FILE

pytestmark = pytest.mark.service


@pytest.fixture
def wb(tmp_path: Path) -> Iterator[Workbench]:
    with open_workbench(tmp_path / "workspace") as wb:
        wb.call("secret_set", name="test_database_password", value=PASSWORD)
        yield wb


def flow_of(wb: Workbench, server: Database, **settings: Any) -> str:
    """Save a flow from PostgreSQL's table `items` to the SQLite file `out.db`; return its name."""
    read = {**server.settings, "table": "items", "key": ["n"], "columns": {"n": "integer", "name": "text"}, **settings}
    write = {"path": "out.db", "table": "items", "key": ["n"]}
    flow = Flow.model_validate(
        {
            "name": "copy",
            "nodes": [
                {"id": "read", "kind": "sources.postgres", "settings": read},
                {"id": "write", "kind": "sinks.sqlite", "settings": write},
            ],
            "edges": [{"source": "read", "target": "write"}],
        }
    )
    flow.save(Path(str(wb.path)) / "flows" / "copy.flow.json")
    return "copy"


def execute(server: Database, *statements: str) -> None:
    import psycopg

    with psycopg.connect(
        host=server.host, port=server.port, user=server.user, password=server.password, autocommit=True
    ) as connection:
        for sql in statements:
            connection.execute(sql)


def copied(wb: Workbench) -> dict[int, str]:
    path = Path(str(wb.path)) / "out.db"
    if not path.exists():
        return {}
    connection = sqlite3.connect(path)
    try:
        return dict(connection.execute("SELECT n, name FROM items").fetchall())
    except sqlite3.OperationalError:
        return {}
    finally:
        connection.close()


def holding(folder: Path) -> list[str]:
    """Return the files that have the password in them."""
    found = [path for path in folder.rglob("*") if path.is_file() and path.name != KEY_FILE]
    return [path.name for path in found if PASSWORD.encode() in path.read_bytes()]


def test_killed_it_goes_on_where_it_was_and_a_lost_server_is_waited_for(wb: Workbench) -> None:
    with postgres_data() as (folder, server):
        with postgres_on(folder, server):
            execute(server, "CREATE TABLE items (n int PRIMARY KEY, name text)")
            execute(server, "INSERT INTO items SELECT n, 'old' FROM generate_series(1, 3000) n")
            flow = flow_of(wb, server)
            assert wb.call("flow_test_connection", flow=flow).exit_code == 0

            first = wb.call("flow_run", flow=flow, wait=False, resume=True).run
            until(lambda: len(copied(wb)) == 3000)
            execute(server, "UPDATE items SET name = 'new' WHERE n <= 10", "DELETE FROM items WHERE n = 3000")
            until(lambda: copied(wb).get(10) == "new")
            # What the engine has not kept yet when it is killed is another matter; see docs/connectors.md.
            time.sleep(2)
            os.kill(wb.supervisor.process_id(first.run_id) or 0, signal.SIGKILL)
            wb.supervisor.wait(first.run_id, 30)
            execute(server, "DELETE FROM items WHERE n = 1", "INSERT INTO items VALUES (4000, 'while it was dead')")

            second = wb.call("flow_run", flow=flow, wait=False, resume=True).run
            until(lambda: 4000 in copied(wb) and 1 not in copied(wb))
        assert wb.call("flow_test_connection", flow=flow, timeout_s=20).exit_code == 1
        with postgres_on(folder, server):
            execute(server, "INSERT INTO items VALUES (5000, 'after the restart')")
            until(lambda: 5000 in copied(wb))
            ended = wb.call("flow_stop", run_id=second.run_id)

    assert ended.status in (RunStatus.SUCCEEDED, RunStatus.STOPPED)
    expected = {n: "new" if n <= 10 else "old" for n in range(2, 3000)}
    assert copied(wb) == expected | {4000: "while it was dead", 5000: "after the restart"}
    assert holding(Path(str(wb.path))) == []


def test_a_wrong_password_fails_the_run_and_stands_nowhere(wb: Workbench, postgres: Database) -> None:
    wb.call("secret_set", name="test_database_password", value="a wrong one/88")

    run = wb.call("flow_run", flow=flow_of(wb, postgres, follow=False)).run

    assert run.status is RunStatus.FAILED
    assert "password authentication failed for user" in run.exit_reason
    everything = b"".join(path.read_bytes() for path in Path(str(wb.path)).rglob("*") if path.is_file())
    assert b"a wrong one/88" not in everything
