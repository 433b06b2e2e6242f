"""Access logs in the W3C extended format, whose line `#Fields:` says what is in the others: IIS, CloudFront."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.ingest import sql
from workbench.ingest.clock import iso
from workbench.ingest.files import OF_CLOUDFRONT, Found
from workbench.ingest.raw import LINE, lines
from workbench.ingest.readers.requests import Entries, said, service_of
from workbench.ingest.shape import Shape

_FIELDS = "#Fields:"
_ATTRIBUTES = {
    "c-ip": "client.address",
    "s-ip": "server.address",
    "cs-host": "server.address",
    "cs(Host)": "server.address",
    "x-host-header": "server.address",
    "cs(User-Agent)": "user_agent.original",
    "cs(Referer)": "http.request.header.referer",
    "sc-bytes": "http.response.size",
    "cs-uri-query": "url.query",
    "s-sitename": "iis.site",
    "sc-substatus": "iis.substatus",
    "sc-win32-status": "iis.win32_status",
    "x-edge-location": "aws.cloudfront.edge_location",
    "x-edge-result-type": "aws.cloudfront.result_type",
    "x-edge-detailed-result-type": "aws.cloudfront.detailed_result_type",
    "x-edge-request-id": "aws.cloudfront.request_id",
}


def fields_of(rows: Sequence[str]) -> list[str]:
    """Return the fields that the beginning of a log of requests names; none when it is something else."""
    named = next((row for row in rows if row.startswith(_FIELDS)), "")
    fields = named.removeprefix(_FIELDS).split()
    return fields if {"date", "time", "sc-status"} <= set(fields) else []


def entries(file: Found, shape: Shape) -> Entries:
    """Return the entries of a log in the W3C extended format."""
    rows = [row[0] for row in shape.rows]
    fields = fields_of(rows)
    body = [row for row in rows if row and not row.startswith("#")]
    tab = any("\t" in row for row in body)
    split = f"string_split(rtrim(line, chr(13)), {sql.text(chr(9) if tab else ' ')})"

    def cell(name: str) -> str:
        return said(f"cells[{fields.index(name) + 1}]") if name in fields else "''"

    # IIS writes whole milliseconds, CloudFront seconds with decimals.
    unit = 1e9 if "x-edge-location" in fields else 1e6
    timed = "time-taken" in fields
    took = f"CAST(round(try_cast({cell('time-taken')} AS DOUBLE) * {unit}) AS BIGINT)" if timed else "NULL"
    moment = iso(f"({cell('date')} || ' ' || {cell('time')})", "UTC")
    read = (
        f"SELECT {LINE}, line, cells, {moment} AS ended, {took} AS took, "
        f"try_cast({cell('sc-status')} AS INTEGER) AS status, {cell('cs-method')} AS method, "
        f"{cell('cs-uri-stem')} AS path FROM (SELECT {LINE}, line, {split} AS cells "
        f"FROM ({lines(file, shape.encoding)}) WHERE line IS NOT NULL AND trim(line) <> '' AND line[1] <> '#')"
    )
    wrong = (
        f"CASE WHEN len(cells) <> {len(fields)} THEN concat('the line has ', len(cells), ' fields and not the "
        f"{len(fields)} that #Fields names') WHEN ended IS NULL THEN 'its date and time cannot be read' "
        "WHEN status IS NULL THEN 'its status is no number' END"
    )
    service, why = service_of(file, "cloudfront" if "x-edge-location" in fields else "iis")
    if distribution := OF_CLOUDFRONT.fullmatch(file.relative.rsplit("/", 1)[-1]):
        service, why = distribution[1], "the distribution in the file's name"
    return Entries(
        query=f"SELECT *, concat(method, ' ', path, ' ', status) AS body, coalesce(status >= 500, false) AS failed, "
        f"{wrong} AS wrong FROM ({read})",
        service=sql.text(service),
        service_said=f"{service}, {why}",
        host=cell("s-computername"),
        timed="time-taken" if timed else "",
        attributes={_ATTRIBUTES[name]: cell(name) for name in fields if name in _ATTRIBUTES},
        clock="UTC, as the format says",
    )
