"""Names the place in the code that wrote a log line, so that lines of one statement count as one thing."""

from __future__ import annotations

import re
from functools import lru_cache

LEVEL_WORDS = (
    r"TRACE|VERBOSE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|ERR|CRIT(?:ICAL)?|FATAL|SEVERE|ALERT|EMERG|PANIC"
    r"|FINE(?:R|ST)?|CONFIG"
)
HEAD = 400
"""Characters that are looked at for the level and the location: both stand in a line's header."""
_MESSAGE = 800
_WORDS = 12

_LEVEL = re.compile(rf"(?<![A-Za-z])(?:{LEVEL_WORDS})(?![A-Za-z])|\b(?:info|warn(?:ing)?|error|debug|fatal|critical)\b")
LEVEL_LETTERS = (
    "TRACE|VERBOSE|DEBUG|INFO|NOTICE|WARN|ERR|CRIT|FATAL|SEVERE|ALERT|EMERG"
    "|PANIC|FINE|CONFIG|info|warn|error|debug|fatal|critical"
)
"""One of these stands in whatever `_LEVEL` finds."""
_LETTERS = re.compile(LEVEL_LETTERS)
_LOCATION = re.compile(
    r"(?<![\w/.$#])(?:[\w$]+\.)*[A-Z][\w$]*#(?:[\w$<>]+[:#])?\d+(?!\w)"
    r"|(?<![\w$./-])(?:[\w.$-]+/)*[\w$-]+\."
    r"(?:java|kt|scala|py|go|rs|rb|js|jsx|ts|tsx|cs|cpp|cc|c|h|hpp|php|ex|erl|swift|m|pl|lua|fs|vb)"
    r"[:(]\d+(?![\w.])"
)
_AFTER_LEVEL = re.compile(r"[\s|:\]-]*(?P<place>\S*[^\s#]#\d+)(?!\w)")
"""A logger's name right behind the level may hold anything: `[Catalina].[localhost]#182`."""
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_PAYLOAD = re.compile(r"\{[^{}]*\}|\([^()]*\)|<[^<>]*>|(?P<named>[=:]\s*)?\[(?P<text>[^\[\]]*)\]")
_SENTENCE = re.compile(r"[A-Za-z][A-Za-z_.'!-]*(?:\s+[A-Za-z][A-Za-z_.'!-]*){0,7}")
"""Plain words in square brackets are the message itself, as many loggers write it. Words end at a space only: a long
name with a digit in it could otherwise be cut into words in very many ways."""
_NAMED = re.compile(r"(?P<name>[A-Za-z][A-Za-z _-]{0,40}?)\s*[:=]")
"""Of a named value in square brackets the name is kept."""
_ASSIGNED = re.compile(r"(?<=\w)=\S*|(?<=\w):(?=\S)[^\s]*")
_OPENED = re.compile(r"[\[({<]")
_CUT = re.compile(r"[\[({<][^\])}>]*$")
_VALUE = re.compile(r"\S*\d\S*|\S+://\S+|\S*[/@\\]\S*")
_WITH_DIGIT = re.compile(r"[A-Za-z_]*[0-9][A-Za-z0-9_]*")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z_.-]*")


def log_key(body: str) -> str:
    """Return level and code location of a line (`"ERROR Cart#83"`), or level and masked message when it has none.

    A location is `Class#line` or `file.ext:line` within the first 400 characters. The mask drops payloads in brackets
    and quotes, the values of names, and all words with digits, and keeps at most 12 words, because a rare template made
    of an object's dump would look like news. A sentence in square brackets is no
    payload. The level is upper case, '' when the line has none; WARNING counts as WARN.
    """
    head = body[:HEAD]
    # Where the level has a field of its own, most lines have none: a look for its letters is much faster.
    found = _LEVEL.search(head) if _LETTERS.search(head) else None
    level = found.group().upper() if found else ""
    level = "WARN" if level == "WARNING" else level
    behind = _AFTER_LEVEL.match(head, found.end()) if found else None
    if behind:
        return f"{level} {behind['place']}"
    # Most lines have no location: a look for its signs is much faster than the expression.
    location = _LOCATION.search(head) if "#" in head or ("." in head and (":" in head or "(" in head)) else None
    if location:
        return f"{level} {location.group().replace('(', ':')}".lstrip()
    return f"{level} {_mask(body, found.end() if found else 0)}".strip()


def _mask(body: str, start: int) -> str:
    # Words with digits are dropped whatever they are, so lines that differ in nothing else are masked once.
    return _masked(_WITH_DIGIT.sub("0", body[start : start + _MESSAGE]))


@lru_cache(maxsize=4096)
def _masked(text: str) -> str:
    if '"' in text or "'" in text:
        text = _QUOTED.sub(" ", text)
    if _OPENED.search(text):
        for _ in range(3):
            text = _PAYLOAD.sub(_kept, text)
        text = _CUT.sub(" ", text)
    text = _VALUE.sub(" ", text)
    if "=" in text or ":" in text:
        text = _ASSIGNED.sub(" ", text)
    return " ".join(word.strip(".-") for word in _PLAIN.findall(text)[:_WORDS])


def _kept(found: re.Match[str]) -> str:
    """Return what is kept of a bracket: a sentence or the name of a value; a value itself is dropped."""
    text = found["text"]
    if text is None or found["named"]:
        return " "
    if _SENTENCE.fullmatch(text.strip()):
        return f" {text} "
    name = _NAMED.match(text.strip())
    return f" {name['name']} " if name else " "
