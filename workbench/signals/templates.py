"""Mines the templates of log messages as they stream by: which lines are one event, and where its values stand.

An event is known by the ordered tuple of its constant words. Values that masks cannot know are found by a
leave-one-out vote over those words, so there is no tree and no similarity threshold, and neither optional pieces nor
lists of any length split an event.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence

from workbench.errors import BadInput, NotFound
from workbench.signals.events import Events
from workbench.signals.formats import Formats
from workbench.signals.headers import Header
from workbench.signals.logkey import log_key
from workbench.signals.masks import WILDCARD, TokenMasks
from workbench.signals.rules import ALL, Rules
from workbench.signals.skeleton import Cutter

__all__ = ["REST", "TemplateMiner", "log_key", "mine_file", "mine_messages", "template_id"]

MOST_FAMILIES = 20_000
"""Kinds of messages remembered; beyond, the rarer half is forgotten, because free text makes kinds without end."""
REST = ("Trest", WILDCARD)
"""Identifier and template of messages whose kind was forgotten."""
_MOST_SKELETONS = 100_000
_LONGEST_MESSAGE = 8192
_LINES_TOLD = 20_000
"""A multiple of the windows in which `Formats` reads."""
_STATE_VERSION = 3
_READABLE = (1, 2, 3)
"""Version 1 has no kept identifiers and no count of forgotten messages; before 3 texts have all words of their keys."""


def template_id(template: str) -> str:
    """Return the identifier of a template's text, the same on every machine; white space does not count."""
    return "T" + hashlib.blake2s(" ".join(template.split()).encode(errors="replace"), digest_size=6).hexdigest()


