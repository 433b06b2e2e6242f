"""The node `sinks.deltalake`."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any, ClassVar

from node_catalog._lakes.delta import DeltaSettings, delta_errors, opened
from node_catalog._lakes.writing import LakeOutput, LakeWriter
from workbench.flow.example import Example, grid, writes
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Sink


class DeltalakeOutput(LakeOutput, DeltaSettings):
    """Write rows into a table of Delta Lake: the present rows by a key, or every row that comes.

    The table is made when it is not there. JSON and lists are kept as JSON text, durations as microseconds.
    """

    example: ClassVar[Example | None] = writes(
        {"uri": "lake/errors", "key": ["service"]},
        grid("service errors", ("cart", 3), ("pay", 1)),
        {"lake/errors": '{"service": "cart", "errors": 3}\n{"service": "pay", "errors": 1}\n'},
    )

    def build(self, rows: Rows, *, sink: Sink, secrets: Secrets) -> None:
        self.write_lake(rows, DeltaWriter(self, sink, secrets))


class DeltaWriter(LakeWriter):
    """Makes a version of the table at a time."""

    def __init__(self, node: DeltalakeOutput, sink: Sink, secrets: Secrets) -> None:
        super().__init__(node, sink, node.where, node.spool)
        self.table, self.secrets = node, secrets

    def connect(self) -> AbstractContextManager[Any]:
        """Resolve the secrets."""
        return nullcontext(self.table.options(self.secrets))

    def append(self, connection: Any, rows: Any, name: str) -> None:
        """Add rows, unless the table says that it has them."""
        from deltalake import CommitProperties, Transaction, write_deltalake

        with delta_errors(self.where):
            table = opened(self.table, connection)
            if table is not None and table.transaction_version(name) is not None:
                return
            once = CommitProperties(app_transactions=[Transaction(name, 1)])
            write_deltalake(
                table if table is not None else self.table.uri,
                rows,
                mode="append",
                storage_options=None if table is not None else connection,
                commit_properties=once,
            )

    def replace(self, connection: Any, came: Any, went: Any, name: str) -> None:
        """Merge; merged twice, the table is the same."""
        with delta_errors(self.where):
            table = opened(self.table, connection)
            if table is None:
                self.append(connection, came, name)
                return
            same = " AND ".join(f"t.{_quoted(key)} = s.{_quoted(key)}" for key in self.key)
            sides = {"predicate": same, "source_alias": "s", "target_alias": "t"}
            if len(came):
                table.merge(came, **sides).when_matched_update_all().when_not_matched_insert_all().execute()
            if len(went):
                table.merge(went, **sides).when_matched_delete().execute()


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
