"""Decides by rules whether a model's wording may stand: it may say the same otherwise, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workbench.agents.wording import sentences_of

_NUMBER = re.compile(r"\d+(?:[.,:\-/]\d+)*")
_NAME = re.compile(r"[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)+|[a-z]+[A-Z]\w*|\[[A-Z_]+\]")
_WORD = re.compile(r"[a-z]+(?:n't)?")
_BLAME = re.compile(
    r"\b(?:caused by|cause (?:is|was|lies in|lay in|seems to be)|due to|because of|triggered by|culprit (?:is|was)"
    r"|originat\w+ (?:in|from|at)|blame\w*|fault of|traced (?:back )?to|stems? from|points? to)\s+"
    r"(?:(?:the|an?|most|likely|probably|service)\s+)*([\w.\-\[\]]+)",
    re.IGNORECASE,
)
_NUMBER_WORDS = frozenset({
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "fifteen", "twenty",
    "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "hundred", "thousand", "million", "half",
    "third", "quarter", "double", "doubled", "twice", "triple", "tripled", "dozen", "all", "every", "most",
})  # fmt: skip
_SURE = frozenset({
    "certain", "certainly", "definitely", "definite", "proven", "proof", "proves", "undoubtedly", "guaranteed",
    "surely", "absolutely", "confirmed", "conclusively", "always", "sure", "clearly", "obviously",
})  # fmt: skip
_NOT = frozenset({
    "not", "no", "never", "neither", "nor", "without", "none", "cannot", "isn't", "wasn't", "didn't", "don't",
    "doesn't", "can't", "unlikely", "wrong", "false",
})  # fmt: skip
_ADVICE = frozenset({
    "restart", "restarting", "reboot", "rollback", "revert", "delete", "drop", "kill", "scale", "redeploy", "upgrade",
    "downgrade", "disable", "should", "must", "recommend", "recommended", "advise", "execute",
})  # fmt: skip
_LONGEST = 3.0
"""A wording may be this many times as long as the rules' own."""


def refusal(answer: str, sentences: Sequence[str], *, cause: str, services: Sequence[str]) -> str:
    """Return why an answer may not stand in for the sentences; empty when it may.

    Sentence by sentence, all numbers, times and names must stand in the rules' own sentence, the second must name the
    cause and blame nobody else, and none may be surer, deny, or advise.

    Args:
        answer: What the model said.
        sentences: The rules' three sentences; they are the facts that it was given to word.
        cause: Service that the rules call the cause; empty when there is none.
        services: All services of the system.
    """
    said = sentences_of(answer)
    if len(said) != len(sentences):
        return f"it has {len(said)} sentences, not {len(sentences)}"
    if len(answer) > _LONGEST * sum(map(len, sentences)):
        return "it is too long"
    if re.search(r"[<>`#*|{}]|https?:|^\s*[-\d]+[.)]?\s", answer):
        return "it is not plain text"
    for number, (one, own) in enumerate(zip(said, sentences, strict=True), 1):
        reason = _differs(one, own, services)
        if reason:
            return f"sentence {number} {reason}"
    if cause and not _mentions(said[1], cause):
        return f"sentence 2 does not name the cause {cause}"
    return _blames(said, cause, sentences, services)


def _differs(said: str, own: str, services: Sequence[str]) -> str:
    for kind, found, known in (
        ("the number", _numbers(said), _numbers(own)),
        ("the name", set(_NAME.findall(said)), set(_NAME.findall(own))),
        (
            "the service",
            {name for name in services if _mentions(said, name)},
            {n for n in services if _mentions(own, n)},
        ),
    ):
        if found - known:
            return f"has {kind} {min(found - known)}, which the facts do not have"
    words, own_words = set(_WORD.findall(said.lower())), set(_WORD.findall(own.lower()))
    for kind, list_ in (("gives the number", _NUMBER_WORDS), ("is surer:", _SURE), ("gives advice:", _ADVICE)):
        if (words - own_words) & list_:
            return f"{kind} {min((words - own_words) & list_)}"
    if words & _NOT and not own_words & _NOT:
        return f"denies something: {min(words & _NOT)}"
    return ""


def _blames(said: Sequence[str], cause: str, sentences: Sequence[str], services: Sequence[str]) -> str:
    own = set(re.findall(r"[\w.\-\[\]]+", " ".join(sentences).lower()))
    others = {name.lower() for name in services} - {cause.lower()}
    for one in said:
        for blamed in _BLAME.findall(one):
            name = blamed.strip(".,;:").lower()
            # `due to an exception in payments` blames what the rules name, and no other service.
            if name in others or (name != cause.lower() and name not in own):
                return f"it blames {name}"
    return ""


def _numbers(text: str) -> set[str]:
    return {number.replace(",", "") for number in _NUMBER.findall(text)}


def _named(text: str, services: Sequence[str]) -> set[str]:
    return {name for name in services if _mentions(text, name)}


def _mentions(text: str, name: str) -> bool:
    return bool(name) and bool(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text, re.IGNORECASE))
