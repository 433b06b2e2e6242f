"""Turns the expressions of a query into the trees of our own language, so that types and none work the same."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlglot import exp

from workbench.flow.expression.parser import MAX_INTEGER
from workbench.flow.expression.signatures import SIGNATURES
from workbench.flow.expression.tree import Binary, Call, Column, Expr, In, Literal, Place, Unary
from workbench.flow.findings import did_you_mean
from workbench.flow.queries.read import DIALECT, place_of, refuse

Resolve = Callable[[exp.Column], str]
"""Returns the name of a column in the table that is computed over; raises `BadExpression`."""
_BINARY: dict[type[exp.Expr], str] = {
    exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.IntDiv: "//", exp.Mod: "%", exp.EQ: "==",
    exp.NEQ: "!=", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=", exp.And: "and", exp.Or: "or",
}  # fmt: skip
_FUNCTIONS: dict[type[exp.Expr], str] = {
    exp.Coalesce: "coalesce", exp.Nullif: "null_if", exp.Lower: "lower", exp.Upper: "upper", exp.Length: "len",
    exp.Trim: "strip", exp.Abs: "abs", exp.Round: "round", exp.Floor: "floor", exp.Ceil: "ceil", exp.Sqrt: "sqrt",
    exp.Exp: "exp", exp.Ln: "log", exp.Pow: "power", exp.Least: "min", exp.Greatest: "max", exp.Concat: "concat",
    exp.DPipe: "concat", exp.StartsWith: "startswith", exp.EndsWith: "endswith", exp.Contains: "contains",
    exp.RegexpLike: "matches", exp.Split: "split", exp.Sign: "sign", exp.Replace: "replace",
}  # fmt: skip
_UNDERSTOOD = {
    "this", "expression", "expressions", "low", "high", "ifs", "default", "true", "false", "to", "start", "length",
    "table", "db", "catalog", "decimals", "separator", "substr", "replacement", "zone", "base", "pattern",
}  # fmt: skip
"""Parts of expressions that are translated; anything else is refused."""
_CASTS = {
    "text": "to_text", "varchar": "to_text", "char": "to_text", "bigint": "to_integer", "int": "to_integer",
    "smallint": "to_integer", "double": "to_number", "float": "to_number", "decimal": "to_number",
    "boolean": "to_boolean", "json": "to_json",
}  # fmt: skip


def to_tree(node: exp.Expr, text: str, resolve: Resolve) -> Expr:
    """Return our tree of an expression.

    Raises:
        BadExpression: it uses something that is not supported, or a column that is not there; says where.
    """
    return _Translator(text, resolve).tree(node)


class _Translator:
    def __init__(self, text: str, resolve: Resolve) -> None:
        self.text, self.resolve = text, resolve

    def tree(self, node: exp.Expr) -> Expr:
        place = place_of(node, self.text)
        # What the parser understood and we would pass over in silence, such as LEADING of TRIM.
        more = [name for name, value in node.args.items() if value and name not in _UNDERSTOOD and value is not True]
        if more or (node.args.get("negate") and not isinstance(node, (exp.Like, exp.ILike))):
            raise refuse(self.text, node, f"{node.sql(DIALECT)} is not supported", "docs/sql.md says what is")
        if type(node) in _BINARY:
            return self.binary(node, place)
        match node:
            case exp.Paren():
                return self.tree(node.this)
            case exp.Literal():
                return self.literal(node, place)
            case exp.Boolean():
                return Literal(bool(node.this), place)
            case exp.Null():
                return Literal(None, place)
            case exp.Column():
                return Column(self.resolve(node), place)
            case exp.Not():
                return Unary("not", self.tree(node.this), place)
            case exp.Neg():
                return Unary("-", self.tree(node.this), place)
        return self.special(node, place)

    def special(self, node: exp.Expr, place: Place) -> Expr:
        """Return the tree of what has a form of its own in SQL."""
        match node:
            case exp.Is():
                return self.is_null(node, place)
            case exp.In():
                return self.is_in(node, place)
            case exp.Between():
                parts = (node.this, node.args["low"], node.args["high"])
                return Call("between", tuple(map(self.tree, parts)), place)
            case exp.Like() | exp.ILike():
                return self.like(node, place)
            case exp.Case() | exp.If():
                return self.case(node, place)
            case exp.Cast():
                return self.cast(node, place)
            case exp.Substring():
                return self.substring(node, place)
            case exp.Func() | exp.DPipe():
                return self.function(node, place)
        raise refuse(self.text, node, f"{node.sql(DIALECT)} is not supported", "docs/sql.md says what is")

    def binary(self, node: exp.Expr, place: Place) -> Expr:
        sign = _BINARY[type(node)]
        left, right = self.tree(node.this), self.tree(node.expression)
        if sign in ("==", "!=") and any(isinstance(one, Literal) and one.value is None for one in (left, right)):
            raise refuse(self.text, node, "a comparison with NULL is never true", "Write IS NULL or IS NOT NULL")
        return Binary(sign, left, right, place, place)

    def literal(self, node: exp.Literal, place: Place) -> Expr:
        if node.is_string:
            return Literal(str(node.this), place)
        written = str(node.this)
        if written.isdigit():
            if len(written) > 19 or int(written) > MAX_INTEGER:
                raise refuse(self.text, node, f"{written} has more than 64 bits")
            return Literal(int(written), place)
        return Literal(float(written), place)

    def is_null(self, node: exp.Is, place: Place) -> Expr:
        value = self.tree(node.this)
        if isinstance(node.expression, exp.Null):
            return Call("is_none", (value,), place)
        if isinstance(node.expression, exp.Boolean):
            wanted = value if node.expression.this else Unary("not", value, place)
            return Call("coalesce", (wanted, Literal(False, place)), place)
        raise refuse(self.text, node, "after IS there may be NULL, TRUE or FALSE")

    def is_in(self, node: exp.In, place: Place) -> Expr:
        options = [self.tree(one) for one in node.expressions]
        if not options or not all(isinstance(one, Literal) and one.value is not None for one in options):
            raise refuse(self.text, node, "after IN there has to be a list of values", "For a table use a JOIN")
        return In(self.tree(node.this), tuple(one for one in options if isinstance(one, Literal)), False, place)

    def like(self, node: exp.Expr, place: Place) -> Expr:
        pattern = node.expression
        if not isinstance(pattern, exp.Literal) or not pattern.is_string:
            raise refuse(self.text, node, "after LIKE there has to be a text in quotes")
        wild = {"%": ".*", "_": "."}
        written = "".join(wild.get(letter, re.escape(letter)) for letter in str(pattern.this))
        flags = "(?si)" if isinstance(node, exp.ILike) else "(?s)"
        found = Call("matches", (self.tree(node.this), Literal(f"{flags}\\A{written}\\Z", place)), place)
        return Unary("not", found, place) if node.args.get("negate") else found

    def case(self, node: exp.Expr, place: Place) -> Expr:
        branches = node.args["ifs"] if isinstance(node, exp.Case) else [node]
        default = node.args.get("default") or node.args.get("false")
        parts: list[Expr] = []
        for branch in branches:
            test = self.tree(branch.this)
            if isinstance(node, exp.Case) and node.this is not None:
                test = Binary("==", self.tree(node.this), test, place, place)
            parts += [test, self.tree(branch.args["true"])]
        return Call("case", (*parts, *([self.tree(default)] if default is not None else [])), place)

    def cast(self, node: exp.Cast, place: Place) -> Expr:
        kind = node.to.sql(DIALECT).lower().split("(")[0]
        value = self.tree(node.this)
        if kind.startswith("timestamp"):
            return Call("parse_time", (value,), place)
        name = _CASTS.get(kind)
        if name is None:
            raise refuse(
                self.text, node, f"there is no cast to {kind.upper()}", "There is " + ", ".join(sorted(_CASTS))
            )
        if isinstance(node, exp.TryCast) and name in ("to_integer", "to_number"):
            name = "parse_" + name.removeprefix("to_")
        return Call(name, (value,), place)

    def substring(self, node: exp.Substring, place: Place) -> Expr:
        start, length = node.args.get("start"), node.args.get("length")
        if not all(
            one is None or (isinstance(one, exp.Literal) and str(one.this).isdigit()) for one in (start, length)
        ):
            raise refuse(self.text, node, "start and length have to be written as numbers")
        first = max(int(str(start.this)) if start is not None else 1, 1) - 1
        last = MAX_INTEGER if length is None else first + int(str(length.this))
        return Call("slice", (self.tree(node.this), Literal(first, place), Literal(last, place)), place)

    def function(self, node: exp.Expr, place: Place) -> Expr:
        if isinstance(node, exp.Log):
            raise refuse(self.text, node, "log() means another base in each database", "Write ln(x) or ln(x) / ln(10)")
        known = _FUNCTIONS.get(type(node))
        names = [str(node.this).lower()] if isinstance(node, exp.Anonymous) else _names(node)
        name = known or next((one for one in names if one in SIGNATURES), None)
        if name is None:
            near = did_you_mean(names[0], SIGNATURES)
            raise refuse(self.text, node, f"there is no function {names[0]}()", near if "?" in near else "")
        arguments = node.expressions if isinstance(node, exp.Anonymous) else _arguments(node)
        wrong = SIGNATURES[name].wrong_count(len(arguments))
        if wrong:
            raise refuse(self.text, node, wrong, SIGNATURES[name].text())
        return Call(name, tuple(self.tree(one) for one in arguments), place)


def _names(node: exp.Expr) -> list[str]:
    return [one.lower() for one in node.sql_names()] if isinstance(node, exp.Func) else [node.key]


def _arguments(node: exp.Expr) -> list[exp.Expr]:
    found: list[exp.Expr] = []
    for value in node.args.values():
        found += [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, exp.Expr)]
    return found
