"""Tells whether the server lives, whether it can work, and how long each part took to start."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse


class Startup:
    """The parts of the server and how their start went; any thread may tell."""

    def __init__(self, parts: tuple[str, ...]) -> None:
        self._parts: dict[str, dict[str, Any]] = {name: {"state": "waiting", "seconds": None} for name in parts}
        self._lock = threading.Lock()

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Time the start of a part; an exception marks it as failed and goes on."""
        begun = time.perf_counter()
        self._set(name, "starting", None)
        try:
            yield
        except BaseException as error:
            self._set(name, "failed", begun, str(error))
            raise
        self._set(name, "ready", begun)

    def _set(self, name: str, state: str, begun: float | None, why: str = "") -> None:
        seconds = None if begun is None else round(time.perf_counter() - begun, 3)
        with self._lock:
            self._parts[name] = {"state": state, "seconds": seconds} | ({"reason": why} if why else {})

    def parts(self) -> dict[str, dict[str, Any]]:
        """Return name -> state (waiting, starting, ready or failed), seconds, and the reason of a failure."""
        with self._lock:
            return {name: dict(part) for name, part in self._parts.items()}

    def is_ready(self) -> bool:
        """Tell whether all parts are there."""
        return all(part["state"] == "ready" for part in self.parts().values())


def health_routes(startup: Startup) -> APIRouter:
    """Return the routes `/health/live`, `/health/ready` and `/health/startup`."""
    router = APIRouter(prefix="/health", tags=["health"])

    @router.get("/live", summary="Tell that the server answers")
    def live() -> dict[str, str]:
        return {"status": "live"}

    @router.get("/ready", summary="Tell whether every part can work")
    def ready() -> JSONResponse:
        done = startup.is_ready()
        states = {name: part["state"] for name, part in startup.parts().items()}
        return JSONResponse({"status": "ready" if done else "not ready", "parts": states}, 200 if done else 503)

    @router.get("/startup", summary="Tell how long each part took to start")
    def started() -> JSONResponse:
        done = startup.is_ready()
        return JSONResponse(
            {"status": "started" if done else "starting", "parts": startup.parts()}, 200 if done else 503
        )

    return router
