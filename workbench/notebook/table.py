"""The rows of a statement: shown as a table, given as frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workbench.notebook.frames import Frames

if TYPE_CHECKING:
    import pyarrow as pa

_MOST_SHOWN = 20


class Table(Frames):
    """Rows of a statement; `found` is the answer of the tool."""

    def __init__(self, found: Any) -> None:
        self.found = found

    def rows(self) -> Sequence[Mapping[str, Any]]:
        """Return the rows as plain values."""
        names = [column.name for column in self.found.columns]
        return [dict(zip(names, row, strict=True)) for row in self.found.rows]

    def arrow(self) -> pa.Table:
        """Return the rows as an Arrow table; columns named `*_unix_nano` are timestamps in UTC, named without that."""
        import pyarrow as pa

        columns = {
            column.name: pa.array([row[place] for row in self.found.rows])
            for place, column in enumerate(self.found.columns)
        }
        return pa.table(
            {
                name.removesuffix("_unix_nano"): values.cast(pa.timestamp("ns", tz="UTC"))
                if name.endswith("_unix_nano") and pa.types.is_integer(values.type)
                else values
                for name, values in columns.items()
            }
        )

    def _repr_html_(self) -> str:
        return str(self.df().to_html(max_rows=_MOST_SHOWN, index=False))

    def __repr__(self) -> str:
        return str(self.found.text())
