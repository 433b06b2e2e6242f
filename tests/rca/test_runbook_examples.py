"""Each shipped signature recognises its own examples, and no other one claims them more strongly."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pandas as pd
import pytest

from workbench.facts.telemetry import Telemetry, empty_frame
from workbench.rca.signatures.load import load_signatures
from workbench.rca.signatures.match import find_failure_modes
from workbench.rca.signatures.model import Example, Signature
from workbench.semconv import COLUMNS, Table

T0 = 1_700_000_000_000_000_000
SIGNATURES = {one.id: one for one in load_signatures()}
WITH_EXAMPLES = [one for one in SIGNATURES.values() if one.examples]


def frame(table: Table, rows: list[dict[str, Any]]) -> pd.DataFrame:
    empty = empty_frame(table)
    filled = [
        {name: row.get(name, "" if kind == "VARCHAR" else 0) for name, kind in COLUMNS[table].items()} for row in rows
    ]
    return pd.DataFrame(filled, columns=list(empty.columns)).astype(empty.dtypes.to_dict()) if rows else empty


def telemetry_of(examples: Sequence[Example]) -> Telemetry:
    logs, events, states = [], [], []
    for at, one in enumerate(examples, start=1):
        name = one.object or {"node": "node-7", "container": "cart-1/cart"}.get(one.kind, "cart-1")
        service = one.service or "cart"
        if one.log:
            logs.append({"row_id": at, "time_unix_nano": T0 + at, "service_name": service, "body": one.log,
                         "service_instance_id": "cart-1", "attributes": "{}"})  # fmt: skip
        elif one.event:
            about = json.dumps({"type": one.type, "kind": "Pod", "object": "cart-1", "namespace": "shop", "count": 3})
            events.append({"row_id": at, "time_unix_nano": T0 + at, "event_name": one.event, "summary": one.message,
                           "service_name": service, "service_instance_id": "cart-1",
                           "attributes": about})  # fmt: skip
        else:
            states.append({"row_id": at, "object_kind": one.kind, "object_name": name, "namespace": "shop",
                           "service_name": "" if one.kind == "node" else "cart", "attribute": one.state,
                           "value": one.value, "attributes": json.dumps({"pod": "cart-1"})})  # fmt: skip
    return Telemetry(
        logs=frame(Table.LOGS, logs), events=frame(Table.EVENTS, events), states=frame(Table.STATES, states)
    )


def groups_of(signature: Signature) -> list[list[Example]]:
    """Examples one by one; all together for a signature that needs several things."""
    if len(signature.match.all) > 1:
        return [list(signature.examples)]
    return [[one] for one in signature.examples]


@pytest.mark.parametrize("signature", WITH_EXAMPLES, ids=lambda one: one.id)
def test_a_signature_recognises_its_examples_and_is_not_beaten_there(signature: Signature) -> None:
    for group in groups_of(signature):
        found = {
            mode.signature_id: mode for mode in find_failure_modes(telemetry_of(group), tuple(SIGNATURES.values()))
        }

        assert signature.id in found, [example.model_dump(exclude_defaults=True) for example in group]
        own = found[signature.id]
        stronger = {name: mode.confidence for name, mode in found.items() if mode.confidence > own.confidence}
        assert not stronger, (own.confidence, own.sentence)


def test_what_is_said_while_all_is_well_fits_no_signature() -> None:
    lines = (
        "Starting server on port 8080",
        "GET /health 200 3ms",
        "connection established to cart-db:5432",
        "Successfully pulled image in 2.1s",
        "getrlimit(RLIMIT_NOFILE): 1048576:1048576",
        "certificate renewed, valid until 2031-01-01",
        "retry policy: 3 attempts, timeout 2s",
        "0 errors, 0 warnings",
        "peer 10.0.0.3 is up",
        'level=info msg="Listening on" addr=[::]:9093',
    )
    events = [
        Example(event="Scheduled", message="Successfully assigned shop/cart-1 to node-7", type="Normal"),
        Example(event="Pulled", message='Container image "shop/cart:2" already present on machine', type="Normal"),
        Example(event="Started", message="Started container cart", type="Normal"),
    ]

    found = find_failure_modes(
        telemetry_of([*(Example(log=line) for line in lines), *events]), tuple(SIGNATURES.values())
    )

    assert [(mode.signature_id, mode.sentence) for mode in found] == []


def test_the_library_has_at_least_eighty_signatures_and_each_has_the_four_parts() -> None:
    from workbench.rca.signatures.load import shipped_folder

    matched = [one for one in SIGNATURES.values() if one.is_matched()]

    assert len(matched) >= 80
    for one in matched:
        text = (shipped_folder() / f"{one.id}.md").read_text(encoding="utf-8")
        assert [head for head in ("Meaning", "Impact", "Diagnosis", "Mitigation") if f"\n## {head}\n" not in text] == []
        assert one.steps, one.id
