"""Specifications and events made for tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from workbench.detect.slo.events import Events
from workbench.detect.slo.model import Ratio, Rolling, Rows, Slo
from workbench.detect.slo.read import Reading, read_specs
from workbench.semconv import Table

S = 1_000_000_000
MINUTE, HOUR, DAY = 60 * S, 3600 * S, 86_400 * S
NOW = 1_769_904_000 * S
"""2026-02-01T00:00:00Z."""

OPENSLO = """\
apiVersion: openslo/v1
kind: SLO
metadata:
  name: answers
spec:
  service: web
  indicator:
    spec:
      ratioMetric:
        bad: {metricSource: {type: causeway, spec: {table: spans, service_name: web, status_code: ERROR}}}
        total: {metricSource: {type: causeway, spec: {table: spans, service_name: web}}}
  timeWindow:
    - duration: 30d
      isRolling: true
  budgetingMethod: Occurrences
  objectives:
    - target: 0.999
"""

SLOTH = """\
version: prometheus/v1
service: web
labels: {team: "7"}
slos:
  - name: answers
    objective: 99.9
    sli:
      events:
        error_query: sum(rate(bad[{{.window}}]))
        total_query: sum(rate(all[{{.window}}]))
    alerting:
      name: WebFails
      page_alert: {labels: {to: pager}}
"""


def at(text: str) -> int:
    """Return UTC nanoseconds of an ISO time."""
    moment = datetime.fromisoformat(text)
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()) * S


def read(folder: Path, *texts: str) -> Reading:
    """Read specifications from files spec-1.yaml, spec-2.yaml, ..."""
    paths = []
    for number, text in enumerate(texts, start=1):
        paths.append(folder / f"spec-{number}.yaml")
        paths[-1].write_text(text, encoding="utf-8")
    return read_specs(paths)


def faults(folder: Path, *texts: str) -> list[str]:
    """Return the sentences of all faults."""
    return [one.text() for one in read(folder, *texts).faults]


def slo(**changes: Any) -> Slo:
    """Return an objective of 99.9 % over 30 days."""
    rows = Rows(table=Table.SPANS)
    values = {
        "name": "answers",
        "service": "web",
        "indicator": Ratio(bad=rows.model_copy(update={"equals": {"status_code": "ERROR"}}), total=rows),
        "objective": 99.9,
        "window": Rolling(text="30d", seconds=30 * 86_400),
        "origin": "made.yaml, document 1",
    }
    return Slo.model_validate(values | changes)


def events(*parts: Sequence[float]) -> Events:
    """Make events of (time, good, total)."""
    return Events.of(*([part[place] for part in parts] for place in range(3)))
