"""What is masked in this workspace: the built-in kinds, rules of one's own, and a text to try them on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from workbench.facts.evidence import Frozen
from workbench.guard.pii import mask_text
from workbench.guard.rules import Rules
from workbench.guard.spans import PiiType
from workbench.guard.tool import tool
from workbench.tools.texts import Listing, columns

if TYPE_CHECKING:
    from workbench.core import Workbench

_HELP = {
    PiiType.TOKEN: "tokens, passwords, keys",
    PiiType.EMAIL: "e-mail addresses",
    PiiType.AADHAAR: "Aadhaar numbers, by their checksum",
    PiiType.SESSION: "ids of sessions",
    PiiType.USER_ID: "names and ids of users",
    PiiType.IP: "IP addresses",
    PiiType.PHONE: "phone numbers",
}


class PiiRule(Frozen):
    """One kind of value that is masked."""

    name: str
    """Its placeholder is [NAME]."""
    built_in: bool
    on: bool
    pattern: str = ""
    """A regular expression; '' for what is built in."""
    help: str = ""


class PiiRules(Listing[PiiRule]):
    """The rules of the workspace, then the built-in kinds."""

    def text(self) -> str:
        """Return one line for each."""
        rows = [(one.name, "on" if one.on else "off", one.pattern or f"built in: {one.help}") for one in self]
        return columns(("RULE", "", "WHAT"), rows)


class PiiMasked(Frozen):
    """A text as it is shown."""

    masked: str
    kinds: dict[str, int]
    """How many values of each kind were found."""

    def text(self) -> str:
        """Return the text."""
        return self.masked


@tool(risk="read", command="pii list")
def pii_rules(wb: Workbench) -> PiiRules:
    """List what is masked before text is stored by a flow, written into a report or a log, or shown to a model."""
    return _shown(wb.pii)


@tool(risk="write", command="pii set", positional=("name", "pattern"))
def pii_rule_set(
    wb: Workbench, name: str, pattern: str | None = None, turn: Literal["on", "off"] | None = None
) -> PiiRules:
    r"""Add a rule of masking, change it, or switch one on or off; it holds from now on, for runs from their next start.

    Args:
        name: Of the placeholder, in capitals, such as EMPLOYEE_ID; a built-in kind can be switched only.
        pattern: A regular expression, such as EMP-\d{5}; the present one when left out.
        turn: Whether it masks; a new one does.
    """
    return _keep(wb, wb.pii.with_rule(name, pattern, None if turn is None else turn == "on"))


@tool(risk="write", command="pii remove", positional=("name",))
def pii_rule_remove(wb: Workbench, name: str) -> PiiRules:
    """Remove a rule of masking that was added; what is built in is switched off: `causeway pii set NAME --turn off`.

    Args:
        name: Of the rule.
    """
    return _keep(wb, wb.pii.without(name))


@tool(risk="read", command="pii try", positional=("line",))
def pii_mask(wb: Workbench, line: str) -> PiiMasked:
    """Mask a text by the rules of the workspace, to see what they do.

    Args:
        line: Any text.
    """
    found = mask_text(line)
    return PiiMasked(masked=found.text, kinds=found.kinds)


def _keep(wb: Workbench, rules: Rules) -> PiiRules:
    if wb.path is not None:
        rules.save(wb.path)
    wb.pii = rules
    return _shown(rules)


def _shown(rules: Rules) -> PiiRules:
    own = [PiiRule(name=one.name, built_in=False, on=one.on, pattern=one.pattern) for one in rules.own]
    kinds = [PiiRule(name=one.value, built_in=True, on=one not in rules.off, help=_HELP[one]) for one in PiiType]
    return PiiRules([*own, *kinds])
