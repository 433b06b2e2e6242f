"""Says what went wrong as RFC 9457 problem details."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse

from workbench.errors import (
    BadInput,
    Cancelled,
    CausewayError,
    FlowError,
    IllegalMove,
    NotFound,
    Outdated,
    Refused,
    RetryLater,
)

MEDIA_TYPE = "application/problem+json"

# The first class that fits decides, so the narrow ones come first.
_STATUS: tuple[tuple[type[CausewayError], int], ...] = (
    (NotFound, 404),
    (IllegalMove, 409),
    (Cancelled, 409),
    (Outdated, 409),
    (Refused, 403),
    (BadInput, 422),
    (FlowError, 422),
    (RetryLater, 503),
)


def problem(
    status: int, name: str, detail: str, *, instance: str = "", facts: Mapping[str, Any] | None = None
) -> JSONResponse:
    """Return a problem; `name` is short, in kebab case, and programs can rely on it; `facts` are further members."""
    body = {
        "type": f"urn:causeway:problem:{name}",
        "title": name.replace("-", " ").capitalize(),
        "status": status,
        "detail": detail,
    }
    body |= {"instance": instance} if instance else {}
    return JSONResponse({**(facts or {}), **body}, status_code=status, media_type=MEDIA_TYPE)


def of_error(error: CausewayError, instance: str) -> JSONResponse:
    """Return the problem that an error of the product is, with its facts."""
    status = next((code for kind, code in _STATUS if isinstance(error, kind)), 500)
    names = ("where", "hint", "kind", "key", "allowed", "node")
    facts = {key: value for key in names if (value := getattr(error, key, None))}
    answer = problem(status, error.code, str(error), instance=instance, facts=facts)
    if isinstance(error, RetryLater):
        answer.headers["Retry-After"] = "1"
    return answer
