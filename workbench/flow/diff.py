"""Compares two flows by the ids of their nodes, and makes the one out of the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from workbench.errors import BadInput
from workbench.flow.change import Change, What, document, exact
from workbench.flow.graph import Flow
from workbench.flow.text import arranged, compact, in_order, row_names

Wire = dict[str, Any]
_GRAPH = ("nodes", "edges", "notes", "groups")
_PLACED = ("id", "kind", "settings", "position")
_FIELD = {
    What.KIND: ["kind"],
    What.SETTING: ["settings"],
    What.ORDER: ["settings"],
    What.MOVED: ["position"],
}
"""Field of a node that a change is in; others name it in their path."""


def diff(before: Flow, after: Flow) -> list[Change]:
    """Return what has to be done to `before` to get `after`; empty when they are equal.

    Raises:
        BadInput: an id is there twice, so that nodes cannot be told apart.
    """
    old, new = arranged(document(before)), arranged(document(after))
    found = _of_graph(before.name, _without(old, "parts"), _without(new, "parts"))
    old_parts, new_parts = old.get("parts", {}), new.get("parts", {})
    common = [name for name in old_parts if name in new_parts]
    old_only, new_only = _without(old_parts, *common), _without(new_parts, *common)
    found += list(_fields(What.FLOW, "", {"parts": old_only}, {"parts": new_only}))
    for name in common:
        changes = _of_graph(f"{after.name}, part {name}", old_parts[name], new_parts[name])
        found += [change.model_copy(update={"part": name}) for change in changes]
    return found


def _of_graph(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    old_nodes, new_nodes = _by_id(name, old), _by_id(name, new)
    found = list(_fields(What.FLOW, "", _without(old, *_GRAPH), _without(new, *_GRAPH)))
    found += [
        change.model_copy(update={"path": [part]})
        for part in ("notes", "groups")
        for change in _fields(What.DRAWN, "", {"": old.get(part, [])}, {"": new.get(part, [])})
    ]
    found += [Change(what=What.ADDED, node=i, after=node) for i, node in new_nodes.items() if i not in old_nodes]
    found += [Change(what=What.REMOVED, node=i, before=node) for i, node in old_nodes.items() if i not in new_nodes]
    for node_id in old_nodes.keys() & new_nodes.keys():
        found += _of_node(node_id, old_nodes[node_id], new_nodes[node_id])
    found += _rewired(_ports(old), _ports(new))
    # Sets have no order, and a diff shall read the same every time.
    places = {node_id: place for place, node_id in enumerate(dict.fromkeys([*new_nodes, *old_nodes]))}
    found.sort(key=lambda change: (list(What).index(change.what), places.get(change.node, -1), change.path))
    return [*found, *_reordered(_apply_to_graph(old, found), new)]


def apply(flow: Flow, changes: Sequence[Change]) -> Flow:
    """Return the flow that `changes` make of this one.

    Raises:
        BadInput: a change names a node that is not there, or adds one that is.
    """
    made = _apply(arranged(document(flow)), changes)
    return Flow.parse(compact(made), where=flow.name)


def _apply(old: Mapping[str, Any], changes: Sequence[Change]) -> dict[str, Any]:
    made = _apply_to_graph(old, [change for change in changes if not change.part])
    parts = {name: [change for change in changes if change.part == name] for name in made.get("parts", {})}
    if lost := {change.part for change in changes if change.part}.difference(parts):
        raise BadInput(f"there is no part {min(lost)!r}", where=str(old.get("name", "")))
    changed = {name: _apply_to_graph(made["parts"][name], own) for name, own in parts.items() if own}
    return {**made, "parts": {**made["parts"], **changed}} if changed else made


def _apply_to_graph(old: Mapping[str, Any], changes: Sequence[Change]) -> dict[str, Any]:
    made: dict[str, Any] = {**old, "nodes": [], "edges": list(old.get("edges", []))}
    nodes: dict[str, dict[str, Any]] = {node["id"]: dict(node) for node in old.get("nodes", [])}
    for change in changes:
        match change.what:
            case What.FLOW | What.DRAWN:
                _set(made, change.path, change)
            case What.ADDED if change.node in nodes:
                raise BadInput(f"the node {change.node!r} is there already", where=str(old.get("name", "")))
            case What.ADDED:
                nodes[change.node] = dict(change.after)
            case What.REWIRED:
                made["edges"] = _with_sources(made["edges"], change)
            case What.REORDERED:
                pass
            case _ if change.node not in nodes:
                raise BadInput(f"there is no node {change.node!r}", where=str(old.get("name", "")))
            case What.REMOVED:
                del nodes[change.node]
            case _:
                _set(nodes[change.node], [*_FIELD.get(change.what, []), *change.path], change)
    made["nodes"] = list(nodes.values())
    for change in changes:
        if change.what is What.REORDERED:
            key = _node_name if change.path == ["nodes"] else _wire_name
            made[change.path[0]] = _in_order(made[change.path[0]], change.after, key)
    return made


def _of_node(node_id: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    if old["kind"] != new["kind"]:
        yield Change(what=What.KIND, node=node_id, before=old["kind"], after=new["kind"])
    yield from _fields(What.SETTING, node_id, old.get("settings", {}), new.get("settings", {}))
    yield from _fields(What.FIELD, node_id, _without(old, *_PLACED), _without(new, *_PLACED))
    # As one value: half of a position says nothing.
    for change in _fields(What.MOVED, node_id, {"": old.get("position")}, {"": new.get("position")}):
        known = {"was_set": change.before is not None, "is_set": change.after is not None}
        yield change.model_copy(update={"path": [], **known})


def _fields(
    what: What, node: str, old: Mapping[str, Any], new: Mapping[str, Any], path: tuple[str, ...] = ()
) -> Iterator[Change]:
    text = in_order if what is What.SETTING else exact
    for name in [*old, *(name for name in new if name not in old)]:
        here = (*path, name)
        before, after = old.get(name), new.get(name)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from _fields(what, node, before, after, here)
            if what is What.SETTING:
                yield from _order(node, before, after, here)
        elif name not in old or name not in new or text(before) != text(after):
            yield Change(
                what=what,
                node=node,
                path=list(here),
                before=before,
                after=after,
                was_set=name in old,
                is_set=name in new,
            )


def _order(node: str, old: Mapping[str, Any], new: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Change]:
    """Yield what is left to do to the rows of a setting once each of them is as it should be."""
    # Changes are made sorted by path, so new rows come sorted to the end.
    made = [name for name in old if name in new] + sorted(name for name in new if name not in old)
    if row_names(dict.fromkeys(made)) != list(new):
        yield Change(what=What.ORDER, node=node, path=list(path), before=list(old), after=list(new))


def _ports(flow: Mapping[str, Any]) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for wire in flow.get("edges", []):
        found.setdefault((wire["target"], wire.get("port", "rows")), []).append(wire["source"])
    return found


def _rewired(old: Mapping[tuple[str, str], list[str]], new: Mapping[tuple[str, str], list[str]]) -> Iterator[Change]:
    for end in [*old, *(end for end in new if end not in old)]:
        before, after = old.get(end, []), new.get(end, [])
        if before != after:
            yield Change(what=What.REWIRED, node=end[0], path=[end[1]], before=before, after=after)


def _with_sources(wires: list[Wire], change: Change) -> list[Wire]:
    end = (change.node, change.path[0])
    kept = [wire for wire in wires if (wire["target"], wire.get("port", "rows")) != end]
    port = {} if end[1] == "rows" else {"port": end[1]}
    return [*kept, *({"source": source, "target": end[0], **port} for source in change.after)]


def _reordered(made: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[Change]:
    for part, key in (("nodes", _node_name), ("edges", _wire_name)):
        before = [key(one) for one in made.get(part, [])]
        after = [key(one) for one in wanted.get(part, [])]
        if before != after:
            yield Change(what=What.REORDERED, path=[part], before=before, after=after)


def _in_order(items: list[Any], names: Sequence[Any], key: Callable[[Any], Any]) -> list[Any]:
    """Return the items as `names` says; the same wire may be there twice, and strangers go to the end."""
    waiting: dict[Any, list[Any]] = {}
    for item in items:
        waiting.setdefault(exact(key(item)), []).append(item)
    first = [waiting[exact(name)].pop(0) for name in names if waiting.get(exact(name))]
    return [*first, *(item for left in waiting.values() for item in left)]


def _node_name(node: Mapping[str, Any]) -> str:
    return str(node["id"])


def _wire_name(wire: Wire) -> list[str]:
    return [wire["source"], wire["target"], wire.get("port", "rows")]


def _set(target: dict[str, Any], path: Sequence[str], change: Change) -> None:
    for name in path[:-1]:
        # A copy: what was handed in stays as it is.
        target[name] = dict(target.get(name) or {})
        target = target[name]
    if change.what is What.ORDER:
        target[path[-1]] = _rows(target.get(path[-1]), change)
    elif change.is_set:
        target[path[-1]] = change.after
    else:
        target.pop(path[-1], None)


def _rows(rows: Any, change: Change) -> dict[str, Any]:
    """Return the rows of a setting in the order of a change; those that it does not know go to the end."""
    if not isinstance(rows, Mapping):
        raise BadInput(f"the setting {change.place!r} has no rows to put in order", where=change.name)
    return {name: rows[name] for name in [*change.after, *rows] if name in rows}


def _by_id(name: str, flow: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for node in flow.get("nodes", []):
        if node["id"] in found:
            raise BadInput(
                f"two nodes have the id {node['id']!r}, so they cannot be compared",
                where=name,
                hint="Give one of them another id",
            )
        found[node["id"]] = node
    return found


def _without(fields: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in names}
