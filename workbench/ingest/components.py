"""Whose a name of a configuration item is: inventories call services, pods and hosts alike, also `HOST.POD`."""

from __future__ import annotations

from typing import Literal

from workbench.ingest import sql
from workbench.signals.workloads import MADE_UP

Component = Literal["service", "instance", "host"]
_HOST = r"^(?i:node|host|worker|master|vm|server|machine|os)[-_.]?\d+$"


def part_of(value: str, part: Component) -> str:
    """Return SQL for the service, the instance (pod) or the host that a name tells; '' when it tells none.

    `cart-0` is a pod of `cart`, `node-5` a host, `node-5.cart-0` the pod on that host, `cart` a service.
    """
    behind = f"regexp_extract({value}, '^[^.]+[.]([^.]+)$', 1)"
    on_host = _bind(behind, f"CASE WHEN {workload('it')} <> it THEN it END")
    whole = f"regexp_matches({value}, {sql.text(_HOST)})"
    if part == "host":
        named = f"CASE WHEN {on_host} IS NULL THEN '' ELSE split_part({value}, '.', 1) END"
        return f"CASE WHEN {whole} THEN {value} ELSE {named} END"
    rest = f"CASE WHEN {whole} THEN '' ELSE coalesce({on_host}, {value}) END"
    return _bind(rest, workload("it") if part == "service" else f"CASE WHEN {workload('it')} <> it THEN it ELSE '' END")


def workload(pod: str) -> str:
    """Return SQL for `workload_of`; the argument stands in it many times, so let it be a name."""
    cases = " ".join(
        f"WHEN {' AND '.join(f'regexp_matches({pod}, {sql.text(one)})' for one in patterns)} "
        f"THEN regexp_replace({pod}, {sql.text(patterns[0])}, '')"
        for patterns in MADE_UP
    )
    return f"coalesce(nullif(CASE {cases} ELSE {pod} END, ''), {pod})"


def _bind(value: str, expression: str) -> str:
    """Return SQL that computes `value` once and calls it `it`."""
    return f"list_transform([{value}], lambda it: {expression})[1]"
