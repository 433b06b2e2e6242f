"""The node `sources.s3`."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from node_catalog._files.buckets import BucketSettings, bucket
from node_catalog._files.reading import Files, FilesReader
from workbench.flow.example import Example, asks
from workbench.flow.following import followed
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Source


class S3(Files, BucketSettings):
    """Read the objects of a bucket of Amazon S3: whole, or their records; with `follow` also those that come later.

    With whole objects, a changed one replaces its row and the row of a deleted one is taken back. With records, a
    changed object is read again from its beginning.
    """

    poll_s: float = Field(30.0, gt=0, le=3600)
    """How often to list the bucket, in seconds; each thousand objects cost one request."""

    example: ClassVar[Example | None] = asks(
        {
            "bucket": "shop-logs",
            "prefix": "app/",
            "region": "eu-central-1",
            "format": "jsonlines",
            "columns": {"service": "text", "body": "text"},
        }
    )

    def build(self, *, source: Source, secrets: Secrets) -> Rows:
        return followed(FilesReader(self, source, lambda: bucket(self, secrets)))
