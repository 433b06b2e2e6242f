"""Tables of Delta Lake: where they lie, and their versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

from pydantic import Field

from workbench.errors import SystemUnfit, Unreachable
from workbench.flow.aws import AwsSettings
from workbench.flow.node import Extra, Node, Tested
from workbench.flow.services import Secrets

# Writing a table anew, or forgetting old files, changes none of its rows.
_SAME_ROWS = ("OPTIMIZE", "VACUUM", "FSCK", "SET TBLPROPERTIES", "ADD CONSTRAINT", "ADD FEATURE", "CREATE TABLE")


class DeltaSettings(AwsSettings, Node):
    """Settings of nodes that use a table of Delta Lake; those of Amazon count for addresses that begin with s3://."""

    needs: ClassVar[Extra | None] = Extra("delta", "deltalake")
    tested: ClassVar[Tested | None] = "real library"

    uri: str = Field(min_length=1, pattern=r"^[^@]+$")
    """Folder of the table, relative to the flow's folder, or its address, such as s3://lake/calls."""

    @property
    def where(self) -> str:
        """The table, for errors."""
        return self.uri

    def options(self, secrets: Secrets) -> dict[str, str] | None:
        """Return what the library wants to know to reach the table."""
        if not self.uri.startswith("s3"):
            return None
        found = {"AWS_REGION": self.region}
        if self.endpoint is not None:
            found |= {"AWS_ENDPOINT_URL": self.endpoint, "AWS_ALLOW_HTTP": str(self.endpoint.startswith("http:"))}
        if self.access_key is not None and self.secret_key is not None:
            found["AWS_ACCESS_KEY_ID"] = secrets(self.access_key)
            found["AWS_SECRET_ACCESS_KEY"] = secrets(self.secret_key)
        return found

    def probe(self, *, secrets: Secrets) -> str:
        """Look at the table."""
        with delta_errors(self.where):
            table = opened(self, self.options(secrets))
            if table is None:
                return f"{self.where}: there is no table yet"
            return f"{self.where}: Delta table, version {table.version()}, {len(table.file_uris())} files"


def opened(node: DeltaSettings, options: dict[str, str] | None, version: int | None = None) -> Any:
    """Return the table, None when there is none."""
    from deltalake import DeltaTable
    from deltalake.exceptions import TableNotFoundError

    try:
        return DeltaTable(node.uri, version=version, storage_options=options)
    except TableNotFoundError:
        return None


@contextmanager
def delta_errors(where: str) -> Iterator[None]:
    """Turn the library's errors into ours."""
    from deltalake.exceptions import CommitFailedError, DeltaError

    try:
        yield
    except CommitFailedError as error:
        raise Unreachable(where, _said(error)) from error
    except (DeltaError, ValueError) as error:
        raise SystemUnfit(where, _said(error)) from error
    except OSError as error:
        raise Unreachable(where, _said(error)) from error


class DeltaVersions:
    """The versions of a table; see `reading.Versions`."""

    def __init__(self, node: DeltaSettings, options: dict[str, str] | None) -> None:
        self._node, self._options = node, options

    def newest(self) -> str | None:
        """Return the newest version."""
        with delta_errors(self._node.where):
            table = opened(self._node, self._options)
            return None if table is None else str(table.version())

    def after(self, version: str) -> list[tuple[str, bool]]:
        """Return the versions behind one."""
        with delta_errors(self._node.where):
            table = opened(self._node, self._options)
            newest = -1 if table is None else table.version()
            if newest < int(version):
                raise SystemUnfit(self._node.where, f"the table has no version {version}", hint="Run the flow afresh")
            if newest == int(version):
                return []
            # The library numbers the entries from the version that it knows, though newer ones may be among them by
            # then: rows that were added would be taken for files that were written anew, and be left out.
            while True:
                entries = table.history(newest - int(version))
                table.update_incremental()
                if table.version() == newest:
                    break
                newest = table.version()
            made = {entry["version"]: str(entry.get("operation", "")) for entry in entries}
            steps = range(int(version) + 1, newest + 1)
            return [(str(step), not made.get(step, "").startswith(_SAME_ROWS)) for step in steps]

    def pieces(self, version: str) -> Mapping[str, Any]:
        """Return the files of a version."""
        with delta_errors(self._node.where):
            return {fragment.path: fragment for fragment in self._dataset(version).get_fragments()}

    def rows(self, version: str, pieces: list[Any]) -> Iterator[Any]:
        """Yield the rows of some files."""
        from pyarrow.dataset import FileSystemDataset

        with delta_errors(self._node.where):
            whole = self._dataset(version)
            part = FileSystemDataset(pieces, whole.schema, whole.format, whole.filesystem)
            yield from part.to_batches()

    def _dataset(self, version: str) -> Any:
        table = opened(self._node, self._options, int(version))
        if table is None:
            raise SystemUnfit(self._node.where, f"version {version} is gone", hint="Run the flow afresh")
        return table.to_pyarrow_dataset()


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:400].rstrip(".") or type(error).__name__
