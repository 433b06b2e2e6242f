"""Replaces what is plainly a value in a log message by `<*>`: numbers, addresses, paths, identifiers, dates, sizes.

General knowledge only, in two steps: masks inside one blank-separated token, whose results are remembered, and masks
over several tokens, applied to a message whose tokens were never seen in this order.
"""

from __future__ import annotations

import re

from workbench.signals.times import MONTHS, WEEKDAYS

WILDCARD = "<*>"
_TOKENS_REMEMBERED = 100_000
_LONGEST_TOKEN = 512
"""Longer tokens are payloads: one value."""

_TOKEN = re.compile(
    "|".join(
        (
            r"[A-Za-z][A-Za-z0-9+.-]*://[^\s,;\"'<>()\[\]{}]+",  # URL
            r"(?<==)[A-Z]\w*\{[^{}=]*\}",  # printed object
            r"(?<![\w.])[\w.-]*/(?:[\w.+@%$~#*-]+/)+[\w.+@%$~#*-]*\w/?",  # path
            r"(?<![\w.@-])/?(?:[A-Za-z0-9_-]+\.)+[a-z0-9-]{2,}:\d+\b",  # host and port
            r"(?<![A-Za-z0-9_])(?:(?=[a-fA-F]*\d)[0-9a-fA-F]{6,}|[a-f]{8,}|[A-F]{8,})(?![A-Za-z0-9_])",  # hexadecimal
            r"(?<![A-Za-z0-9_.])[-+]?\d\w*(?:[-:./+@,]+\w*\d\w*)*(?![A-Za-z_])",  # number, time, address, version
            # name_17: possessive, because any other way to write it explodes on a row of dashes
            r"(?<![A-Za-z0-9_])[A-Za-z_][A-Za-z._@#-]*+(?<=[._@#-])\d[\w@#-]*(?:[.:-]\w*\d\w*)*",
            r"\b(?:true|false|null)\b",
        )
    )
)
_SKELETON = (
    re.compile(r'(?<==")[^"]*(?=")'),
    re.compile(rf"(?:\b(?:{WEEKDAYS})\s+)?\b(?:{MONTHS})\s+<\*>\s+<\*>(?:\s+<\*>)?"),
    re.compile(r"<\*>\s+bytes(?:\s\(<\*>\s[KMGT]B\))?"),
    re.compile(r"<<\*>\s?(?:ms|s|secs?|seconds?|min)\b"),
)
_HEX_LETTERS = 8
"""No word has so many letters of A to F and no other."""
_HEX = re.compile(r"[a-f]+|[A-F]+")
_TRUTH = frozenset(("true", "false", "null"))


class TokenMasks(dict[str, str]):
    """Masked form of each token; `masks[token]` works it out once and remembers up to 100,000 of them."""

    def __missing__(self, token: str) -> str:
        """Mask a token that is not remembered."""
        if token.isdigit() or len(token) > _LONGEST_TOKEN:
            # Never remembered: there are too many of them.
            return WILDCARD
        plain = token.isalpha() and token not in _TRUTH and not (len(token) >= _HEX_LETTERS and _HEX.fullmatch(token))
        masked = token if plain else _TOKEN.sub(WILDCARD, token)
        if len(self) >= _TOKENS_REMEMBERED:
            self.clear()
        self[token] = masked
        return masked


def mask_skeleton(skeleton: str) -> str:
    """Return a token-masked message with single blanks and with values over several tokens masked."""
    text = " ".join(skeleton.split())
    for pattern in _SKELETON:
        text = pattern.sub(WILDCARD, text)
    # An empty pair of brackets after a blank is an empty value; `init()` is not.
    return text.replace(" ()", f" ({WILDCARD})")
