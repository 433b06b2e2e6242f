"""The node `sinks.bigquery`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from pydantic import Field

from workbench.errors import BadInput, SystemUnfit, Unreachable
from workbench.flow.example import Example, asks
from workbench.flow.fields import Secret
from workbench.flow.naming import record_outside
from workbench.flow.node import Extra
from workbench.flow.outside import as_text
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Sink
from workbench.flow.writing import Change, Writer, Writing, write_rows


class Bigquery(Writing):
    """Append rows to a table of BigQuery, by its streaming API.

    Rows that are taken back stay, for streamed rows cannot be deleted at once. With `log` both are written, with the
    columns `time` (minibatch) and `diff` (1 or -1). What is written again within about a minute is taken once only.
    """

    needs = Extra("google", "google.cloud.bigquery")
    tested = "wire protocol"

    project: str = Field(min_length=1)
    """Project of the table."""
    dataset: str = Field(min_length=1)
    """Data set of the table."""
    table: str = Field(min_length=1)
    """Table to write to; it has to be there."""
    log: bool = False
    """Write rows that are taken back too, with the columns `time` and `diff`."""
    service_account: Secret | None = None
    """JSON key of a service account, as ${secret:NAME}; without it this machine's configuration for Google counts."""
    endpoint: str | None = Field(None, pattern=r"^https?://[^@\s]+$")
    """Address of another service that speaks BigQuery; it is spoken to without a login unless there is a key."""

    example: ClassVar[Example | None] = asks(
        {"project": "shop-prod", "dataset": "logs", "table": "errors", "service_account": "${secret:bigquery_shop_key}"}
    )

    @property
    def where(self) -> str:
        """The table, for errors."""
        return f"bigquery://{self.project}/{self.dataset}.{self.table}"

    @contextmanager
    def connected(self, secrets: Secrets) -> Iterator[Any]:
        """Open a client of google-cloud-bigquery."""
        from google.api_core.client_options import ClientOptions
        from google.auth.credentials import AnonymousCredentials
        from google.auth.exceptions import GoogleAuthError
        from google.cloud import bigquery
        from google.oauth2.service_account import Credentials

        try:
            login: Any = None
            if self.service_account is not None:
                login = Credentials.from_service_account_info(json.loads(secrets(self.service_account)))
            elif self.endpoint is not None:
                login = AnonymousCredentials()
            options = ClientOptions(api_endpoint=self.endpoint) if self.endpoint is not None else None
            client = bigquery.Client(self.project, credentials=login, client_options=options)
        except (GoogleAuthError, ValueError) as error:
            # What a broken key holds is not repeated.
            said = "the secret is not a key of a service account" if self.service_account else str(error)
            raise SystemUnfit(self.where, said) from None
        with client:
            yield client

    def build(self, rows: Rows, *, sink: Sink, secrets: Secrets) -> None:
        write_rows(rows, BigqueryWriter(self, sink, secrets))

    def probe(self, *, secrets: Secrets) -> str:
        """Look at the table."""
        with self.connected(secrets) as client, _translated(self.where):
            found = client.get_table(f"{self.project}.{self.dataset}.{self.table}", retry=None)
            return f"{self.where}: {len(found.schema)} columns, {found.num_rows or 0} rows"


class BigqueryWriter(Writer):
    """Streams batches of rows."""

    def __init__(self, node: Bigquery, sink: Sink, secrets: Secrets) -> None:
        super().__init__(node, sink, node.where)
        self.server, self.secrets = node, secrets

    def connect(self) -> Any:
        """Open a client."""
        return self.server.connected(self.secrets)

    def arrange(self, changes: list[Change]) -> Iterable[Change]:
        """Return the rows that came, or all changes."""
        return changes if self.server.log else [change for change in changes if change.added]

    def write(self, connection: Any, changes: Sequence[Change]) -> None:
        """Send a batch; when one row is refused, the service takes none of them."""
        table = f"{self.server.project}.{self.server.dataset}.{self.server.table}"
        rows, ids = [], []
        for change in changes:
            diff = 1 if change.added else -1
            extra = {"time": change.time, "diff": diff} if self.server.log else {}
            rows.append({name: _value(value) for name, value in {**record_outside(change.values), **extra}.items()})
            ids.append(f"{change.key}/{change.time}/{diff}")
        with _translated(self.where):
            faults = connection.insert_rows_json(table, rows, row_ids=ids, retry=None)
        reasons = [one for fault in faults for one in fault["errors"] if one.get("reason") != "stopped"]
        if reasons:
            raise BadInput(
                f"{reasons[0].get('location', '')} {reasons[0].get('message', '')}".strip(), where=self.where
            )


@contextmanager
def _translated(where: str) -> Iterator[None]:
    from google.api_core import exceptions
    from google.auth.exceptions import GoogleAuthError

    try:
        yield
    except (exceptions.TooManyRequests, exceptions.ServerError, OSError) as error:
        raise Unreachable(where, " ".join(str(error).split())[:300]) from error
    except (exceptions.GoogleAPIError, GoogleAuthError) as error:
        said = " ".join(str(error).split())[:300]
        if getattr(error, "code", 0) == 413:
            # Too large as a whole; halves of it may not be.
            raise BadInput(said, where=where) from error
        raise SystemUnfit(where, said) from error


def _value(value: Any) -> Any:
    match value:
        case datetime():
            return (value.astimezone(UTC) if value.tzinfo else value).isoformat()
        case timedelta():
            return value.total_seconds()
        case bytes():
            import base64

            return base64.b64encode(value).decode()
        case dict() | list():
            return as_text(value)
    return value
