"""Finds secrets: API tokens by the prefixes their issuers give them, header values, passwords and private keys."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbench.guard.spans import PiiType, Span

# Issuer's literal prefix -> what follows. Only texts that hold the prefix are searched, so the list costs little.
_ISSUED: tuple[tuple[str, str], ...] = (
    *((f"gh{kind}_", r"[A-Za-z0-9]{30,255}") for kind in "pousr"),
    ("github_pat_", r"[A-Za-z0-9_]{22,255}"),
    ("glpat-", r"[A-Za-z0-9_-]{16,}"),
    ("glrt-", r"[A-Za-z0-9_-]{16,}"),
    ("gldt-", r"[A-Za-z0-9_-]{16,}"),
    *((start, r"[A-Z0-9]{16}(?![A-Z0-9])") for start in ("AKIA", "ASIA", "AROA", "AIDA", "ABIA", "ACCA")),
    *((f"xox{kind}-", r"[A-Za-z0-9-]{10,}") for kind in "abeoprs"),
    ("xapp-", r"[A-Za-z0-9-]{10,}"),
    ("hooks.slack.com/services/", r"[A-Za-z0-9_/]{20,}"),
    ("sk-", r"[A-Za-z0-9_-]{20,}"),
    ("gsk_", r"[A-Za-z0-9]{20,}"),
    ("xai-", r"[A-Za-z0-9]{20,}"),
    ("pplx-", r"[A-Za-z0-9]{20,}"),
    ("r8_", r"[A-Za-z0-9]{30,}"),
    ("hf_", r"[A-Za-z0-9]{30,}"),
    *((f"{kind}_{mode}_", r"[A-Za-z0-9]{10,}") for kind in ("sk", "rk", "pk") for mode in ("live", "test")),
    ("whsec_", r"[A-Za-z0-9+/=]{20,}"),
    ("AIza", r"[A-Za-z0-9_-]{35}"),
    ("ya29.", r"[A-Za-z0-9_-]{20,}"),
    ("GOCSPX-", r"[A-Za-z0-9_-]{20,}"),
    ("npm_", r"[A-Za-z0-9]{30,}"),
    ("pypi-", r"[A-Za-z0-9_-]{40,}"),
    ("dop_v1_", r"[a-f0-9]{40,}"),
    ("dckr_pat_", r"[A-Za-z0-9_-]{20,}"),
    ("hvs.", r"[A-Za-z0-9_-]{20,}"),
    ("SG.", r"[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    ("shpat_", r"[a-fA-F0-9]{32}"),
    ("lin_api_", r"[A-Za-z0-9]{20,}"),
    ("sntrys_", r"[A-Za-z0-9+/=_]{20,}"),
    ("glsa_", r"[A-Za-z0-9_]{20,}"),
    ("NRAK-", r"[A-Z0-9]{20,}"),
    ("key-", r"[a-f0-9]{32}(?![A-Za-z0-9])"),
    ("AGE-SECRET-KEY-", r"[A-Z0-9]{40,}"),
    ("eyJ", r"[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]*"),
)
_ISSUED_PATTERNS = tuple(
    (start, re.compile((r"(?<![A-Za-z0-9_-])" if start[0].isalnum() else "") + re.escape(start) + rest))
    for start, rest in _ISSUED
)
_PRIVATE_KEY = r"(-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z0-9 ]*-----|\Z))"
_AUTHORIZATION = (
    r"authorization[\"']?[ \t]*[:=][ \t]*[\"']?(?:(?:basic|token|digest|apikey|negotiate|bearer)[ \t]+)?"
    r"([A-Za-z0-9._~+/-]{8,}=*)"
)
# What must stand in the small letters of the text -> the secret is group 1.
_AROUND: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("private key", re.compile(_PRIVATE_KEY, re.DOTALL)),
    ("bearer", re.compile(r"bearer[ \t]+([A-Za-z0-9._~+/-]{8,}=*)", re.IGNORECASE)),
    ("authorization", re.compile(_AUTHORIZATION, re.IGNORECASE)),
    (":aa", re.compile(r"(?<!\d)(\d{8,10}:AA[A-Za-z0-9_-]{33})")),
)
_URL_PASSWORD = re.compile(r"://[^\s/:@\"'<>]*:([^\s/@\"'<>]+)@(?=[\w\[])")


def find_tokens(text: str, low: str) -> Iterator[Span]:
    """Yield secrets that their own form or their surroundings give away.

    Args:
        text: Any text.
        low: The same text in small letters; it only decides which searches are worth doing.
    """
    for start, pattern in _ISSUED_PATTERNS:
        if start in text:
            for match in pattern.finditer(text):
                yield Span(PiiType.TOKEN, *match.span())
    for around, pattern in _AROUND:
        if around in low:
            for match in pattern.finditer(text):
                if looks_random(match.group(1)):
                    yield Span(PiiType.TOKEN, *match.span(1))
    if "://" in text and "@" in text:
        for match in _URL_PASSWORD.finditer(text):
            yield Span(PiiType.TOKEN, *match.span(1))


def looks_random(value: str) -> bool:
    """Tell a secret from a word: it has a digit or capitals inside, or is longer than words are."""
    return len(value) >= 24 or any(c.isdigit() or c.isupper() for c in value[1:]) or value[:1].isdigit()
