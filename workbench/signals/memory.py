"""The memory of one system's log templates: learned as lines come, kept as text, the same for every face.

Identifiers are stable: once an event was settled it keeps its identifier however its template widens, over restarts
too, and identifiers that were given out before lead to the present one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbench.errors import BadInput
from workbench.signals.edits import Editor, Edits, edits_of
from workbench.signals.formats import messages_of
from workbench.signals.masks import WILDCARD
from workbench.signals.templates import MOST_FAMILIES, REST, TemplateMiner

DEFAULT_SYSTEM = "workspace"
"""Name of the system when nobody gave one."""


@dataclass(frozen=True, slots=True)
class Known:
    """One template as it is known at present."""

    template_id: str
    template: str
    lines: int
    """Messages seen so far."""
    name: str = ""


class TemplateMemory:
    """Templates of one system that outlive a process."""

    def __init__(
        self,
        state: str = "",
        edits: Edits | None = None,
        renamed: Mapping[str, str] | None = None,
        *,
        most_families: int = MOST_FAMILIES,
    ) -> None:
        """Take up an earlier memory.

        Args:
            state: What `dump` gave; '' begins with nothing.
            edits: What people changed.
            renamed: What `renamed` gave.
            most_families: Kinds of messages that are remembered.

        Raises:
            BadInput: the state cannot be read.
        """
        self._miner = TemplateMiner.load(state, most_families=most_families) if state else TemplateMiner(
            most_families=most_families
        )  # fmt: skip
        self._edits = edits or Edits()
        self._renamed = dict(renamed or {})
        self._editor: Editor | None = None
        self.parts: dict[str, str] = {}
        """Template of each identifier that edits gave to lines in this process."""

    @property
    def forgotten(self) -> int:
        """Messages of kinds that were too many and too rare to be remembered; they are under `REST`."""
        return self._miner.forgotten

    def mine(self, messages: Sequence[str]) -> list[tuple[str, str]]:
        """Learn from messages and return the present (identifier, template) of each, edits applied."""
        given = [self._miner.add(message) for message in messages]
        final = self.settle()
        mined = [final.get(identifier, REST) for identifier in given]
        edits = self._edits.follow(self._renamed)
        if not edits.splits and not edits.merged:
            return mined
        editor = Editor(edits, {identifier: text for identifier, (text, _) in self._miner.known().items()})
        done = [
            editor.apply(identifier, template, message)
            for (identifier, template), message in zip(mined, messages, strict=True)
        ]
        self.parts |= dict(done)
        return done

    def mine_file(self, lines: Sequence[str]) -> list[tuple[str, str]]:
        """Learn from the lines of one log and return (identifier, template) of each; see `templates.mine_file`."""
        return self.mine(messages_of(lines))

    def settle(self) -> dict[str, tuple[str, str]]:
        """Unite what only a look at all events can, and give every event its identifier for good.

        Returns:
            Present (identifier, template) of each identifier that was given out.
        """
        final = self._miner.final()
        self._miner.keep()
        fresh = {given: now for given, (now, _) in final.items() if given != now}
        # What an identifier became may itself have become another.
        earlier = {given: fresh.get(now, now) for given, now in self._renamed.items()}
        self._renamed = {given: now for given, now in (earlier | fresh).items() if given != now}
        return final

    def renamed(self) -> dict[str, str]:
        """Return what became of identifiers: given out before -> present."""
        return dict(self._renamed)

    def resolve(self, identifier: str) -> str:
        """Return the present identifier of one that was ever given out; itself when nothing became of it."""
        edits = self._edits.follow(self._renamed)
        return edits.united(self._renamed.get(identifier, identifier))

    def known(self) -> list[Known]:
        """Return the templates, united ones as one, the most frequent first; `REST` last when something is in it."""
        edits = self._edits.follow(self._renamed)
        every = self._miner.known()
        lines: dict[str, int] = {}
        for identifier, (_, count) in every.items():
            united = edits.united(identifier)
            lines[united] = lines.get(united, 0) + count
        found = []
        for identifier, count in lines.items():
            text = every[identifier][0] if identifier in every else WILDCARD
            found.append(Known(identifier, text, count, edits.names.get(identifier, "")))
        found.sort(key=lambda one: (-one.lines, one.template, one.template_id))
        return found + ([Known(*REST, self.forgotten)] if self.forgotten else [])

    def label(self, message: str) -> tuple[str, str]:
        """Learn from one message of a stream and return its present (identifier, template), edits applied."""
        identifier = self._miner.add(message)
        template = self._miner.template(identifier)
        if not self._edits.splits and not self._edits.merged:
            return identifier, template
        if self._editor is None:
            texts = {known: text for known, (text, _) in self._miner.known().items()}
            self._editor = Editor(self._edits.follow(self._renamed), texts)
        found = self._editor.apply(identifier, template, message)
        self.parts[found[0]] = found[1]
        return found

    def pack(self) -> str:
        """Return all of it as JSON text, edits too: what `unpack` takes."""
        rows = [["merge", into, other] for other, into in self._edits.merged.items()]
        rows += [
            ["split", key, f"{split.at}\n{split.template}"]
            for key, splits in self._edits.splits.items()
            for split in splits
        ]
        rows += [["rename", key, name] for key, name in self._edits.names.items()]
        return json.dumps({"state": self.dump(), "edits": rows, "renamed": self._renamed, "parts": self.parts})

    @classmethod
    def unpack(cls, packed: str) -> TemplateMemory:
        """Return the memory that `pack` gave; '' gives an empty one.

        Raises:
            BadInput: the text cannot be read.
        """
        if not packed:
            return cls()
        try:
            read = json.loads(packed)
            memory = cls(read["state"], edits_of(map(tuple, read["edits"])), read["renamed"])
            memory.parts = dict(read["parts"])
        except (ValueError, KeyError, TypeError) as error:
            raise BadInput("memory of log templates cannot be read", hint="Learn it anew") from error
        return memory

    def dump(self) -> str:
        """Return all that was learned as JSON text; edits are kept by whoever made them."""
        return self._miner.dump()
