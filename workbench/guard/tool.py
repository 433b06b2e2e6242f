"""A tool: one public verb of the workbench, from one typed function. Every face is a loop over `TOOLS`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, create_model
from pydantic.fields import FieldInfo

Function = TypeVar("Function", bound=Callable[..., Any])


class Risk(StrEnum):
    """How much a call can change."""

    READ = "read"
    WRITE = "write"
    DANGEROUS = "dangerous"


@dataclass(frozen=True, slots=True)
class Tool:
    """What a face has to know to offer and call a verb."""

    name: str
    risk: Risk
    command: tuple[str, ...]
    """Words on the command line, such as ("flow", "check")."""
    positional: tuple[str, ...]
    function: Callable[..., Any]
    arguments: type[BaseModel]
    result: TypeAdapter[Any]
    summary: str
    description: str

    def __call__(self, workbench: Any, arguments: dict[str, Any]) -> Any:
        """Validate the arguments and run the verb; raises pydantic's ValidationError for bad ones."""
        given = self.arguments.model_validate(arguments)
        return self.function(workbench, **{name: getattr(given, name) for name in type(given).model_fields})


TOOLS: dict[str, Tool] = {}


def tool(
    *, risk: Literal["read", "write", "dangerous"], command: str | None = None, positional: tuple[str, ...] = ()
) -> Callable[[Function], Function]:
    """Register a function whose first parameter is the workbench as a public verb.

    Args:
        risk: What a call can change; the guard decides by it.
        command: Words on the command line; the function's name with dashes when left out.
        positional: Parameters that are positional on the command line; a list takes all that follow.
    """

    def register(function: Function) -> Function:
        name = function.__name__
        text = inspect.getdoc(function) or ""
        helps = parameter_help(text)
        hints = get_type_hints(function, include_extras=True, localns={"Workbench": Any})
        fields: dict[str, Any] = {}
        for parameter in list(inspect.signature(function).parameters.values())[1:]:
            default = ... if parameter.default is parameter.empty else parameter.default
            fields[parameter.name] = (hints[parameter.name], Field(default, description=helps.get(parameter.name, "")))
        config = ConfigDict(extra="forbid", hide_input_in_errors=True)
        arguments = create_model(f"{name}_arguments", __config__=config, **fields)
        TOOLS[name] = Tool(
            name=name,
            risk=Risk(risk),
            command=tuple((command or name.replace("_", "-")).split()),
            positional=positional,
            function=function,
            arguments=arguments,
            result=TypeAdapter(hints.get("return", Any)),
            summary=text.split("\n", 1)[0],
            description=text.split("\nArgs:", 1)[0].strip(),
        )
        return function

    return register


def is_secret(field: FieldInfo) -> bool:
    """Tell whether a parameter takes a secret: no face may show it or take it from a command line."""
    return isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("format") == "password"


def parameter_help(docstring: str) -> dict[str, str]:
    """Return the text of each parameter from the `Args:` section of a Google-style docstring."""
    section = re.search(r"^Args:\n((?:[ \t]+.*\n?|\n)+)", docstring, re.MULTILINE)
    if not section:
        return {}
    found: dict[str, str] = {}
    name = ""
    for line in section.group(1).splitlines():
        start = re.match(r"\s{4}(\w+):\s*(.*)", line)
        if start:
            name, found[start.group(1)] = start.group(1), start.group(2).strip()
        elif name and line.strip():
            found[name] += " " + line.strip()
    return found