class TemplateMiner:
    """Streaming miner of one log; its memory is bounded.

    An event's template, and with it the identifier that `add` returns, may widen while more lines come; `final` says
    what became of the identifiers given out so far. `keep` ends that: events known then have their identifier for good,
    however their templates widen, and when two of them turn out to be one, the older identifier stays.
    """

    def __init__(self, *, most_families: int = MOST_FAMILIES, rules: Rules = ALL) -> None:
        self._most = max(2, most_families)
        self._masks = TokenMasks(rules)
        self._cut = Cutter(rules).cut
        self._skeletons: dict[str, int] = {}
        self._events = Events(rules)
        self._identifiers: dict[int, tuple[str, str]] = {}
        self._issued: dict[str, int] = {}
        self._kept: dict[int, str] = {}
        self._halvings = 0
        self.forgotten = 0
        """Messages whose kind was forgotten since; they are what `REST` stands for."""

    def __len__(self) -> int:
        """Return the number of kinds of messages that are remembered."""
        return len(self._events)

    def add(self, message: str) -> str:
        """Take a message without its header, return the present identifier; only 8,192 characters are looked at."""
        masks, events = self._masks, self._events
        masked = " ".join([masks[token] for token in message[:_LONGEST_MESSAGE].split(" ")])
        family = self._skeletons.get(masked)
        if family is None:
            family, events = self._learn(masked), self._events
        events.families.counts[family] += 1
        return self._identifier(events.families.find(family))

    def template(self, identifier: str) -> str:
        """Return the present template of the event that was given this identifier.

        Raises:
            NotFound: never given out, or forgotten because the log has too many rare events.
        """
        family = self._issued.get(identifier)
        if family is None:
            raise NotFound("log template", identifier, hint="It was never seen, or was too rare to be kept")
        return self._events.text(family)

    def final(self) -> dict[str, tuple[str, str]]:
        """Unite what only a look at all events can, and return (identifier, template) for each identifier given out."""
        self._events.consolidate()
        find, text = self._events.families.find, self._events.text
        return {given: (self._identifier(find(family)), text(family)) for given, family in list(self._issued.items())}

    def keep(self) -> None:
        """Give every event that is known now its present identifier for good."""
        families = self._events.families
        for root in {families.find(family) for family in range(len(families))}:
            self._kept.setdefault(root, self._identifier(root))

    def known(self) -> dict[str, tuple[str, int]]:
        """Return template and number of messages of each event by its present identifier."""
        families = self._events.families
        found: dict[str, tuple[str, int]] = {}
        for family in range(len(families)):
            root = families.find(family)
            identifier = self._identifier(root)
            found[identifier] = (families.text(root), found.get(identifier, ("", 0))[1] + families.counts[family])
        return found

    def dump(self) -> str:
        """Return all that was learned as JSON text."""
        state = {
            "version": _STATE_VERSION,
            "events": self._events.rows(),
            "issued": self._issued,
            "kept": {identifier: family for family, identifier in self._kept.items()},
            "forgotten": self.forgotten,
        }
        return json.dumps(state, ensure_ascii=False)

    @classmethod
    def load(cls, state: str, *, most_families: int = MOST_FAMILIES) -> TemplateMiner:
        """Return a miner that goes on where `dump` was called.

        Raises:
            BadInput: the text is no state, or one of another version.
        """
        miner = cls(most_families=most_families)
        try:
            read = json.loads(state)
            version = read["version"]
            if version in _READABLE:
                miner._events = Events.of_rows(read["events"])
                miner._issued = {str(given): int(family) for given, family in read["issued"].items()}
                miner._kept = {int(family): str(identifier) for identifier, family in read.get("kept", {}).items()}
                miner.forgotten = int(read.get("forgotten", 0))
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            raise BadInput("state of log templates cannot be read", hint="Mine the log anew") from error
        if version not in _READABLE:
            raise BadInput(f"state of log templates has version {version!r}, not {_STATE_VERSION}", hint="Mine anew")
        return miner

    def _learn(self, masked: str) -> int:
        if len(self._events) >= self._most:
            # What only a look at all events can unite must not be forgotten for being rare one by one. It is looked at
            # ever more rarely: in free text there is nothing to unite, and looking takes as long as learning.
            self._halvings += 1
            if self._halvings.bit_count() == 1:
                self._events.consolidate()
            before = sum(self._events.families.counts)
            self._events, kept = self._events.halved()
            self.forgotten += before - sum(self._events.families.counts)
            self._issued = {given: kept[family] for given, family in self._issued.items() if family in kept}
            self._kept = {kept[family]: identifier for family, identifier in self._kept.items() if family in kept}
            self._skeletons.clear()
            self._identifiers.clear()
        if len(self._skeletons) >= _MOST_SKELETONS:
            self._skeletons.clear()
        family = self._skeletons[masked] = self._events.learn(self._cut(masked))
        return family

    def _identifier(self, root: int) -> str:
        text = self._events.families.text(root)
        known = self._identifiers.get(root)
        if known is None or known[0] is not text:
            known = self._identifiers[root] = (text, self._kept.get(root) or template_id(text))
            self._issued[known[1]] = root
        return known[1]


def mine_messages(messages: Sequence[str], *, rules: Rules = ALL) -> list[tuple[str, str]]:
    """Return the final (identifier, template) of each message; `REST` for those of kinds that had to be forgotten."""
    miner = TemplateMiner(rules=rules)
    given = [miner.add(message) for message in messages]
    final = miner.final()
    return [final.get(identifier, REST) for identifier in given]


def mine_file(
    lines: Sequence[str], *, header: Header | None = None, told: Callable[[int], None] | None = None
) -> list[tuple[str, str]]:
    """Return the final (identifier, template) of each line of one log.

    The header is learned unless it is given, and learned anew where the format of the lines changes. `told` hears now
    and then how many lines were read.
    """
    miner, formats = TemplateMiner(), Formats()
    given: list[str] = []
    for start in range(0, len(lines), _LINES_TOLD):
        part = lines[start : start + _LINES_TOLD]
        messages = [header.message(line) for line in part] if header else formats.messages(part)
        given += [miner.add(message) for message in messages]
        if told:
            told(len(given))
    final = miner.final()
    return [final.get(identifier, REST) for identifier in given]
