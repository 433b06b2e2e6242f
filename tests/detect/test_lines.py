"""An anomaly of errors names the log line behind it."""

from __future__ import annotations

from typing import Any

from tests.detect.made import START, frame
from workbench.detect.lines import with_lines
from workbench.facts.diagnosis import IncidentKind
from workbench.facts.incident import Anomaly
from workbench.facts.telemetry import Telemetry
from workbench.semconv import NANOS_PER_SECOND, Table


def seen(service: str, kind: IncidentKind = IncidentKind.ERROR) -> Anomaly:
    return Anomaly(
        detector="d", kind=kind, service_name=service, time_unix_nano=START + 60 * NANOS_PER_SECOND, score=0.9,
        summary="s",
    )  # fmt: skip


def line(service: str, at_s: float, body: str, severity: int = 17) -> dict[str, Any]:
    return {
        "service_name": service,
        "time_unix_nano": START + int(at_s * NANOS_PER_SECOND),
        "body": body,
        "severity_number": severity,
    }


def test_the_commonest_error_line_near_it_is_named() -> None:
    rows = [
        line("web", 55, "cannot reach db 17"),
        line("web", 61, "cannot reach db 18"),
        line("web", 62, "odd thing"),
        line("web", 63, "request 5 done", 9),
        line("web", 63, "request 6 done", 9),
        line("web", 63, "request 7 done", 9),
        *(line("web", 300, "much later") for _ in range(9)),
    ]
    telemetry = Telemetry(logs=frame(Table.LOGS, rows))

    found = with_lines([seen("web"), seen("web", IncidentKind.LATENCY), seen("db")], telemetry, 30)

    assert [one.template for one in found] == ["cannot reach db", "", ""]


def test_without_logs_nothing_is_named() -> None:
    assert with_lines([seen("web")], Telemetry(), 30) == [seen("web")]
