"""Settings: one frozen object, read once. Order: keyword, environment (`CAUSEWAY_*`), `causeway.toml`, default."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from workbench.errors import BadInput

FILE_NAME = "causeway.toml"
PREFIX = "CAUSEWAY_"


class Settings(BaseModel):
    """What a user may set. Defaults work on a laptop with no file and no network."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    ollama_url: str = "http://127.0.0.1:11434"
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
    """Memory that DuckDB may use, in MB; 0 takes half of the machine's."""
    threads: int = Field(0, ge=0)
    """Threads that DuckDB may use; 0 takes the number of cores."""
    run_drain_s: float = Field(10.0, ge=0)
    """How long a stopped run may finish its current batch, in seconds."""
    incident_grouping_s: float = Field(300.0, ge=0)
    """Anomalies of one service closer than this belong to one incident, in seconds."""

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
            raise BadInput(
                f"setting {name!r} = {values.get(name)!r}: {first['msg']}",
                where=origin.get(name, FILE_NAME),
                hint="Known settings: " + ", ".join(cls.model_fields),
            ) from error


def _from_file(folder: Path | None) -> dict[str, Any]:
    path = folder / FILE_NAME if folder else None
    if path is None or not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(str(error), where=str(path), hint="The file has to be TOML, such as `port = 5077`") from error


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    # Other CAUSEWAY_* variables (token, workspace) belong to faces and are not settings.
    return {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(PREFIX) and name.removeprefix(PREFIX).lower() in Settings.model_fields
    }
