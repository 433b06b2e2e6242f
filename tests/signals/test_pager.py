"""The alarm policy: quiet after a page, escalation, and habituation to a chatty series."""

from workbench.signals.pager import ESCALATION, Pager


def test_after_a_page_only_worse_evidence_pages_within_the_quiet_time():
    pager = Pager(1.0, samples_per_day=288)

    raised = [pager.offer(evidence, time) for time, evidence in ((0, 1.0), (1, 1.4), (2, 1.6), (3, 2.0), (4, 2.5))]

    assert raised == [True, False, True, False, True]


def test_the_same_evidence_pages_again_after_the_quiet_time_only_if_it_outweighs_the_habit():
    pager = Pager(1.0, samples_per_day=288)
    pager.offer(1.0, 0)

    assert pager.needed(143) == max(pager.needed(144), ESCALATION)
    assert not pager.offer(1.0, 144)
    assert pager.offer(1.31, 144)


def test_habit_is_forgotten():
    pager = Pager(1.0, samples_per_day=288)
    pager.offer(5.0, 0)
    fresh = pager.needed(1000)
    for _ in range(100_000):
        pager.tick()

    assert pager.needed(100_000) < 1.01 < fresh
