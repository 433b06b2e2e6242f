"""Places a call graph in layers, callers left of callees; the same graph always gives the same drawing.

Method: Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system structures" (IEEE SMC,
1981): circles are cut, layers are longest paths, and rows are ordered by the mean place of the neighbours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

_SWEEPS = 8


def place(nodes: Iterable[str], edges: Iterable[tuple[str, str]]) -> dict[str, tuple[int, float]]:
    """Return (column, row) of each node; columns start at 0, rows of a column are one apart and centred at 0."""
    names = sorted(set(nodes))
    known = set(names)
    wanted = sorted({(a, b) for a, b in edges if a in known and b in known and a != b})
    callees: dict[str, list[str]] = defaultdict(list)
    for a, b in _without_circles(names, wanted):
        callees[a].append(b)
    columns = _columns(names, callees)
    order = _order(names, columns, wanted)
    return {name: (columns[name], row - (len(column) - 1) / 2) for column in order for row, name in enumerate(column)}


def _without_circles(names: list[str], edges: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Leave out the edges that close a circle when one walks from the callers that nobody calls."""
    callees: dict[str, list[str]] = defaultdict(list)
    called = {b for _, b in edges}
    for a, b in edges:
        callees[a].append(b)
    kept: list[tuple[str, str]] = []
    done: set[str] = set()
    for root in sorted(names, key=lambda name: (name in called, name)):
        if root in done:
            continue
        # An own stack: a graph may be deeper than Python's.
        way: dict[str, int] = {root: 0}
        stack = [root]
        while stack:
            node = stack[-1]
            if way[node] == len(callees[node]):
                done.add(stack.pop())
                del way[node]
                continue
            callee = callees[node][way[node]]
            way[node] += 1
            if callee in way:
                continue
            kept.append((node, callee))
            if callee not in done:
                way[callee] = 0
                stack.append(callee)
    return kept


def _columns(names: list[str], callees: dict[str, list[str]]) -> dict[str, int]:
    waiting = dict.fromkeys(names, 0)
    for targets in callees.values():
        for target in targets:
            waiting[target] += 1
    columns = dict.fromkeys(names, 0)
    ready = [name for name in names if not waiting[name]]
    while ready:
        node = ready.pop()
        for callee in callees.get(node, []):
            columns[callee] = max(columns[callee], columns[node] + 1)
            waiting[callee] -= 1
            if not waiting[callee]:
                ready.append(callee)
    return columns


def _order(names: list[str], columns: dict[str, int], edges: list[tuple[str, str]]) -> list[list[str]]:
    layers: list[list[str]] = [[] for _ in range(max(columns.values(), default=-1) + 1)]
    for name in names:
        layers[columns[name]].append(name)
    near: dict[str, list[str]] = defaultdict(list)
    for a, b in edges:
        near[a].append(b)
        near[b].append(a)
    for sweep in range(_SWEEPS):
        rows = {name: row - (len(layer) - 1) / 2 for layer in layers for row, name in enumerate(layer)}
        forward = sweep % 2 == 0
        for layer in layers if forward else reversed(layers):
            side = [
                (
                    _mean(
                        [
                            rows[other]
                            for other in near[name]
                            if (columns[other] < columns[name]) == forward and columns[other] != columns[name]
                        ],
                        rows[name],
                    ),
                    name,
                )
                for name in layer
            ]
            layer[:] = [name for _, name in sorted(side)]
            rows.update({name: row - (len(layer) - 1) / 2 for row, name in enumerate(layer)})
    return layers


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
