"""Cases that have nothing but metrics: latency and errors per service confirm, lead, and date."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from tests.rca.made import START, frame, metric
from workbench.facts.diagnosis import IncidentKind, Verdict
from workbench.facts.evidence import EvidenceKind
from workbench.facts.telemetry import Case, Telemetry
from workbench.rca.diagnose import diagnose
from workbench.semconv import NANOS_PER_SECOND, Table

ROWS, STEP = 120, 80
ONSET = START + STEP * 10 * NANOS_PER_SECOND
SERVICES = ("api", "billing", "db")
NAMES = {"cpu": 30.0, "latency_ms": 40.0, "errors": 3.0}


def metrics(rises: Mapping[tuple[str, str], float], seed: int = 3) -> Telemetry:
    """Metrics of three services; `rises` gives the factor by (service, name) after the step."""
    dice = np.random.default_rng(seed)
    rows = []
    for service in SERVICES:
        for name, level in NAMES.items():
            values = level * dice.normal(1.0, 0.1, ROWS)
            values[STEP:] *= rises.get((service, name), 1.0)
            rows += metric(name, service, [float(value) for value in values])
    return Telemetry(metrics=frame(Table.METRICS, rows))


def test_latency_of_one_service_leads_without_a_resource() -> None:
    found = diagnose(Case("case", metrics({("billing", "latency_ms"): 6.0})))

    assert (found.verdict, found.kind) == (Verdict.INCIDENT, IncidentKind.LATENCY)
    assert (found.causes[0].service_name, found.causes[0].fault_type) == ("billing", "latency")
    assert found.causes[0].evidence[0].kind is EvidenceKind.LATENCY


def test_errors_of_one_service_lead_without_a_resource() -> None:
    found = diagnose(Case("case", metrics({("billing", "errors"): 20.0})))

    assert (found.verdict, found.kind) == (Verdict.INCIDENT, IncidentKind.ERROR)
    assert (found.causes[0].service_name, found.causes[0].fault_type) == ("billing", "exception")


def test_resource_goes_before_the_latency_that_it_causes() -> None:
    rises = {(service, "latency_ms"): 6.0 for service in SERVICES} | {("db", "cpu"): 2.8}

    found = diagnose(Case("case", metrics(rises)))

    assert (found.causes[0].service_name, found.causes[0].fault_type) == ("db", "cpu_contention")
    assert [evidence.kind for evidence in found.causes[0].evidence] == [EvidenceKind.RESOURCE, EvidenceKind.LATENCY]
    assert {cause.fault_type for cause in found.causes[1:]} == {"latency"}


@pytest.mark.parametrize("name", ["cpu", "latency_ms"])
def test_onset_is_the_first_row_that_changed(name: str) -> None:
    found = diagnose(Case("case", metrics({("db", name): 4.0})))

    assert found.onset_unix_nano == ONSET


@pytest.mark.parametrize("seed", [3, 4, 5, 6])
@pytest.mark.parametrize("reference", [False, True])
def test_calm_metrics_are_healthy(seed: int, reference: bool) -> None:
    references = {"calm": metrics({}, seed=50 + seed)} if reference else {}

    assert diagnose(Case("case", metrics({}, seed=seed), references)).verdict is Verdict.HEALTHY
