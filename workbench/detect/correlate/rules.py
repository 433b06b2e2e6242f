"""Correlation rules as a user writes them: read from `correlation.yaml`, checked, and written back."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from workbench.detect.correlate.conditions import fault_of
from workbench.detect.correlate.fingerprints import RULE_FIELDS, fields_of
from workbench.errors import BadInput
from workbench.facts.diagnosis import IncidentKind
from workbench.facts.evidence import Frozen
from workbench.facts.incident import Anomaly

FILE_NAME = "correlation.yaml"
_UNITS_S = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_EXAMPLE = Anomaly(
    detector="error_rate", kind=IncidentKind.ERROR, service_name="web", time_unix_nano=0, score=0.8, value=0.1,
    expected=0.01, summary="Error rate of web is 10 %", scope="shop", template="failed",
)  # fmt: skip


class Rule(Frozen):
    """One rule; the first one whose condition holds for a signal decides about it."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]{0,59}$")
    when: str = "True"
    """Condition on service, kind, detector, severity, summary, scope, score, value, expected, template, and
    col("label.<name>")."""
    action: Literal["open", "attach", "suppress"] = "open"
    """`open` an incident of its own; `attach` to one that runs, never open one; `suppress` within a time."""
    group_by: tuple[str, ...] = ()
    """Signals with equal values of these fields belong together."""
    within: float = Field(300.0, gt=0)
    """Signals not further apart than this belong together, in seconds; in the file also `5m`, `1h`."""
    signals: int = Field(1, ge=1)
    """Open only when so many different signals came within that time; repeats of one count once."""
    services: int = Field(1, ge=1)
    """Open only when they are of so many services."""
    since: datetime | None = None
    """Begin of the time in which `suppress` holds, with its zone."""
    until: datetime | None = None
    """End of it, exclusive."""
    title: str = ""
    """Title of its incidents; made from the signals when left out."""

    @field_validator("within", mode="before")
    @classmethod
    def _seconds(cls, value: Any) -> Any:
        found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhd])?", str(value).strip())
        if not found:
            raise ValueError("has to be a time such as 300, 5m or 1h")
        return float(found[1]) * _UNITS_S[found[2] or "s"]

    @field_validator("since", "until")
    @classmethod
    def _has_zone(cls, value: datetime | None) -> datetime | None:
        # YAML itself turns a time with a zone into UTC; one without would mean another time on another machine.
        if value is not None and value.tzinfo is None:
            raise ValueError("needs a time zone, such as 2026-01-31T02:00:00Z")
        return value

    @field_validator("when", mode="before")
    @classmethod
    def _condition(cls, value: Any) -> Any:
        if fault := fault_of(str(value), fields_of(_EXAMPLE)):
            raise ValueError(fault)
        return str(value)

    @field_validator("group_by")
    @classmethod
    def _fields(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if name not in RULE_FIELDS and not name.startswith("label."):
                raise ValueError(f"there is no field {name!r}; there are {', '.join(RULE_FIELDS)} and label.<name>")
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> Rule:
        if (self.since or self.until) and self.action != "suppress":
            raise ValueError("`since` and `until` are for `action: suppress` only")
        if self.since and self.until and self.until <= self.since:
            raise ValueError(f"`until` ({self.until.isoformat()}) is not after `since` ({self.since.isoformat()})")
        if self.action != "open" and (self.signals, self.services, self.title) != (1, 1, ""):
            raise ValueError("`signals`, `services` and `title` are for `action: open` only")
        if self.services > self.signals:
            raise ValueError(f"{self.services} services cannot be seen in {self.signals} signal(s); raise `signals`")
        return self

    def text(self) -> str:
        """Return the rule in words."""
        span = f"within {self.within:g} s"
        by = f" with equal {', '.join(self.group_by)}" if self.group_by else ""
        if self.action == "suppress":
            since = f" from {_iso(self.since)}" if self.since else ""
            until = f" until {_iso(self.until)}" if self.until else ""
            return f"{self.name}: keep signals out of incidents{since}{until} when {self.when}"
        if self.action == "attach":
            return f"{self.name}: attach signals{by} to an incident that runs {span} when {self.when}; never open one"
        need = f" once {self.signals} signals of {self.services} services came" if self.signals > 1 else ""
        return f"{self.name}: open one incident for signals{by} {span}{need} when {self.when}"


def parse_rules(text: str, where: str) -> tuple[list[Rule], list[str]]:
    """Return the rules of a file's text, and one sentence for each fault in it."""
    try:
        read = yaml.safe_load(text)
    except yaml.YAMLError as error:
        why = " ".join(str(error).split()).replace(' in "<unicode string>",', " at")
        return [], [f"{where}: is not YAML: {why}"]
    listed = read.get("rules") if isinstance(read, dict) else None
    if read is None or (isinstance(read, dict) and listed is None and set(read) <= {"rules"}):
        return [], []
    if not isinstance(listed, list) or set(read) != {"rules"}:
        return [], [f"{where}: has to hold `rules:` with a list of rules and nothing else"]
    rules: list[Rule] = []
    faults: list[str] = []
    for number, one in enumerate(listed, start=1):
        found, said = parse_rule(one, f"{where}: rule {number}")
        faults += said
        if found and any(found.name == other.name for other in rules):
            faults.append(f"{where}: rule {number}: the name {found.name!r} is taken by an earlier rule")
        elif found:
            rules.append(found)
    return rules, faults


def parse_rule(given: Any, where: str) -> tuple[Rule | None, list[str]]:
    """Return one rule, or None and a sentence for each fault of it."""
    if not isinstance(given, dict):
        return None, [f"{where}: has to be settings such as `name: ...`, not {given!r}"]
    named = f"{where} {given['name']!r}" if given.get("name") else where
    try:
        return Rule.model_validate(given), []
    except ValidationError as error:
        return None, [f"{named}: {_sentence(one)}" for one in error.errors()]


def load_rules(folder: Path | None) -> list[Rule]:
    """Return the rules of a workspace; none when it has no file of them.

    Raises:
        BadInput: a rule has faults; the message holds one sentence for each.
    """
    if folder is None or not (folder / FILE_NAME).exists():
        return []
    rules, faults = parse_rules((folder / FILE_NAME).read_text(encoding="utf-8"), FILE_NAME)
    if faults:
        raise BadInput("; ".join(faults), hint=f"Mend {FILE_NAME}; `causeway rule check` shows what is left")
    return rules


def save_rules(folder: Path, rules: Sequence[Rule]) -> Path:
    """Write the rules of a workspace and return the file; a reader never sees half of it."""
    kept = [one.model_dump(mode="json", exclude_defaults=True) for one in rules]
    path = folder / FILE_NAME
    fresh = path.with_suffix(".new")
    fresh.write_text(yaml.safe_dump({"rules": kept}, sort_keys=False, allow_unicode=True), encoding="utf-8")
    os.replace(fresh, path)
    return path


def _sentence(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"there is no setting {place!r}; there are {', '.join(Rule.model_fields)}"
    if error["type"] == "missing":
        return f"`{place}` is missing"
    said = str(error["msg"]).removeprefix("Value error, ")
    return f"{place} = {error['input']!r}: {said}" if place else said


def _iso(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
