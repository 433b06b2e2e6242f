"""Which rows are the baseline of a case and which are its test."""

from tests.rca.made import START
from workbench.rca.windows import from_time, seconds


def test_spans_near_an_onset_that_nobody_named_are_no_baseline() -> None:
    at = START + seconds(300)

    named, likely = from_time(at, guard_s=40), from_time(at, guard_s=40, exact=False)

    assert named.spans_before == at
    assert likely.spans_before == at - seconds(40)
    assert named.since == likely.since == at
