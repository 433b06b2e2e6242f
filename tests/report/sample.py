"""A small shop with a believable incident, made of facts: the samples that the report's tests look at."""

from __future__ import annotations

import math
from itertools import pairwise

import pandas as pd
import pyarrow as pa

from workbench.facts.diagnosis import Action, Cause, Diagnosis, IncidentKind, TimelineEntry, Verdict
from workbench.facts.evidence import Evidence, EvidenceKind, Selection
from workbench.facts.incident import Anomaly, Incident
from workbench.facts.telemetry import Telemetry
from workbench.report.content import ReportContent
from workbench.report.incident import build
from workbench.semconv import COLUMNS, Table
from workbench.store import anomalies, diagnoses, evidence, incidents, sources, steps, telemetry
from workbench.store.db import Store
from workbench.store.steps import StepRecord

SECOND = 1_000_000_000
START = 1_773_135_000 * SECOND
ONSET = START + 360 * SECOND
END = START + 720 * SECOND
HOSTILE = '<script>alert(1)</script> "quoted" & `ticked` | piped [x](javascript:alert(2))'
PATHS = (("gateway", "checkout", "payments", "postgres"), ("gateway", "catalog", "redis"), ("gateway", "cart", "redis"))
EDGES = sorted({pair for path in PATHS for pair in pairwise(path)})


def make_telemetry(*, broken: bool = True) -> Telemetry:
    """Requests every 2 s along three paths; with `broken` the payments pool runs dry after the onset."""
    spans: list[dict[str, object]] = []
    logs: list[dict[str, object]] = []
    for number in range(360):
        at = START + number * 2 * SECOND
        path = PATHS[number % 3]
        bad = broken and at >= ONSET and path is PATHS[0]
        spans += _trace(number, path, at, bad)
        logs += _lines(number, path, at, bad)
    metrics = [
        _row(
            Table.METRICS,
            time_unix_nano=START + step * 10 * SECOND,
            metric_name="db.pool.in_use",
            service_name="payments",
            service_instance_id=f"payments-{instance}",
            value=(10.0 if broken and START + step * 10 * SECOND >= ONSET else 3 + math.sin(step + instance)),
            unit="{connections}",
        )
        for step in range(72)
        for instance in (1, 2)
    ]
    events = [
        _row(
            Table.EVENTS, time_unix_nano=ONSET - 30 * SECOND, event_name="config_change", service_name="payments",
            summary="payments: pool.max changed from 40 to 10",
        )
    ]  # fmt: skip
    edges = [_row(Table.EDGES, caller_service_name=a, callee_service_name=b) for a, b in EDGES]
    frames = {"logs": logs, "spans": spans, "metrics": metrics, "events": events if broken else [], "edges": edges}
    return Telemetry(**{name: _frame(Table(name), rows) for name, rows in frames.items()})


def make_diagnosis() -> Diagnosis:
    """What a good investigation would say about it."""
    pool = Evidence(
        kind=EvidenceKind.RESOURCE,
        service_name="payments",
        summary="db.pool.in_use of payments reached 10 connections; healthy is 3 connections (spread 0.7).",
        strength=6.1,
        observed_unix_nano=ONSET,
        value=10,
        baseline=3,
        unit="{connections}",
        selection=Selection(
            table=Table.METRICS,
            start_unix_nano=ONSET,
            end_unix_nano=END,
            equals={"metric_name": "db.pool.in_use", "service_name": "payments"},
        ),
    )
    log = Evidence(
        kind=EvidenceKind.LOG,
        service_name="payments",
        summary=f'60 error lines "connection pool exhausted" appeared; before there were none. {HOSTILE}',
        strength=4.0,
        observed_unix_nano=ONSET,
        value=60,
        baseline=0,
        selection=Selection(
            table=Table.LOGS,
            start_unix_nano=ONSET,
            end_unix_nano=END,
            equals={"service_name": "payments"},
            contains={"body": "pool exhausted"},
        ),
    )
    against = Evidence(
        kind=EvidenceKind.RESOURCE,
        service_name="postgres",
        summary="CPU of postgres stayed at 12 %; healthy is 11 %.",
        supports=False,
        strength=0.2,
        selection=None,
    )
    return Diagnosis(
        case="shop-0310",
        verdict=Verdict.INCIDENT,
        kind=IncidentKind.LATENCY,
        reason="payments uses 6.1 times more connections than it ever did while healthy.",
        onset_unix_nano=ONSET,
        causes=[
            Cause(
                rank=1, service_name="payments", fault_type="pool_exhaustion", confidence=0.91, score=6.1,
                service_instance_id="payments-1", host_name="shop-node-b", first_seen_unix_nano=ONSET,
                path=["payments", "checkout", "gateway"], evidence=[pool, log],
                missing=["No metrics of the network between payments and postgres."],
            ),
            Cause(rank=2, service_name="postgres", fault_type="slow_query", confidence=0.22, score=1.1,
                  path=["postgres", "payments", "checkout", "gateway"], evidence=[against]),
            Cause(rank=3, service_name="checkout", confidence=0.08, score=0.4, path=["checkout", "gateway"]),
        ],
        contributing=["pool.max of payments was changed 30 s before the onset."],
        timeline=[TimelineEntry(time_unix_nano=ONSET + 4 * SECOND, kind="first_error", service_name="payments",
                                text="First error: connection pool exhausted.")],
        impact=["33 % of requests to gateway are slower than 1.5 s; healthy is 60 ms.",
                "60 requests affected in 6 min."],
        actions=[
            Action(title="Put pool.max of payments back to 40", why="It was changed 30 s before the onset.", risk="low",
                   command="kubectl rollout undo deployment/payments"),
            Action(title="Restart payments", why="Held connections are released.", risk="medium"),
        ],
        not_known=["Whether postgres limits connections itself: there are no metrics of it."],
        edges=EDGES,
        services=sorted({name for pair in EDGES for name in pair}),
        baseline="6 min before the onset",
        seconds=0.42,
    )  # fmt: skip


