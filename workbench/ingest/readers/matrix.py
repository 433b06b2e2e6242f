"""Call graphs as an adjacency matrix: the row calls the column where the entry is above a limit."""

from __future__ import annotations

from workbench.ingest import sql
from workbench.ingest.plan import Part
from workbench.ingest.profile import FileRule
from workbench.ingest.raw import LINE, RAW, Raw
from workbench.semconv import Table


def build(raw: Raw, rule: FileRule) -> Part:
    """Return the edges of a matrix; its first column holds the names of the rows."""
    names = raw.columns[1:]
    cells = ", ".join(raw.text(name) for name in names)
    above = f"try_cast(entry AS DOUBLE) > {float(rule.above)!r}"
    select = (
        f"SELECT {LINE} AS source_line, ({LINE} * {len(names)} + spot - 1) AS ordinal, "
        f"coalesce(caller, '') AS caller_service_name, {sql.texts([raw.title(name) for name in names])}[spot] "
        f"AS callee_service_name, {RAW} AS raw, "
        f"CASE WHEN coalesce(caller, '') = '' THEN 'the row has no name' "
        f"WHEN try_cast(entry AS DOUBLE) IS NULL THEN concat('entry ''', entry, ''' is no number') END AS reason "
        f"FROM (SELECT {LINE}, {RAW}, {raw.text(raw.columns[0])} AS caller, unnest([{cells}]) AS entry, "
        f"unnest(range(1, {len(names) + 1})) AS spot FROM ({raw.query})) "
        f"WHERE entry IS NOT NULL AND ({above} OR try_cast(entry AS DOUBLE) IS NULL)"
    )
    return Part(Table.EDGES, select, ("caller_service_name", "callee_service_name"))
