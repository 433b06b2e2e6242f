"""Settings: one frozen object, read once. Order: keyword, environment (`CAUSEWAY_*`), `causeway.toml`, default."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from workbench.errors import BadInput

FILE_NAME = "causeway.toml"
PREFIX = "CAUSEWAY_"
OTHERS = frozenset({"WORKSPACE", "WIDGETS", "SERVE_TOKEN", "RENEW_GOLDEN"})
"""Variables that begin as settings do and are none: what to open, how notebooks show things, a token, the tests."""
_LEAST_MEMORY_MB = 128


class Settings(BaseModel):
    """What a user may set. Defaults work on a laptop with no file and no network."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    ollama_url: str = Field("http://127.0.0.1:11434", pattern=r"^https?://[^/]")
    """Where an Ollama server may answer. Only this host is ever asked."""
    model: str = ""
    """Name of the Ollama model that words summaries; empty takes the first one the server has."""
    use_model: bool = True
    """False never asks a language model."""
    model_timeout_s: float = Field(20.0, gt=0)
    """Longest time for one answer of a model, in seconds."""
    host: str = "127.0.0.1"
    """Address that `causeway serve` listens on."""
    port: int = Field(5077, ge=1, le=65535)
    """Port of `causeway serve`; the next free one is taken when it is busy."""
    memory_limit_mb: int = Field(0, ge=0)
    """Memory that DuckDB may use, in MB, 128 at least; 0 takes half of the machine's."""
    threads: int = Field(0, ge=0, le=256)
    """Threads that DuckDB may use; 0 takes the number of cores."""
    run_drain_s: float = Field(10.0, ge=0)
    """How long a stopped run may finish its current batch, in seconds."""
    incident_grouping_s: float = Field(300.0, ge=0)
    """Anomalies of one service closer than this belong to one incident, in seconds."""

    @field_validator("memory_limit_mb")
    @classmethod
    def _enough_to_open_a_workspace(cls, value: int) -> int:
        if 0 < value < _LEAST_MEMORY_MB:
            raise ValueError(f"DuckDB needs {_LEAST_MEMORY_MB} MB at least, or 0 for half of the machine's")
        return value

    @classmethod
    def as_comments(cls) -> str:
        """Return the text of a first settings file: every setting with its default and what it is for, as comments."""
        lines = ["# Settings of this workspace. Remove the # before a name to change it."]
        for name, field in cls.model_fields.items():
            default = str(field.default).lower() if isinstance(field.default, bool) else json.dumps(field.default)
            lines += ["", f"# {' '.join((field.description or '').split())}", f"#{name} = {default}"]
        return "\n".join(lines) + "\n"

    @classmethod
    def load(
        cls, folder: Path | None = None, environment: Mapping[str, str] | None = None, **keywords: Any
    ) -> Settings:
        """Read the settings of a workspace folder.

        Raises:
            BadInput: a name is not known or a value does not fit; the message says which and where it came from.
        """
        values: dict[str, Any] = {}
        origin: dict[str, str] = {}
        for source, found in (
            (FILE_NAME, _from_file(folder)),
            ("environment", _from_environment(os.environ if environment is None else environment)),
            ("keyword", {name: value for name, value in keywords.items() if value is not None}),
        ):
            values.update(found)
            origin.update(dict.fromkeys(found, source))
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            name = str(first["loc"][0]) if first["loc"] else ""
            unknown = first["type"] == "extra_forbidden"
            wrong = "there is no such setting" if unknown else first["msg"].removeprefix("Value error, ")
            raise BadInput(
                f"setting {name!r} = {values.get(name)!r}: {wrong}",
                where=_where(origin.get(name, FILE_NAME), name, folder),
                hint="Settings: " + ", ".join(cls.model_fields) if unknown else "",
            ) from error


def _from_file(folder: Path | None) -> dict[str, Any]:
    path = folder / FILE_NAME if folder else None
    if path is None:
        return {}
    try:
        if not path.exists():
            return {}
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(str(error), where=str(path), hint="The file has to be TOML, such as `port = 5077`") from error
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}", where=str(path)) from error


def _where(source: str, name: str, folder: Path | None) -> str:
    if source == "environment":
        return f"environment, {PREFIX}{name.upper()}"
    return str(folder / FILE_NAME) if source == FILE_NAME and folder else source


def unknown_variables(environment: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for each variable that begins as settings do and is nothing that Causeway knows."""
    known = {name.upper() for name in Settings.model_fields} | OTHERS
    for variable in sorted(environment):
        name = variable.removeprefix(PREFIX)
        if not variable.startswith(PREFIX) or name in known:
            continue
        near = get_close_matches(name, known, n=1)
        hint = f"did you mean {PREFIX}{near[0]}?" if near else "`causeway settings` lists what can be set."
        yield f"The environment variable {variable} is ignored, there is no such setting; {hint}"


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    return {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(PREFIX) and name.removeprefix(PREFIX).lower() in Settings.model_fields
    }
