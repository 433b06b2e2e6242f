"""Looks at the beginning of a file and says what it is."""

from __future__ import annotations

import codecs
import re
from dataclasses import replace

import duckdb

from workbench.errors import BadInput
from workbench.ingest import sql
from workbench.ingest.contents import HEAD_BYTES, check_first_line, read_head
from workbench.ingest.files import Found
from workbench.ingest.look_csv import look_at_csv
from workbench.ingest.look_json import look_at_json
from workbench.ingest.look_lines import look_at_lines, plain
from workbench.ingest.profile import FileRule
from workbench.ingest.saved.documents import is_one
from workbench.ingest.saved.reader import COMMAND, IN_YAML, recognise
from workbench.ingest.shape import SAMPLE_ROWS, Shape
from workbench.signals.origins import learn_origins


def look(file: Found, rule: FileRule) -> Shape:
    """Find out what a file is; what the rule says is taken as true.

    Raises:
        BadInput: the file is empty, binary, or its beginning cannot be read.
    """
    if rule.format == "parquet" or (rule.format is None and file.suffix in (".parquet", ".pq")):
        return _parquet(file)
    head = read_head(file)
    if not head.strip(b"\r\n\t \xef\xbb\xbf"):
        raise BadInput("the file is empty", where=str(file.path), hint="There is nothing to import; leave it out")
    encoding, why = _encoding(head, file)
    check_first_line(file, head)
    text = _decode(head, encoding, complete=len(head) < 256 * 1024)
    shape = _of_text(file, rule, text)
    return replace(shape, encoding=encoding, reasons=((why,) if why else ()) + shape.reasons)


def _encoding(head: bytes, file: Found) -> tuple[str, str]:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", "UTF-16 by its first two bytes"
    if b"\0" in head:
        hint = "Compressed files have to end in .gz or .zst, Parquet files in .parquet"
        raise BadInput("the file is binary", where=str(file.path), hint=hint)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        # Whoever writes UTF-8 writes some letter as two valid bytes; a file without any is of an older encoding.
        if not re.search(rb"[\xc2-\xf4][\x80-\xbf]", head):
            return "latin-1", "not UTF-8, read as Latin-1"
        return "utf-8", "some lines are not UTF-8; these are rejected"
    return "utf-8", ""


def _decode(head: bytes, encoding: str, *, complete: bool) -> str:
    text = head.decode("utf-8-sig" if encoding == "utf-8" else encoding, errors="replace")
    if not complete and "\n" in text:
        text = text[: text.rindex("\n") + 1]
    return text


def _of_text(file: Found, rule: FileRule, text: str) -> Shape:
    if rule.format == "text":
        return plain(text)
    if rule.format == "csv" or (rule.format is None and file.suffix in (".csv", ".tsv")):
        return look_at_csv(file, rule, text)
    if known := look_at_lines(rule, text):
        return known
    if rule.format is None and learn_origins(text.splitlines()[:SAMPLE_ROWS]):
        return plain(text)
    if rule.format in (None, "saved_text") and (saved := _saved(file, rule, text)):
        return saved
    is_json = text.lstrip()[0] in "{["
    expected = rule.format is not None or file.suffix in (".json", ".jsonl", ".ndjson")
    if is_json or expected:
        if is_json and (shape := look_at_json(file, rule, text)):
            return shape
        if is_json and rule.format is None and is_one(text):
            return Shape("saved_text", columns=("line",), reasons=("a JSON document, read leaf by leaf",))
        if expected:
            raise BadInput(
                "the file is JSON of no known kind" if is_json else "the file is not JSON",
                where=str(file.path),
                hint="Known are OTLP, Jaeger, Zipkin, Prometheus query results, and one object per line",
            )
    return plain(text)


def _saved(file: Found, rule: FileRule, text: str) -> Shape | None:
    """Return the shape of what a command printed and somebody saved; None when it is something else."""
    json_only = file.suffix in (".json", ".jsonl", ".ndjson")
    said = recognise(text, complete=file.bytes < HEAD_BYTES and file.compression == "none", json_only=json_only)
    if file.suffix in (".yaml", ".yml") and said not in (COMMAND, IN_YAML):
        hint = "Of YAML files only those are read that hold Kubernetes objects (kubectl get -o yaml)"
        raise BadInput("the YAML holds no object of Kubernetes", where=str(file.path), hint=hint)
    if not said and rule.format == "saved_text":
        said = "as the profile says"
    return Shape("saved_text", columns=("line",), reasons=(said,)) if said else None


def _parquet(file: Found) -> Shape:
    relation = f"read_parquet({sql.text(str(file.path))})"
    try:
        described = sql.scratch().execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
        rows = sql.scratch().execute(f"SELECT COLUMNS(*)::VARCHAR FROM {relation} LIMIT {SAMPLE_ROWS}").fetchall()
    except duckdb.Error as error:
        hint = "The file may be cut off or be no Parquet; write it again"
        raise BadInput(
            f"not readable as Parquet: {str(error).splitlines()[0]}", where=str(file.path), hint=hint
        ) from error
    if not rows:
        raise BadInput("the file has no row", where=str(file.path), hint="There is nothing to import; leave it out")
    return Shape(
        "parquet",
        columns=tuple(row[0] for row in described),
        types=tuple(row[1] for row in described),
        rows=tuple(tuple("" if cell is None else cell for cell in row) for row in rows),
        reasons=(f"Parquet with {len(described)} columns",),
    )
