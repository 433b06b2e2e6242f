"""Finds what meets a condition: one hit per owner, with the values that were found and the rows that bear it out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from workbench.facts.evidence import Evidence, EvidenceKind, Selection
from workbench.rca.signatures.hits import Hit, Owner
from workbench.rca.signatures.literals import needed_texts
from workbench.rca.signatures.model import Condition
from workbench.rca.signatures.series import series_hits
from workbench.rca.signatures.tables import Happening, Line, Seen, State, shape_of
from workbench.rca.signatures.words import clock, quantity, shorten
from workbench.semconv import SEVERITY, Table

_LONGEST_QUOTE = 60


def hits_of(condition: Condition, seen: Seen) -> list[Hit]:
    """Return what meets the condition, one hit per owner."""
    if condition.about == "log":
        return _log_hits(condition, seen)
    if condition.about == "event":
        return _event_hits(condition, seen)
    if condition.about == "state":
        return _state_hits(condition, seen)
    if condition.about == "absent_metric":
        return _absent(condition, seen)
    return series_hits(condition, seen)


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern of a signature, compiled once."""
    return re.compile(pattern, re.IGNORECASE)


def _log_hits(condition: Condition, seen: Seen) -> list[Hit]:
    pattern, least = compiled(condition.log or ""), SEVERITY.get(condition.severity, 0)
    needed = [shape_of(text) for text in needed_texts(condition.log or "") or ("",)]
    found: dict[Owner, list[tuple[Line, re.Match[str]]]] = {}
    # A broken service says the same thing thousands of times.
    matches: dict[str, re.Match[str] | None] = {}
    for line in _candidates(needed, seen):
        if line.severity < least or (condition.service and not compiled(condition.service).search(line.owner.service)):
            continue
        if line.body not in matches:
            matches[line.body] = pattern.search(line.body)
        if match := matches[line.body]:
            found.setdefault(line.owner, []).append((line, match))
    return [_log_hit(owner, lines) for owner, lines in found.items() if len(lines) >= condition.count]


def _candidates(needed: Sequence[str], seen: Seen) -> Iterator[Line]:
    """Yield the lines in whose shape one of the texts stands, in their order."""
    places = [
        place for shape, own in seen.lines_by_shape.items() if any(text in shape for text in needed) for place in own
    ]
    yield from (seen.lines[place] for place in sorted(places))


def _log_hit(owner: Owner, lines: list[tuple[Line, re.Match[str]]]) -> Hit:
    (first, match), last = lines[0], lines[-1][0]
    times = "line says" if len(lines) == 1 else "lines say"
    quote = match[0][:_LONGEST_QUOTE]
    if not last.time:
        return _undated_log_hit(owner, lines, quote)
    equals = {"service_name": owner.service} | ({"service_instance_id": owner.name} if owner.objects else {})
    evidence = Evidence(
        kind=EvidenceKind.LOG,
        service_name=owner.service,
        summary=f'{len(lines)} log {times} at {clock(first.time)}: "{shorten(first.body)}".',
        strength=1.0,
        observed_unix_nano=first.time,
        value=float(len(lines)),
        selection=Selection(
            table=Table.LOGS,
            start_unix_nano=first.time,
            end_unix_nano=last.time + 1,
            equals=equals,
            contains={"body": quote} if quote else {},
        ),
    )
    return Hit(owner, evidence, _groups([match for _, match in lines]), first.time, last.time, count=len(lines))


def _undated_log_hit(owner: Owner, lines: list[tuple[Line, re.Match[str]]], quote: str) -> Hit:
    equals = {"object_kind": "log", "object_name": owner.name, "service_name": owner.service}
    evidence = Evidence(
        kind=EvidenceKind.LOG,
        service_name=owner.service,
        summary=f'{len(lines)} log {"line says" if len(lines) == 1 else "lines say"}: "{shorten(lines[0][0].body)}".',
        strength=1.0,
        value=float(len(lines)),
        selection=Selection(table=Table.STATES, equals=equals, contains={"value": quote} if quote else {}),
    )
    return Hit(owner, evidence, _groups([match for _, match in lines]), now=True, count=len(lines))


