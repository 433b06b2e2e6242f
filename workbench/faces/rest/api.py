"""The tools over HTTP: one route that lists them with their schemas, one that calls them."""

from __future__ import annotations

import json
from typing import Any, Protocol

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from workbench.core import find_tool, load_tools
from workbench.errors import BadInput, CausewayError, NotFound
from workbench.faces.rest.problems import of_error, problem
from workbench.guard.tool import TOOLS, Tool

MOST_BYTES = 4_000_000
CALL_ID = "X-Call-Id"
"""Header by which a program names its call, so that it can cancel it: `POST /api/v1/tools/call_cancel`."""


class Caller(Protocol):
    """A workbench, here or in another process."""

    def call(self, name: str, /, **arguments: Any) -> Any:
        """Call a tool."""
        ...


def tool_routes(workbench: Caller) -> APIRouter:
    """Return the routes of `/api/v1/tools`."""
    load_tools()
    router = APIRouter(prefix="/api/v1/tools", tags=["tools"])

    @router.get("", summary="List the tools with the schemas of their arguments and results")
    def listed() -> list[dict[str, Any]]:
        return [describe(TOOLS[name]) for name in sorted(TOOLS)]

    @router.get("/{name}", summary="Describe one tool")
    def one(name: str, request: Request) -> Any:
        try:
            return describe(find_tool(name))
        except NotFound as error:
            return of_error(error, request.url.path)

    @router.post("/{name}", summary="Call a tool; the body is a JSON object of its arguments")
    async def call(name: str, request: Request) -> Response:
        return await _call(workbench, name, request)

    return router


def describe(tool: Tool) -> dict[str, Any]:
    """Return what a program has to know to call a tool."""
    return {
        "name": tool.name,
        "summary": tool.summary,
        "description": tool.description,
        "risk": tool.risk.value,
        "command": " ".join(("causeway", *tool.command)),
        "arguments": tool.arguments.model_json_schema(),
        "result": tool.result.json_schema(mode="serialization"),
    }


async def _call(workbench: Caller, name: str, request: Request) -> Response:
    path = request.url.path
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            return problem(413, "too-large", f"The body is larger than {MOST_BYTES:,} bytes.", instance=path)
    try:
        arguments = json.loads(body or b"{}")
    except ValueError as error:
        return problem(400, "bad-json", f"The body is not JSON: {error}.", instance=path)
    if not isinstance(arguments, dict):
        found = type(arguments).__name__
        return problem(400, "bad-json", f"The body is a {found}; it has to be an object of arguments.", instance=path)
    try:
        tool = find_tool(name)
        for own in ("on_progress", "as_call"):
            if own in arguments:
                raise BadInput(f"{own} = ...: no such argument", where=name)
        as_call = request.headers.get(CALL_ID, "")
        result = await run_in_threadpool(workbench.call, name, as_call=as_call, **arguments)
    except CausewayError as error:
        return of_error(error, path)
    text = await run_in_threadpool(tool.result.dump_json, result)
    return Response(text, media_type="application/json", headers={"Cache-Control": "no-store"})
