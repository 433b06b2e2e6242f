from tests.rca.made import call, frame
from workbench.facts.telemetry import Telemetry
from workbench.rca.cache import ReferenceCache
from workbench.rca.observe import observe
from workbench.rca.windows import recent
from workbench.semconv import Table


def day(first: int, count: int, *, own_ms: float = 10.0) -> Telemetry:
    rows = [row for trace in range(first, first + count) for row in call(trace, "web", "cart", trace, own_ms=own_ms)]
    return Telemetry(spans=frame(Table.SPANS, rows))


def test_short_visits_count_half_against_one_day_which_does_not_show_how_much_days_differ() -> None:
    quick = day(200, 30, own_ms=2.0)

    scores = [
        observe(quick, references, recent(quick), ReferenceCache(), short={}).structure
        for references in ([day(0, 60)], [day(0, 60), day(100, 60)])
    ]

    assert 0 < scores[0]["cart"] < 0.6 * scores[1]["cart"]


def test_a_clock_that_goes_wrong_late_in_the_case_is_seen() -> None:
    healthy = day(0, 60)
    rows = [row for at in range(200, 300) for row in call(at, "web", "cart", at, skew_ms=-3000.0 * (at >= 260))]
    case = Telemetry(spans=frame(Table.SPANS, rows))

    seen = observe(case, [healthy], recent(case), ReferenceCache())

    assert seen.clocks.scores["cart"] > 1
    edge = seen.clocks.edges.iloc[0]
    assert (edge["caller"], edge["callee"], bool(edge["slow"])) == ("web", "cart", True)