def _event_hits(condition: Condition, seen: Seen) -> list[Hit]:
    found: dict[Owner, list[tuple[Happening, dict[str, str]]]] = {}
    for event in seen.events:
        values = _event_values(condition, event)
        if values is not None:
            found.setdefault(event.owner, []).append((event, values))
    return [
        _event_hit(owner, events)
        for owner, events in found.items()
        if sum(event.count for event, _ in events) >= condition.count
    ]


def _event_values(condition: Condition, event: Happening) -> dict[str, str] | None:
    if event.type.lower() == "alert" and condition.type.lower() != "alert":
        return None
    if condition.type and event.type.lower() != condition.type.lower():
        return None
    parts = (
        (condition.event, event.reason),
        (condition.message, event.message),
        (condition.kind, event.kind),
        (condition.object, event.owner.name),
        (condition.service, event.owner.service),
    )
    matches = [compiled(pattern).search(text) for pattern, text in parts if pattern]
    return None if any(match is None for match in matches) else _groups(matches)


def _event_hit(owner: Owner, events: list[tuple[Happening, dict[str, str]]]) -> Hit:
    all_events = [event for event, _ in events]
    count = sum(event.count for event in all_events)
    first, last = min(event.first for event in all_events), max(event.time for event in all_events)
    about = f"{all_events[0].kind} {owner.name}".strip()
    times = f"{count} times, last at {clock(last)}" if count > 1 else f"at {clock(last)}"
    values: dict[str, str] = {}
    for _, one in events:
        values = {**one, **values}
    if not last:
        return _undated_event_hit(owner, all_events, values, count)
    equals = {"event_name": all_events[0].reason} | ({"service_instance_id": owner.name} if owner.objects else {})
    evidence = Evidence(
        kind=EvidenceKind.EVENT,
        service_name=owner.service,
        summary=f'Event {all_events[0].reason} of {about} {times}: "{shorten(all_events[-1].message, 300)}".',
        strength=1.0,
        observed_unix_nano=first,
        value=float(count),
        selection=Selection(
            table=Table.EVENTS,
            start_unix_nano=min(event.time for event in all_events),
            end_unix_nano=last + 1,
            equals=equals,
        ),
    )
    return Hit(owner, evidence, values, first, last, count=count)


def _undated_event_hit(owner: Owner, events: list[Happening], values: dict[str, str], count: int) -> Hit:
    about, times = f"{events[0].kind} {owner.name}".strip(), f" {count} times" if count > 1 else ""
    equals = {"object_kind": "event", "object_name": owner.name, "attribute": f"event.{events[0].reason}"}
    evidence = Evidence(
        kind=EvidenceKind.EVENT,
        service_name=owner.service,
        summary=f'Event {events[0].reason} of {about}{times}: "{shorten(events[-1].message, 300)}".',
        strength=1.0,
        value=float(count),
        selection=Selection(table=Table.STATES, equals=equals),
    )
    return Hit(owner, evidence, values, now=True, count=count)


def _state_hits(condition: Condition, seen: Seen) -> list[Hit]:
    candidates = _largest(condition, seen) if condition.most else seen.states
    by_owner: dict[Owner, list[tuple[State, dict[str, str]]]] = {}
    for state in candidates:
        values = _state_values(condition, state, seen)
        if values is not None:
            by_owner.setdefault(state.owner, []).append((state, values))
    enough = [(owner, states) for owner, states in by_owner.items() if len(states) >= condition.count]
    return [_state_hit(condition, owner, states) for owner, states in enough]


def _state_values(condition: Condition, state: State, seen: Seen) -> dict[str, str] | None:
    if condition.kind and not compiled(condition.kind).fullmatch(state.owner.kind):
        return None
    parts = (
        (condition.state, state.attribute),
        (condition.value, state.value),
        (condition.object, state.name),
        (condition.service, state.owner.service),
    )
    matches: list[re.Match[str] | None] = []
    for pattern, text in parts:
        if pattern:
            matches.append(compiled(pattern).search(text))
            if matches[-1] is None:
                return None
    if condition.not_value and compiled(condition.not_value).search(state.value):
        return None
    return _groups(matches) if _compares(condition, state, seen) else None


