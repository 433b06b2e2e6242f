"""Learns which words are units of measure: those that stand behind a value in some messages and are missing in others.

The vote with "nothing" for one of the words, so that units, currencies and counted things that no vocabulary has do not
divide an event: `sent 5`, `sent 7 px`.
"""

from __future__ import annotations

from collections.abc import Mapping

from workbench.signals.families import Families
from workbench.signals.masks import WILDCARD
from workbench.signals.rules import Rules
from workbench.signals.skeleton import Key

_LEAST_WORDS = 3
"""Constant words that must be left of a message without the unit."""


def unite_optional(keys: Mapping[Key, int], families: Families, rules: Rules) -> bool:
    """Unite events that differ by words which are optional behind values; tell whether any was."""
    optional = _optional_words(keys, families, rules)
    groups: dict[Key, list[int]] = {}
    for key, family in keys.items() if optional else ():
        root = families.find(family)
        words, gaps = families.words[root], families.gaps[root]
        places = [place for place in _behind_values(key, families, family) if key[place] in optional]
        if places and len(words) == len(families.words[family]) and len(words) - len(places) >= _LEAST_WORDS:
            for place in reversed(places):
                gaps = (*gaps[:place], gaps[place] + words[place] + gaps[place + 1], *gaps[place + 2 :])
                words, key = words[:place] + words[place + 1 :], key[:place] + key[place + 1 :]
            groups.setdefault(key, []).append(root)
            families.rewrite(root, words, gaps)
        else:
            groups.setdefault(key, []).append(root)
    changed = False
    for roots in groups.values():
        for root in roots[1:]:
            changed = changed or families.find(root) != families.find(roots[0])
            families.unite(roots[0], root)
    return changed


def _optional_words(keys: Mapping[Key, int], families: Families, rules: Rules) -> set[str]:
    """Return the words that are missing in at least three, and half, of the messages they could stand in.

    A word that stands for one of these, in a place where both may be missing, is another unit of the same.
    """
    seen: dict[str, int] = {}
    missing: dict[str, list[tuple[Key, Key]]] = {}
    for key, family in keys.items():
        for place in _behind_values(key, families, family):
            word, before, behind = key[place], key[:place], key[place + 1 :]
            seen[word] = seen.get(word, 0) + 1
            if len(key) > _LEAST_WORDS and before + behind in keys:
                missing.setdefault(word, []).append((before, behind))
    found = {
        word for word, places in missing.items() if len(places) >= rules.words_needed and 2 * len(places) >= seen[word]
    }
    return found | {
        word
        for word, places in missing.items()
        if any((*before, unit, *behind) in keys for unit in found for before, behind in places)
    }


def _behind_values(key: Key, families: Families, family: int) -> list[int]:
    """Return the positions of words right behind a value."""
    gaps = families.gaps[family]
    return [
        place
        for place in range(min(len(key), len(gaps) - 1))
        if gaps[place].endswith((WILDCARD, WILDCARD + " ")) and key[place] == families.words[family][place]
    ]
