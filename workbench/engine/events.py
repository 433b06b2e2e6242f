"""What a run and its owner say to each other; `engine.wire` carries it, some of it with Arrow bytes behind."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, TypeAdapter

from workbench.facts.evidence import Frozen
from workbench.facts.metrics import NodeMetrics
from workbench.flow.columns import ColumnSchema, NodeSchema
from workbench.flow.findings import Finding
from workbench.flow.graph import Flow
from workbench.flow.options import RunOptions
from workbench.guard.rules import Rules


class Given(Frozen):
    """Rows for the output of a node that is not built."""

    columns: list[ColumnSchema]
    rows: list[str]
    """Each a JSON object with the columns."""


class Job(Frozen):
    """Owner: what the child is there for; its first frame."""

    type: Literal["job"] = "job"
    task: Literal["run", "check", "probe", "peek"]
    flow: Flow
    folder: str
    """What relative paths in the flow are relative to."""
    secrets: list[str] = []
    """Names of the secrets that there are; the child asks for the values that it needs, when it needs them."""
    pii: Rules = Rules()
    """How the workspace masks."""
    options: RunOptions = RunOptions()
    given: dict[str, Given] = {}
    """Nodes that are not built, and the rows that stand for their output."""
    ends_with: str = ""
    """A node that runs although nobody reads from it."""
    peek_at: str = ""
    peek_rows: int = 0
    state: str = ""
    """Folder in which the engine keeps what was read; empty when nothing is kept."""


class Stop(Frozen):
    """Owner: read no more, finish what was read."""

    type: Literal["stop"] = "stop"


class Ack(Frozen):
    """Owner: a batch is on disk."""

    type: Literal["ack"] = "ack"
    seq: int


class Answer(Frozen):
    """Owner: rows that were asked for, as Arrow bytes; or why there are none."""

    type: Literal["answer"] = "answer"
    number: int
    last: bool
    error: str = ""


class Built(Frozen):
    """Child: the graph is built and about to run."""

    type: Literal["built"] = "built"
    sources: list[str]
    sinks: list[str]


class Goes(Frozen):
    """Child: what it goes on with; before its first batch."""

    type: Literal["goes"] = "goes"
    on_from: int | None
    """Engine time before which everything was kept; what came then or later will come again. None: it begins afresh."""
    why_not: str = ""
    """Why the flow can only begin afresh, if that is so."""


class Peeked(Frozen):
    """Child: the first rows of a node; its last frame."""

    type: Literal["peeked"] = "peeked"
    columns: list[ColumnSchema]
    rows: list[str]
    """Each a JSON object."""
    total: int
    """Rows that there were in all."""
    errors: list[str] = []
    """Node and message of rows that failed."""
    notes: list[str] = []
    """Sources that were not read, and why."""
    lasting: bool = False
    """Whether the rows are the same until the flow or a file that it names changes."""


class Tapped(Frozen):
    """Child: the last rows of a node that somebody looks at."""

    type: Literal["tapped"] = "tapped"
    node: str
    rows: list[str]
    """Each a JSON object, the newest at the end; with `diff` -1 for a row that went."""
    seen: int
    """Sampled rows so far."""
    share: float
    """Which part of the rows is sampled."""


class Findings(Frozen):
    """Child: what is wrong with the flow; nothing runs when there is an error among it."""

    type: Literal["findings"] = "findings"
    findings: list[Finding]
    schemas: dict[str, NodeSchema] = {}
    """Columns at the ports of each node; only for the task `check`."""


class Batch(Frozen):
    """Child: rows for a table of the workspace, as Arrow bytes, and the fingerprints of rows that are taken back."""

    type: Literal["batch"] = "batch"
    seq: int
    node: str
    table: str
    rows: int
    removed: list[int] = []
    time: int = 0
    """The engine's time of the rows."""


class Counts(Frozen):
    """Child: rows that came out of each source and went into each sink so far."""

    type: Literal["counts"] = "counts"
    rows_in: dict[str, int]
    rows_out: dict[str, int]


class Metrics(Frozen):
    """Child: what each node does."""

    type: Literal["metrics"] = "metrics"
    taken_unix_nano: int
    nodes: list[NodeMetrics]


class RejectedRow(Frozen):
    """Child: a line of input, or a row for another system, that could not be used."""

    said: ClassVar[tuple[str, ...]] = ("uri", "reason")
    type: Literal["rejected"] = "rejected"
    node: str
    uri: str
    line: int
    reason: str
    raw: str


class FailedRow(Frozen):
    """Child: a row that failed in a node; its errors come as `RowError`."""

    type: Literal["failed_row"] = "failed_row"
    node: str
    message: str
    row: str
    """As JSON: what came into the node."""


class RowError(Frozen):
    """Child: a row that failed in a node; `count` like it were seen since the last such frame."""

    said: ClassVar[tuple[str, ...]] = ("message",)
    type: Literal["row_error"] = "row_error"
    node: str
    message: str
    count: int = 1


class Ask(Frozen):
    """Child: wants rows of a stored table."""

    type: Literal["ask"] = "ask"
    number: int
    table: str
    scope: str | None = None
    start_unix_nano: int | None = None
    end_unix_nano: int | None = None


class Recall(Frozen):
    """Child: wants what is remembered of the log templates of a system; the answer's bytes are the text."""

    type: Literal["recall"] = "recall"
    number: int
    system: str


class Keep(Frozen):
    """Child: what was learned about the log templates of a system; the bytes behind it are the text."""

    type: Literal["keep"] = "keep"
    system: str


class Unlock(Frozen):
    """Child: wants the value of a secret; the answer's bytes are the text."""

    type: Literal["unlock"] = "unlock"
    number: int
    name: str


class Probed(Frozen):
    """Child: what came of trying the connection of a node."""

    said: ClassVar[tuple[str, ...]] = ("message",)
    type: Literal["probed"] = "probed"
    node: str
    kind: str
    ok: bool | None = None
    """None when it is about to be tried."""
    message: str = ""


class Ended(Frozen):
    """Child: its last frame."""

    said: ClassVar[tuple[str, ...]] = ("message",)
    type: Literal["ended"] = "ended"
    reason: Literal["done", "stopped", "failed"]
    node: str = ""
    message: str = ""


Event = Annotated[
    Job
    | Stop
    | Ack
    | Answer
    | Built
    | Goes
    | Findings
    | Peeked
    | Tapped
    | Batch
    | Counts
    | Metrics
    | RejectedRow
    | RowError
    | FailedRow
    | Ask
    | Recall
    | Keep
    | Unlock
    | Probed
    | Ended,
    Field(discriminator="type"),
]
ADAPTER: TypeAdapter[Event] = TypeAdapter(Event)
