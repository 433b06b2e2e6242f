"""Tables of Apache Iceberg: their catalog, and their snapshots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar, Literal

from pydantic import Field

from workbench.errors import SystemUnfit, Unreachable
from workbench.flow.aws import AwsSettings
from workbench.flow.fields import Secret
from workbench.flow.node import Extra, Node, Tested
from workbench.flow.services import Secrets


class IcebergSettings(AwsSettings, Node):
    """Settings of nodes that use a table of Iceberg; those of Amazon count for files that lie on s3://."""

    needs: ClassVar[Extra | None] = Extra("iceberg", "pyiceberg")
    tested: ClassVar[Tested | None] = "real library"

    catalog: Literal["sql", "rest"] = "sql"
    """Kind of the catalog: a SQL database, or a server that speaks Iceberg's REST protocol."""
    catalog_name: str = Field("default", min_length=1)
    """Name of the catalog; a SQL database can hold several."""
    catalog_uri: str = Field(pattern=r"^[a-z0-9+]+://[^@]*$")
    """Address of the catalog, such as sqlite:///lake/catalog.db or http://127.0.0.1:8181; without a password."""
    warehouse: str | None = None
    """Folder or address of the files, such as lake/files or s3://lake; the catalog's own when left out."""
    token: Secret | None = None
    """Token for a REST catalog."""
    credential: Secret | None = None
    """Client id and secret for a REST catalog, with a colon between them, in place of a token."""
    table: str = Field(pattern=r"^[^.]+(\.[^.]+)+$")
    """Table with its namespace, such as shop.calls."""

    @property
    def where(self) -> str:
        """The table, for errors."""
        return f"{self.catalog_uri}/{self.table}"

    @contextmanager
    def connected(self, secrets: Secrets) -> Iterator[Any]:
        """Open the catalog."""
        from pyiceberg.catalog import load_catalog

        settings: dict[str, Any] = {
            "type": self.catalog,
            "uri": self.catalog_uri,
            "warehouse": self.warehouse,
            "token": secrets(self.token) if self.token else None,
            "credential": secrets(self.credential) if self.credential else None,
            "s3.region": self.region,
            "s3.endpoint": self.endpoint,
            "s3.access-key-id": secrets(self.access_key) if self.access_key else None,
            "s3.secret-access-key": secrets(self.secret_key) if self.secret_key else None,
        }
        with iceberg_errors(self.where):
            opened = load_catalog(
                self.catalog_name, **{name: value for name, value in settings.items() if value is not None}
            )
        try:
            yield opened
        finally:
            opened.close()

    def probe(self, *, secrets: Secrets) -> str:
        """Look at the table."""
        with self.connected(secrets) as catalog, iceberg_errors(self.where):
            found = loaded(catalog, self.table)
            if found is None:
                return f"{self.where}: the catalog answers; there is no table yet"
            return f"{self.where}: Iceberg table, {len(found.snapshots())} snapshots"


def loaded(catalog: Any, name: str) -> Any:
    """Return a table, None when there is none."""
    from pyiceberg.exceptions import NoSuchTableError

    try:
        return catalog.load_table(name)
    except NoSuchTableError:
        return None


@contextmanager
def iceberg_errors(where: str) -> Iterator[None]:
    """Turn the library's errors into ours."""
    from pyiceberg import exceptions
    from requests.exceptions import RequestException
    from sqlalchemy.exc import OperationalError, SQLAlchemyError

    try:
        yield
    except (
        exceptions.CommitFailedException,
        exceptions.CommitStateUnknownException,
        exceptions.ServiceUnavailableError,
        exceptions.ServerError,
        exceptions.TooManyRequestsError,
        exceptions.WaitingForLockException,
        RequestException,
    ) as error:
        raise Unreachable(where, _said(error)) from error
    except OperationalError as error:
        # Two who open a new catalog at once both make its tables.
        if "locked" in str(error) or "already exists" in str(error):
            raise Unreachable(where, _said(error)) from error
        raise SystemUnfit(where, _said(error)) from error
    except OSError as error:
        raise Unreachable(where, _said(error)) from error
    except (
        SQLAlchemyError,
        ValueError,
        exceptions.RESTError,
        exceptions.NoSuchNamespaceError,
        exceptions.NotInstalledError,
        exceptions.ValidationException,
        exceptions.ValidationError,
    ) as error:
        raise SystemUnfit(where, _said(error)) from error


class IcebergVersions:
    """The snapshots of a table; see `reading.Versions`."""

    def __init__(self, where: str, name: str, catalog: Any) -> None:
        self._where = where
        with iceberg_errors(where):
            self._table = loaded(catalog, name)

    def newest(self) -> str | None:
        """Return the id of the present snapshot."""
        found = None if self._table is None else self._table.current_snapshot()
        return None if found is None else str(found.snapshot_id)

    def after(self, version: str) -> list[tuple[str, bool]]:
        """Return the snapshots behind one, in the line that leads to the present one."""
        steps: list[tuple[str, bool]] = []
        here = None if self._table is None else self._table.current_snapshot()
        while here is not None and str(here.snapshot_id) != version:
            operation = here.summary.operation.value if here.summary is not None else ""
            steps.append((str(here.snapshot_id), operation != "replace"))
            before = here.parent_snapshot_id
            here = None if before is None else self._table.snapshot_by_id(before)
        if here is None:
            raise SystemUnfit(self._where, f"snapshot {version} is gone", hint="Run the flow afresh")
        return steps[::-1]

    def pieces(self, version: str) -> Mapping[str, Any]:
        """Return the files of a snapshot, each with the files that say which of its rows are deleted."""
        with iceberg_errors(self._where):
            tasks = self._table.scan(snapshot_id=int(version)).plan_files()
            return {
                " ".join([task.file.file_path, *sorted(gone.file_path for gone in task.delete_files)]): task
                for task in tasks
            }

    def rows(self, version: str, pieces: list[Any]) -> Iterator[Any]:
        """Yield the rows of some files."""
        from pyiceberg.expressions import AlwaysTrue
        from pyiceberg.io.pyarrow import ArrowScan

        with iceberg_errors(self._where):
            schema = self._table.scan(snapshot_id=int(version)).projection()
            scan = ArrowScan(self._table.metadata, self._table.io, schema, AlwaysTrue())
            for piece in pieces:
                yield from scan.to_record_batches([piece])


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:400].rstrip(".") or type(error).__name__
