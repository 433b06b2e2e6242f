"""The node `sources.gdrive`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from pydantic import Field

from node_catalog._files.drive import Drive
from node_catalog._files.reading import Files, FilesReader
from workbench.errors import SystemUnfit
from workbench.flow.example import Example, asks
from workbench.flow.fields import Secret
from workbench.flow.following import followed
from workbench.flow.node import Extra
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Source

SCOPE = "https://www.googleapis.com/auth/drive.readonly"


class Gdrive(Files):
    """Read the files of a folder of Google Drive and of the folders in it, whole or their records.

    Google's documents and slides are read as text, its sheets as CSV. A path ends with the file's id, because a folder
    may hold several files of one name. Records are read as sources.s3 does.
    """

    needs = Extra("google", "google.auth")
    tested = "wire protocol"

    folder: str = Field(pattern=r"^[\w-]+$")
    """Id of the folder: the last part of its address. It has to be shared with the service account."""
    service_account: Secret | None = None
    """JSON key of a service account, as ${secret:NAME}."""
    endpoint: str = Field("https://www.googleapis.com", pattern=r"^https?://[^\s@]+$")
    """Address of the service."""
    poll_s: float = Field(30.0, gt=0, le=3600)
    """How often to list the folder, in seconds."""

    example: ClassVar[Example | None] = asks(
        {"folder": "1AbCdEfGhIjKlMnOp", "service_account": "${secret:gdrive_logs_key}"}
    )

    @contextmanager
    def opened(self, secrets: Secrets) -> Iterator[Drive]:
        """Log in."""
        from google.auth.credentials import AnonymousCredentials
        from google.auth.transport.requests import AuthorizedSession
        from google.oauth2.service_account import Credentials

        where = f"gdrive://{self.folder}"
        login = AnonymousCredentials()
        if self.service_account is not None:
            try:
                login = Credentials.from_service_account_info(json.loads(secrets(self.service_account)), scopes=[SCOPE])
            except ValueError:
                # What a broken key holds is not repeated.
                raise SystemUnfit(where, "the secret is not a key of a service account") from None
        with AuthorizedSession(login) as session:
            yield Drive(session, self.endpoint.rstrip("/"), self.folder, where)

    def build(self, *, source: Source, secrets: Secrets) -> Rows:
        return followed(FilesReader(self, source, lambda: self.opened(secrets)))

    def probe(self, *, secrets: Secrets) -> str:
        """List the files."""
        with self.opened(secrets) as place:
            return f"gdrive://{self.folder}: {sum(1 for _ in place.entries())} files"
