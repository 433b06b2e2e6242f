"""Finds values by the name that stands before them: `password=...`, `"user_id": ...`, `session 0x...`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from workbench.guard.spans import PiiType, Span, places
from workbench.guard.tokens import looks_random

# Words that end a name, by kind, without `_` and `-`: `db_password` and `X-Api-Key` end in one.
_NAMES: dict[PiiType, tuple[str, ...]] = {
    PiiType.TOKEN: (
        "password", "passwd", "passphrase", "pwd", "secret", "token", "apikey", "accesskey", "secretkey", "privatekey",
        "authkey", "signingkey", "encryptionkey", "accountkey", "sharedaccesskey",
        "secretaccesskey", "credential", "credentials",
    ),
    PiiType.SESSION: ("sessionid", "jsessionid", "phpsessid", "sessid", "sid", "session"),
    PiiType.USER_ID: (
        "userid", "username", "user", "uid", "login", "loginname", "logname", "accountid", "customerid", "memberid",
        "subscriberid", "employeeid", "patientid", "clientuserid", "enduserid",
    ),
    PiiType.PHONE: ("phone", "phonenumber", "mobile", "mobilenumber", "telephone", "msisdn", "cellphone", "fax"),
    PiiType.EMAIL: ("email", "emailaddress"),
    PiiType.AADHAAR: ("aadhaar", "aadhaarnumber", "aadhar", "aadharnumber"),
    PiiType.IP: ("ipaddress", "clientip", "remoteip", "remoteaddr", "sourceip", "xforwardedfor"),
}  # fmt: skip
_KIND = {name: kind for kind, names in _NAMES.items() for name in names}
_LONGEST_FIRST = sorted(_KIND, key=len, reverse=True)

# In free text a name is followed by `=` or `:`; the search starts at a literal, which Python's `re` finds fast.
_ANCHORS: tuple[tuple[str, PiiType], ...] = (
    ("passw", PiiType.TOKEN), ("passphrase", PiiType.TOKEN), ("pwd", PiiType.TOKEN), ("secret", PiiType.TOKEN),
    ("token", PiiType.TOKEN), ("key", PiiType.TOKEN), ("credential", PiiType.TOKEN),
    ("sess", PiiType.SESSION), ("sid", PiiType.SESSION),
    ("user", PiiType.USER_ID), ("uid", PiiType.USER_ID), ("login", PiiType.USER_ID), ("logname", PiiType.USER_ID),
    ("accountid", PiiType.USER_ID), ("account_id", PiiType.USER_ID), ("account-id", PiiType.USER_ID),
    ("customer", PiiType.USER_ID), ("member", PiiType.USER_ID),
)  # fmt: skip
_SEPARATOR = r"\\?[\"']?(?P<sep>[ \t]?:[ \t]{0,3}|[ \t]=>?[ \t]{0,3}|=>?)"
_VALUE = _SEPARATOR + r"(?P<quote>\\?[\"'])?(?P<value>(?(quote)[^\"'\\\r\n]{1,4096}|[^\s\"',;&|<>()\[\]{}]{1,4096}))"
_REST = re.compile(r"[A-Za-z0-9_-]{0,30}" + _VALUE)
_NAME_PART = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
_LONGEST_NAME = 60
# These are matched in the small letters of the text, right behind the word that they begin with.
_SESSION_HEX = re.compile(r"(?:[ _-]?id)?[ :=#]{1,3}(0x[0-9a-f]{6,32})")
_ID_IN_WORDS = re.compile(r"[ _-]?id(?: is)?[ #]{1,2}([a-z0-9-]*\d[a-z0-9-]*)")
_USER_NUMBER = re.compile(r"[ #]{1,2}(\d{3,19})(?![\w.:/-])")
_IN_WORDS: tuple[tuple[str, re.Pattern[str], PiiType], ...] = (
    ("session", _SESSION_HEX, PiiType.SESSION),
    ("session", _ID_IN_WORDS, PiiType.SESSION),
    ("user", _ID_IN_WORDS, PiiType.USER_ID),
    ("customer", _ID_IN_WORDS, PiiType.USER_ID),
    ("account", _ID_IN_WORDS, PiiType.USER_ID),
    ("user", _USER_NUMBER, PiiType.USER_ID),
    ("customer", _USER_NUMBER, PiiType.USER_ID),
)

_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_NOT_VALUES = frozenset({
    "null", "none", "nil", "undefined", "true", "false", "yes", "no", "unknown", "invalid", "valid", "missing",
    "required", "expired", "empty", "set", "unset", "not", "is", "was", "has", "for", "ok", "failed", "error",
    "redacted", "n/a", "-", "string", "str", "int", "optional", "default", "closed", "opened", "started",
    "created", "anonymous",
})  # fmt: skip


@lru_cache(maxsize=4096)
def kind_of_name(name: str) -> PiiType | None:
    """Tell what the value of a field called `name` is, such as TOKEN for `db_password`; None if it may be anything."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    plain = re.sub(r"[^a-z0-9]+", "_", words).strip("_")
    joined = plain.replace("_", "")
    for ending in _LONGEST_FIRST:
        if joined.endswith(ending) and _starts_word(plain, joined, ending):
            return _KIND[ending]
    return None


def _starts_word(plain: str, joined: str, ending: str) -> bool:
    # `sid` must be a word of the name (`app_sid`), not the end of one (`inside`).
    if len(joined) == len(ending):
        return True
    letters = 0
    for place in range(len(plain) - 1, -1, -1):
        if plain[place] != "_":
            letters += 1
        if letters == len(ending):
            return len(ending) > 6 or plain[place - 1] == "_"
    return False


def find_named(text: str, low: str) -> Iterator[Span]:
    """Yield values whose name in front of them says what they are.

    Args:
        text: Any text.
        low: The same text in small letters, character by character.
    """
    for anchor, kind in _ANCHORS:
        for start in places(low, anchor) if anchor in low else ():
            match = _REST.match(text, start)
            if match and kind_of_name(_whole_name(text, start)) is kind and _is_value(kind, match):
                yield Span(kind, *match.span("value"))
    for word, pattern, kind in _IN_WORDS:
        for start in places(low, word) if word in low else ():
            match = pattern.match(low, start + len(word))
            if match and not (start and low[start - 1].isalnum()):
                yield Span(kind, *match.span(1))


def _whole_name(text: str, start: int) -> str:
    first, last = start, start
    while first and start - first < _LONGEST_NAME and text[first - 1] in _NAME_PART:
        first -= 1
    while last < len(text) and last - start < _LONGEST_NAME and text[last] in _NAME_PART:
        last += 1
    return text[first:last]


def _is_value(kind: PiiType, match: re.Match[str]) -> bool:
    """Tell a value from a word of the sentence: `password: expired` holds no password."""
    value = match.group("value").strip(".")
    if not value or value.lower() in _NOT_VALUES or value.startswith(("[", "*", "$", "%", "...")):
        return False
    if kind is PiiType.TOKEN:
        # `token=12` counts something and `token=Token` names a class; `password: needs` begins a sentence.
        if match.group()[:5].lower() == "token" and (len(value) < 6 or not looks_random(value)):
            return False
        return ":" not in match.group("sep") or bool(match.group("quote")) or looks_random(value)
    if kind is PiiType.SESSION:
        return len(value) >= 6 and any(c.isdigit() for c in value)
    # A bare `uid` with a UUID is an object of Kubernetes, not a person.
    return not _UUID.fullmatch(value)
