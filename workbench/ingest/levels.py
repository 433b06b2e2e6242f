"""Levels that logs write as numbers: which scale it is, and its words.

Syslog: RFC 5424, table 2. Bunyan and pino: ten for trace to sixty for fatal, by their documentation. Python: `logging`,
"Logging Levels". Application Insights: `SeverityLevel` of its data model.
"""

from __future__ import annotations

import re
from typing import Literal

from workbench.ingest import sql
from workbench.semconv import SEVERITY

_ENOUGH = 0.9
_LETTERS = {"D", "I", "W", "E", "F", "D1", "D2", "D3", "D4", "D5"}
"""As MongoDB and Google's libraries write levels; among them are some of I for information."""

Scale = Literal["", "syslog", "bunyan", "python", "application_insights"]
SCALES: dict[str, dict[str, str]] = {
    "syslog": {
        "0": "EMERG",
        "1": "ALERT",
        "2": "CRIT",
        "3": "ERR",
        "4": "WARNING",
        "5": "NOTICE",
        "6": "INFO",
        "7": "DEBUG",
    },
    "bunyan": {"10": "TRACE", "20": "DEBUG", "30": "INFO", "40": "WARN", "50": "ERROR", "60": "FATAL"},
    "python": {"10": "DEBUG", "20": "INFO", "30": "WARNING", "40": "ERROR", "50": "CRITICAL"},
    "application_insights": {"0": "VERBOSE", "1": "INFORMATION", "2": "WARNING", "3": "ERROR", "4": "CRITICAL"},
}


def scale_of(name: str, cells: list[str]) -> Scale:
    """Return the scale of the levels in a column, '' when they are no numbers of one that is known."""
    said = {cell.strip() for cell in cells if cell.strip()}
    if not said or not all(cell.isdigit() for cell in said):
        return ""
    if said <= SCALES["bunyan"].keys():
        return "python" if name.lower().endswith("levelno") else "bunyan"
    if re.sub(r"[^a-z]", "", name.lower()).endswith("severitylevel"):
        return "application_insights"
    return "syslog" if said <= SCALES["syslog"].keys() else ""


def are_words(cells: list[str]) -> bool:
    """Tell whether cells are levels, whatever the column is called."""
    said = [cell.strip().upper() for cell in cells if cell.strip()]
    if said and set(said) <= _LETTERS and "I" in said:
        return True
    return bool(said) and sum(cell in SEVERITY for cell in said) >= _ENOUGH * len(said)


def words(value: str, scale: Scale) -> str:
    """Return SQL for the word of a number on a scale; what is no number of it stays."""
    cases = " ".join(f"WHEN {sql.text(number)} THEN {sql.text(word)}" for number, word in SCALES[scale].items())
    return f"CASE trim({value}) {cases} ELSE {value} END"


FAILURE = (
    r"(?i)\b(?:errors?|fail(?:ed|ure|s)?|exceptions?|fatal|panic|critical|time[d-]? ?out|could ?n[o']t|can ?not|can't|"
    r"unable to|refused|denied|unavailable|unreachable|aborted|crash(?:ed)?|killed|traceback|exhausted|"
    r"no space left|out of memory|reset by peer|broken pipe)\b"
)
"""Words of failure, for lines whose levels nobody wrote."""
HARMLESS = r"(?i)\b(?:no|0|zero|without) (?:errors?|failures?|exceptions?)\b|\b(?:errors?|failed|failures?)[=:] ?0\b"


def tells_failure(message: str) -> bool:
    """Tell whether a message without a level tells of a failure."""
    return bool(re.search(FAILURE, message)) and not re.search(HARMLESS, message)


def failure_level(value: str) -> str:
    """Return SQL for the level of a message without one: ERROR if it tells of a failure, else INFO."""
    told = f"regexp_matches({value}, {sql.text(FAILURE)}) AND NOT regexp_matches({value}, {sql.text(HARMLESS)})"
    return f"CASE WHEN {told} THEN 'ERROR' ELSE 'INFO' END"
