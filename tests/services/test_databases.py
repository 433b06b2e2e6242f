"""The servers of the tests are real, private and gone afterwards."""

from __future__ import annotations

import pytest

from tests.services.databases import Database

pytestmark = pytest.mark.service


def test_postgres(postgres: Database) -> None:
    import psycopg

    with psycopg.connect(host=postgres.host, port=postgres.port, user=postgres.user, password=postgres.password) as db:
        assert db.execute("SHOW wal_level").fetchone() == ("logical",)


def test_mysql(mysql: Database) -> None:
    import pymysql

    with (
        pymysql.connect(
            host=mysql.host, port=mysql.port, user=mysql.user, password=mysql.password, database=mysql.database
        ) as db,
        db.cursor() as cursor,
    ):
        cursor.execute("SELECT @@binlog_format")
        assert cursor.fetchone() == ("ROW",)