def fill(store: Store) -> Incident:
    """Store the shop's telemetry, the incident, its anomalies, evidence, diagnosis and steps."""
    rows = make_telemetry()
    source = sources.register(store, kind="simulator", uri="simulator:shop", scope="shop-0310")
    counts = {}
    for table in Table:
        frame = rows.frame(table).drop(columns=["row_id", "source_id"])
        counts[table.value] = telemetry.append(
            store, table, pa.Table.from_pandas(frame, preserve_index=False), source_id=source.source_id
        )
    sources.finish(store, source.source_id, counts, 0)
    incident = incidents.create(
        store,
        Incident(
            incident_id="", title="payments: connection pool exhausted", kind=IncidentKind.LATENCY, severity="critical",
            service_name="payments", opened_unix_nano=ONSET, updated_unix_nano=END, scope="shop-0310",
        ),
    )  # fmt: skip
    seen = anomalies.add(
        store,
        [
            Anomaly(
                detector="rate", kind=IncidentKind.LATENCY, service_name="gateway", time_unix_nano=ONSET + 6 * SECOND,
                score=0.93, value=1800, expected=60, summary="p95 of gateway is 1,800 ms; expected 60 ms",
                scope="shop-0310",
            )
        ],
    )  # fmt: skip
    incidents.attach(store, incident.incident_id, [one.anomaly_id for one in seen])
    diagnosis = make_diagnosis()
    causes = [
        cause.model_copy(
            update={"evidence": [evidence.save(store, incident.incident_id, one) for one in cause.evidence]}
        )
        for cause in diagnosis.causes
    ]
    diagnoses.save(store, incident.incident_id, diagnosis.model_copy(update={"causes": causes}))
    for seq, name in enumerate(["sanitise", "plan", "analyse", "summarise"]):
        steps.save(
            store,
            StepRecord(investigation_id="INV-1", incident_id=incident.incident_id, seq=seq, name=name,
                       started_unix_nano=END + seq, seconds=0.1 * (seq + 1), summary=f"{name} done", status="done"),
        )  # fmt: skip
    return incidents.get(store, incident.incident_id)


def make_content(store: Store, verdict: Verdict = Verdict.INCIDENT) -> ReportContent:
    """The report of the shop: of its incident, of a healthy day, or of nothing at all."""
    if verdict is Verdict.INCIDENT:
        incident = fill(store)
        found = diagnoses.of_incident(store, incident.incident_id)
        assert found is not None
        return build(
            store, incident.incident_id, found,
            ["payments ran out of database connections at 09:36.",
             "Checkout waits for it, so 33 % of requests are slow.",
             "Put pool.max back to 40."],
            "rules", 0, steps.of_incident(store, incident.incident_id), make_telemetry(), now_unix_nano=END,
        )  # fmt: skip
    healthy = verdict is Verdict.HEALTHY
    diagnosis = Diagnosis(
        case="quiet", verdict=verdict, edges=EDGES if healthy else [],
        reason="Nothing left its healthy range." if healthy else "There is no telemetry in this case.",
        not_known=[] if healthy else ["There is no telemetry in this case."],
    )  # fmt: skip
    rows = make_telemetry(broken=False) if healthy else Telemetry()
    return build(store, None, diagnosis, [], "rules", 0, [], rows, now_unix_nano=END)


def _trace(number: int, path: tuple[str, ...], at: int, bad: bool) -> list[dict[str, object]]:
    rows = []
    length = 1_800 if bad else 40 + number % 7
    for depth, service in enumerate(path):
        start = at + depth * 2_000_000
        end = at + (length - depth * 3) * 1_000_000
        rows.append(
            _row(
                Table.SPANS, start_time_unix_nano=start, end_time_unix_nano=end, trace_id=f"{number:032x}",
                span_id=f"{number:08x}{depth:08x}", parent_span_id=f"{number:08x}{depth - 1:08x}" if depth else "",
                service_name=service, span_name=f"{service}/{path[-1]}", span_kind="SERVER",
                status_code="ERROR" if bad and number % 2 else "UNSET",
                status_message=f"pool exhausted {HOSTILE}" if bad and service == "payments" else "",
            )
        )  # fmt: skip
    return rows


def _lines(number: int, path: tuple[str, ...], at: int, bad: bool) -> list[dict[str, object]]:
    rows = [(path[1], "INFO", 9, f"request {number} of user-{number}@example.com done in {40 + number % 7} ms")]
    if bad:
        rows.append(("payments", "ERROR", 17, f"connection pool exhausted after {1500 + number} ms {HOSTILE}"))
    return [
        _row(
            Table.LOGS, time_unix_nano=at + 5_000_000, service_name=service, severity_text=word, severity_number=level,
            body=body, trace_id=f"{number:032x}",
        )
        for service, word, level, body in rows
    ]  # fmt: skip


def _row(table: Table, **values: object) -> dict[str, object]:
    empty = {"VARCHAR": "", "DOUBLE": 0.0}
    return {name: values.get(name, empty.get(kind, 0)) for name, kind in COLUMNS[table].items()}


def _frame(table: Table, rows: list[dict[str, object]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(COLUMNS[table]))
