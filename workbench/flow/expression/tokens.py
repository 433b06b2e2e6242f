"""Cuts the text of an expression into words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from workbench.errors import BadExpression

Kind = Literal["name", "text", "number", "sign", "end"]
WORDS = ("and", "or", "not", "in", "is", "true", "false", "none", "null", "True", "False", "None")
"""Names that are no columns; `col("in")` is one all the same."""
SIGNS = ("==", "!=", "<=", ">=", "//", "<", ">", "+", "-", "*", "/", "%", "(", ")", "[", "]", ",")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_TEXT = re.compile(r"r?(\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')", re.DOTALL)
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "\\": "\\", '"': '"', "'": "'", "\n": ""}
_INSTEAD = {
    "=": "Write == to compare",
    "&": "Write and",
    "|": "Write or",
    "!": "Write not, or != to compare",
    "~": "Write not",
    "{": "A list stands in [ ]",
    "^": "There is power(value, exponent)",
    '"': "The text that begins here has no closing quote",
    "'": "The text that begins here has no closing quote",
    "`": 'A column with an odd name is col("the name")',
    ":": "A condition with two results is if_else(condition, then, else)",
    "?": "A condition with two results is if_else(condition, then, else)",
}


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number, text or sign."""

    kind: Kind
    text: str
    """As it is written; for a text what it says."""
    start: int
    end: int


def tokens_of(text: str) -> list[Token]:
    """Return the words of an expression and an `end`; raises `BadExpression` where none begins."""
    found: list[Token] = []
    here = 0
    while here < len(text):
        if text[here].isspace():
            here += 1
            continue
        token = _token(text, here)
        found.append(token)
        here = token.end
    return [*found, Token("end", "", len(text), len(text))]


def _token(text: str, here: int) -> Token:
    if quoted := _TEXT.match(text, here):
        raw = quoted[0].startswith("r")
        return Token("text", quoted[1][1:-1] if raw else _unescaped(quoted[1][1:-1]), here, quoted.end())
    if name := _NAME.match(text, here):
        return Token("name", name[0], here, name.end())
    if number := _NUMBER.match(text, here):
        glued = _NAME.match(text, number.end())
        if glued:
            raise BadExpression(
                text, f"`{number[0]}{glued[0]}` is neither a number nor a name", (here, glued.end()),
                hint='A length of time is duration("5m"); a column whose name begins with a digit is col("5xx")',
            )  # fmt: skip
        return Token("number", number[0], here, number.end())
    for sign in SIGNS:
        if text.startswith(sign, here):
            return Token("sign", sign, here, here + len(sign))
    raise BadExpression(
        text, f"`{text[here]}` has no meaning here", (here, here + 1), hint=_INSTEAD.get(text[here], "")
    )


def _unescaped(inner: str) -> str:
    # As in Python: a backslash before anything else stays, so that patterns such as "\d+" can be written plainly.
    def replace(found: re.Match[str]) -> str:
        code = found[1]
        if len(code) > 1:
            return chr(int(code[1:], 16))
        return _ESCAPED.get(code, found[0])

    return _ESCAPE.sub(replace, inner)
