"""The OpenAPI document: beside the fixed routes one operation for each tool, with the schemas of its own signature."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from workbench.core import load_tools
from workbench.guard.tool import TOOLS, Tool

_REF = "#/components/schemas/{model}"
_PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
    },
}


def describe_all(api: FastAPI) -> None:
    """Make the application's OpenAPI document tell of every tool; it is made when first asked for."""

    def document() -> dict[str, Any]:
        if api.openapi_schema is None:
            load_tools()
            made = get_openapi(title=api.title, version=api.version, routes=api.routes)
            schemas = made.setdefault("components", {}).setdefault("schemas", {})
            schemas["Problem"] = _PROBLEM
            made["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
            made["security"] = [{"token": []}]
            for name in sorted(TOOLS):
                made["paths"][f"/api/v1/tools/{name}"] = {"post": _operation(TOOLS[name], schemas)}
            api.openapi_schema = made
        return api.openapi_schema

    api.openapi = document  # type: ignore[method-assign]


def _operation(tool: Tool, schemas: dict[str, Any]) -> dict[str, Any]:
    arguments = _kept(tool.arguments.model_json_schema(ref_template=_REF), schemas, tool.name)
    result = _kept(tool.result.json_schema(mode="serialization", ref_template=_REF), schemas, tool.name)
    content = "application/json"
    return {
        "operationId": tool.name,
        "tags": ["tools"],
        "summary": tool.summary,
        "description": f"{tool.description}\n\nRisk: {tool.risk.value}. Command: `causeway {' '.join(tool.command)}`.",
        "requestBody": {"required": bool(arguments.get("required")), "content": {content: {"schema": arguments}}},
        "responses": {
            "200": {"description": "What the tool gives", "content": {content: {"schema": result}}},
            "default": {
                "description": "What was wrong",
                "content": {"application/problem+json": {"schema": {"$ref": _REF.format(model="Problem")}}},
            },
        },
    }


def _kept(schema: dict[str, Any], schemas: dict[str, Any], tool: str) -> dict[str, Any]:
    """Move the definitions of a schema to those of the document; one whose name is taken by another gets the tool's."""
    renamed = {}
    for name, one in schema.pop("$defs", {}).items():
        if schemas.get(name, one) != one:
            renamed[name] = f"{tool}.{name}"
        schemas[renamed.get(name, name)] = one
    return _renamed(schema, schemas, renamed) if renamed else schema


def _renamed(schema: dict[str, Any], schemas: dict[str, Any], renamed: dict[str, str]) -> dict[str, Any]:
    swaps = {_REF.format(model=old): _REF.format(model=new) for old, new in renamed.items()}
    for new in renamed.values():
        schemas[new] = _swapped(schemas[new], swaps)
    found: dict[str, Any] = _swapped(schema, swaps)
    return found


def _swapped(value: Any, swaps: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {
            key: swaps.get(one, one) if key == "$ref" and isinstance(one, str) else _swapped(one, swaps)
            for key, one in value.items()
        }
    return [_swapped(one, swaps) for one in value] if isinstance(value, list) else value
