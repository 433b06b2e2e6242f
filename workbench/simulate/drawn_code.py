"""Draws the services with code: their layers, operations, calls, queries and messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from workbench.simulate.dice import Dice
from workbench.simulate.drawn_steps import Statement, draw_query, last_steps, tidy
from workbench.simulate.drawn_stores import Stores
from workbench.simulate.drawn_words import VERBS
from workbench.simulate.topology import Call, Fan, Language, Operation, Publish, Query, Service, Step, Work

MOST_SPANS = 24
"""One request of a user makes about so many spans at most; each layer further in less, by `NARROWER`."""
NARROWER = 0.6
_LANGUAGES: tuple[Language, ...] = ("go", "java", "node", "python", "dotnet")


@dataclass
class Draft:
    """A service that is being drawn."""

    name: str
    noun: str
    layer: int
    """0: users call it."""
    language: Language
    database: Service | None
    cache: Service | None
    operations: dict[str, Operation] = field(default_factory=dict)
    spans: dict[str, int] = field(default_factory=dict)
    """About how many spans one call of each operation makes."""

    def open(self, dice: Dice) -> str:
        """Add an operation without steps and return its name."""
        free = [name for verb in VERBS if (name := self._named(verb)) not in self.operations]
        name = dice.pick(free) if free else self._named(f"Do{len(self.operations)}")
        self.operations[name], self.spans[name] = Operation(name, ()), 1
        return name

    def _named(self, verb: str) -> str:
        if self.layer:
            return f"{verb}{self.noun.capitalize()}"
        method = "POST" if verb in ("Update", "Create", "Submit") else "GET"
        return f"{method} /{self.noun}/{verb.lower()}"

    def add(self, operation: str, steps: Sequence[Step], spans: int) -> None:
        """Add steps at the end of an operation."""
        old = self.operations[operation]
        self.operations[operation] = Operation(operation, (*old.steps, *steps), old.result)
        self.spans[operation] += spans

    @property
    def room(self) -> int:
        """How many spans one call of it should make at most."""
        return max(4, round(MOST_SPANS * NARROWER**self.layer))


def draw_code(names: Sequence[tuple[str, str]], fronts: int, stores: Stores, dice: Dice) -> dict[str, Draft]:
    """Return the drafts by name, from the fronts inwards; `names` are pairs of name and noun, the fronts first."""
    drafts = _layers(names, fronts, stores, dice)
    for layer in range(max(draft.layer for draft in drafts.values()), -1, -1):
        mine = [draft for draft in drafts.values() if draft.layer == layer]
        owed = [draft for draft in drafts.values() if draft.layer == layer + 1]
        below = [draft for draft in drafts.values() if draft.layer > layer]
        for number, draft in enumerate(mine):
            _draw_operations(draft, owed[number :: len(mine)], below, dice)
    _publish(drafts, stores, dice)
    return drafts


def _layers(names: Sequence[tuple[str, str]], fronts: int, stores: Stores, dice: Dice) -> dict[str, Draft]:
    inner = len(names) - fronts
    depth = max(1, min(inner, dice.whole(2, 3 if inner < 12 else 4)))
    drafts = {}
    for number, (name, noun) in enumerate(names):
        # One in each layer at least, and the layers in the middle are the widest.
        place = number - fronts
        layer = 0 if place < 0 else place + 1 if place < depth else dice.whole(1, depth)
        drafts[name] = Draft(
            name=name,
            noun=noun,
            layer=layer,
            language=dice.pick(_LANGUAGES),
            database=dice.pick(stores.databases) if layer and dice.chance(0.45 + 0.15 * layer) else None,
            cache=dice.pick(stores.caches) if layer and stores.caches and dice.chance(0.4) else None,
        )
    return drafts


def _draw_operations(draft: Draft, owed: Sequence[Draft], below: Sequence[Draft], dice: Dice) -> None:
    for _ in range(dice.whole(2, 3) if not draft.layer else dice.whole(1, 2)):
        draft.open(dice)
    calls: dict[str, list[tuple[Draft, str]]] = {name: [] for name in draft.operations}
    for callee in owed:
        for operation in callee.operations:
            _place(draft, calls, callee, operation, dice)
    for name in list(draft.operations):
        for _ in range(dice.whole(0, 2) if below else 0):
            callee = dice.pick(below)
            operation = dice.pick(list(callee.operations))
            cost = 1 + callee.spans[operation]
            if draft.spans[name] + cost <= draft.room and all(callee is not other for other, _ in calls[name]):
                calls[name].append((callee, operation))
                draft.spans[name] += cost
    for name, chosen in calls.items():
        _fill(draft, name, chosen, dice)


def _place(draft: Draft, calls: dict[str, list[tuple[Draft, str]]], callee: Draft, operation: str, dice: Dice) -> None:
    """Let the operation with the fewest spans make a call that somebody has to make."""
    name = min(draft.spans, key=lambda one: (draft.spans[one], one))
    cost = 1 + callee.spans[operation]
    if draft.spans[name] > 1 and draft.spans[name] + cost > draft.room:
        name = draft.open(dice)
        calls[name] = []
    calls[name].append((callee, operation))
    draft.spans[name] += cost


def _fill(draft: Draft, name: str, chosen: Sequence[tuple[Draft, str]], dice: Dice) -> None:
    """Give an operation its steps: cache, query, calls, work, lines."""
    steps: list[Step] = []
    cached = draft.cache is not None and dice.chance(0.6)
    if draft.cache is not None and cached:
        key = f"{draft.noun}:{name.lower()}:*"
        ratio = dice.between(0.5, 0.85)
        steps.append(
            Query(
                draft.cache.name, "GET", key, f"GET {key}", dice.between(0.4, 1.0),
                gives="hit", hit_ratio=ratio, optional=True, timeout_s=0.5,
            )
        )  # fmt: skip
    if draft.database is not None:
        for number in range(dice.whole(1, 2)):
            unless = "hit" if cached and not number else ""
            steps.append(draw_query(draft.database, Statement(draft.noun, name, number), unless, dice))
    draft.spans[name] += len(steps)
    steps += _calls(chosen, "hit" if cached else "", dice, at_front=not draft.layer)
    draft.add(name, steps, 0)
    result = dice.chance(0.4) and bool(draft.layer)
    draft.add(name, last_steps(draft.noun, name, draft.language, dice, result=result), 1)
    draft.operations[name] = tidy(draft.operations[name], result="done" if result else "")


def _calls(chosen: Sequence[tuple[Draft, str]], cached: str, dice: Dice, *, at_front: bool) -> list[Step]:
    steps: list[Step] = []
    waiting: list[Call] = []
    for number, (callee, operation) in enumerate(chosen):
        needs = "got0" if number and dice.chance(0.45) else ""
        call = Call(
            callee.name,
            operation,
            timeout_s=8.0 if at_front else dice.pick((1.5, 2.0, 3.0, 5.0)),
            retries=dice.pick((0, 0, 1, 1, 2)),
            signed=dice.chance(0.3),
            optional=bool(number) and dice.chance(0.25),
            when=needs,
            gives=f"got{number}",
        )
        if number and not needs and dice.chance(0.5):
            waiting.append(call)
        else:
            steps.append(call)
    if len(waiting) > 1:
        return [*steps, Fan(tuple(waiting))]
    return [*steps, *waiting]


def _publish(drafts: dict[str, Draft], stores: Stores, dice: Dice) -> None:
    """Let some operations send messages, and other services take them."""
    inner = [draft for draft in drafts.values() if draft.layer]
    if not stores.brokers or len(inner) < 3:
        return
    for number in range(1 + len(inner) // 12):
        producer = dice.pick(inner)
        others = [draft for draft in inner if draft is not producer]
        topic = f"{producer.noun}.{('changed', 'created', 'done', 'expired')[number % 4]}"
        takers = {draft.name: draft for draft in (dice.pick(others) for _ in range(dice.whole(1, 2)))}
        for taker in takers.values():
            _consume(taker, f"{topic} process", dice)
        name = dice.pick(list(producer.operations))
        broker = dice.pick(stores.brokers).name
        consumers = tuple((taker, f"{topic} process") for taker in takers)
        message = Publish(broker, "send", topic, f"send {topic}", dice.between(1, 4), writes=True, consumers=consumers)
        producer.add(name, [message], 1 + 2 * len(takers))


def _consume(taker: Draft, name: str, dice: Dice) -> None:
    if name in taker.operations:
        return
    taker.operations[name], taker.spans[name] = Operation(name, ()), 1
    steps: list[Step] = [Work(dice.between(2, 12), cpu=0.7, writes=dice.chance(0.5))]
    if taker.database is not None:
        steps.append(draw_query(taker.database, Statement(taker.noun, f"Update {name}", 0), "", dice))
    taker.add(name, [*steps, *last_steps(taker.noun, name, taker.language, dice, result=False)], 2)
