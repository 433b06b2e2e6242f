"""The visits of a part of a case are those that reading the part alone gives."""

from dataclasses import fields

import numpy as np
import pytest

from tests.rca.made import START, call, frame
from workbench.facts.telemetry import Case, Telemetry
from workbench.rca.ended import cut
from workbench.rca.items import make_visits
from workbench.rca.prefix import visits_until
from workbench.rca.windows import seconds
from workbench.semconv import Table
from workbench.simulate import choose_topology, parse_fault, simulate

APART = ("spans", "lines", "held")


def both_ways(telemetry, end):
    part = cut(Case("part", telemetry), end).telemetry
    whole = make_visits(telemetry.spans, telemetry.logs)
    return visits_until(whole, telemetry, part, end), make_visits(part.spans, part.logs)


@pytest.mark.parametrize(("seed", "fault"), [(8901, "dependency_down"), (8902, "slow_query")])
def test_a_part_of_the_tables_is_the_table_of_the_part(seed, fault):
    system = choose_topology("random:8", seed)
    telemetry = simulate([parse_fault(fault, system)], seed, 4, rate_per_s=3, topology=system).telemetry
    first, last = telemetry.extent() or (0, 0)
    found, expected = both_ways(telemetry, first + (last - first) * 2 // 3)

    assert found is not None
    for table, other in ((found, expected), (found.spans, expected.spans)):
        for one in fields(table):
            if one.name not in APART:
                np.testing.assert_array_equal(getattr(table, one.name), getattr(other, one.name), err_msg=one.name)
    np.testing.assert_array_equal(found.lines.row, expected.lines.row)
    np.testing.assert_array_equal(found.lines.span, expected.lines.span)


def test_ids_that_come_twice_are_read_again():
    rows = [row for trace in range(30) for row in call(trace, "web", "cart", trace)]
    spans = frame(Table.SPANS, [*rows, rows[0]])

    assert both_ways(Telemetry(spans=spans), START + seconds(20))[0] is None


@pytest.mark.parametrize(
    ("below_at_s", "is_shared"),
    [
        pytest.param(20.0, True, id="a-database-that-calls-on"),
        pytest.param(40.0, False, id="it-calls-on-after-the-end"),
    ],
)
def test_a_database_that_is_left_out_of_the_part_alone_is_read_again(below_at_s, is_shared):
    query = call(99, "cart", "mysql", 10.0)
    query[2]["attributes"] = '{"db.system": "mysql"}'
    below = query[2] | {"span_id": "below", "parent_span_id": query[2]["span_id"], "attributes": ""}
    below["start_time_unix_nano"] = START + seconds(below_at_s)
    spans = frame(Table.SPANS, [*query, below])

    assert (both_ways(Telemetry(spans=spans), START + seconds(30))[0] is not None) is is_shared
