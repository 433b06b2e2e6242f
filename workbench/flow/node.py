"""What a node type is: settings, documentation and a build step, in one class."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from importlib.util import find_spec
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from workbench.facts.evidence import Frozen
from workbench.flow.addresses import Address
from workbench.flow.example import Example
from workbench.flow.titles import field_title, kind_title

Delivery = Literal["exactly-once", "at-least-once", "at-most-once", "afresh"]
"""What becomes of rows when a run goes on after a crash.

A source: `exactly-once` goes on where it was, `at-least-once` may read some rows again, `at-most-once` does not see
what came in between. A sink: `exactly-once` has each row once, `at-least-once` may get some again. `afresh` cannot go
on: a flow with such a node begins from the start, and what it stored in the workspace is taken back first.
"""


Tested = Literal["real server", "real client", "real library", "emulator", "wire protocol", "recorded"]
"""What a connector's tests speak with.

A `real server` of the system itself; its `real client`, for nodes that are servers; the system's own engine as a
library in the process (`real library`); somebody else's `emulator` of it; a small server in the tests that speaks its
`wire protocol`; or answers `recorded` or written after its documentation.
"""


class Port(Frozen):
    """One input of a node type."""

    name: str
    required: bool = True
    many: bool = False
    """True when any number of wires may end here."""


class Extra:
    """Packages that a node needs and that not everybody has: `needs = Extra("postgres", "psycopg")`."""

    def __init__(self, extra: str, *modules: str) -> None:
        """Declare.

        Args:
            extra: What to install, as in `pip install 'causeway[postgres]'`.
            *modules: What is imported, inside of the functions that use it.
        """
        self.extra, self.modules = extra, modules

    def missing(self) -> list[str]:
        """Return the modules that are not installed."""
        return [name for name in self.modules if not _is_installed(name)]


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        # A package around it is missing already.
        return False


class NodeType(Frozen):
    """All that a palette, a form, a page of docs or an agent needs to know about a node type."""

    kind: str
    group: str
    title: str
    summary: str
    description: str
    inputs: list[Port]
    output: bool
    """False for a node that only writes."""
    delivery: Delivery = "exactly-once"
    """What becomes of rows when a run goes on after a crash."""
    formerly: list[str] = []
    """Names this kind had before; saved flows may still use them."""
    settings: dict[str, Any]
    """JSON Schema of the settings."""
    extra: str = ""
    """What has to be installed for it: `pip install 'causeway[EXTRA]'`."""
    example: Example | None = None
    testable: bool = False
    """Whether its connection can be tried without running the flow."""

    def text(self) -> str:
        """Return one line for the palette on a terminal."""
        return f"{self.kind:28} {self.summary}"


class Node(BaseModel):
    """Base of every node type.

    Fields are the settings and their docstrings the help. The positional parameters of `build` are the input ports,
    its keyword-only parameters are services that the engine hands in, and what it returns is the output port.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, field_title_generator=field_title
    )

    kind: ClassVar[str] = ""
    formerly: ClassVar[tuple[str, ...]] = ()
    delivery: ClassVar[Delivery | None] = None
    """What becomes of rows when a run goes on after a crash; see `delivers` for what is meant when it is not said."""
    types: ClassVar[dict[str, type[Node]]] = {}
    needs: ClassVar[Extra | None] = None
    """Packages that have to be installed for it."""
    tested: ClassVar[Tested | None] = None
    """What the tests of a connector to another system speak with; None for nodes that speak with none."""
    listens: ClassVar[bool] = False
    """Whether its host and its ports are where others send to, and not a server that it asks."""
    example: ClassVar[Example | None] = None
    """Rows in and rows out, for the docs; a test runs it."""
    probe: ClassVar[Callable[..., str] | None] = None
    """Optional method `probe(self, *, secrets) -> str`: connects, and says in one sentence what is there."""
    build: ClassVar[Callable[..., Any]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Register the node type under its place in the catalog, `folder.file`; others under their module's name."""
        super().__init_subclass__(**kwargs)
        if "build" in vars(cls):
            cls.kind = cls.__module__.removeprefix("node_catalog.")
            Node.types[cls.kind] = cls

    @property
    def endless(self) -> bool:
        """Whether this node goes on making rows until it is stopped."""
        return False

    @property
    def shares(self) -> str:
        """How several replicas of a flow share the input of this source; empty when each would read all of it."""
        return ""

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Where it takes what others send."""
        return ()

    @property
    def looked_at(self) -> Mapping[str, Any]:
        """Settings that are others when a preview reads this source: what follows reads what is there instead."""
        return {"follow": False} if getattr(self, "follow", None) is True else {}

    @property
    def takes(self) -> str:
        """What a look at this source would take from others, as a sentence; empty when it only reads."""
        return ""

    @property
    def told_by_files(self) -> bool:
        """Whether what a preview reads of this source is the same until a file that its settings name changes."""
        return type(self).tested is None and type(self).services() == ["source"]

    @property
    def grows(self) -> str:
        """Advice for when the input never ends and this node would keep all of it; empty when it forgets."""
        return ""

    @classmethod
    def settings_schema(cls) -> Mapping[str, Any]:
        """Return the JSON Schema of the settings, made once; `model_json_schema` gives a copy of one's own."""
        return _schema(cls)

    @classmethod
    def inputs(cls) -> list[Port]:
        """Return the input ports, in the order of `build`'s parameters."""
        return [
            Port(
                name=parameter.name,
                required=parameter.default is parameter.empty,
                many=parameter.kind is parameter.VAR_POSITIONAL,
            )
            for parameter in list(inspect.signature(cls.build).parameters.values())[1:]
            if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.VAR_POSITIONAL)
        ]

    @classmethod
    def services(cls) -> list[str]:
        """Return the names of what `build` wants to be handed by the engine."""
        parameters = inspect.signature(cls.build).parameters.values()
        return [parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY]

    @classmethod
    def has_output(cls) -> bool:
        """Tell whether other nodes may read from this one."""
        return inspect.signature(cls.build).return_annotation not in ("None", None)

    @classmethod
    def delivers(cls) -> Delivery:
        """Return what the node says of its delivery; a source or sink that says nothing cannot go on."""
        if cls.delivery is not None:
            return cls.delivery
        inside = cls.inputs() and cls.has_output() and "source" not in cls.services()
        return "exactly-once" if inside else "afresh"

    @classmethod
    def describe(cls) -> NodeType:
        """Return the description of this node type."""
        return _description(cls)


@cache
def _schema(kind: type[Node]) -> Mapping[str, Any]:
    return kind.model_json_schema()


@cache
def _description(kind: type[Node]) -> NodeType:
    text = inspect.getdoc(kind) or ""
    group, _, name = kind.kind.rpartition(".")
    return NodeType(
        kind=kind.kind,
        group=group or "other",
        title=kind_title(name),
        summary=text.split("\n", 1)[0],
        description=text,
        inputs=kind.inputs(),
        output=kind.has_output(),
        delivery=kind.delivers(),
        formerly=list(kind.formerly),
        settings=dict(_schema(kind)),
        extra=kind.needs.extra if kind.needs else "",
        example=kind.example,
        testable=kind.probe is not None,
    )
