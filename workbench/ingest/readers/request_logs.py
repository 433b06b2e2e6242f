"""The formats of access logs that are known, and which of them a file is in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from workbench.ingest.files import Found
from workbench.ingest.readers import access, alb, envoy, haproxy, w3c
from workbench.ingest.readers.requests import Entries, fit
from workbench.ingest.shape import Shape

_PATTERNS = {
    "common": access.PATTERN,
    "haproxy": haproxy.PATTERN,
    "load_balancer": alb.PATTERN,
    "envoy": envoy.PATTERN,
}
_READERS: dict[str, Callable[[Found, Shape], Entries]] = {
    "common": access.entries,
    "haproxy": haproxy.entries,
    "load_balancer": alb.entries,
    "envoy": envoy.entries,
    "w3c": w3c.entries,
}
SAID = {
    "common": "entries of an access log, one per line",
    "haproxy": "entries of HAProxy's HTTP log",
    "load_balancer": "entries of the access log of an Amazon load balancer",
    "envoy": "entries of Envoy's access log",
    "w3c": "a log of requests in the W3C extended format",
}


def variant_of(rows: Sequence[str]) -> str:
    """Return the format that lines are in, '' when they are those of no access log."""
    if w3c.fields_of(rows):
        return "w3c"
    return next((name for name, pattern in _PATTERNS.items() if fit(pattern, rows)), "")


def entries(file: Found, shape: Shape) -> Entries:
    """Return the entries of an access log by the format that was recognised."""
    return _READERS[shape.variant or "common"](file, shape)
