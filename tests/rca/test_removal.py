"""Evidence taken away lowers the confidence, and ends in "not enough data" before it ends in a wrong answer."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from workbench.facts.diagnosis import Diagnosis, Verdict
from workbench.facts.telemetry import Case, Telemetry, empty_frame
from workbench.rca.diagnose import diagnose
from workbench.semconv import Table
from workbench.simulate import parse_fault, simulate

FAULTS = ("cpu@payments", "network_delay@catalog", "bad_deploy@shipping", "dependency_down@payments")
REMOVED = (Table.METRICS, Table.SPANS, Table.LOGS, Table.EVENTS, Table.EDGES)
OWN = (Table.METRICS, Table.SPANS, Table.LOGS, Table.EVENTS)
A_LITTLE = 0.05


def without(telemetry: Telemetry, root: str) -> Iterator[tuple[str, Telemetry]]:
    """The telemetry without one kind of rows, and without the rows of the service that broke."""
    for table in REMOVED:
        yield table.value, replace(telemetry, **{table.value: empty_frame(table)})
    frames = {table.value: telemetry.frame(table) for table in OWN}
    yield (
        f"rows of {root}",
        replace(telemetry, **{name: rows[rows["service_name"] != root] for name, rows in frames.items()}),
    )


def first(found: Diagnosis) -> tuple[str, float]:
    """The service that an incident is blamed on, and how surely; '' when there is no such answer."""
    if found.verdict is not Verdict.INCIDENT:
        return "", 0.0
    return found.causes[0].service_name, found.causes[0].confidence


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_taking_evidence_away_makes_no_one_surer_nor_wrong(fault: str) -> None:
    telemetry = simulate([parse_fault(fault)], 901, 12).telemetry
    root = fault.split("@")[1]

    whole = first(diagnose(Case("all", telemetry)))
    found = {name: diagnose(Case(name, left)) for name, left in without(telemetry, root)}

    assert whole[0] == root
    answers = {name: first(one) for name, one in found.items()}
    assert not {name: one for name, one in answers.items() if one[0] not in ("", root) and one[1] >= 0.5}
    assert not {name: one for name, one in answers.items() if one[1] > whole[1] + A_LITTLE}
    assert not [name for name, one in found.items() if one.verdict is Verdict.HEALTHY]
    assert all(
        cause.confidence < 0.5 for one in found.values() if one.verdict is Verdict.UNKNOWN for cause in one.causes
    )
    assert answers[f"rows of {root}"][1] < whole[1]
