"""What happens in the workspace, as it happens: over a WebSocket, or as server-sent events that can be resumed."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Header, Query, WebSocket
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse
from starlette.websockets import WebSocketDisconnect

from workbench.errors import CausewayError
from workbench.faces.rest.api import Caller
from workbench.faces.rest.problems import problem

LOOK_EVERY_S = 0.5
FIGURES_EVERY_S = 2.0
HEARTBEAT_S = 15.0
MOST_LISTENERS = 64
"""Each asks the workspace twice a second."""
_BUSY = 4429

_DESCRIPTION = """Server-sent events: `incident.new`, `incident.moved`, `incident.changed`, `run.state`, `alert`,
`report.new`, `telemetry`; with `flows=1` also `flow.metrics`. Each has an `id`; who comes back with `Last-Event-ID` (or
`since`) gets what was missed. `hello` comes first and has the id of now; `reset` says that events were lost and the
present state has to be read anew. The WebSocket `/api/v1/events` sends the same as JSON objects with `name`, `id`,
`at_unix_nano`, `subject` and `data`. Both want the token of the server, its Host and no foreign Origin."""


def event_routes(workbench: Caller) -> APIRouter:
    """Return the routes `/api/v1/events` (WebSocket) and `/api/v1/events/stream` (server-sent events)."""
    router = APIRouter(prefix="/api/v1/events", tags=["events"])
    places = _Places(MOST_LISTENERS)

    @router.get(
        "/stream",
        summary="Follow what happens, as server-sent events",
        description=_DESCRIPTION,
        response_class=StreamingResponse,
        responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
    )
    async def stream(
        since: str = Query("", description="Id of the last event that is known"),
        flows: bool = Query(False, description="With figures of the flows that run"),
        last_event_id: str = Header("", description="As browsers send it when they come back"),
    ) -> Any:
        if not places.take():
            return problem(503, "too-many-listeners", f"{MOST_LISTENERS} listen already. Close one, then try again.")
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        body = _as_text(workbench, last_event_id or since, flows, places)
        return StreamingResponse(body, media_type="text/event-stream", headers=headers)

    @router.websocket("")
    async def socket(websocket: WebSocket, since: str = "", flows: bool = False) -> None:
        if not places.take():
            await websocket.close(_BUSY, "too many listen already")
            return
        tasks: set[asyncio.Task[None]] = set()
        try:
            await websocket.accept()
            tasks.add(asyncio.create_task(_send(websocket, workbench, since, flows)))
            tasks.add(asyncio.create_task(_until_gone(websocket)))
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                error = task.exception()
                if error is not None and not isinstance(error, WebSocketDisconnect):
                    raise error
        finally:
            for task in tasks:
                task.cancel()
            places.give_back()

    return router


class _Places:
    """How many may still listen. Only the event loop asks, so no lock is needed."""

    def __init__(self, free: int) -> None:
        self._free = free

    def take(self) -> bool:
        if self._free <= 0:
            return False
        self._free -= 1
        return True

    def give_back(self) -> None:
        self._free += 1


async def messages(workbench: Caller, since: str, flows: bool) -> AsyncIterator[dict[str, Any]]:
    """Yield one message for each event from `since` on, for ever; `{}` is a sign of life."""
    found = await _ask(workbench, since, False)
    yield {"name": "hello", "id": found.last if not since or found.lost else since}
    if found.lost:
        yield {"name": "reset", "id": found.last}
    told, figured = time.monotonic(), 0.0
    while True:
        for one in found.events:
            told = time.monotonic()
            yield one.model_dump(mode="json")
        for figures in found.flows:
            yield {"name": "flow.metrics", "subject": figures.run_id, "data": figures.model_dump(mode="json")}
        await asyncio.sleep(LOOK_EVERY_S)
        now = time.monotonic()
        if now - told >= HEARTBEAT_S:
            told = now
            yield {}
        wants_figures = flows and now - figured >= FIGURES_EVERY_S
        figured = now if wants_figures else figured
        try:
            last = found.last
            found = await _ask(workbench, last, wants_figures)
        except CausewayError as error:
            yield {"name": "error", "data": {"detail": str(error)}}
            return
        if found.lost:
            yield {"name": "reset", "id": found.last}


async def _ask(workbench: Caller, since: str, flows: bool) -> Any:
    return await run_in_threadpool(workbench.call, "events", since=since, flows=flows)


async def _as_text(workbench: Caller, since: str, flows: bool, places: _Places) -> AsyncIterator[str]:
    try:
        yield "retry: 2000\n\n"
        async for one in messages(workbench, since, flows):
            if not one:
                yield ": still here\n\n"
                continue
            head = f"id: {one['id']}\n" if one.get("id") else ""
            yield f"{head}event: {one['name']}\ndata: {json.dumps(one, ensure_ascii=False)}\n\n"
    finally:
        places.give_back()


async def _send(websocket: WebSocket, workbench: Caller, since: str, flows: bool) -> None:
    async for one in messages(workbench, since, flows):
        await websocket.send_json(one or {"name": "alive"})


async def _until_gone(websocket: WebSocket) -> None:
    # What a listener says is not read, but that it has hung up is noticed only by listening.
    try:
        while True:
            await websocket.receive()
    except (WebSocketDisconnect, RuntimeError):
        return
