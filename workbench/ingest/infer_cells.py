"""What the cells of a sample tell: which columns are numbers, clocks, pods, wrapped messages."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workbench.ingest import sql
from workbench.ingest.clock import Clock
from workbench.ingest.columns import text_of
from workbench.ingest.decide_clock import decide
from workbench.ingest.levels import are_words, scale_of
from workbench.ingest.profile import ColumnRule, TimeRule
from workbench.ingest.shape import NUMBERS, Shape, is_number, numbers_enough
from workbench.ingest.vocabulary import find
from workbench.semconv import Table

_DAY = re.compile(r"\d{4}[-/.]\d\d[-/.]\d\d(?:[ T]00:00:00(?:\.0+)?)?")
_NUMERIC_NAME = re.compile(r"time|date|stamp|epoch|^ts$", re.IGNORECASE)


def refine(shape: Shape, table: Table, found: dict[str, ColumnRule]) -> list[str]:
    """Look into the cells: logs wrapped by a container runtime, levels inside of messages, parents of root spans."""
    notes = []
    if (service := found.get("service_name")) and any(
        cell.endswith(".service") for cell in shape.cells(service.column)
    ):
        found["service_name"] = service.model_copy(update={"pattern": _UNIT})
    whole = find("attributes", list(shape.columns))
    if whole and all(cell.startswith("{") or not cell for cell in shape.cells(whole)):
        found["attributes"] = ColumnRule(column=whole)
    if "parent_span_id" in found:
        column = found["parent_span_id"].column
        found["parent_span_id"] = ColumnRule(column=column, empty_if=_NO_PARENT)
    if table is Table.LOGS and "body" in found:
        column = found["body"].column
        wrapped = [cell for cell in shape.cells(column) if cell.startswith("{") and '"log":' in cell]
        body = ColumnRule(column=column, unwrap_json="log" if len(wrapped) * 2 > len(shape.rows) else "")
        found["body"] = body
        if body.unwrap_json:
            notes.append(f"{column!r} holds the JSON of a container runtime; its 'log' is taken")
        if "severity_number" not in found:
            notes += _levels(shape, found, body)
    return notes


def _levels(shape: Shape, found: dict[str, ColumnRule], body: ColumnRule) -> list[str]:
    """Find levels that are numbers, are in a column of another name, or stand in the message; return what to say."""
    if given := found.get("severity_text"):
        scale = scale_of(given.column, shape.cells(given.column))
        found["severity_text"] = given.model_copy(update={"scale": scale})
        return [f"levels are numbers as {scale.replace('_', ' ')} has them"] if scale else []
    taken = {one.column for one in found.values()}
    named = next((name for name in shape.columns if name not in taken and are_words(shape.cells(name))), "")
    if named:
        found["severity_text"] = ColumnRule(column=named)
        return [f"column {named!r} holds levels"]
    in_message = body.model_copy(update={"level_word": True})
    if any(sql.evaluate(text_of(in_message, lambda _: "x"), shape.cells(body.column))):
        found["severity_text"] = in_message
        return ["the level is the first level word near the start of the message"]
    found["severity_text"] = body.model_copy(update={"failure_words": True})
    return ["no record has a level; it is told by words of failure"]


_UNIT = r"^(.*?)(?:\.service)?$"
"""Systemd puts the kind of a unit behind its name."""
_NO_PARENT = ("root", "0", "-1", "0000000000000000", "null", "None", "NULL", "nan")


def mostly_numbers(shape: Shape, column: str) -> bool:
    """Tell whether most cells of a column are numbers."""
    cells = [cell for cell in shape.cells(column) if cell.strip()]
    return bool(cells) and sum(is_number(cell) for cell in cells) * 2 > len(cells)


def numeric_columns(shape: Shape, clocks: dict[str, Clock]) -> list[str]:
    """Return the columns whose cells are numbers or empty, but for a few; without the clocks."""
    return [name for name in shape.columns if name not in clocks and numbers_enough(shape.cells(name), is_number)]


def left_out(shape: Shape, columns: Sequence[str]) -> list[str]:
    """Say which columns of a file of metrics are not read, with a cell that is no number; empty ones are not said."""
    said = []
    for name in columns:
        strange = next((cell for cell in shape.cells(name) if cell.strip() and not is_number(cell)), "")
        said += [f"column {name!r} is left out: {strange[:40]!r} is no number"] if strange else []
    return said


def find_clocks(shape: Shape) -> dict[str, Clock]:
    """Return the columns that hold times: by name and readable cells, or by cells that are dates whatever the name."""
    found = {}
    for name in shape.columns:
        named = any(find(target, [name]) for target in ("time_unix_nano", "start_time_unix_nano", "end_time_unix_nano"))
        cells = shape.cells(name)
        if named or _NUMERIC_NAME.search(name) or (cells and re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:", cells[0])):
            clock = decide(cells, TimeRule(column=name))
            if clock and (named or clock.kind != "epoch" or _close_together(cells)):
                found[name] = clock
    return found


def leading_clock(shape: Shape, clocks: dict[str, Clock]) -> dict[str, Clock]:
    """Return the clock of the message when its lines begin with their time and no column has one, but for days."""
    days = all(_DAY.fullmatch(cell.strip()) for name in clocks for cell in shape.cells(name) if cell.strip())
    body = find("body", list(shape.columns))
    if not days or not body:
        return {}
    lines = [cell for cell in shape.cells(body) if cell.strip()]
    clock = decide(lines, TimeRule(column=body, leading=True))
    begun = sum(time is not None for time in sql.evaluate(clock.expression("x"), lines)) if clock else 0
    return {body: clock} if clock and begun >= NUMBERS * len(lines) else {}


def _close_together(cells: list[str]) -> bool:
    """Tell epochs from measurements such as `response_time_ns`: times of one file differ by little."""
    numbers = [float(cell) for cell in cells if is_number(cell)]
    return bool(numbers) and max(numbers) < min(numbers) * 1.05
