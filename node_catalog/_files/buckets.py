"""Buckets of S3, of Amazon or of others that speak its protocol, such as MinIO."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, ClassVar

from pydantic import Field

from node_catalog._files.places import Entry
from workbench.flow.aws import NEEDS, AwsSettings, aws_errors, client
from workbench.flow.node import Extra, Node, Tested
from workbench.flow.services import Secrets

IN_MEMORY = 16 << 20
"""Larger objects are kept in a temporary file while they are read."""


class BucketSettings(AwsSettings, Node):
    """Settings of nodes that use a bucket."""

    needs: ClassVar[Extra | None] = NEEDS
    tested: ClassVar[Tested | None] = "emulator"

    bucket: str = Field(min_length=3, pattern=r"^[a-z0-9][a-z0-9.-]+$")
    """Name of the bucket."""
    prefix: str = ""
    """What the objects' keys begin with, such as logs/2026/."""
    path_style: bool = False
    """Name the bucket in the path of the address, not in its host; servers of one's own want it mostly."""

    @property
    def where(self) -> str:
        """The place, for errors."""
        return f"s3://{self.bucket}/{self.prefix}"

    @contextmanager
    def connected(self, secrets: Secrets) -> Iterator[Any]:
        """Open a client."""
        opened = client(self, secrets, "s3", s3={"addressing_style": "path" if self.path_style else "auto"})
        try:
            yield opened
        finally:
            opened.close()

    def probe(self, *, secrets: Secrets) -> str:
        """List one object."""
        with self.connected(secrets) as opened, aws_errors(self.where):
            found = opened.list_objects_v2(Bucket=self.bucket, Prefix=self.prefix, MaxKeys=1)
            return f"{self.where}: the bucket answers, and has {'objects' if found['KeyCount'] else 'no objects'} there"


class Bucket:
    """Objects of a bucket as files; see `places.Place`."""

    def __init__(self, settings: BucketSettings, opened: Any) -> None:
        self._settings, self._client = settings, opened

    def entries(self) -> Iterable[Entry]:
        """Return the objects that are there now; those whose name ends in a slash are folders, and left out."""
        asked = {"Bucket": self._settings.bucket, "Prefix": self._settings.prefix}
        with aws_errors(self._settings.where):
            for page in self._client.get_paginator("list_objects_v2").paginate(**asked):
                for one in page.get("Contents", ()):
                    if not one["Key"].endswith("/"):
                        path = f"s3://{self._settings.bucket}/{one['Key']}"
                        yield Entry(path, one["Size"], one["LastModified"], one["ETag"], one["Key"])

    @contextmanager
    def open(self, entry: Entry) -> Iterator[BinaryIO]:
        """Fetch an object, in the version that was listed."""

        with tempfile.SpooledTemporaryFile(IN_MEMORY) as kept:
            if not self._fetch(entry, kept):
                raise FileNotFoundError(entry.path)
            kept.seek(0)
            yield kept  # type: ignore[misc]

    def _fetch(self, entry: Entry, kept: Any) -> bool:
        from botocore.exceptions import ClientError

        with aws_errors(entry.path):
            try:
                got = self._client.get_object(Bucket=self._settings.bucket, Key=entry.id, IfMatch=entry.version)
            except ClientError as error:
                if error.response["Error"]["Code"] in ("NoSuchKey", "PreconditionFailed", "404", "412"):
                    return False
                raise
            shutil.copyfileobj(got["Body"], kept)
        return True


@contextmanager
def bucket(settings: BucketSettings, secrets: Secrets) -> Iterator[Bucket]:
    """Connect to a bucket."""
    with settings.connected(secrets) as opened:
        yield Bucket(settings, opened)
