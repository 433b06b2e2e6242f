"""Lets a model word the summary better. What the rules say stands whenever the model fails or says anything else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.agents.acceptance import refusal
from workbench.agents.wording import address_names, masked_lines, sentences_of
from workbench.errors import ModelUnavailable
from workbench.models.prompts import prompt
from workbench.models.protocol import ChatModel

RULES = "rules"


@dataclass(frozen=True, slots=True)
class Wording:
    """A summary, who worded it, and why it was not the model."""

    sentences: list[str]
    worded_by: str
    why: str
    """Empty when the model's words stand."""
    masked: int
    """Values masked in everything that was said or asked."""


def worded(
    sentences: Sequence[str], facts: Sequence[str], *, model: ChatModel | None, cause: str, services: Sequence[str]
) -> Wording:
    """Mask the rules' sentences and let the model, if there is one, say them better.

    Args:
        sentences: The three sentences by rules.
        facts: What else the model may know, one a line.
        model: None asks nobody.
        cause: The service that is called the cause.
        services: All services of the system.
    """
    # Whoever reads the summary has to learn which service it is; a model is told a placeholder, as for any address.
    hidden = address_names(services)
    own, masked = masked_lines(sentences, {address: address for address in hidden})
    if model is None:
        return Wording(own, RULES, "no model was asked", masked)
    told, _ = masked_lines(sentences, hidden)
    known, more = masked_lines(facts, hidden)
    try:
        answer = model.complete(prompt("summary", facts="\n".join(known), sentences="\n".join(told)))
    except ModelUnavailable as error:
        return Wording(own, RULES, str(error), masked + more)
    reason = refusal(
        answer,
        told,
        cause=masked_lines([cause], hidden)[0][0],
        services=masked_lines(services, hidden)[0],
    )
    if reason:
        return Wording(own, RULES, f"the wording of {model.name} was refused: {reason}", masked + more)
    for address, placeholder in hidden.items():
        answer = answer.replace(placeholder, address)
    return Wording(sentences_of(answer), model.name, "", masked + more)
