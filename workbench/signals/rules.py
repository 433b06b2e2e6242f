"""All rules and constants of the template miner, so that a study can leave each one out; the product uses them all.

A rule is known by its name. `LITERALS` say what a value looks like to anybody who knows file systems, networks and
number formats; `CONVENTIONS` are how people write logs; `GROUPING` finds values by comparing the messages.
"""

from __future__ import annotations

from dataclasses import dataclass

from workbench.errors import BadInput

LITERALS = (
    "url", "object", "path", "host", "address", "hexadecimal", "number", "suffix", "truth", "glued", "digits",
    "literal",
)  # fmt: skip
"""Values by their own form: `a://b`, `=Name{..}`, `/a/b`, `a.b:1`, `0a:1b:2c:3d:4e:5f`, `0a1b2c3d`, `1.5`, `name_17`,
`true`; a word with a masked part or with a digit; `nil` and its like."""
CALENDAR = ("date", "calendar")
"""Names of months and weekdays, those that times are read by: within a date, and standing alone."""
UNITS = ("size", "below", "unit")
"""Units of measure behind a number: `5 bytes (5.1 KB)`, `<1 sec`, any."""
CONVENTIONS = ("quoted", "brackets", "assigned", "empty", "account", "dotted")
"""`x="a b"`; ` ()` is an empty value; `x=a` and `x:a`; `x=` is counted; a name behind `user`; `a.b` or `a@b` that does
not begin the message."""
GROUPING = ("vote", "preposition", "beside", "parallel", "varied", "pieces")
"""See `vote` and `consolidate`: a position with several words; fewer behind a preposition; only with the same masked
neighbours; words that stand for each other in many events; several positions that vary together; what stands in
brackets or quotes."""
RULES = frozenset(LITERALS + CALENDAR + UNITS + CONVENTIONS + GROUPING)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the miner goes by.

    Raises:
        BadInput: `off` names a rule that does not exist.
    """

    off: frozenset[str] = frozenset()
    """Names of the rules that are left out."""
    words_needed: int = 3
    """Distinct words that make a position variable."""
    after_preposition: int = 2
    at_start: int = 15
    """The same for the first word of a message with fewer than three others: the verb of a short message is content."""
    many_others: int = 4
    """Words a message must have for its first one to be a word like any other."""
    parallel_events: int = 5
    """Events in which two words must stand for each other to be interchangeable."""
    varied_values: int = 8
    """Values that each position must have for several to be variable together."""

    def __post_init__(self) -> None:
        unknown = sorted(self.off - RULES)
        if unknown:
            raise BadInput(f"log templates have no rule {unknown[0]!r}", hint=f"There are {', '.join(sorted(RULES))}")

    def uses(self, name: str) -> bool:
        """Tell whether a rule is not left out."""
        return name not in self.off


ALL = Rules()
