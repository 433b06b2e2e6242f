"""What the columns of a dashboard's export are: metrics, or series of the one metric that the file is named after.

Grafana calls a file after its panel, and a column after its series: `CPU usage-data-2026-11-30 10_20_30.csv` has the
columns `checkout`, `payments`, or with the labels of the query, `{service="checkout"}`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from workbench.ingest.files import Found
from workbench.ingest.profile import WideRule
from workbench.semconv import MetricRole, metric_role

_SERIES = r"^(?P<service_name>.+?)(?:[ _.-](?P<statistic>[Pp]\d{2,3}))?$"
_LABELS = {
    **dict.fromkeys(("service", "service_name", "app", "deployment", "workload", "container", "job"), "service_name"),
    **dict.fromkeys(("instance", "host", "hostname", "node", "nodename"), "host_name"),
}
"""Label -> what it says, the best first."""
_NAMED = r"(?P<metric_name>[A-Za-z_:][\w:.]*)"
_EXPORTED = re.compile(r"-data(?:-as-[a-z]+)?(?:-\d{4}-.*)?$")
_BRACED = [
    (f'^{metric}\\{{(?:.*?[,{{ ])?{label}="(?P<{target}>[^":]+)[^"]*".*\\}}$', metric)
    for label, target in _LABELS.items()
    for metric in (_NAMED, "")
]
SAID = {
    _SERIES: "a series of what the file is named after",
    **{pattern: "labels in braces say whose it is" for pattern, _ in _BRACED},
}
"""What the patterns mean."""


def series_rule(
    file: Found, columns: Sequence[str], units: dict[str, str], exclude: tuple[str, ...]
) -> WideRule | None:
    """Return the rule for columns that are series; None for such as are metrics by their names.

    Args:
        file: Its name may be that of the metric.
        columns: Those with numbers.
        units: Of the cells, by column.
        exclude: Columns that are no metrics.
    """
    title = _EXPORTED.sub("", file.relative.rsplit("/", 1)[-1].removesuffix(file.suffix)).strip()
    if {units.get(name) for name in columns} == {"s"} and metric_role(title) is MetricRole.OTHER:
        title = f"{title} duration"
    fitting = [(name, metric) for name, metric in _BRACED if all(re.search(name, column) for column in columns)]
    if fitting:
        # A label that is the same for all series (`job="node"`) tells less than one that differs.
        name, metric = next((one for one in fitting if _differ(one[0], columns)), fitting[0])
        return WideRule(exclude=exclude, name=name, constants={} if metric else {"metric_name": title})
    told = any(metric_role(column) is not MetricRole.OTHER for column in columns)
    if told or metric_role(title) is MetricRole.OTHER or len(columns) < 2:
        return None
    return WideRule(exclude=exclude, name=_SERIES, constants={"metric_name": title})


def _differ(pattern: str, columns: Sequence[str]) -> bool:
    found = [re.search(pattern, column) for column in columns]
    return len({match.group(match.re.groups) for match in found if match}) > 1
