"""Finds what does not fit in an expression before it is built: unknown columns, types, constants; all at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from workbench.errors import BadExpression
from workbench.flow.expression.constants import fault_of
from workbench.flow.expression.kinds import NUMBERS, PHRASES, UNKNOWN, Typed, common, result_of
from workbench.flow.expression.parser import parse
from workbench.flow.expression.signatures import SIGNATURES, Parameter
from workbench.flow.expression.tree import Binary, Call, Column, Expr, In, Literal, Place, Unary
from workbench.flow.findings import did_you_mean

Columns = Mapping[str, Typed]
NEVER_NONE = ("is_none", "fingerprint")
"""Functions that give a value for none too."""


@dataclass(slots=True)
class Analysis:
    """What is known of an expression over certain columns."""

    text: str
    tree: Expr
    types: dict[int, Typed] = field(default_factory=dict)
    """Kind of each node of the tree, by `id`."""
    faults: list[BadExpression] = field(default_factory=list)

    @property
    def result(self) -> Typed:
        """What the whole gives."""
        return self.types[id(self.tree)]

    def of(self, node: Expr) -> Typed:
        """Return the kind of a part."""
        return self.types[id(node)]


def analyse(text: str, columns: Columns) -> Analysis:
    """Return kinds and faults of an expression; raises `BadExpression` when it is not well written."""
    return analyse_tree(text, parse(text), columns)


def analyse_tree(text: str, tree: Expr, columns: Columns) -> Analysis:
    """Return kinds and faults of a tree whose places are those of a text."""
    done = Analysis(text, tree)
    _Analyst(done, columns).visit(tree)
    return done


class _Analyst:
    def __init__(self, done: Analysis, columns: Columns) -> None:
        self.done, self.columns = done, columns

    def visit(self, node: Expr) -> Typed:
        found = self.typed(node)
        self.done.types[id(node)] = found
        return found

    def fault(self, what: str, place: Place, hint: str = "") -> None:
        self.done.faults.append(BadExpression(self.done.text, what, (place.start, place.end), hint=hint))

    def shown(self, node: Expr) -> str:
        text = " ".join(self.done.text[node.place.start : node.place.end].split())
        return text if len(text) <= 40 else text[:37] + "..."

    def said(self, node: Expr) -> str:
        return f"{self.shown(node)} is {PHRASES[self.done.of(node).kind]}"

    def typed(self, node: Expr) -> Typed:
        match node:
            case Literal(value=value):
                return _literal(value)
            case Column(name=name):
                return self.column(node, name)
            case Unary(operator=operator, operand=operand):
                return self.unary(node, operator, self.visit(operand))
            case In(operand=operand, options=options):
                return self.tested(operand, options)
            case Binary():
                return self.binary(node)
            case Call(name="case"):
                return self.case(node)
            case Call():
                return self.call(node)

    def column(self, node: Column, name: str) -> Typed:
        if name in self.columns:
            return self.columns[name]
        near = did_you_mean(name, self.columns)
        has = ", ".join(sorted(self.columns)) or "none"
        self.fault(f"there is no column {name!r}; its input has {has}", node.place, near if "Did" in near else "")
        return UNKNOWN

    def unary(self, node: Unary, operator: str, operand: Typed) -> Typed:
        if operator == "not":
            if operand.kind not in ("boolean", "unknown"):
                self.fault(f"{self.said(node.operand)}; `not` takes true or false", node.place,
                           _instead("boolean", operand.kind, self.shown(node.operand)))  # fmt: skip
            return Typed("boolean", operand.nullable)
        if operand.kind not in (*NUMBERS, "duration", "unknown"):
            self.fault(f"{self.said(node.operand)}; only a number or a duration has a sign", node.place,
                       _instead("number", operand.kind, self.shown(node.operand)))  # fmt: skip
            return UNKNOWN
        return operand

    def tested(self, operand: Expr, options: tuple[Literal, ...]) -> Typed:
        found = self.visit(operand)
        for option in options:
            kind = self.visit(option).kind
            if result_of("==", found.kind, kind) is None:
                self.fault(f"{self.said(operand)}, {self.said(option)}: they are never equal", option.place,
                           _compared(operand, found.kind, option, kind, self.shown))  # fmt: skip
        return Typed("boolean", found.nullable)

    def binary(self, node: Binary) -> Typed:
        left, right = self.visit(node.left), self.visit(node.right)
        nullable = left.nullable or right.nullable
        if "none" in (left.kind, right.kind):
            if node.operator in ("==", "!="):
                return Typed("boolean")
            self.fault(f"`{node.operator}` of none gives none always", node.place, "There is coalesce(value, other)")
            return UNKNOWN
        kind = result_of(node.operator, left.kind, right.kind)
        if kind is None:
            self.misfit(node, left.kind, right.kind)
            comparing = node.operator in ("==", "!=", "<", "<=", ">", ">=", "and", "or")
            return Typed("boolean", nullable) if comparing else UNKNOWN
        return Typed(kind, nullable)

    def misfit(self, node: Binary, left: str, right: str) -> None:
        if node.operator in ("and", "or"):
            for part, kind in ((node.left, left), (node.right, right)):
                if kind not in ("boolean", "unknown"):
                    self.fault(f"{self.said(part)}; `{node.operator}` takes true or false", part.place,
                               _instead("boolean", kind, self.shown(part)))  # fmt: skip
            return
        both = f"{self.said(node.left)}, {self.said(node.right)}"
        what = f"{both}: `{node.operator}` does not take them together"
        if node.operator in ("==", "!=", "<", "<=", ">", ">="):
            what = f"{both}: they cannot be compared"
        self.fault(what, node.place, _compared(node.left, left, node.right, right, self.shown))

    def case(self, node: Call) -> Typed:
        found = [self.visit(part) for part in node.arguments]
        last = len(found) - len(found) % 2
        for place in range(0, last, 2):
            if found[place].kind not in ("boolean", "unknown"):
                part = node.arguments[place]
                self.fault(f"{self.said(part)}; case() takes a condition here", part.place,
                           "It goes case(condition, result, condition, result, ..., otherwise)")  # fmt: skip
        results = [*found[1:last:2], *found[last:]]
        places = [*node.arguments[1:last:2], *node.arguments[last:]]
        nullable = last == len(found) or any(one.nullable for one in results)
        return Typed(self.together(node, results, places), nullable)

    def call(self, node: Call) -> Typed:
        signature = SIGNATURES[node.name]
        found = [self.visit(part) for part in node.arguments]
        same: list[tuple[Typed, Expr]] = []
        for place, (one, part) in enumerate(zip(found, node.arguments, strict=True)):
            parameter = signature.parameter(place)
            if parameter.kinds == ("same",):
                same.append((one, part))
            self.argument(node, parameter, part, one)
        kind = signature.result
        if same:
            kind_of_same = self.together(node, [one for one, _ in same], [part for _, part in same])
            kind = kind_of_same if kind == "same" else kind
            if node.name == "between":
                self.ordered(node, kind_of_same)
        elif kind == "same":
            pairs = zip(found, range(len(found)), strict=True)
            kind = common([one.kind for one, at in pairs if not signature.parameter(at).constant]) or "unknown"
        return Typed(kind, self.nullable(node, found))

    def nullable(self, node: Call, found: list[Typed]) -> bool:
        if node.name in NEVER_NONE:
            return False
        if node.name == "coalesce":
            return all(one.nullable for one in found)
        if node.name == "if_else":
            return any(one.nullable for one in found[1:])
        return SIGNATURES[node.name].may_be_none or any(one.nullable for one in found)

    def argument(self, node: Call, parameter: Parameter, part: Expr, found: Typed) -> None:
        if parameter.constant and (not isinstance(part, Literal) or part.value is None):
            self.fault(f"{parameter.name} of {node.name}() has to be written down, so that it can be checked",
                       part.place, f"Such as {SIGNATURES[node.name].text()}")  # fmt: skip
            return
        wanted = parameter.kinds
        if wanted[0] not in ("any", "same") and found.kind not in (*wanted, "unknown"):
            if found.kind == "integer" and "number" in wanted:
                return
            takes = " or ".join(dict.fromkeys(PHRASES[kind] for kind in wanted))
            self.fault(f"{self.said(part)}; {node.name}() takes {takes} as {parameter.name}", part.place,
                       _instead(wanted[-1], found.kind, self.shown(part)))  # fmt: skip
        elif parameter.constant and isinstance(part, Literal):
            wrong = fault_of(node.name, parameter.name, part.value)
            if wrong:
                self.fault(wrong, part.place)

    def together(self, node: Call, found: list[Typed], places: list[Expr]) -> str:
        kind = common([one.kind for one in found])
        if kind == "none":
            self.fault(f"all values given to {node.name}() are none", node.place)
            return "unknown"
        if kind is None:
            first = next(part for part, one in zip(places, found, strict=True) if one.kind != "none")
            other = next(
                part
                for part, one in zip(places, found, strict=True)
                if common([one.kind, self.done.of(first).kind]) is None
            )
            self.fault(f"{self.said(first)}, {self.said(other)}: {node.name}() needs values of one type", other.place,
                       _instead(self.done.of(first).kind, self.done.of(other).kind, self.shown(other)))  # fmt: skip
            return "unknown"
        return kind

    def ordered(self, node: Call, kind: str) -> None:
        if result_of("<", kind, kind) is None:
            self.fault(f"{self.said(node.arguments[0])}, which has no order", node.place)


def _literal(value: str | int | float | bool | None) -> Typed:
    match value:
        case None:
            return Typed("none", nullable=True)
        case bool():
            return Typed("boolean")
        case str():
            return Typed("text")
        case int():
            return Typed("integer")
        case _:
            return Typed("number")


_FROM_JSON = {"text": "json_text", "integer": "json_integer", "number": "json_number", "boolean": "json_boolean"}
_FROM_TEXT = {"number": "to_number", "integer": "to_integer", "boolean": "to_boolean", "time": "parse_time",
              "duration": "parse_duration", "list": "split", "json": "to_json"}  # fmt: skip


def _instead(wanted: str, has: str, shown: str) -> str:
    """Return what to write to get a value of another kind, '' when there is no way."""
    if has == "json" and wanted in _FROM_JSON:
        return f'Use {_FROM_JSON[wanted]}({shown}, "path")'
    if wanted == "text" and has not in ("none", "bytes"):
        return f"Use to_text({shown})"
    if has == "text" and wanted in _FROM_TEXT:
        return f"Use {_FROM_TEXT[wanted]}({shown})"
    if wanted == "boolean":
        return f"Write {shown} != 0" if has in NUMBERS else ""
    if wanted == "time" and has == "integer":
        return f"Use from_unix({shown})"
    if has == "duration" and wanted in NUMBERS:
        return f"Use seconds({shown})"
    if has == "number" and wanted == "integer":
        return f"Use to_integer({shown})"
    return 'A length of time is duration("5m")' if wanted == "duration" else ""


def _compared(left: Expr, left_kind: str, right: Expr, right_kind: str, shown: Callable[[Expr], str]) -> str:
    """Return how two values can be made comparable."""
    name, kind, other, other_kind = left, left_kind, right, right_kind
    if isinstance(left, Literal) and not isinstance(right, Literal):
        name, kind, other, other_kind = right, right_kind, left, left_kind
    said = _instead(other_kind, kind, shown(name)) or _instead(kind, other_kind, shown(other))
    if isinstance(other, Literal) and kind == "text" and other_kind in NUMBERS:
        return f'{said}, or write "{other.value}"'
    if isinstance(other, Literal) and isinstance(other.value, str) and kind in NUMBERS and _is_number(other.value):
        return f"Write {other.value} without quotes"
    if isinstance(other, Literal) and kind == "time" and other_kind == "text":
        return f"Use parse_time({shown(other)})"
    if isinstance(other, Literal) and kind == "duration" and other_kind == "text":
        return f"Use duration({shown(other)})"
    return said


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
