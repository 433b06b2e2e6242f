"""Small words of SVG that the charts share: escaped text, round ticks, cut labels."""

from __future__ import annotations

import math
from html import escape

from workbench.semconv import NANOS_PER_SECOND

_TIME_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400)


def text(x: float, y: float, words: str, css: str = "", anchor: str = "start", title: str = "") -> str:
    """Return a text element; the words are escaped. With a title the whole text shows on hover."""
    inner = escape(words) + (f"<title>{escape(title)}</title>" if title else "")
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{css}" text-anchor="{anchor}">{inner}</text>'


def frame(width: float, height: float, label: str, inner: str, css: str) -> str:
    """Return an SVG image that scales with its place and tells screen readers what it shows."""
    return (
        f'<svg class="chart {css}" viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
        f'aria-label="{escape(label)}" xmlns="http://www.w3.org/2000/svg">{inner}</svg>'
    )


def cut(words: str, most: int) -> str:
    """Return the words, with `…` in the place of what is beyond `most` characters."""
    return words if len(words) <= most else words[: most - 1] + "…"


def round_ticks(high: float, count: int = 4) -> list[float]:
    """Return about `count` round numbers from 0 to at least `high`."""
    if not math.isfinite(high) or high <= 0:
        return [0.0, 1.0]
    raw = high / count
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= raw - 1e-12)
    return [step * number for number in range(math.ceil(high / step - 1e-9) + 1)]


def time_ticks(start: int, end: int, most: int) -> list[int]:
    """Return round UTC times in nanoseconds between start and end, at most `most`."""
    seconds = (end - start) / NANOS_PER_SECOND
    step = next((one for one in _TIME_STEPS_S if seconds / one <= most), _TIME_STEPS_S[-1]) * NANOS_PER_SECOND
    first = -(-start // step) * step
    return list(range(first, end + 1, step))


def short_number(value: float) -> str:
    """Return an axis label: `1.5k`, `20`, `0.05`."""
    for limit, sign in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= limit:
            return f"{value / (1e3 if sign == 'k' else limit):.3g}{sign}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
