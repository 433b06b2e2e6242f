"""PromQL of the share of bad events over one window."""

from __future__ import annotations

import textwrap

from workbench.detect.slo.model import Expression, Indicator, Query, Ratio, Raw


def share_expression(indicator: Indicator, window: str) -> str:
    """Return the share of bad events over a window such as 5m."""
    if isinstance(indicator, Raw):
        text = _over(indicator.query, window)
        return f"(1 - ({text}))" if indicator.is_success else f"({text})"
    if not isinstance(indicator, Ratio):
        raise TypeError(f"no PromQL for {indicator.kind}")
    total = _over(indicator.total, window)
    if indicator.bad is not None:
        return f"({_over(indicator.bad, window)})\n/\n({total})\n"
    good = textwrap.indent(_over(indicator.good, window), "      ")
    return f"(\n  1 - (\n    (\n{good}\n    )\n    /\n    (\n{textwrap.indent(total, '      ')}\n    )\n  )\n)\n"


def corrected_share(indicator: Ratio, window: str, labels: str) -> str:
    """Return the share of bad events, weighed by how much of the period's traffic the window holds."""
    bad = _bad(indicator, window)
    factor = f"slo:numerator_correction:ratio{window}{labels}"
    return f"(\n{factor}\n* on()\n{bad}\n)\n/\n({_over(indicator.total, window)})\n"


def correction(indicator: Ratio, window: str, period: str) -> str:
    """Return the window's share of the period's traffic."""
    return f"({_over(indicator.total, window)})/({_over(indicator.total, period)})"


def _bad(indicator: Ratio, window: str) -> str:
    if indicator.bad is not None:
        return _over(indicator.bad, window)
    return f"(({_over(indicator.total, window)}) - ({_over(indicator.good, window)}))"


def _over(query: Query | None, window: str) -> str:
    if not isinstance(query, Expression):
        raise TypeError("only queries of Prometheus become rules")
    return query.text.replace("{{.window}}", window)
