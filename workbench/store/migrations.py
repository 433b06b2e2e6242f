"""Brings a database to the newest schema: ordered small functions, each run once, in a transaction of its own.

A migration that was shipped is never edited; a change of the schema is a new function at the end.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import duckdb

from workbench.errors import NewerSchema, StoreError
from workbench.store import schema
from workbench.store.rows import number

Migration = Callable[[duckdb.DuckDBPyConnection], None]

MIGRATIONS: list[tuple[int, Migration]] = []


def migration(function: Migration) -> Migration:
    """Register a function named `m<number>_<what>`; numbers go up by one.

    Raises:
        StoreError: the number is not the next one.
    """
    match = re.fullmatch(r"m(\d{3})_\w+", function.__name__)
    if not match or int(match.group(1)) != len(MIGRATIONS) + 1:
        raise StoreError(f"migration {function.__name__!r} has to be called m{len(MIGRATIONS) + 1:03}_<what>")
    MIGRATIONS.append((int(match.group(1)), function))
    return function


@migration
def m001_ground(db: duckdb.DuckDBPyConnection) -> None:
    """Telemetry, where it came from, and what was found in it."""
    for statement in schema.GROUND:
        db.execute(statement)


@migration
def m002_batches_and_links(db: duckdb.DuckDBPyConnection) -> None:
    """Batches that were acknowledged, and which fault-free data sets belong to which case."""
    db.execute("CREATE TABLE batches (batch_id VARCHAR PRIMARY KEY, row_count BIGINT, stored_unix_nano BIGINT)")
    db.execute(
        "CREATE TABLE reference_links (scope VARCHAR, reference_scope VARCHAR, position INTEGER, "
        "PRIMARY KEY (scope, reference_scope))"
    )


@migration
def m003_states_of_objects(db: duckdb.DuckDBPyConnection) -> None:
    """What objects were like when somebody looked; the small memories that had this table's name get another."""
    db.execute(
        "CREATE TABLE memories (name VARCHAR PRIMARY KEY, state VARCHAR NOT NULL, stored_unix_nano BIGINT NOT NULL)"
    )
    db.execute("INSERT INTO memories SELECT name, state, stored_unix_nano FROM states")
    db.execute("DROP TABLE states")
    db.execute(
        "CREATE TABLE states (row_id BIGINT, source_id BIGINT, source_line BIGINT, observed_unix_nano BIGINT, "
        "object_kind VARCHAR, object_name VARCHAR, namespace VARCHAR, service_name VARCHAR, attribute VARCHAR, "
        "value VARCHAR, attributes VARCHAR)"
    )


@migration
def m004_correlation(db: duckdb.DuckDBPyConnection) -> None:
    """What sources tell of their signals, and why each signal is in which incident."""
    for column in (
        "severity VARCHAR DEFAULT ''",
        "signal_key VARCHAR DEFAULT ''",
        "firing BOOLEAN DEFAULT true",
        "template VARCHAR DEFAULT ''",
        "labels VARCHAR DEFAULT '{}'",
    ):
        db.execute(f"ALTER TABLE anomalies ADD COLUMN {column}")
    db.execute(
        "CREATE TABLE incident_changes (change_id BIGINT PRIMARY KEY, action VARCHAR NOT NULL, "
        "incident_id VARCHAR NOT NULL, other_incident_id VARCHAR NOT NULL, anomaly_ids VARCHAR NOT NULL, "
        "grouped_by VARCHAR NOT NULL, why VARCHAR NOT NULL)"
    )
    db.execute(
        "CREATE TABLE incident_links (incident_id VARCHAR, relation VARCHAR, other_incident_id VARCHAR NOT NULL, "
        "why VARCHAR NOT NULL, PRIMARY KEY (incident_id, relation))"
    )
    db.execute(
        "CREATE TABLE incident_notes (incident_id VARCHAR, position BIGINT, note VARCHAR NOT NULL, "
        "worked VARCHAR NOT NULL, noted_unix_nano BIGINT NOT NULL, PRIMARY KEY (incident_id, position))"
    )


@migration
def m005_template_memory(db: duckdb.DuckDBPyConnection) -> None:
    """What became of identifiers of templates, and what people changed about templates."""
    db.execute(
        "CREATE TABLE template_renames (system VARCHAR, template_id VARCHAR, now_id VARCHAR NOT NULL, "
        "PRIMARY KEY (system, template_id))"
    )
    db.execute(
        "CREATE TABLE template_edits (system VARCHAR, position BIGINT, action VARCHAR NOT NULL, "
        "template_id VARCHAR NOT NULL, argument VARCHAR NOT NULL, PRIMARY KEY (system, position))"
    )


