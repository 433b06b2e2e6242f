from dataclasses import replace

from tests.rca.made import call, frame
from workbench.facts.telemetry import Case, Telemetry
from workbench.rca.sampling import sampled
from workbench.semconv import Table


def case(traces: int) -> Case:
    spans = [row for number in range(traces) for row in call(number, "web", "cart", number)]
    return Case("many", Telemetry(spans=frame(Table.SPANS, spans)))


def test_a_small_case_is_read_whole() -> None:
    small = case(20)

    assert sampled(small) == (small, "")


def test_a_large_case_keeps_whole_traces_and_says_how_many_spans_were_read() -> None:
    large = case(1000)

    kept, said = sampled(large, most=600)

    spans = kept.telemetry.spans
    assert set(spans.groupby("trace_id").size()) == {3}
    assert 300 <= len(spans) <= 900
    assert f"Of 3,000 spans, {len(spans):,} were read" in said
    assert sampled(large, most=600)[0].telemetry.spans.equals(spans)


def test_a_case_of_which_a_part_was_loaded_says_of_how_many_spans() -> None:
    loaded = replace(case(1000).telemetry, spans_in_all=30_000)

    kept, said = sampled(Case("part", loaded), most=600)
    small = sampled(Case("part", loaded))

    assert f"Of 30,000 spans, {len(kept.telemetry.spans):,} were read" in said
    assert "those in 3,000 spans" in said
    assert small[0].telemetry.spans is loaded.spans
    assert "Of 30,000 spans, 3,000 were read" in small[1]
