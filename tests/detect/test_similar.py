"""Incidents like one at hand are looked for in all others at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.detect.test_likeness import diagnosis, incident, seen
from workbench.detect.likeness import traits_of
from workbench.detect.similar import similar_incidents
from workbench.facts.outline import Outline
from workbench.store import anomalies, diagnoses, incidents
from workbench.store.db import Store


def test_an_outline_is_as_good_for_comparing_as_the_diagnosis() -> None:
    whole = diagnosis()

    outline = Outline.model_validate_json(whole.model_dump_json())

    assert traits_of(incident(), outline, [seen("db")]) == traits_of(incident(), whole, [seen("db")])


@pytest.fixture
def store() -> Iterator[Store]:
    with Store.open(None) as opened:
        yield opened


def fill(store: Store, count: int) -> None:
    for _ in range(count):
        made = incidents.create(store, incident().model_copy(update={"incident_id": ""}))
        # Every second one is known to be the same fault; nobody looked into the others.
        if int(made.incident_id.removeprefix("INC-")) % 2:
            diagnoses.save(store, made.incident_id, diagnosis())


def test_the_alike_are_found_among_those_that_nobody_investigated(store: Store) -> None:
    fill(store, 4)

    found, compared = similar_incidents(store, "INC-1")

    assert ([one.incident_id for one in found], compared) == (["INC-3"], 3)
    assert found[0].cause == "pool exhaustion at db"


def test_more_incidents_are_not_more_questions(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    connection = Store.connection

    @contextmanager
    def counted(self: Store) -> Iterator[Any]:
        asked.append(1)
        with connection(self) as cursor:
            yield cursor

    monkeypatch.setattr(Store, "connection", counted)
    counts = []
    for more in (4, 40):
        fill(store, more)
        anomalies.add(store, [seen("web")])
        asked.clear()
        similar_incidents(store, "INC-2")
        counts.append(len(asked))

    assert counts[0] == counts[1] > 0
