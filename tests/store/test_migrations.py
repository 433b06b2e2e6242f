"""Schema changes run once each, in order, and leave nothing behind when they fail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from workbench.errors import NewerSchema, StoreError
from workbench.semconv import COLUMNS, Table
from workbench.store import migrations, telemetry, templates
from workbench.store.db import Store


@pytest.fixture
def db() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def tables(db: duckdb.DuckDBPyConnection) -> set[str]:
    return {row[0] for row in db.execute("SELECT table_name FROM duckdb_tables()").fetchall()}


def test_a_new_database_gets_every_migration_once(db: duckdb.DuckDBPyConnection) -> None:
    every = [number for number, _ in migrations.MIGRATIONS]

    assert migrations.upgrade(db, "here") == every
    assert migrations.upgrade(db, "here") == []
    assert db.execute("SELECT version FROM schema_migrations ORDER BY 1").fetchall() == [(n,) for n in every]


@pytest.mark.parametrize("table", list(Table))
def test_the_tables_have_the_columns_of_the_vocabulary(store: Store, table: Table) -> None:
    with store.connection() as cursor:
        found = cursor.execute(
            "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index", [table]
        ).fetchall()

    assert dict(found) == COLUMNS[table]
    assert [name for name, _ in found] == list(COLUMNS[table])


def test_no_table_has_an_index_beside_its_primary_key(store: Store) -> None:
    with store.connection() as cursor:
        assert cursor.execute("SELECT index_name FROM duckdb_indexes()").fetchall() == []


def test_a_workspace_of_version_1_is_upgraded_and_keeps_its_rows(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "causeway.duckdb")) as old:
        assert migrations.upgrade(old, "old", up_to=1) == [1]
        old.execute("INSERT INTO sources VALUES (1, 'file', 'a', '', 's', 'case', '', '{}', 0, 7, true, 0)")
        old.execute("INSERT INTO edges VALUES (68719476736, 1, 3, 'web', 'db')")

    with Store.open(tmp_path) as store:
        edges = telemetry.read(store, scope="s").edges

        with store.connection() as cursor:
            assert migrations.version_of(cursor) == migrations.known_version() > 1
    assert edges.to_dict("records") == [
        {"row_id": 68719476736, "source_id": 1, "source_line": 3, "caller_service_name": "web",
         "callee_service_name": "db"},
    ]  # fmt: skip


def test_small_memories_survive_that_their_table_got_another_name(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "causeway.duckdb")) as old:
        migrations.upgrade(old, "old", up_to=2)
        old.execute("INSERT INTO states VALUES ('miner', '{\"seen\": 7}', 1)")

    with Store.open(tmp_path) as store:
        assert templates.load_state(store, "miner") == {"seen": 7}
        assert telemetry.read(store).states.empty


def test_a_newer_workspace_is_refused_with_both_versions_and_left_alone(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    with duckdb.connect(str(tmp_path / "causeway.duckdb")) as db:
        db.execute("INSERT INTO schema_migrations VALUES (99, 'm099_later', 0)")

    with pytest.raises(NewerSchema, match=r"causeway\.duckdb: schema version 99 is newer than \d+, .*Update Causeway"):
        Store.open(tmp_path)

    with duckdb.connect(str(tmp_path / "causeway.duckdb")) as db:
        assert migrations.version_of(db) == 99


def test_a_failed_migration_leaves_nothing(db: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "MIGRATIONS", migrations.MIGRATIONS.copy())
    before = migrations.known_version()

    def half(db: duckdb.DuckDBPyConnection) -> None:
        db.execute("CREATE TABLE half (a INTEGER)")
        db.execute("ALTER TABLE nowhere ADD COLUMN b INTEGER")

    half.__name__ = f"m{before + 1:03}_half"
    migrations.migration(half)

    with pytest.raises(StoreError, match=rf"here: migration m{before + 1:03}_half failed, nothing was changed"):
        migrations.upgrade(db, "here")

    assert "half" not in tables(db)
    assert migrations.version_of(db) == before


def test_a_migration_out_of_order_is_refused() -> None:
    def m001_again(db: duckdb.DuckDBPyConnection) -> None: ...

    with pytest.raises(StoreError, match="has to be called m"):
        migrations.migration(m001_again)
