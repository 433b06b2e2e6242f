"""Rules of masking that a workspace adds to the built-in ones, or switches off; they hold wherever text is masked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from pathlib import Path
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from pydantic import Field, ValidationError

from workbench.errors import BadInput, NotFound
from workbench.facts.evidence import Frozen
from workbench.guard.keys import write_private
from workbench.guard.spans import PiiType, Span

FILE = "pii.json"
NAME = re.compile(r"[A-Z][A-Z0-9_]{1,29}")
LONGEST = 500
_WHERE = "pattern"
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT")


class Rule(Frozen):
    """A rule of one's own: what fits `pattern` becomes `[NAME]`."""

    name: str = Field(pattern=f"^{NAME.pattern}$")
    pattern: str = Field(min_length=1, max_length=LONGEST)
    on: bool = True

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The pattern, ready to search with."""
        return re.compile(self.pattern)


class Rules(Frozen):
    """All that a workspace says about masking."""

    own: list[Rule] = []
    off: list[PiiType] = []
    """Built-in kinds that stay as they are."""

    def spans(self, text: str) -> Iterator[Span]:
        """Yield what the workspace's own rules find."""
        for rule in self.own:
            if rule.on:
                yield from (Span(rule.name, *match.span()) for match in rule.compiled.finditer(text))

    def with_rule(self, name: str, pattern: str | None = None, on: bool | None = None) -> Rules:
        """Return the rules with one added or changed; of a built-in kind only `on` can be said.

        Raises:
            BadInput: the name or the pattern does not fit; one sentence says why.
        """
        if name in PiiType.__members__:
            if pattern is not None:
                raise BadInput(f"{name} is built in", where="name", hint="It can be switched off; name yours otherwise")
            kind = PiiType(name)
            left = [one for one in self.off if one is not kind]
            return self.model_copy(update={"off": left if on or on is None else [*left, kind]})
        if not NAME.fullmatch(name):
            what = f"{name!r} is no name of a rule"
            raise BadInput(what, where="name", hint="Capitals, digits and _, such as EMPLOYEE_ID")
        known = next((one for one in self.own if one.name == name), None)
        if pattern is None and known is None:
            raise NotFound("rule", name, hint="A new one needs a pattern")
        made = Rule.model_construct(
            name=name,
            pattern=check(pattern) if pattern is not None or known is None else known.pattern,
            on=on if on is not None else known.on if known else True,
        )
        places = [made if one.name == name else one for one in self.own]
        return self.model_copy(update={"own": places if known else [*places, made]})

    def without(self, name: str) -> Rules:
        """Return the rules without one of one's own; raises `NotFound`, or `BadInput` for a built-in."""
        if name in PiiType.__members__:
            raise BadInput(f"{name} is built in and cannot be removed", where="name", hint="Switch it off")
        if all(one.name != name for one in self.own):
            raise NotFound("rule", name, hint="`causeway pii list` has them all")
        return self.model_copy(update={"own": [one for one in self.own if one.name != name]})

    def save(self, folder: Path) -> None:
        """Write the rules into a workspace folder."""
        write_private(folder / FILE, self.model_dump_json(indent=1).encode() + b"\n")

    @classmethod
    def load(cls, folder: Path | None) -> Rules:
        """Read the rules of a workspace folder; none when it has none.

        Raises:
            BadInput: the file cannot be used; without its rules nothing may be shown, so nothing is opened.
        """
        path = folder / FILE if folder else None
        if path is None or not path.is_file():
            return cls()
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise BadInput(f"cannot be read: {error}", where=str(path), hint="Mend it, or remove the file") from error
        return cls.parse(text, where=str(path))

    @classmethod
    def parse(cls, text: str, where: str = FILE) -> Rules:
        """Read the rules from the text of such a file; raises `BadInput` that names `where`."""
        try:
            found = cls.model_validate(json.loads(text))
            for rule in found.own:
                check(rule.pattern)
        except (ValueError, ValidationError, BadInput) as error:
            said = str(error)
            if isinstance(error, ValidationError):
                first = error.errors()[0]
                said = f"{'.'.join(map(str, first['loc'])) or 'all of it'}: {first['msg']}"
            raise BadInput(f"cannot be read: {said}", where=where, hint="Mend it, or remove the file") from error
        return found


def check(pattern: str | None) -> str:
    """Return a pattern that may be used; raises `BadInput` that says in one sentence why it may not."""
    if not pattern:
        raise BadInput("there is no pattern", where=_WHERE, hint=r"A regular expression, such as EMP-\d{5}")
    if len(pattern) > LONGEST:
        raise BadInput(f"it is longer than {LONGEST} characters", where=_WHERE)
    try:
        compiled = re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise BadInput(f"{pattern!r} is no regular expression: {error}", where=_WHERE) from error
    if compiled.search("") or compiled.match(" "):
        raise BadInput(f"{pattern!r} fits nothing at all or a blank as well", where=_WHERE, hint="Make it narrower")
    if any(compiled.search(f"[{kind}]") for kind in PiiType):
        raise BadInput(f"{pattern!r} fits placeholders such as [EMAIL] as well", where=_WHERE, hint="Make it narrower")
    if _nests(parser.parse(pattern)):
        what = f"{pattern!r} repeats a repetition, which may take for ever on some lines"
        raise BadInput(what, where=_WHERE, hint=r"Write (a+)+ as a+, or bound one of them: (a{1,9})+")
    return pattern


def _nests(parsed: Any, inside: bool = False) -> bool:
    """Tell whether an unbounded repetition is within another one."""
    for code, argument in parsed:
        unbounded = str(code) in _REPEATS and argument[1] is parser.MAXREPEAT
        if unbounded and inside:
            return True
        for part in _parts(argument):
            if _nests(part, inside or unbounded):
                return True
    return False


def _parts(argument: Any) -> Iterator[Any]:
    if isinstance(argument, parser.SubPattern):
        yield argument
    elif isinstance(argument, tuple | list):
        for one in argument:
            yield from _parts(one)


NONE = Rules()
_process = NONE
_context: ContextVar[Rules | None] = ContextVar("pii_rules", default=None)


def current() -> Rules:
    """Return the rules that hold here: those of the call, else those of the process, else none of one's own."""
    return _context.get() or _process


@contextmanager
def holding(rules: Rules) -> Iterator[None]:
    """Have rules hold in the block."""
    token = _context.set(rules)
    try:
        yield
    finally:
        _context.reset(token)


def hold(rules: Rules) -> None:
    """Have rules hold in this process, also in threads that an engine starts; for the child that runs one flow."""
    global _process
    _process = rules
