"""Real PostgreSQL and MariaDB for tests."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.services.process import answers, folder_of, free_port, program, run_as, server, user_if_root

PASSWORD = "open sesame/@:?"
"""Has all that a URL would trip over."""


@dataclass
class Database:
    """A server and how to get in."""

    port: int
    user: str
    host: str = "127.0.0.1"
    database: str = "causeway"
    password: str = PASSWORD

    @property
    def settings(self) -> dict[str, object]:
        """What every node's settings say about the server."""
        return {
            "host": self.host, "port": self.port, "user": self.user, "database": self.database,
            "password": "${secret:test_database_password}",
        }  # fmt: skip

    def secrets(self, reference: str) -> str:
        """Service `secrets`."""
        assert reference == self.settings["password"]
        return self.password


@pytest.fixture(scope="session")
def postgres() -> Iterator[Database]:
    """Return a PostgreSQL with an empty database."""
    with postgres_server() as found:
        yield found


@contextmanager
def postgres_server() -> Iterator[Database]:
    """Run a PostgreSQL of its own, for tests that fill its log."""
    with postgres_data() as (folder, found), postgres_on(folder, found):
        yield found


@contextmanager
def postgres_data() -> Iterator[tuple[Path, Database]]:
    """Make the data of a PostgreSQL, for tests that end the server and start it again."""
    user = user_if_root("postgres")
    initdb = program("/usr/lib/postgresql/*/bin/initdb", "initdb")
    with folder_of(user) as folder:
        (folder / "password").write_text(PASSWORD)
        how = ["-U", "postgres", "--no-sync", "-E", "UTF8", "--auth=scram-sha-256", f"--pwfile={folder / 'password'}"]
        run_as(user, [initdb, "-D", str(folder / "data"), *how])
        yield folder, Database(free_port(), "postgres", database="postgres")


@contextmanager
def postgres_on(folder: Path, found: Database) -> Iterator[int]:
    """Run a PostgreSQL on data that are there."""
    user = user_if_root("postgres")
    binaries = Path(program("/usr/lib/postgresql/*/bin/initdb", "initdb")).parent
    options = {
        "port": found.port, "listen_addresses": found.host, "unix_socket_directories": folder,
        "fsync": "off", "wal_level": "logical", "wal_sender_timeout": "5s",
    }  # fmt: skip
    command = [str(binaries / "postgres"), "-D", str(folder / "data")]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    with server(
        command, ready=lambda: _postgres_answers(found), log=folder / "log", user=user, stop=signal.SIGINT
    ) as pid:
        yield pid


def _postgres_answers(found: Database) -> bool:
    import psycopg

    try:
        psycopg.connect(
            host=found.host, port=found.port, user=found.user, password=found.password, dbname=found.database
        ).close()
    except psycopg.OperationalError:
        return False
    return True


@pytest.fixture(scope="session")
def mysql() -> Iterator[Database]:
    """Return a MariaDB with an empty database `causeway` and row-based binary logs."""
    with mysql_server() as found:
        yield found


@pytest.fixture
def mysql_root(mysql: Database) -> Callable[[str], None]:
    """Return a function that runs SQL as the server's administrator."""
    import pymysql

    def execute(sql: str) -> None:
        with pymysql.connect(host=mysql.host, port=mysql.port, user="admin", password=PASSWORD) as connection:
            connection.cursor().execute(sql)

    return execute


@contextmanager
def mysql_server() -> Iterator[Database]:
    """Run a MariaDB of its own, for tests that end it."""
    user = user_if_root("mysql")
    daemon = program("mariadbd", "/usr/sbin/mariadbd", "mysqld")
    with folder_of(user) as folder:
        found = Database(free_port(), "causeway")
        run_as(
            user,
            [
                program("mariadb-install-db"),
                "--no-defaults",
                f"--datadir={folder / 'data'}",
                "--skip-test-db",
                "--auth-root-authentication-method=normal",
            ],
        )
        (folder / "init.sql").write_text(
            f"CREATE DATABASE causeway CHARACTER SET utf8mb4;"
            f"\nCREATE USER causeway@'127.0.0.1' IDENTIFIED BY '{PASSWORD}';"
            f"\nCREATE USER admin@'127.0.0.1' IDENTIFIED BY '{PASSWORD}';\nGRANT ALL ON *.* TO admin@'127.0.0.1';"
            f"\nGRANT ALL ON causeway.* TO causeway@'127.0.0.1';"
            f"\nGRANT REPLICATION SLAVE, REPLICATION CLIENT, BINLOG MONITOR ON *.* TO causeway@'127.0.0.1';\n"
        )
        (folder / "init.sql").chmod(0o644)
        command = [daemon, "--no-defaults", f"--datadir={folder / 'data'}", f"--port={found.port}"]
        command += [
            f"--bind-address={found.host}",
            f"--socket={folder / 'socket'}",
            f"--init-file={folder / 'init.sql'}",
        ]
        command += ["--server-id=1", "--log-bin=binlog", "--binlog-format=ROW", "--binlog-row-metadata=FULL"]
        command += ["--innodb-flush-log-at-trx-commit=0", "--sync-binlog=0", "--skip-name-resolve"]
        with server(command, ready=lambda: answers(found.port), log=folder / "log", user=user):
            yield found
