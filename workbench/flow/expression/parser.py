"""Reads an expression: words in, tree out. Nothing is ever evaluated as Python."""

from __future__ import annotations

from workbench.errors import BadExpression
from workbench.flow.expression.signatures import SIGNATURES
from workbench.flow.expression.tokens import WORDS, Token, tokens_of
from workbench.flow.expression.tree import (
    IN,
    MINUS,
    NOT,
    OPERATORS,
    Binary,
    Call,
    Column,
    Expr,
    In,
    Literal,
    Place,
    Unary,
    parts,
    walk,
)
from workbench.flow.findings import did_you_mean

MAX_LENGTH = 2000
MAX_NESTED = 60
MAX_DEPTH = 120
"""How many operators may depend on each other: Pathway walks them by recursion."""
MAX_INTEGER = 2**63 - 1
_CONSTANTS = {"true": True, "false": False, "none": None, "null": None, "True": True, "False": False, "None": None}


def parse(text: str) -> Expr:
    """Return the tree of an expression.

    Raises:
        BadExpression: it is none, or uses something that the language does not have; says where.
    """
    if len(text) > MAX_LENGTH:
        raise BadExpression(
            text, f"an expression of {len(text)} characters is longer than {MAX_LENGTH}", (MAX_LENGTH, len(text)),
            hint="Compute parts of it in columns of their own, with tables.select",
        )  # fmt: skip
    return _Parser(text).whole()


def columns_of(text: str) -> list[str]:
    """Return the names of the columns an expression reads, sorted; raises `BadExpression`."""
    return sorted({node.name for node in walk(parse(text)) if isinstance(node, Column)})


