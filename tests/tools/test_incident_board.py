"""Many incidents: found page by page, counted for the filters, assigned and moved together, annotated."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from workbench import Workbench, open_workbench
from workbench.errors import BadInput, NotFound
from workbench.facts.diagnosis import IncidentKind
from workbench.facts.incident import Incident, IncidentState
from workbench.store import incidents

SECOND = 1_000_000_000


@pytest.fixture
def wb(tmp_path: Path) -> Iterator[Workbench]:
    with open_workbench(tmp_path / "workspace") as opened:
        assert isinstance(opened, Workbench)
        for number, (service, severity, title) in enumerate(
            [("cart", "error", "cart: 12 % errors"), ("cart", "critical", "cart is down"), ("web", "error", "100 %_x")]
        ):
            incidents.create(
                opened.store,
                Incident(
                    incident_id="", title=title, kind=IncidentKind.ERROR, severity=severity, service_name=service,
                    opened_unix_nano=number * SECOND, updated_unix_nano=number * SECOND, scope="live",
                ),
            )  # fmt: skip
        yield opened


def ids(wb: Workbench, **given: Any) -> list[str]:
    return [one.incident_id for one in wb.call("find_incidents", **given).incidents]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({}, ["INC-3", "INC-2", "INC-1"], id="all"),
        pytest.param({"service": ["cart"]}, ["INC-2", "INC-1"], id="service"),
        pytest.param({"severity": ["critical"], "service": ["cart", "web"]}, ["INC-2"], id="severity"),
        pytest.param({"state": ["resolved"]}, [], id="state"),
        pytest.param({"text": "CART down"}, ["INC-2"], id="every-word-in-any-case"),
        pytest.param({"text": "%_"}, ["INC-3"], id="signs-mean-themselves"),
        pytest.param({"text": "inc-1"}, ["INC-1"], id="id"),
        pytest.param({"since": "1970-01-01T00:00:01Z", "until": "1970-01-01T00:00:02Z"}, ["INC-2"], id="time"),
        pytest.param({"owner": ""}, ["INC-3", "INC-2", "INC-1"], id="nobody"),
        pytest.param({"size": 2, "page": 2}, ["INC-1"], id="second-page"),
        pytest.param({"size": 2, "page": 3}, [], id="page-that-is-not-there"),
    ],
)
def test_incidents_are_found(wb: Workbench, given: dict[str, Any], expected: list[str]) -> None:
    assert ids(wb, **given) == expected


def test_the_numbers_of_a_filter_do_not_depend_on_itself(wb: Workbench) -> None:
    found = wb.call("find_incidents", service=["web"], state=["closed"])

    assert (found.total, found.pages) == (0, 1)
    assert found.states[IncidentState.OPEN] == 1
    assert found.services == {}
    assert wb.call("find_incidents", service=["web"]).services == {"cart": 2, "web": 1}


def test_incidents_are_assigned_together_or_not_at_all(wb: Workbench) -> None:
    wb.call("assign_incidents", incident_id=["INC-1", "INC-2"], owner=" Ada  L. ")
    assert ids(wb, owner="Ada L.") == ["INC-2", "INC-1"]
    assert ids(wb, text="ada cart") == ["INC-2", "INC-1"]

    with pytest.raises(NotFound, match="INC-9"):
        wb.call("assign_incidents", incident_id=["INC-1", "INC-9"], owner="Bob")
    with pytest.raises(BadInput, match="no name"):
        wb.call("assign_incidents", incident_id=["INC-1"], owner="\x1b[31m")

    assert ids(wb, owner="Bob") == []
    wb.call("assign_incidents", incident_id=["INC-1", "INC-2"], owner="")
    assert len(ids(wb, owner="")) == 3


def test_moving_several_tells_which_may_not_go_there(wb: Workbench) -> None:
    wb.call("move_incident", incident_id="INC-1", state="closed")

    done = wb.call("move_incidents", state="resolved", incident_id=["INC-1", "INC-2", "INC-9"], why="all quiet")

    assert [one.incident_id for one in done.done] == ["INC-2"]
    assert list(done.refused) == ["INC-1", "INC-9"]
    assert done.exit_code == 1
    assert [one.why for one in wb.call("incident", incident_id="INC-2").moves] == ["all quiet"]


def test_a_note_with_a_moment_is_an_annotation(wb: Workbench) -> None:
    wb.call("note_incident", incident_id="INC-1", text="rolled back", at="1970-01-01T00:00:05Z", worked=True)
    wb.call("note_incident", incident_id="INC-1", text="asked the team")

    notes = wb.call("incident", incident_id="INC-1").notes
    assert [one.happened_unix_nano for one in notes] == [5 * SECOND, None]
