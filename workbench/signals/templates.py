"""Mines the templates of log messages as they stream by: which lines are one event, and where its values stand.

An event is known by the ordered tuple of its constant words. Values that masks cannot know are found by a
leave-one-out vote over those words, so there is no tree and no similarity threshold, and neither optional pieces nor
lists of any length split an event.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from workbench.errors import BadInput, NotFound
from workbench.signals.events import Events
from workbench.signals.headers import Header, learn_header
from workbench.signals.logkey import log_key
from workbench.signals.masks import TokenMasks
from workbench.signals.skeleton import cut

__all__ = ["TemplateMiner", "log_key", "mine_file", "mine_messages", "template_id"]

MOST_FAMILIES = 50_000
"""Kinds of messages remembered; beyond, the rarer half is forgotten, because free text makes kinds without end."""
_MOST_SKELETONS = 100_000
_LONGEST_MESSAGE = 8192
_STATE_VERSION = 1


def template_id(template: str) -> str:
    """Return the identifier of a template's text, the same on every machine; white space does not count."""
    return "T" + hashlib.blake2s(" ".join(template.split()).encode(errors="replace"), digest_size=6).hexdigest()


class TemplateMiner:
    """Streaming miner of one log; its memory is bounded.

    An event's template, and with it the identifier that `add` returns, may widen while more lines come; `final` says
    what became of the identifiers given out so far.
    """

    def __init__(self, *, most_families: int = MOST_FAMILIES) -> None:
        self._most = max(2, most_families)
        self._masks = TokenMasks()
        self._skeletons: dict[str, int] = {}
        self._events = Events()
        self._identifiers: dict[int, tuple[str, str]] = {}
        self._issued: dict[str, int] = {}

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

    def dump(self) -> str:
        """Return all that was learned as JSON text."""
        return json.dumps({"version": _STATE_VERSION, "events": self._events.rows(), "issued": self._issued})

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
            if version == _STATE_VERSION:
                miner._events = Events.of_rows(read["events"])
                miner._issued = {str(given): int(family) for given, family in read["issued"].items()}
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            raise BadInput("state of log templates cannot be read", hint="Mine the log anew") from error
        if version != _STATE_VERSION:
            raise BadInput(f"state of log templates has version {version!r}, not {_STATE_VERSION}", hint="Mine anew")
        return miner

    def _learn(self, masked: str) -> int:
        if len(self._events) >= self._most:
            self._events, kept = self._events.halved()
            self._issued = {given: kept[family] for given, family in self._issued.items() if family in kept}
            self._skeletons.clear()
            self._identifiers.clear()
        if len(self._skeletons) >= _MOST_SKELETONS:
            self._skeletons.clear()
        family = self._skeletons[masked] = self._events.learn(cut(masked))
        return family

    def _identifier(self, root: int) -> str:
        text = self._events.families.text(root)
        known = self._identifiers.get(root)
        if known is None or known[0] is not text:
            known = self._identifiers[root] = (text, template_id(text))
            self._issued[known[1]] = root
        return known[1]


def mine_messages(messages: Sequence[str]) -> list[tuple[str, str]]:
    """Return the final (identifier, template) of each message."""
    miner = TemplateMiner(most_families=max(MOST_FAMILIES, len(messages) + 1))
    given = [miner.add(message) for message in messages]
    final = miner.final()
    return [final[identifier] for identifier in given]


def mine_file(lines: Sequence[str], *, header: Header | None = None) -> list[tuple[str, str]]:
    """Return the final (identifier, template) of each line of one log; the header is learned unless it is given."""
    known = header or learn_header(lines)
    return mine_messages([known.message(line) for line in lines])
