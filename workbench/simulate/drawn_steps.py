"""Draws single steps of operations: statements, work, and lines."""

from __future__ import annotations

from dataclasses import dataclass, replace

from workbench.simulate.dice import Dice
from workbench.simulate.drawn_words import LINES, SOURCES, TABLES, WARNINGS, WRITING
from workbench.simulate.topology import Language, Operation, Query, Service, Step, Work
from workbench.simulate.words import say


@dataclass(frozen=True, slots=True)
class Statement:
    """What a statement is about."""

    noun: str
    operation: str
    number: int
    """Place among the statements of the operation."""


def draw_query(database: Service, about: Statement, unless: str, dice: Dice) -> Query:
    """Return a statement; operations that change something begin by reading."""
    table = f"{about.noun}_{dice.pick(TABLES)}"
    writes = about.number > 0 and any(verb in about.operation for verb in WRITING)
    column = dice.pick(("id", "owner_id", "code", "day"))
    if database.system == "mongodb":
        verb = "update" if writes else "find"
        text = f"db.{table}.{verb}({{{column}: ?}})"
    elif writes:
        verb = dice.pick(("INSERT", "UPDATE"))
        text = f"UPDATE {table} SET state = ? WHERE {column} = ?"
        text = text if verb == "UPDATE" else f"INSERT INTO {table} VALUES (?, ?, ?)"
    else:
        verb, text = "SELECT", f"SELECT * FROM {table} WHERE {column} = ? ORDER BY {dice.pick(('id', 'day'))} LIMIT ?"
    return Query(database.name, verb, table, text, dice.around(5, 0.5), writes=writes, unless=unless)


def last_steps(noun: str, operation: str, language: Language, dice: Dice, *, result: bool) -> list[Step]:
    """Return the work of an operation and the line it writes at the end."""
    source = SOURCES[language].format(noun)
    line = dice.whole(30, 240)
    words = {"op": operation, "noun": noun}
    text = dice.pick(LINES).format(**words).replace("{{", "{").replace("}}", "}")
    steps: list[Step] = [
        Work(
            dice.around(6, 0.6),
            f"{dice.pick(('build', 'render', 'compute', 'map'))} {noun}" if dice.chance(0.4) else "",
            cpu=dice.between(0.5, 0.9),
            writes=any(verb in operation for verb in WRITING) or dice.chance(0.15),
            gives="done",
            succeeds=dice.between(0.93, 0.99) if result else 1.0,
        ),
        say(source, line, text, dice.pick(("INFO", "INFO", "DEBUG")), when="done"),
    ]
    if result:
        warning = dice.pick(WARNINGS).format(**words).replace("{{", "{").replace("}}", "}")
        steps.append(say(source, line + 4, warning, "WARN", unless="done"))
    return steps


def tidy(operation: Operation, result: str) -> Operation:
    """Return the operation with its result, and with no step that waits for a fact that none gives."""
    given = {step.gives for step in operation.steps if step.gives}
    steps = tuple(
        replace(step, when=step.when if step.when in given else "") if step.when else step for step in operation.steps
    )
    return Operation(operation.name, steps, result)
