"""The node `sinks.s3`."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, ClassVar

from node_catalog._files.buckets import BucketSettings
from node_catalog._files.rolling import Rolling, RollingWriter
from workbench.errors import BadInput, SystemUnfit
from workbench.flow.aws import aws_errors
from workbench.flow.example import Example, asks
from workbench.flow.fields import OutputFile
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Sink


class S3Output(Rolling, BucketSettings):
    """Write rows as objects into a bucket of Amazon S3, MinIO or another server that speaks S3.

    Rows are kept in a folder of this machine until an object is large or old enough; what a crashed run has left there
    is sent by the next. An object that is sent again replaces itself.
    """

    spool: OutputFile = "spool"
    """Folder in which rows are kept until they are sent; two flows need two names or two folders."""

    example: ClassVar[Example | None] = asks({"bucket": "shop-logs", "prefix": "errors/", "region": "eu-central-1"})

    def build(self, rows: Rows, *, sink: Sink, secrets: Secrets) -> None:
        self.write_files(rows, S3Writer(self, sink, secrets))


class S3Writer(RollingWriter):
    """Sends finished files."""

    def __init__(self, node: S3Output, sink: Sink, secrets: Secrets) -> None:
        super().__init__(node, sink, node.where, node.spool)
        self.bucket, self.secrets = node, secrets

    def connect(self) -> AbstractContextManager[Any]:
        """Open a client."""
        return self.bucket.connected(self.secrets)

    def prepare(self, connection: Any) -> None:
        """Look whether the bucket is there before rows wait for it."""
        with aws_errors(self.where):
            connection.list_objects_v2(Bucket=self.bucket.bucket, MaxKeys=1)
        super().prepare(connection)

    def hand_over(self, connection: Any, file: Path, name: str) -> None:
        """Send a file, in several pieces when it is large; it is seen when all of it is there."""
        try:
            with aws_errors(self.where), file.open("rb") as content:
                connection.upload_fileobj(content, self.bucket.bucket, self.bucket.prefix + name)
        except BadInput as error:
            raise SystemUnfit(self.where, error.what) from error
        file.unlink()