class _Parser:
    """Reads by the strength of operators ("precedence climbing")."""

    def __init__(self, text: str) -> None:
        self.text, self.tokens, self.here, self.depth = text, tokens_of(text), 0, 0

    def whole(self) -> Expr:
        if len(self.tokens) == 1:
            raise BadExpression(self.text, "the expression is empty", (0, len(self.text)))
        node = self.expression(0)
        if self.next.kind != "end":
            raise self.unexpected(self.next)
        if _depth(node) > MAX_DEPTH:
            raise self.too_deep(self.tokens[0])
        return node

    @property
    def next(self) -> Token:
        return self.tokens[self.here]

    def take(self) -> Token:
        token = self.tokens[self.here]
        self.here = min(self.here + 1, len(self.tokens) - 1)
        return token

    def takes(self, sign: str) -> bool:
        """Take a sign or word if it comes next."""
        found = self.next.kind in ("sign", "name") and self.next.text == sign
        if found:
            self.take()
        return found

    def expression(self, least: int) -> Expr:
        """Read operands and the operators that bind at least so strongly."""
        self.deeper(self.next)
        left = self.operand()
        while (strength := self.strength()) >= max(least, 1):
            if self.next.text in ("in", "not", "is"):
                left = self.tested(left)
                continue
            sign = self.take()
            right = self.expression(strength + 1)
            left = Binary(sign.text, left, right, Place(left.place.start, right.place.end), Place(sign.start, sign.end))
            if strength == OPERATORS["=="][0] and self.strength() == strength:
                raise BadExpression(
                    self.text, "comparisons cannot be chained", (left.place.start, self.next.end),
                    hint="Write a < b and b < c, or between(b, a, c)",
                )  # fmt: skip
        self.depth -= 1
        return left

    def strength(self) -> int:
        token = self.next
        if token.kind == "sign" and token.text in OPERATORS:
            return OPERATORS[token.text][0]
        if token.kind == "name":
            if token.text in ("in", "is"):
                return IN
            if token.text == "not" and self.tokens[self.here + 1].text == "in":
                return IN
            return OPERATORS[token.text][0] if token.text in OPERATORS else 0
        return 0

    def tested(self, left: Expr) -> Expr:
        """Read what follows `in`, `not in`, `is` or `is not`."""
        if self.takes("is"):
            negated = self.takes("not")
            word = self.take()
            if word.kind != "name" or word.text not in ("none", "null", "None"):
                raise BadExpression(
                    self.text, "only `none` may stand after `is`", (word.start, word.end), hint="Write == to compare"
                )
            test = Call("is_none", (left,), Place(left.place.start, word.end))
            return Unary("not", test, test.place) if negated else test
        negated = self.takes("not")
        self.take()
        begin = self.next
        closing = {"[": "]", "(": ")"}.get(begin.text if begin.kind == "sign" else "")
        if closing is None:
            raise self.no_list(begin.start, begin.end)
        self.take()
        options: list[Literal] = []
        while not self.takes(closing):
            value = self.expression(MINUS)
            if not isinstance(value, Literal) or value.value is None:
                raise self.no_list(value.place.start, value.place.end)
            options.append(value)
            if not self.takes(",") and self.next.text != closing:
                raise self.unexpected(self.next, f"A comma or `{closing}` has to follow")
        end = self.tokens[self.here - 1].end
        if not options:
            raise self.no_list(begin.start, end)
        return In(left, tuple(options), negated, Place(left.place.start, end))

    def operand(self) -> Expr:
        token = self.take()
        if token.kind == "text":
            return Literal(token.text, Place(token.start, token.end))
        if token.kind == "number":
            return self.number(token, "")
        if token.kind == "sign" and token.text == "(":
            inner = self.expression(0)
            if not self.takes(")"):
                raise self.unexpected(self.next, f"The bracket at {token.start + 1} is not closed")
            return inner
        if token.kind == "sign" and token.text == "-":
            if self.next.kind == "number":
                return self.number(self.take(), "-", token.start)
            inner = self.expression(MINUS)
            return Unary("-", inner, Place(token.start, inner.place.end))
        if token.kind == "name":
            return self.named(token)
        raise self.unexpected(token)

    def named(self, token: Token) -> Expr:
        if token.text == "not":
            inner = self.expression(NOT)
            return Unary("not", inner, Place(token.start, inner.place.end))
        if token.text in _CONSTANTS:
            return Literal(_CONSTANTS[token.text], Place(token.start, token.end))
        if token.text in WORDS:
            raise self.unexpected(token)
        if self.next.kind == "sign" and self.next.text == "(":
            return self.call(token)
        if self.next.kind == "sign" and self.next.text == "[":
            raise BadExpression(
                self.text, "`[` has no meaning here", (self.next.start, self.next.end),
                hint="There are item(list, number), slice(text, start, end) and json_get(value, path)",
            )  # fmt: skip
        return Column(token.text, Place(token.start, token.end))

    def call(self, name: Token) -> Expr:
        self.take()
        arguments: list[Expr] = []
        while not self.takes(")"):
            arguments.append(self.expression(0))
            if not self.takes(",") and self.next.text != ")":
                raise self.unexpected(self.next, f"A comma or `)` has to follow the value given to {name.text}()")
        place = Place(name.start, self.tokens[self.here - 1].end)
        if name.text == "col":
            if len(arguments) != 1 or not isinstance(arguments[0], Literal) or not isinstance(arguments[0].value, str):
                raise BadExpression(
                    self.text, "col() takes the name of a column as text", (place.start, place.end),
                    hint='Such as col("odd name")',
                )  # fmt: skip
            return Column(arguments[0].value, place)
        if name.text not in SIGNATURES:
            near = did_you_mean(name.text, SIGNATURES)
            raise BadExpression(
                self.text, f"there is no function {name.text}()", (name.start, name.end),
                hint=near if "?" in near else "`causeway expression-help` lists all functions",
            )  # fmt: skip
        wrong = SIGNATURES[name.text].wrong_count(len(arguments))
        if wrong:
            raise BadExpression(self.text, wrong, (place.start, place.end), hint=SIGNATURES[name.text].text())
        return Call(name.text, tuple(arguments), place)

    def number(self, token: Token, sign: str, start: int | None = None) -> Literal:
        place = Place(token.start if start is None else start, token.end)
        if token.text.isdigit():
            # Python refuses to read thousands of digits.
            if len(token.text) > 19 or int(token.text) > MAX_INTEGER:
                raise BadExpression(self.text, "a whole number has at most 64 bits", (place.start, place.end))
            return Literal(int(sign + token.text), place)
        value = float(sign + token.text)
        if value in (float("inf"), float("-inf")):
            raise BadExpression(self.text, "the number is too large", (place.start, place.end))
        return Literal(value, place)

    def deeper(self, token: Token) -> None:
        self.depth += 1
        if self.depth > MAX_NESTED:
            raise self.too_deep(token)

    def too_deep(self, token: Token) -> BadExpression:
        return BadExpression(
            self.text, "too many values are nested or chained", (token.start, token.end),
            hint="Compute parts in columns of their own, or use `in`",
        )  # fmt: skip

    def no_list(self, start: int, end: int) -> BadExpression:
        hint = 'Such as level in ["ERROR", "FATAL"]'
        return BadExpression(self.text, "what stands after `in` has to be a list of values", (start, end), hint=hint)

    def unexpected(self, token: Token, hint: str = "") -> BadExpression:
        if token.kind == "end":
            return BadExpression(
                self.text, "the expression ends too early", (len(self.text), len(self.text)), hint=hint
            )
        shown = self.text[token.start : token.end]
        if token.kind == "name" and token.text in ("if", "else"):
            hint = "A condition with two results is if_else(condition, then, else)"
        if token.kind == "name" and not hint:
            hint = _ELSEWHERE.get(token.text.lower(), "")
        before = self.tokens[self.here - 2] if self.here > 1 else None
        if before is not None and before.kind in ("text", "number") and not hint:
            hint = "An operator such as + or == has to stand between two values"
        return BadExpression(self.text, f"`{shown}` is not expected here", (token.start, token.end), hint=hint)


_ELSEWHERE = {
    "like": 'Write contains(text, "part"), startswith(text, "part") or matches(text, "regular expression")',
    "ilike": 'Write contains(lower(text), "part") or matches(text, "(?i)regular expression")',
    "between": "Write between(value, low, high)",
    "as": "Give the column its name in the setting, and convert with to_integer, to_number or to_text",
}
"""What is written here for words of SQL."""


def _depth(node: Expr) -> int:
    depth, level = 0, [node]
    while level:
        depth, level = depth + 1, [part for one in level for part in parts(one)]
    return depth
