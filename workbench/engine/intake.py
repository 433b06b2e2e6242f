"""The owner's way in: rows of a run are stored, then acknowledged; bad rows and errors are kept with their node."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Sequence

import pyarrow as pa

from workbench.engine.again import Again
from workbench.engine.events import Ack, Answer, Ask, Batch, FailedRow, Goes, Keep, Recall, RejectedRow, RowError
from workbench.engine.opening import asked_for
from workbench.engine.wire import Wire
from workbench.errors import CausewayError
from workbench.facts.incident import Anomaly
from workbench.flow.commits import LATEST_MS
from workbench.semconv import Table
from workbench.signals.memory import TemplateMemory
from workbench.store import anomalies, dead_letters, flow_states, flows, rejected, runs, sources, telemetry, templates
from workbench.store.db import Store
from workbench.store.dead_letters import DeadLetter, Side
from workbench.store.flow_states import FlowState
from workbench.store.rejected import Rejected

KEPT_ERRORS = 200
"""Different error messages that are kept per run; more are only counted."""
MANY_REJECTS = 256
_ANOMALIES = "anomalies"
Opens = Callable[[Sequence[Anomaly]], object]
"""Opens the incidents that a flow asks for."""
_SEQS_PER_ATTEMPT = 2**32


class Intake:
    """Stores what one run sends."""

    def __init__(
        self,
        store: Store,
        run_id: str,
        flow_name: str,
        scope: str,
        state: FlowState | None = None,
        opens: Opens | None = None,
    ) -> None:
        self.store, self.run_id, self.flow_name, self.scope = store, run_id, flow_name, scope
        self._opens = opens
        self._asked: list[Anomaly] = []
        self.state = state
        """The state that the run keeps, if it does; then batches are noted, so that they can be taken back."""
        self.stored: Counter[str] = Counter()
        """Rows per table that this run stored."""
        self.rejects: Counter[str] = Counter()
        """Bad rows per node."""
        self.attempt = 1
        """Of the run: its child counts its batches from 1 again when it is started again."""
        self._noted = True
        self._again = Again()
        self._sources: dict[str, tuple[int, bool]] = {}
        self._rejected: list[Rejected] = []
        self._letters: list[DeadLetter] = []
        self.sinks: set[str] = set()
        """Nodes that write; known once the graph is built."""
        self._messages: set[tuple[str, str]] = set()
        self._by_node: dict[str, Counter[str]] = {}

    def batch(self, event: Batch, blob: bytes, wire: Wire) -> None:
        """Store a batch in one transaction, then acknowledge it; raises `StoreError` and acknowledges nothing."""
        rows = pa.ipc.open_stream(blob).read_all()
        self._source(event.node)
        added = self._add_anomalies(rows) if event.table == _ANOMALIES else self._append(event, rows)
        self.stored[event.table] += added
        self._by_node.setdefault(event.node, Counter())[event.table] += added
        self._asked += asked_for(event.table, rows, self.scope, self.flow_name)
        wire.send(Ack(seq=event.seq))

    def goes_on(self, event: Goes) -> None:
        """Take back what the engine will make again, before the first batch comes."""
        self._noted = event.why_not == ""
        if self.state is None:
            return
        if event.on_from is None:
            flow_states.take_back_all(self.store, self.state)
        else:
            flow_states.take_back_from(self.store, self.state.state_id, event.on_from)
            self.flush()
            self._again.learn(self.store, self.flow_name, min(event.on_from, LATEST_MS))

    def settle(self, engine_time: int) -> None:
        """Forget how to take back what the engine has kept the input of."""
        if self.state is not None:
            flow_states.settle(self.store, self.state.state_id, engine_time)

    def reject(self, event: RejectedRow) -> None:
        """Keep a line that a source could not use; one that is read again after a crash was kept already."""
        if self._again.comes(event.node, event.reason, event.raw):
            return
        self.rejects[event.node] += 1
        source_id, _ = self._source(event.node)
        self._rejected.append(
            Rejected(source_id=source_id, uri=event.uri, line=event.line, reason=event.reason, raw=event.raw)
        )
        place = f"{event.uri}:{event.line}"
        self._letter(event.node, "sink" if event.node in self.sinks else "source", event.reason, event.raw, place)
        if len(self._rejected) >= MANY_REJECTS:
            self.flush()

    def flush(self) -> None:
        """Store what came since the last flush and is not urgent; one transaction for each would be slow."""
        rows, self._rejected = self._rejected, []
        rejected.add(self.store, rows)
        letters, self._letters = self._letters, []
        dead_letters.add(self.store, letters)
        self._open_incidents()

    def _open_incidents(self) -> None:
        """Open the incidents that stored events ask for; their signals have been stored before them."""
        asked, self._asked = self._asked, []
        if asked and self._opens is not None:
            try:
                self._opens(asked)
            except CausewayError as error:
                runs.add_error(self.store, self.run_id, "", f"no incident was opened: {error}")

    def _letter(self, node: str, side: Side, message: str, row: str, place: str) -> None:
        """Keep a row that failed, to be looked at and tried again; equal ones once."""
        origin = self.state.state_id if self.state else self.run_id
        text = "\0".join((origin, node, message, row, place))
        letter = DeadLetter(
            letter_id=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16],
            run_id=self.run_id,
            flow_name=self.flow_name,
            node=node,
            side=side,
            message=message,
            row_json=row,
            seen_unix_nano=time.time_ns(),
        )
        self._letters.append(letter)

    def error(self, event: RowError) -> None:
        """Count rows that failed in a node and keep each message once."""
        self.rejects[event.node] += event.count
        seen = (event.node, event.message)
        if seen not in self._messages and len(self._messages) < KEPT_ERRORS:
            self._messages.add(seen)
            runs.add_error(self.store, self.run_id, event.node, event.message)

    def take(
        self, event: Batch | RejectedRow | RowError | FailedRow | Ask | Recall | Keep, blob: bytes, wire: Wire
    ) -> None:
        """Store what a node hands over, give what it asks for."""
        match event:
            case Batch():
                self.batch(event, blob, wire)
            case RejectedRow():
                self.reject(event)
            case RowError():
                self.error(event)
            case FailedRow():
                self._letter(event.node, "node", event.message, event.row, "")
            case Ask():
                self.answer(event, wire)
            case Recall():
                self.recall(event, wire)
            case Keep():
                self.keep(event, blob)

    def answer(self, event: Ask, wire: Wire) -> None:
        """Send the rows that a node asks for."""
        try:
            for batch in flows.batches(
                self.store,
                Table(event.table),
                scope=event.scope,
                start_unix_nano=event.start_unix_nano,
                end_unix_nano=event.end_unix_nano,
            ):
                sink = pa.BufferOutputStream()
                with pa.ipc.new_stream(sink, batch.schema) as writer:
                    writer.write_batch(batch)
                wire.send(Answer(number=event.number, last=False), memoryview(sink.getvalue()))
        except CausewayError as error:
            wire.send(Answer(number=event.number, last=True, error=str(error)))
            return
        wire.send(Answer(number=event.number, last=True))

    def recall(self, event: Recall, wire: Wire) -> None:
        """Send what is remembered of a system's log templates."""
        try:
            packed = templates.load_memory(self.store, event.system).pack()
        except CausewayError as error:
            wire.send(Answer(number=event.number, last=True, error=str(error)))
            return
        wire.send(Answer(number=event.number, last=True), packed.encode(errors="surrogatepass"))

    def keep(self, event: Keep, blob: bytes) -> None:
        """Remember what a run has learned about a system's log templates."""
        memory = TemplateMemory.unpack(blob.decode(errors="surrogatepass"))
        templates.save_memory(self.store, event.system, memory)

    def finish(self) -> None:
        """Close the sources of this run with their counts."""
        self.flush()
        for node, (source_id, _) in self._sources.items():
            sources.finish(self.store, source_id, dict(self._by_node.get(node, {})), self.rejects[node])

    def _append(self, event: Batch, rows: pa.Table) -> int:
        source_id, resumed = self._source(event.node)
        table, batch_id = Table(event.table), f"{self.run_id}/{self.attempt}/{event.seq}"
        with self.store.transaction():
            removed = None
            if event.removed:
                removed = flows.take_back(self.store, table, event.removed, source_id=source_id)
            store_rows = flows.append_once if resumed and self.state is None else telemetry.append
            added = store_rows(self.store, table, rows, source_id=source_id, batch_id=batch_id) if len(rows) else 0
            if self.state is not None and self._noted:
                end = source_id * sources.ROWS_PER_SOURCE + self.store.ordinals.get(source_id, 0)
                flow_states.note_batch(
                    self.store,
                    self.state.state_id,
                    table,
                    engine_time=event.time,
                    seq=self.attempt * _SEQS_PER_ATTEMPT + event.seq,
                    first_row=end - added,
                    end_row=end,
                    removed=removed,
                )
        return added - len(event.removed)

    def _add_anomalies(self, rows: pa.Table) -> int:
        found = rows.drop_columns(["source_line"]).to_pylist()
        anomalies.add(self.store, [Anomaly(**row, scope=self.scope) for row in found])
        return len(found)

    def _source(self, node: str) -> tuple[int, bool]:
        """Return the id of a node's source and whether an earlier run in this scope has filled it."""
        if node not in self._sources:
            digest = hashlib.sha256(f"{self.flow_name}/{node}".encode()).hexdigest()
            before = sources.by_hash(self.store, digest, self.scope, finished=self.state is None)
            source = before or sources.register(
                self.store, kind="run", uri=f"{self.flow_name}/{node}", sha256=digest, scope=self.scope
            )
            self._sources[node] = (source.source_id, before is not None)
        return self._sources[node]
