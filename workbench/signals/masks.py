"""Replaces what is plainly a value in a log message by `<*>`: numbers, addresses, paths, identifiers, dates, sizes.

General knowledge only, in two steps: masks inside one blank-separated token, whose results are remembered, and masks
over several tokens, applied to a message whose tokens were never seen in this order.
"""

from __future__ import annotations

import re

from workbench.signals.rules import ALL, Rules
from workbench.signals.times import MONTHS, WEEKDAYS

WILDCARD = "<*>"
_TOKENS_REMEMBERED = 100_000
_LONGEST_TOKEN = 512
"""Longer tokens are payloads: one value."""

_TOKEN = {
    "url": r"[A-Za-z][A-Za-z0-9+.-]*://[^\s,;\"'<>()\[\]{}]+",
    "object": r"(?<==)[A-Z]\w*\{[^{}=]*\}",
    "path": r"(?<![\w.])[\w.-]*/(?:[\w.+@%$~#*-]+/)+[\w.+@%$~#*-]*\w/?"
    r"|(?<!\w)(?:\\\\[?.]\\)?[A-Za-z]:\\[^\s\"'<>|,;]*\w|\\\\[\w.$-]+\\[^\s\"'<>|,;]*\w",  # of Windows as well
    "host": r"(?<![\w.@-])/?(?:[A-Za-z0-9_-]+\.)+[a-z0-9-]{2,}:\d+\b",
    "address": r"(?<![\w:.-])(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}(?![\w:-])"  # MAC, IPv6
    r"|(?<![\w:.])(?=[0-9a-fA-F:]*\d)(?:[0-9a-fA-F]{1,4}:){2,7}(?::|(?::?[0-9a-fA-F]{1,4}){1,2})(?![\w:])",
    "hexadecimal": r"(?<![A-Za-z0-9_])(?:(?=[a-fA-F]*\d)[0-9a-fA-F]{6,}|[a-f]{8,}|[A-F]{8,})(?![A-Za-z0-9_])",
    "number": r"(?<![A-Za-z0-9_.])[-+]?\d\w*(?:[-:./+@,]+\w*\d\w*)*(?![A-Za-z_])",  # time, address, version as well
    # name_17: possessive, because any other way to write it explodes on a row of dashes
    "suffix": r"(?<![A-Za-z0-9_])[A-Za-z_][A-Za-z._@#-]*+(?<=[._@#-])\d[\w@#-]*(?:[.:-]\w*\d\w*)*",
    "truth": r"\b(?:true|false|null)\b",
}
_NAME = re.compile(r"[A-Za-z][A-Za-z_]*(?:\.[A-Za-z][A-Za-z_]*)*[-@#.](?=\d)")
_NOTHING = r"(?!)"
_MESSAGE = {
    "quoted": ('="', r'(?<==")[^"]*(?=")'),
    "date": ("<*> <*>", rf"(?:\b(?:{WEEKDAYS})\s+)?\b(?:{MONTHS})\s+<\*>\s+<\*>(?:\s+<\*>)?"),
    "size": ("<*> bytes", r"<\*>\s+bytes\s\(<\*>\s[KMGT]B\)"),
    "below": ("<<*>", r"<<\*>\s?(?:ms|s|secs?|seconds?|min)\b"),
}
"""What a message must hold for the pattern to be worth a try, and the pattern."""
_HEX_LETTERS = 8
"""No word has so many letters of A to F and no other."""
_HEX = re.compile(r"[a-f]+|[A-F]+")
_TRUTH = frozenset(("true", "false", "null"))


def _value(found: re.Match[str]) -> str:
    """Return what stands for a value; `worker-17` keeps its name."""
    named = _NAME.match(found[0]) if found.lastgroup == "suffix" else None
    return named[0] + WILDCARD if named else WILDCARD


class TokenMasks(dict[str, str]):
    """Masked form of each token; `masks[token]` works it out once and remembers up to 100,000 of them."""

    def __init__(self, rules: Rules = ALL) -> None:
        super().__init__()
        self._pattern = re.compile(
            "|".join(f"(?P<{name}>{form})" for name, form in _TOKEN.items() if rules.uses(name)) or _NOTHING
        )
        self._numbers = rules.uses("number")

    def __missing__(self, token: str) -> str:
        """Mask a token that is not remembered."""
        if (token.isdigit() and self._numbers) or len(token) > _LONGEST_TOKEN:
            # Never remembered: there are too many of them.
            return WILDCARD
        plain = token.isalpha() and token not in _TRUTH and not (len(token) >= _HEX_LETTERS and _HEX.fullmatch(token))
        masked = token if plain else self._pattern.sub(_value, token)
        if len(self) >= _TOKENS_REMEMBERED:
            self.clear()
        self[token] = masked
        return masked


class MessageMasks:
    """Masks over several tokens of a message."""

    def __init__(self, rules: Rules = ALL) -> None:
        self._patterns = [(part, re.compile(form)) for name, (part, form) in _MESSAGE.items() if rules.uses(name)]
        self._brackets = rules.uses("brackets")

    def __call__(self, masked: str) -> str:
        """Return a token-masked message with single blanks and with values over several tokens masked."""
        text = " ".join(masked.split())
        for part, pattern in self._patterns:
            if part in text:
                text = pattern.sub(WILDCARD, text)
        # An empty pair of brackets after a blank is an empty value; `init()` is not.
        return text.replace(" ()", f" ({WILDCARD})") if self._brackets else text
