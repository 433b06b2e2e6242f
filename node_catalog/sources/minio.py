"""The node `sources.minio`."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from node_catalog._files.buckets import BucketSettings, bucket
from node_catalog._files.reading import Files, FilesReader
from workbench.flow.example import Example, asks
from workbench.flow.following import followed
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Source


class Minio(Files, BucketSettings):
    """Read the objects of a bucket of MinIO, or of another server that speaks S3: Ceph, Garage, SeaweedFS.

    It reads as sources.s3 does.
    """

    endpoint: str = Field(pattern=r"^https?://[^\s@]+$")
    """Address of the server, such as http://127.0.0.1:9000."""
    path_style: bool = True
    """Name the bucket in the path of the address, not in its host."""
    poll_s: float = Field(5.0, gt=0, le=3600)
    """How often to list the bucket, in seconds."""

    example: ClassVar[Example | None] = asks(
        {
            "endpoint": "http://127.0.0.1:9000",
            "bucket": "logs",
            "format": "jsonlines",
            "columns": {"service": "text", "body": "text"},
        }
    )

    def build(self, *, source: Source, secrets: Secrets) -> Rows:
        return followed(FilesReader(self, source, lambda: bucket(self, secrets)))
