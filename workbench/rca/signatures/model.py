"""What the front matter of a runbook says: what a failure mode looks like, how it is said, what to do."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from workbench.semconv import SEVERITY, MetricRole


class Category(StrEnum):
    """What sort of failure a mode is."""

    RESOURCE_EXHAUSTION = "resource_exhaustion"
    CONFIGURATION_ERROR = "configuration_error"
    CODE_DEFECT = "code_defect"
    DEPENDENCY_FAILURE = "dependency_failure"
    INFRASTRUCTURE = "infrastructure"
    DATA_QUALITY = "data_quality"


def _is_pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is no regular expression: {error}") from error
    return text


Pattern = Annotated[str, AfterValidator(_is_pattern)]


class _Strict(BaseModel):
    """Unknown names are mistakes: a misspelt condition would never hold, and nobody would know."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, populate_by_name=True)


class Condition(_Strict):
    """One thing that can be seen: exactly one of log, event, metric, role, state and absent_metric."""

    log: Pattern | None = None
    """Searched in the body of log lines."""
    event: Pattern | None = None
    """Searched in the name (the reason) of events."""
    metric: Pattern | None = None
    """Searched in the name of metrics."""
    role: MetricRole | None = None
    """In place of `metric`: what a metric is about."""
    state: Pattern | None = None
    """Searched in the attribute's path."""
    absent_metric: Pattern | None = None
    """Holds when no metric has such a name."""

    of: Literal["subject", "siblings", "anywhere"] = "subject"
    as_: str = Field(default="", alias="as", pattern=r"^[a-z_]*$")
    """Name under which the value is used in sentences."""
    quiet: bool = False
    """Only a guard: it is no evidence and fills no sentence."""
    says: str = ""
    """Of `none`: why what was seen is no failure, when this exclusion is met."""

    count: int = Field(default=1, ge=1)
    severity: str = ""
    service: Pattern = ""
    message: Pattern = ""
    type: str = ""
    kind: Pattern = ""
    object: Pattern = ""
    value: Pattern = ""
    not_value: Pattern = ""
    statistic: Pattern = ""

    at_least: float | None = None
    at_most: float | None = None
    less_than: Pattern = ""
    """Another attribute of the same object whose number is larger."""
    rises: float | None = Field(default=None, gt=1)
    falls: float | None = Field(default=None, gt=0, lt=1)
    near: Pattern = ""
    """A metric or attribute that is the limit."""
    share: float = Field(default=0.9, gt=0)
    scale: Literal["", "share"] = ""
    """`share`: percent are read as shares of 1."""
    lasts: int = Field(default=3, ge=1)
    when: Literal["now", "ever"] = "now"
    most: bool = False
    """Only if it has the largest value of what `state` and `kind` say at the same service."""
    of_all: float = Field(default=0.0, ge=0, le=1)
    """The number is at least this share of the sum over the attributes beside it (`db.wait.*`) of the same object."""

    @field_validator("severity")
    @classmethod
    def _known_severity(cls, word: str) -> str:
        if word and word.upper() not in SEVERITY:
            raise ValueError(f"severity {word!r} is not known; known are {', '.join(SEVERITY)}")
        return word.upper()

    @model_validator(mode="after")
    def _one_subject(self) -> Self:
        keys = ("log", "event", "metric", "role", "state", "absent_metric")
        given = [key for key in keys if getattr(self, key) is not None]
        if len(given) != 1:
            what = f"has {' and '.join(given)}" if given else "has none"
            raise ValueError(f"a condition needs exactly one of {', '.join(keys)}; this one {what}")
        of_metrics = ("rises", "falls", "scale", "statistic")
        wrong = [key for key in of_metrics if getattr(self, key) and given[0] not in ("metric", "role")]
        if wrong:
            raise ValueError(f"{wrong[0]} is for conditions on metrics, this one is on {given[0]}")
        if given[0] in ("metric", "role") and not self.compares():
            raise ValueError("a condition on a metric needs one of at_least, at_most, rises, falls, near")
        return self

    def compares(self) -> bool:
        """Tell whether the condition asks for a number."""
        numbers = (self.at_least, self.at_most, self.rises, self.falls)
        return any(one is not None for one in numbers) or bool(self.near)

    @property
    def about(self) -> str:
        """Which key the condition has: log, event, metric, state or absent_metric."""
        keys = ("log", "event", "state", "absent_metric")
        return next((key for key in keys if getattr(self, key) is not None), "metric")

    def groups(self) -> set[str]:
        """Return the names that this condition can fill in sentences."""
        patterns = (self.log, self.event, self.metric, self.state, self.message, self.value, self.object, self.service)
        found = {name for pattern in patterns if pattern for name in re.compile(pattern).groupindex}
        if self.as_:
            found |= {self.as_, f"{self.as_}_begin", f"{self.as_}_at", f"{self.as_}_of"}
        return found


