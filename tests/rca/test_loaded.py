"""Work that takes longer because more requests share a processor is no fault; the same without more requests is one."""

import pytest

from tests.rca.made import START, call, frame, metric
from workbench.facts.diagnosis import Verdict
from workbench.facts.telemetry import Case, Telemetry
from workbench.rca.diagnose import diagnose
from workbench.rca.windows import seconds
from workbench.semconv import Table

ONSET_S, END_S = 300, 600


def telemetry(per_s: int, work_ms: float) -> Telemetry:
    """One request a second to `web`, which calls `cart`; from the onset on so many, and `cart` works so long."""
    turns = [float(turn) for turn in range(ONSET_S)]
    turns += [ONSET_S + turn / per_s for turn in range((END_S - ONSET_S) * per_s)]
    rows = []
    for number, at in enumerate(turns):
        own = (work_ms if at >= ONSET_S else 10.0) + 0.1 * (number % 9)
        rows += call(number, "web", "cart", at, own_ms=own, gap_ms=2.0 + 0.1 * (number % 5))
    use = [(0.2 if 10 * step < ONSET_S else 0.38) + 0.002 * (step % 5) for step in range(END_S // 10)]
    return Telemetry(
        spans=frame(Table.SPANS, rows),
        metrics=frame(Table.METRICS, metric("process.cpu.utilization", "cart", use, unit="1")),
    )


@pytest.mark.parametrize(
    ("per_s", "work_ms", "verdict"),
    [
        pytest.param(2, 12.5, Verdict.HEALTHY, id="more-requests"),
        pytest.param(1, 12.5, Verdict.INCIDENT, id="no-more-requests"),
        pytest.param(2, 40.0, Verdict.INCIDENT, id="slower-than-the-load-explains"),
    ],
)
def test_only_what_the_load_does_not_explain_is_a_fault(per_s: int, work_ms: float, verdict: Verdict) -> None:
    found = diagnose(Case("busy", telemetry(per_s, work_ms), at_unix_nano=START + seconds(ONSET_S)))

    assert found.verdict is verdict
    if verdict is Verdict.INCIDENT:
        assert found.causes[0].service_name == "cart"
