"""Settings of the control server of an exported flow: what the environment of the container says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SHORTEST_TOKEN = 16


@dataclass(frozen=True)
class Settings:
    """What the environment says."""

    token: str
    program: Path = Path("/app/flow.py")
    data: Path = Path("/data")
    files: Path = Path("/app/files")
    host: str = "0.0.0.0"  # noqa: S104 - it is reached from outside of its container
    port: int = 8080
    autostart: bool = True
    restart: str = "on-failure"
    restart_limit: int = 5
    grace_s: float = 20.0
    processes: int = 1
    threads: int = 1

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Settings:
        """Return the settings; raises ValueError with one sentence for one that does not fit."""
        token = _token(environment)
        found: dict[str, Any] = {"token": token}
        for name, convert in _CONVERT.items():
            text = environment.get(f"FLOW_{name.upper()}")
            if text is None or not text.strip():
                continue
            try:
                found[name] = convert(text.strip())
            except (KeyError, ValueError) as error:
                raise ValueError(f"FLOW_{name.upper()} = {text!r} does not fit: {_FITS[convert]}") from error
        settings = cls(**found)
        if settings.processes < 1 or settings.threads < 1 or settings.processes * settings.threads > 8:
            raise ValueError(
                "FLOW_PROCESSES times FLOW_THREADS has to be 1 to 8: Pathway without a licence has 8 workers"
            )
        return settings


def _token(environment: Mapping[str, str]) -> str:
    file = environment.get("CONTROL_TOKEN_FILE", "/run/secrets/control-token")
    token = environment.get("CONTROL_TOKEN", "")
    if not token and Path(file).is_file():
        token = Path(file).read_text(encoding="utf-8").strip()
    if len(token) < SHORTEST_TOKEN:
        raise ValueError(
            f"there is no token of {SHORTEST_TOKEN} characters or more; put one into {file} or name another file in "
            "CONTROL_TOKEN_FILE"
        )
    return token


def _yes(text: str) -> bool:
    return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}[text.lower()]


def _restart(text: str) -> str:
    return {"never": "never", "on-failure": "on-failure", "always": "always"}[text]


_CONVERT: dict[str, Any] = {
    "program": Path,
    "data": Path,
    "files": Path,
    "host": str,
    "port": int,
    "autostart": _yes,
    "restart": _restart,
    "restart_limit": int,
    "grace_s": float,
    "processes": int,
    "threads": int,
}
_FITS = {int: "a whole number", float: "a number", _yes: "true or false", _restart: "never, on-failure or always"}
