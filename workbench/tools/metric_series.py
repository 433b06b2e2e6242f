"""The verbs of looking at metrics: which there are, and their series over time beside an earlier stretch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from workbench.errors import BadInput, NotFound
from workbench.guard.tool import tool
from workbench.semconv import NANOS_PER_SECOND, Table
from workbench.store.explore import metrics
from workbench.store.explore.metrics import By, MetricFilter, MetricName, MetricRange, Series
from workbench.tools.arguments import Limit
from workbench.tools.texts import Listing, columns, count, duration, utc
from workbench.tools.time_range import Buckets, time_range

if TYPE_CHECKING:
    from workbench.core import Workbench

MostSeries = Annotated[int, Field(ge=1, le=500)]


class Metrics(Listing[MetricName]):
    """The metrics of a workspace, by name."""

    def text(self) -> str:
        """Return one line for each."""
        if not len(self):
            return "There are no metrics yet."
        rows = [
            (one.metric_name, one.unit or "-", f"{one.series:,}", f"{one.points:,}", utc(one.start_unix_nano),
             utc(one.end_unix_nano), ", ".join(one.services[:3]) + (" …" if len(one.services) > 3 else ""))
            for one in self
        ]  # fmt: skip
        return columns(("METRIC", "UNIT", "SERIES", "POINTS", "FROM", "TO", "SERVICES"), rows, right=(2, 3))


class MetricChart(MetricRange):
    """Series over time, and the same an earlier stretch before."""

    earlier: list[Series] = []
    """Shifted by `shift_s`, so that they lie on the same times."""
    shift_s: float = 0.0

    def text(self) -> str:
        """Return one line for each series."""
        if not self.series:
            return f"{self.metric_name}: no points in this stretch of time."
        head = f"{self.metric_name}{f' ({self.unit})' if self.unit else ''}: {count(self.points, 'point')} in buckets"
        rows = [
            (one.name, f"{min(one.low):,.6g}", f"{sum(one.mean) / len(one.mean):,.6g}", f"{max(one.high):,.6g}",
             f"{one.mean[-1]:,.6g}")
            for one in self.series
        ]  # fmt: skip
        lines = [f"{head} of {duration(self.step_ns / 1e9)}", ""]
        lines.append(columns(("SERIES", "LOWEST", "MEAN", "HIGHEST", "LAST"), rows, right=(1, 2, 3, 4)))
        return "\n".join(lines + [f"... and {self.left_out:,} more series; --most shows more"] * bool(self.left_out))


@tool(risk="read", command="metrics list", positional=("text",))
def list_metrics(
    wb: Workbench, text: str = "", service: list[str] | None = None, scope: str = "", limit: Limit = 200
) -> Metrics:
    """List the metrics with their services, number of series and points.

    Args:
        text: A part of the name.
        service: Only metrics of these services.
        scope: Only this data set.
        limit: At most so many.
    """
    wanted = MetricFilter(services=service or [], scope=scope)
    return Metrics(metrics.names(wb.store, wanted, text=text, limit=limit))


@tool(risk="read", command="metrics show", positional=("metric_name",))
def metric_chart(
    wb: Workbench,
    metric_name: str,
    start: str = "",
    end: str = "",
    service: list[str] | None = None,
    instance: list[str] | None = None,
    host: list[str] | None = None,
    statistic: list[str] | None = None,
    by: list[By] | None = None,
    buckets: Buckets = 600,
    most: MostSeries = 12,
    compare_s: float = 0.0,
    scope: str = "",
) -> MetricChart:
    """Show the series of a metric: lowest, mean and highest value of each bucket, however many points there are.

    Args:
        metric_name: Its name; `causeway metrics list` lists them.
        start: First time, or back from the newest point as -15m; left out: from the first point.
        end: The time before which points are wanted.
        service: Only series of these services.
        instance: Only series of these instances.
        host: Only series of these hosts.
        statistic: Only these statistics.
        by: What makes a series of its own: service, instance, host, peer, statistic; service when left out.
        buckets: At most so many per series.
        most: At most so many series: those with the highest values.
        compare_s: With the same series so many seconds earlier, such as 86400 for yesterday.
        scope: Only this data set.
    """
    span = time_range(wb, Table.METRICS, start, end, scope)
    if span is None or not metrics.names(wb.store, MetricFilter(metric_name=metric_name, scope=scope), limit=1):
        raise NotFound("metric", metric_name, hint="`causeway metrics list` lists them")
    if compare_s < 0:
        raise BadInput(f"compare_s = {compare_s:g} has to be 0 or more", where="metrics show")
    wanted = MetricFilter(
        metric_name=metric_name, start_unix_nano=span.start, end_unix_nano=span.end, services=service or [],
        instances=instance or [], hosts=host or [], statistics=statistic or [], scope=scope,
    )  # fmt: skip
    told_apart: tuple[By, ...] = tuple(by) if by else ("service",)
    found = metrics.read(wb.store, wanted, by=told_apart, buckets=buckets, most=most)
    earlier: list[Series] = []
    if compare_s:
        shift = int(compare_s * NANOS_PER_SECOND)
        past = wanted.model_copy(update={"start_unix_nano": span.start - shift, "end_unix_nano": span.end - shift})
        before = metrics.read(wb.store, past, by=told_apart, buckets=buckets, most=500)
        shown = {one.name for one in found.series}
        earlier = [_shifted(one, shift) for one in before.series if one.name in shown]
    return MetricChart(**dict(found), earlier=earlier, shift_s=compare_s)


def _shifted(one: Series, shift: int) -> Series:
    return one.model_copy(update={"times_unix_nano": [at + shift for at in one.times_unix_nano]})
