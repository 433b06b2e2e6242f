"""What a flow lacks on this machine, and values on their way between other systems and the graph."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pathway as pw
import pytest

from workbench.flow.check import check
from workbench.flow.fields import ColumnType, Secret
from workbench.flow.graph import Flow
from workbench.flow.node import Extra, Node
from workbench.flow.outside import as_json, at_path, inward, outward, row_of


class Distant(Node):
    """Write to a system whose package nobody has."""

    needs = Extra("distant", "json", "not_installed.anywhere")

    password: Secret | None = None

    def build(self, rows: Any) -> None:
        return None


def findings(**settings: Any) -> list[tuple[str, str, str, str]]:
    flow = Flow.model_validate({"name": "f", "nodes": [{"id": "far", "kind": "distant", "settings": settings}]})
    found = check(flow, {"distant": Distant}, secrets=["known_one_password"])
    return [(one.code, one.field, one.message, one.hint) for one in found if one.code.startswith("missing_")]


def test_a_package_that_is_not_installed_is_a_finding_with_the_command() -> None:
    message = f"{Distant.kind} needs the package 'not_installed.anywhere', which is not installed."

    assert ("missing_extra", "", message, "pip install 'causeway[distant]'") in findings()


def test_only_a_secret_that_is_missing_is_a_finding() -> None:
    known = findings(password="${secret:known_one_password}")
    missing = findings(password="${secret:other_one_password}")

    hint = "Set it: causeway secret-set other_one_password"
    assert [one for one in known if one[0] == "missing_secret"] == []
    assert ("missing_secret", "password", "there is no secret 'other_one_password'.", hint) in missing


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (Decimal("2.50"), "number", 2.5),
        (Decimal("3"), "integer", 3),
        (memoryview(b"\x00\xff"), "bytes", b"\x00\xff"),
        (b"t\xc3\xa9e", "text", "tée"),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "time", pw.DateTimeUtc("2026-01-02T03:04:05+00:00")),
        (date(2026, 1, 2), "text", "2026-01-02"),
        (timedelta(seconds=90), "duration", pw.Duration(90, "s")),
        (timedelta(seconds=90), "number", 90.0),
        (UUID(int=1), "text", "00000000-0000-0000-0000-000000000001"),
        ({"at": datetime(2026, 1, 2, tzinfo=UTC)}, "json", pw.Json({"at": "2026-01-02 00:00:00+00:00"})),
        ([1, 2], "text", "[1, 2]"),
        (0, "boolean", False),
    ],
)
def test_what_drivers_give_becomes_what_a_column_holds(value: Any, kind: ColumnType, expected: Any) -> None:
    assert inward(value, kind) == expected


@pytest.mark.parametrize(
    ("value", "kind", "message"),
    [
        (Decimal("2.5"), "integer", "2.5 is not a whole number"),
        (b"\xff", "text", "is not UTF-8 text"),
        (datetime(2026, 1, 2, tzinfo=UTC), "integer", "is not a whole number"),
    ],
)
def test_what_does_not_fit_without_loss_is_refused(value: Any, kind: ColumnType, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        inward(value, kind)


def test_a_row_names_the_column_that_does_not_fit() -> None:
    with pytest.raises(ValueError, match="column 'n': 'x' is not a whole number"):
        row_of({"n": "x"}, {"n": "integer"}, "keep")


def test_what_the_graph_holds_becomes_plain() -> None:
    at = pw.DateTimeUtc("2026-01-02T03:04:05.000006+00:00")
    row = {"at": at, "for": pw.Duration(90, "s"), "j": pw.Json({"a": [1]}), "l": (1, (2,)), "b": b"\x01"}

    plain = {name: outward(value) for name, value in row.items()}

    then = datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert plain == {"at": then, "for": timedelta(seconds=90), "j": {"a": [1]}, "l": [1, [2]], "b": b"\x01"}
    assert as_json(row) == (
        '{"at": "2026-01-02T03:04:05.000006+00:00", "for": 90.0, "j": {"a": [1]}, "l": [1, [2]], "b": "01"}'
    )


def test_a_path_leads_into_a_document() -> None:
    document = {"a": {"b": 1}, "c.d": 2, "e": [3]}

    assert [at_path(document, path) for path in ("a.b", "c.d", "a.x", "e.0", "z")] == [1, 2, None, None, None]