@migration
def m006_flow_versions(db: duckdb.DuckDBPyConnection) -> None:
    """Saved versions of flows, which version each draft was made from, and who may change what."""
    db.execute("CREATE TABLE flow_documents (document_id VARCHAR PRIMARY KEY, document VARCHAR NOT NULL)")
    db.execute(
        "CREATE TABLE flow_versions (flow VARCHAR, version BIGINT, version_id VARCHAR NOT NULL, "
        "parent BIGINT NOT NULL, document_id VARCHAR NOT NULL, message VARCHAR NOT NULL, author VARCHAR NOT NULL, "
        "saved_unix_nano BIGINT NOT NULL, PRIMARY KEY (flow, version))"
    )
    db.execute("CREATE TABLE flow_drafts (flow VARCHAR PRIMARY KEY, version BIGINT NOT NULL)")
    db.execute(
        "CREATE TABLE flow_people (flow VARCHAR, person VARCHAR, role VARCHAR NOT NULL, PRIMARY KEY (flow, person))"
    )


@migration
def m007_running(db: duckdb.DuckDBPyConnection) -> None:
    """How runs were started, the state that they can go on with, and the rows that failed in them."""
    db.execute("ALTER TABLE runs ADD COLUMN attempts INTEGER DEFAULT 1")
    for column in ("scope", "resumed_from", "note"):
        db.execute(f"ALTER TABLE runs ADD COLUMN {column} VARCHAR DEFAULT ''")
    db.execute(
        "CREATE TABLE flow_states (flow_name VARCHAR PRIMARY KEY, state_id VARCHAR NOT NULL, digest VARCHAR NOT NULL, "
        "scope VARCHAR NOT NULL, run_id VARCHAR NOT NULL, saved_unix_nano BIGINT NOT NULL)"
    )
    db.execute(
        "CREATE TABLE flow_batches (state_id VARCHAR NOT NULL, engine_time BIGINT NOT NULL, seq BIGINT NOT NULL, "
        "table_name VARCHAR NOT NULL, first_row BIGINT NOT NULL, end_row BIGINT NOT NULL, removed BLOB)"
    )
    db.execute(
        "CREATE TABLE dead_letters (letter_id VARCHAR PRIMARY KEY, run_id VARCHAR NOT NULL, "
        "flow_name VARCHAR NOT NULL, node VARCHAR NOT NULL, side VARCHAR NOT NULL, message VARCHAR NOT NULL, "
        "row_json VARCHAR NOT NULL, "
        "seen_unix_nano BIGINT NOT NULL, state VARCHAR NOT NULL, retried_run_id VARCHAR NOT NULL, "
        "retried_unix_nano BIGINT NOT NULL)"
    )


@migration
def m008_owners(db: duckdb.DuckDBPyConnection) -> None:
    """Who looks after an incident, and when that what a note tells of happened."""
    db.execute("ALTER TABLE incidents ADD COLUMN owner VARCHAR DEFAULT ''")
    db.execute("ALTER TABLE incident_notes ADD COLUMN happened_unix_nano BIGINT DEFAULT NULL")


@migration
def m009_runs_of_parts(db: duckdb.DuckDBPyConnection) -> None:
    """Which part of its flow a run was of."""
    db.execute("ALTER TABLE runs ADD COLUMN part VARCHAR DEFAULT ''")


def known_version() -> int:
    """Return the schema version that this Causeway writes."""
    return MIGRATIONS[-1][0]


def version_of(db: duckdb.DuckDBPyConnection) -> int:
    """Return the schema version of a database; 0 when it is empty."""
    if not number(db, "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'schema_migrations'"):
        return 0
    return number(db, "SELECT max(version) FROM schema_migrations")


def upgrade(db: duckdb.DuckDBPyConnection, where: str, *, up_to: int | None = None) -> list[int]:
    """Run the migrations that a database has not seen.

    Args:
        db: An open connection outside of any transaction.
        where: Name of the database, for messages.
        up_to: Stop at this version; None goes to the newest.

    Returns:
        The versions that were added.

    Raises:
        NewerSchema: the database has a version that this Causeway does not know.
        StoreError: a migration failed; the database is as the one before it left it.
    """
    found = version_of(db)
    if found > known_version():
        raise NewerSchema(where, found, known_version())
    added = []
    for version, function in MIGRATIONS:
        if found < version <= (up_to or known_version()):
            _run_once(db, where, version, function)
            added.append(version)
    return added


def _run_once(db: duckdb.DuckDBPyConnection, where: str, version: int, function: Migration) -> None:
    db.begin()
    try:
        db.execute(schema.MIGRATIONS_TABLE)
        function(db)
        db.execute("INSERT INTO schema_migrations VALUES (?, ?, ?)", [version, function.__name__, time.time_ns()])
        db.commit()
    except BaseException as error:
        db.rollback()
        if isinstance(error, duckdb.Error):
            raise StoreError(f"{where}: migration {function.__name__} failed, nothing was changed: {error}") from error
        raise
