"""The settings of the workspace: what holds, where it was said, and writing one into `causeway.toml`."""

from __future__ import annotations

import json
import os
import re
import tomllib
from typing import TYPE_CHECKING, Any, Literal

from pydantic import ValidationError

from workbench.errors import BadInput, CausewayError
from workbench.facts.evidence import Frozen
from workbench.guard.tool import tool
from workbench.settings import FILE_NAME, PREFIX, Settings
from workbench.tools.texts import Listing, columns, one_line

if TYPE_CHECKING:
    from workbench.core import Workbench

Said = Literal["default", "file", "environment", "keyword"]


class SettingShown(Frozen):
    """One setting."""

    name: str
    value: bool | int | float | str
    default: bool | int | float | str
    said: Said
    """Where its value comes from; the environment is stronger than the file."""
    help: str


class SettingsShown(Listing[SettingShown]):
    """All settings."""

    def text(self) -> str:
        """Return one line for each."""
        rows = [(one.name, json.dumps(one.value), one.said, one_line(one.help, 80)) for one in self.root]
        return columns(("SETTING", "VALUE", "FROM", "WHAT FOR"), rows)


class SettingChanged(Frozen):
    """A setting that was written."""

    name: str
    value: bool | int | float | str
    holds_now: bool
    """False for what is read when the workspace is opened only."""

    def text(self) -> str:
        """Return what was written and when it holds."""
        when = "It holds from now on" if self.holds_now else "It holds from the next time that the workspace is opened"
        return f"{self.name} = {json.dumps(self.value)}. {when}."


_AT_ONCE = ("ollama_url", "model", "use_model", "model_timeout_s", "incident_grouping_s")


class ModelShown(Frozen):
    """The language model that may word summaries."""

    wanted: bool
    url: str
    reachable: bool
    version: str = ""
    models: list[str] = []
    used: str = ""
    """The one that is asked; '' for none."""
    reason: str = ""
    """Why none answers."""

    def text(self) -> str:
        """Return whether a model answers."""
        if not self.wanted:
            return "No model is asked: use_model is false. Everything works without one."
        if not self.reachable:
            return f"No model answers at {self.url}: {self.reason}. Everything works without one."
        return f"Ollama {self.version} at {self.url}: {', '.join(self.models) or 'no model'}. Asked: {self.used or '-'}"


@tool(risk="read", command="settings")
def settings_show(wb: Workbench) -> SettingsShown:
    """List the settings with their values, where each was said and what it is for."""
    written = _written(wb)
    found = []
    for name, field in Settings.model_fields.items():
        value = getattr(wb.settings, name)
        said: Said = "default"
        if f"{PREFIX}{name.upper()}" in os.environ:
            said = "environment"
        elif name in written:
            said = "file"
        elif value != field.default:
            said = "keyword"
        told = " ".join((field.description or "").split())
        found.append(SettingShown(name=name, value=value, default=field.default, said=said, help=told))
    return SettingsShown(found)


@tool(risk="write", command="settings-set", positional=("name", "value"))
def settings_set(wb: Workbench, name: str, value: str) -> SettingChanged:
    """Write a setting into causeway.toml; what else stands there, and comments, stay as they are.

    Args:
        name: Its name, as `causeway settings` lists them.
        value: Its value, such as 5077, true or qwen3:4b.
    """
    if wb.path is None:
        raise BadInput("a workspace in memory keeps no settings", hint="Open one in a folder")
    if name not in Settings.model_fields:
        raise BadInput(f"there is no setting {name!r}", hint="Settings: " + ", ".join(Settings.model_fields))
    given = _parsed(name, value)
    try:
        checked = Settings.model_validate(_written(wb) | {name: given})
    except ValidationError as error:
        said = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise BadInput(f"setting {name!r} = {value!r}: {said}", where=FILE_NAME) from error
    new = getattr(checked, name)
    _write_line(wb, name, new)
    holds = name in _AT_ONCE and f"{PREFIX}{name.upper()}" not in os.environ
    if holds:
        wb.settings = wb.settings.model_copy(update={name: new})
    return SettingChanged(name=name, value=new, holds_now=holds)


@tool(risk="read", command="model-status")
def model_status(wb: Workbench) -> ModelShown:
    """Tell whether a language model answers and which ones there are; only the host of `ollama_url` is asked."""
    from workbench.models.ollama import status

    wanted, url = wb.settings.use_model, wb.settings.ollama_url
    if not wanted:
        return ModelShown(wanted=False, url=url, reachable=False)
    try:
        found = status(url)
    except CausewayError as error:
        return ModelShown(wanted=True, url=url, reachable=False, reason=str(error))
    used = (wb.settings.model or next(iter(found.models), "")) if found.reachable else ""
    return ModelShown(
        wanted=True, url=url, reachable=found.reachable, version=found.version, models=found.models, used=used,
        reason=found.reason,
    )  # fmt: skip


def _written(wb: Workbench) -> dict[str, Any]:
    path = (wb.path / FILE_NAME) if wb.path else None
    return tomllib.loads(path.read_text(encoding="utf-8")) if path and path.exists() else {}


def _parsed(name: str, value: str) -> Any:
    # A name of a model such as 3 is a text all the same.
    if Settings.model_fields[name].annotation is str:
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value


def _write_line(wb: Workbench, name: str, value: Any) -> None:
    assert wb.path is not None  # noqa: S101 - checked by the caller
    path = wb.path / FILE_NAME
    line = f"{name} = {json.dumps(value, ensure_ascii=False)}"
    text = path.read_text(encoding="utf-8") if path.exists() else Settings.as_comments()
    for pattern in (rf"^{name}\s*=.*$", rf"^#\s*{name}\s*=.*$"):
        changed, found = re.subn(pattern, lambda _: line, text, count=1, flags=re.MULTILINE)
        if found:
            break
    else:
        changed = f"{line}\n{text}"
    temporary = path.with_name(path.name + ".new")
    temporary.write_text(changed, encoding="utf-8")
    temporary.replace(path)
