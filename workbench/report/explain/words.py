"""Writes an explanation as text for a terminal, with a small drawing of every series that moved."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from workbench.report import words

if TYPE_CHECKING:
    from workbench.report.explain.content import CallChange, Claim, Explanation, Strip

MOST_CLAIMS = 14
_WIDTH = 110
_BARS = "▁▂▃▄▅▆▇█"
_DRAWN = 32


def explanation_text(one: Explanation) -> str:
    """Return the whole explanation."""
    head = f"{one.subject}  {one.title}\n{words.VERDICT_WORDS[one.verdict]}"
    if one.onset_unix_nano is not None:
        head += f" since {words.date_time(one.onset_unix_nano)}"
    parts = [head]
    parts += ["\n".join([asked.question, *map(_bullet, asked.sentences)]) for asked in one.paragraphs]
    parts += [
        "\n".join([f"Why not {other.service_name}?", *map(_bullet, [other.answer, *other.sentences])])
        for other in one.why_not
    ]
    if one.strips:
        parts.append("\n".join(["What moved when", *_strip_lines(one.strips, one.onset_unix_nano)]))
    if one.calls:
        parts.append("\n".join([f"Calls in {words.span(one.compared_s)} before and after", *_call_lines(one.calls)]))
    if one.patterns:
        rows = [
            f"  {seen.before:>6,} → {seen.after:<6,} {seen.change:<9} {seen.service_name}: {seen.template}"[:_WIDTH]
            for seen in one.patterns
        ]
        parts.append("\n".join(["Log lines before → after", *rows]))
    if one.claims:
        parts.append("\n".join(["Every statement, and how to check it", *_claim_lines(one.claims)]))
    return "\n\n".join(parts)


def sparkline(values: Sequence[float | None]) -> str:
    """Return values as bars, at most 32 of them; a blank is a time without a value."""
    step = max(1, -(-len(values) // _DRAWN))
    groups = [[value for value in values[at : at + step] if value is not None] for at in range(0, len(values), step)]
    means = [max(group, key=abs) if group else None for group in groups]
    there = [value for value in means if value is not None]
    low, high = min(there, default=0.0), max(there, default=0.0)
    scale = (high - low) or 1.0
    return "".join(" " if value is None else _BARS[round((value - low) / scale * 7)] for value in means)


def _bullet(text: str) -> str:
    return textwrap.fill(text, _WIDTH, initial_indent="  ", subsequent_indent="    ", break_long_words=False)


def _strip_lines(strips: Sequence[Strip], onset: int | None) -> list[str]:
    names = [f"{one.service_name}: {one.label}" for one in strips]
    width = min(54, max(len(name) for name in names))
    return [
        f"  {words.clock(one.moved_unix_nano)} {words.offset(one.moved_unix_nano, onset):>11}  "
        f"{name[:width]:<{width}}  {sparkline(one.values):<{_DRAWN}}  "
        f"{words.quantity(one.healthy, one.unit)} → {words.quantity(one.peak, one.unit)}"
        for one, name in zip(strips, names, strict=True)
    ]


def _call_lines(calls: Sequence[CallChange]) -> list[str]:
    width = max(len(f"{one.caller} → {one.callee}") for one in calls)
    return [
        f"  {f'{one.caller} → {one.callee}':<{width}}  calls {one.calls_before:,} → {one.calls_after:,}, "
        f"median {_ms(one.median_before_ms)} → {_ms(one.median_after_ms)}, "
        f"failed {_share(one.failed_before)} → {_share(one.failed_after)}"
        for one in calls
    ]


def _claim_lines(claims: Sequence[Claim]) -> list[str]:
    found = []
    for one in claims[:MOST_CLAIMS]:
        found.append(_bullet(f"{'+' if one.supports else '-'} {one.statement}"))
        if one.entry:
            rows = words.plural(one.entry.rows, "row")
            found.append(f"      {one.entry.command} ({rows}, sha256 {one.entry.sha256[:12]})")
    if len(claims) > MOST_CLAIMS:
        found.append(f"  ... and {len(claims) - MOST_CLAIMS} weaker ones; --json gives all")
    return found


def _ms(value: float | None) -> str:
    return "-" if value is None else words.milliseconds(value)


def _share(value: float | None) -> str:
    return "-" if value is None else words.percent(value)
