"""Unites events that a one-position vote cannot: parallel words of headers, and several variable words at once.

Works on the families, not on lines, so it takes milliseconds; it is run when final templates are asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import chain

from workbench.signals.families import Families
from workbench.signals.masks import WILDCARD
from workbench.signals.optional import unite_optional
from workbench.signals.pieces import unite_pieces
from workbench.signals.rules import ALL, Rules
from workbench.signals.skeleton import NO_WORDS, Key

LEADING_POSITIONS = 6
_SHORTEST, _LONGEST = 3, 40
_WORDS_COMPARED = 40
_ROUNDS = 3
_RUN_OF_VALUES = 3
_VALUES = re.compile(r"(?:\s*<\*>(?=\s|$))+")
_VALUES_END = re.compile(r"(?:(?<!\S)<\*>\s+)+$")

Beside = tuple[bool, bool]
Place = tuple[int, Key, Key]


def consolidate(keys: Mapping[Key, int], families: Families, rules: Rules = ALL) -> None:
    """Unite families until nothing changes, in at most a few rounds."""
    worded = {key: family for key, family in keys.items() if key[0] != NO_WORDS}
    if rules.uses("parallel"):
        for _ in range(2):
            if not _unite_parallel(worded, families, rules):
                break
    if rules.uses("vote"):
        unite_optional(worded, families, rules)
    if rules.uses("varied"):
        _unite_all_varied(worded, families, rules)
    for _ in range(_ROUNDS if rules.uses("pieces") else 0):
        if not unite_pieces(worded.values(), families, rules):
            break


def _unite_all_varied(worded: Mapping[Key, int], families: Families, rules: Rules) -> None:
    patterns = _patterns({key: family for key, family in worded.items() if _SHORTEST <= len(key) <= _LONGEST}, families)
    for _ in range(_ROUNDS):
        changed = _unite_varied(patterns, families, rules)
        if not (_vote_patterns(patterns, families, rules) or changed):
            break


def _unite_parallel(keys: Mapping[Key, int], families: Families, rules: Rules) -> bool:
    """Unite events that differ in two words which stand for each other in many events: rests of a header.

    Counted over events, not lines, so that the start and the stop of fifty services count once.
    """
    longer = {key: family for key, family in keys.items() if len(key) > 2}
    shared = _repeated(hash(place) for key in longer for place in _places(key))
    places: dict[Place, dict[str, int]] = {}
    for key, family in longer.items():
        for place in _places(key):
            if hash(place) in shared:
                places.setdefault(place, {})[key[place[0]]] = family
    events: dict[tuple[int, str], set[int]] = {}
    pairs: dict[tuple[int, str, str], set[tuple[int, int]]] = {}
    for (position, _, _), seen in places.items():
        words = sorted(seen)[:_WORDS_COMPARED]
        for i, one in enumerate(words):
            root = families.find(seen[one])
            events.setdefault((position, one), set()).add(root)
            for other in words[i + 1 :]:
                pairs.setdefault((position, one, other), set()).add((root, families.find(seen[other])))
    _count_lone(longer, families, shared, events)
    parallel = {pair for pair, found in pairs.items() if _interchangeable(pair, found, events, rules)}
    for (position, _, _), seen in places.items() if parallel else ():
        words = sorted(seen)[:_WORDS_COMPARED]
        for i, one in enumerate(words):
            for other in words[i + 1 :]:
                if (position, one, other) in parallel:
                    families.unite(seen[one], seen[other])
    return bool(parallel)


def _places(key: Key) -> Iterator[Place]:
    """Yield the leading places of a key: position, words before, words behind."""
    for position in range(min(LEADING_POSITIONS, len(key) - 1)):
        yield position, key[:position], key[position + 1 :]


def _count_lone(
    keys: Mapping[Key, int], families: Families, shared: Set[int], events: Mapping[tuple[int, str], set[int]]
) -> None:
    """Add the events of words that stand alone at a place, for words that have a pair somewhere."""
    for key, family in keys.items():
        for place in _places(key):
            counted = events.get((place[0], key[place[0]]))
            if counted is not None and hash(place) not in shared:
                counted.add(families.find(family))


def _interchangeable(
    pair: tuple[int, str, str],
    found: set[tuple[int, int]],
    events: Mapping[tuple[int, str], set[int]],
    rules: Rules,
) -> bool:
    position, one, other = pair
    rarer = min(len(events[position, one]), len(events.get((position, other), ())))
    left, right = {a for a, _ in found}, {b for _, b in found}
    return min(len(left), len(right)) >= rules.parallel_events and 2 * len(found) >= rarer


def _patterns(keys: Mapping[Key, int], families: Families) -> dict[Key, int]:
    """Return the keys with those of one event and length put together: `<*>` where their words differ.

    What the vote has united by one position can then be united by a second one, though the two vary together.
    """
    groups: dict[tuple[int, int], list[Key]] = {}
    for key, family in keys.items():
        groups.setdefault((families.find(family), len(key)), []).append(key)
    found: dict[Key, int] = {}
    for (root, _), members in groups.items():
        columns = [set(column) for column in zip(*members, strict=True)]
        pattern = tuple(next(iter(column)) if len(column) == 1 else WILDCARD for column in columns)
        if sum(word != WILDCARD for word in pattern) < 2:
            # Too little is left to know the event by.
            found.update(dict.fromkeys(members, root))
        elif pattern in found:
            families.unite(found[pattern], root)
        else:
            found[pattern] = root
    return found


def _unite_varied(patterns: dict[Key, int], families: Families, rules: Rules) -> bool:
    """Unite patterns of one length that differ in several positions, each with many values.

    Patterns are split by their least varied position until every position that varies has many values (the idea of
    IPLoM: Makanju et al., KDD 2009).
    """
    by_length: dict[int, list[Key]] = {}
    for key in patterns:
        by_length.setdefault(len(key), []).append(key)
    found: dict[Key, Sequence[Key]] = {}
    work: list[Sequence[Key]] = list(by_length.values())
    while work:
        work.extend(_split(work.pop(), found, rules))
    for pattern, members in found.items():
        _replace(patterns, families, pattern, members)
    return bool(found)


def _split(group: Sequence[Key], found: dict[Key, Sequence[Key]], rules: Rules) -> Iterable[Sequence[Key]]:
    """Enter the group as one event in `found`, or return the smaller groups that it falls into."""
    if len(group) < rules.words_needed:
        return ()
    values = [set(column) for column in zip(*group, strict=True)]
    varied = [position for position, column in enumerate(values) if len(column) > 1]
    if len(varied) < 2:
        return ()
    constant = sum(len(column) == 1 and WILDCARD not in column for column in values)
    least = min(varied, key=lambda position: len(values[position]))
    if constant >= 2 and constant >= len(varied) and len(values[least]) >= rules.varied_values:
        pattern = tuple(WILDCARD if len(column) > 1 else next(iter(column)) for column in values)
        found[pattern] = group
        return ()
    parts: dict[str, list[Key]] = {}
    for key in group:
        parts.setdefault(key[least], []).append(key)
    return parts.values()


def _vote_patterns(patterns: dict[Key, int], families: Families, rules: Rules) -> bool:
    """Vote for one more position of the patterns that came out of `_unite_varied`."""
    places: dict[tuple[int, Key, Beside], dict[str, Key]] = {}
    voters = [key for key in patterns if sum(word != WILDCARD for word in key) >= _SHORTEST]
    # A pattern with a wildcard stands for a place where one word is enough.
    wild = (key for key in patterns if WILDCARD in key)
    shared = _repeated(map(hash, chain(wild, chain.from_iterable(map(_masked, voters)))))
    for key in voters:
        for masked in _masked(key):
            if hash(masked) in shared:
                position = next(place for place, word in enumerate(key) if masked[place] != word)
                beside = _beside(families, patterns[key], position, len(key))
                places.setdefault((position, masked, beside), {})[key[position]] = key
    changed = False
    for (position, masked, beside), seen in places.items():
        # Others may have been put together by an earlier place.
        members = [key for key in seen.values() if key in patterns and key != masked]
        if not members:
            continue
        others = sum(word != WILDCARD for word in masked)
        need = rules.words_needed if position or others >= rules.many_others - 1 else rules.at_start
        if _is_in_run(masked, position, families.gaps[families.find(patterns[members[0]])]):
            need = min(need, 2)
        has_more = WILDCARD in masked[:position] + masked[position + 1 :]
        known = masked in patterns and _beside(families, patterns[masked], position, len(masked)) == beside
        if (known or (has_more and len(seen) >= need)) and (len(members) >= 2 or known):
            _replace(patterns, families, masked, members)
            changed = True
    return changed


def _is_in_run(masked: Key, position: int, gaps: Sequence[str]) -> bool:
    """Tell whether a word stands between values, at least three of them with blanks only: a date, not a sentence."""
    if len(gaps) != len(masked) + 1:
        return False
    before = _VALUES_END.search(_text(masked[:position], gaps[: position + 1]))
    behind = _VALUES.match(_text(("", *masked[position + 1 :]), ("", *gaps[position + 1 :])))
    values = [found[0].count(WILDCARD) if found else 0 for found in (before, behind)]
    return min(values) >= 1 and sum(values) >= _RUN_OF_VALUES


def _text(words: Sequence[str], gaps: Sequence[str]) -> str:
    return gaps[0] + "".join(word + gap for word, gap in zip(words, gaps[1:], strict=True))


def _masked(key: Key) -> Iterator[Key]:
    """Yield the key with each of its words masked in turn."""
    for position, word in enumerate(key):
        if word != WILDCARD:
            yield (*key[:position], WILDCARD, *key[position + 1 :])


def _repeated(numbers: Iterable[int]) -> set[int]:
    """Return the numbers that occur more than once.

    A first look by hashes: in free text hardly any place has two words, and tables of all places cost time and memory.
    """
    seen: set[int] = set()
    twice: set[int] = set()
    for number in numbers:
        (twice if number in seen else seen).add(number)
    return twice


def _beside(families: Families, family: int, position: int, length: int) -> Beside:
    """Return whether a masked value stands right before and right behind a word of an event."""
    gaps = families.gaps[families.find(family)]
    if len(gaps) != length + 1:
        return False, False
    return WILDCARD in gaps[position], WILDCARD in gaps[position + 1]


def _replace(patterns: dict[Key, int], families: Families, pattern: Key, members: Sequence[Key]) -> None:
    root = patterns.get(pattern, patterns[members[0]])
    for member in members:
        families.unite(root, patterns.pop(member))
    patterns[pattern] = families.find(root)