class Match(_Strict):
    """When a signature fits."""

    fault_types: tuple[str, ...] = ()
    """Fault types of a diagnosis that this runbook serves, too."""
    any: tuple[Condition, ...] = ()
    all: tuple[Condition, ...] = ()
    none: tuple[Condition, ...] = ()
    supports: tuple[Condition, ...] = ()

    def conditions(self) -> tuple[Condition, ...]:
        """Return all conditions."""
        return (*self.any, *self.all, *self.none, *self.supports)


class RuledOut(_Strict):
    """A sentence that rules another explanation out, and when it may be said."""

    says: str
    with_: tuple[Condition, ...] = Field(default=(), alias="with")
    without: tuple[Condition, ...] = ()


class Step(_Strict):
    """One thing to do."""

    title: str
    risk: Literal["low", "medium", "high"] = "low"
    command: str = ""


class Example(_Strict):
    """One thing that a signature recognises: a log line, an event or a state. Tests hold each signature to its own."""

    log: str = ""
    event: str = ""
    message: str = ""
    type: str = "Warning"
    state: str = ""
    value: str = ""
    kind: str = "pod"
    object: str = ""
    service: str = ""

    @model_validator(mode="before")
    @classmethod
    def _bare_line(cls, said: Any) -> Any:
        return {"log": said} if isinstance(said, str) else said


STANDARD = frozenset(
    {
        *("subject", "service", "namespace", "title", "count", "first", "last", "node", "container", "others"),
        *("value", "value_begin", "value_at", "value_of"),
    }
)
"""Names that sentences may always use."""
_FIELD = re.compile(r"\{(\w+)\}")


class Signature(_Strict):
    """One known failure mode."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str
    category: Category
    role: Literal["cause", "symptom"] = "cause"
    """A symptom is told, and ruled out beside a cause; it never is the verdict."""
    fault_type: str = ""
    """Fault type of a cause that shows this mode; the id in snake case when it is left out."""
    weight: float = Field(default=0.9, gt=0, le=1)
    match: Match
    over_when: tuple[Condition, ...] = ()
    over_says: str = ""
    explains: str = ""
    rules_out: tuple[RuledOut, ...] = ()
    follows: tuple[str, ...] = ()
    """Ids of modes of which this one is a consequence."""
    follows_says: str = ""
    """How it is said that it follows from another mode; `{cause}` is that one's title."""
    risk: Literal["low", "medium", "high"] = "low"
    steps: tuple[Step, ...] = ()
    examples: tuple[Example, ...] = ()
    """What it recognises, invented; one of them is enough for `match` to hold unless it needs several things."""

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        known = set(STANDARD) | {"cause"}
        for condition in (*self.match.conditions(), *self.over_when, *(c for r in self.rules_out for c in r.with_)):
            known |= condition.groups()
        texts: list[tuple[str, str]] = [
            ("explains", self.explains),
            ("over_says", self.over_says),
            ("follows_says", self.follows_says),
            *(("rules_out", one.says) for one in self.rules_out),
            *(("none", one.says) for one in self.match.none),
        ]
        for where, text in texts:
            unknown = [name for name in _FIELD.findall(text) if name not in known]
            if unknown:
                raise ValueError(
                    f"{where} uses {{{unknown[0]}}}, which no group of a condition is called; known are "
                    f"{', '.join(sorted(known))}"
                )
        if self.is_matched() and not self.explains:
            raise ValueError("a signature with conditions needs `explains`, the sentence that is said when it fits")
        return self

    def is_matched(self) -> bool:
        """Tell whether there is anything to match; a runbook may also serve fault types alone."""
        return bool(self.match.any or self.match.all)


def front_of(said: dict[str, Any]) -> Signature:
    """Return the signature that a front matter holds; raises pydantic's ValidationError."""
    return Signature.model_validate(said)
