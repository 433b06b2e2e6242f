"""What an editor of expressions needs: columns, functions and operators to offer, and faults of what was typed."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.errors import BadExpression
from workbench.facts.evidence import Frozen
from workbench.flow.columns import ColumnSchema
from workbench.flow.expression.analysis import analyse
from workbench.flow.expression.helps import GROUPS, HELPS
from workbench.flow.expression.kinds import Typed
from workbench.flow.expression.printing import column
from workbench.flow.expression.signatures import SIGNATURES
from workbench.flow.expression.tree import OPERATORS
from workbench.flow.findings import Finding, pointed


class OfferedColumn(Frozen):
    """A column that can be used."""

    name: str
    type: str
    nullable: bool
    insert: str
    """How it is written in an expression."""


class OfferedFunction(Frozen):
    """A function that can be used."""

    name: str
    group: str
    signature: str
    help: str
    example: str


class OfferedOperator(Frozen):
    """An operator that can be used."""

    operator: str
    help: str


class ExpressionHelp(Frozen):
    """All that can be written in a field of a node, and what is wrong with what was written."""

    columns: list[OfferedColumn]
    functions: list[OfferedFunction]
    operators: list[OfferedOperator]
    expression: str = ""
    type: str = ""
    """What the expression gives; empty when there is none or it has faults."""
    faults: list[Finding] = []

    @property
    def exit_code(self) -> int:
        """1 when the expression has faults."""
        return int(bool(self.faults))

    def text(self) -> str:
        """Return the faults if there are any, else lists of columns, functions and operators."""
        if self.faults:
            said = [f"{one.message} {one.hint}".strip() for one in self.faults]
            places = [pointed(one.source, one.start or 0, one.end or 0) for one in self.faults]
            return "\n".join(line for pair in zip(said, places, strict=True) for line in pair)
        lines = [f"{self.expression} gives {self.type}", ""] if self.expression else []
        lines += ["Columns", *(f"  {one.insert}  {one.type}{' or none' * one.nullable}" for one in self.columns)]
        for group in GROUPS:
            lines += ["", f"Functions: {group}"]
            lines += [f"  {one.signature}\n      {one.help}" for one in self.functions if one.group == group]
        return "\n".join([*lines, "", "Operators", *(f"  {one.operator:4} {one.help}" for one in self.operators)])


def offered(columns: list[ColumnSchema], text: str = "", *, node: str = "", field: str = "") -> ExpressionHelp:
    """Return what can be written over some columns, and the faults of a text.

    Args:
        columns: Columns of the input.
        text: What was written so far; nothing is checked when it is empty.
        node: Id of the node, for the findings.
        field: Field of the node, for the findings.
    """
    found, gives = _faults(text, {one.name: Typed(one.type, one.nullable) for one in columns}) if text else ([], "")
    return ExpressionHelp(
        columns=[
            OfferedColumn(name=one.name, type=one.type, nullable=one.nullable, insert=column(one.name))
            for one in columns
        ],
        functions=functions(),
        operators=[
            *(OfferedOperator(operator=sign, help=said) for sign, (_, said) in OPERATORS.items()),
            OfferedOperator(operator="not", help="true when it is false"),
            OfferedOperator(operator="in", help='one of a list: level in ["ERROR", "FATAL"]; also not in'),
            OfferedOperator(operator="is", help="x is none, x is not none"),
        ],
        expression=text,
        type=gives,
        faults=[Finding.of_expression(node, field, one) for one in found],
    )


def functions() -> list[OfferedFunction]:
    """Return all functions by group."""
    return [
        OfferedFunction(
            name=name, group=group, signature=SIGNATURES[name].text(), help=HELPS[name][0], example=HELPS[name][1]
        )
        for group, names in GROUPS.items()
        for name in names.split()
    ]


def _faults(text: str, columns: Mapping[str, Typed]) -> tuple[list[BadExpression], str]:
    try:
        done = analyse(text, columns)
    except BadExpression as error:
        return [error], ""
    return done.faults, "" if done.faults else done.result.text()