def _compares(condition: Condition, state: State, seen: Seen) -> bool:
    if not (condition.compares() or condition.less_than or condition.of_all):
        return True
    number = quantity(state.value)
    if number is None:
        return False
    if condition.at_least is not None and number < condition.at_least:
        return False
    if condition.at_most is not None and number > condition.at_most:
        return False
    if condition.less_than:
        other = _attribute(condition.less_than, state, seen)
        return other is not None and number < other
    if condition.near:
        limit = _attribute(condition.near, state, seen)
        return limit is not None and limit > 0 and number >= condition.share * limit
    return not condition.of_all or number >= condition.of_all * _sum_beside(state, seen)


def _sum_beside(state: State, seen: Seen) -> float:
    """Return the sum of the numbers of all attributes with the same path but for its last part."""
    path = re.match(r"\w+\.\w+\.|", state.attribute)
    begin = path[0] if path else ""
    return sum(
        quantity(other.value) or 0.0
        for other in seen.states
        if other.owner == state.owner and other.name == state.name and other.attribute.startswith(begin)
    )


def _attribute(pattern: str, state: State, seen: Seen) -> float | None:
    """Return the number of another attribute of the same object."""
    expression = compiled(pattern)
    for other in seen.states:
        if other.owner == state.owner and other.name == state.name and expression.search(other.attribute):
            return quantity(other.value)
    return None


def _largest(condition: Condition, seen: Seen) -> list[State]:
    """Return the state with the largest number of each service, of those that the path and the kind name."""
    path, kind = compiled(condition.state or ""), compiled(condition.kind)
    best: dict[tuple[str, str], tuple[float, State]] = {}
    for state in seen.states:
        if not path.search(state.attribute) or (condition.kind and not kind.fullmatch(state.owner.kind)):
            continue
        number = quantity(state.value)
        key = (state.owner.service, state.owner.kind)
        if number is not None and (key not in best or number > best[key][0]):
            best[key] = (number, state)
    return [state for _, state in best.values()]


def _state_hit(condition: Condition, owner: Owner, states: list[tuple[State, dict[str, str]]]) -> Hit:
    state = states[0][0]
    values: dict[str, str] = {}
    for _, one in states:
        values = {**one, **values}
    if condition.as_:
        values |= {condition.as_: shorten(state.value), f"{condition.as_}_of": shorten(state.name, 300)}
    values.setdefault("value", shorten(state.value))
    name = shorten(state.name, 300)
    kind = f"{owner.kind} " if owner.kind != "sql" else "Statement "
    quoted = f'"{name}"' if owner.kind in ("sql", "alert", "monitor") else name
    about = kind + quoted
    evidence = Evidence(
        kind=EvidenceKind.STATE,
        service_name=owner.service,
        summary=f"{about[:1].upper()}{about[1:]} has {state.attribute} = {shorten(state.value, 300)}.",
        strength=1.0,
        observed_unix_nano=state.observed or None,
        selection=Selection(
            table=Table.STATES, equals={"object_name": state.name, "attribute": state.attribute, "value": state.value}
        ),
    )
    return Hit(owner, evidence, values, state.observed, state.observed, now=True, count=len(states))


def _absent(condition: Condition, seen: Seen) -> list[Hit]:
    pattern = compiled(condition.absent_metric or "")
    if not seen.series or any(pattern.search(one.name) for one in seen.series):
        return []
    evidence = Evidence(
        kind=EvidenceKind.ABSENCE,
        service_name="",
        summary=f"No metric is called like {condition.absent_metric}: it was not collected.",
    )
    return [Hit(Owner(), evidence, now=True)]


def _groups(matches: Iterable[re.Match[str] | None]) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in matches:
        if match is not None:
            found |= {
                name: shorten(text.strip()) for name, text in match.groupdict().items() if text and name not in found
            }
    return found


def log_patterns(conditions: Sequence[Condition]) -> Iterator[str]:
    """Yield the patterns that conditions have on log lines."""
    yield from (one.log for one in conditions if one.log is not None)
