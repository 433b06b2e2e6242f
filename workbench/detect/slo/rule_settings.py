"""What only exported rules need: names, labels and annotations of alerts, and what sloth's plugins change."""

from __future__ import annotations

from workbench.facts.evidence import Frozen


class Notice(Frozen):
    """How an exported page or ticket alert is named and labelled."""

    enabled: bool = True
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}


class Alerting(Frozen):
    """Names, labels and annotations of exported alerts."""

    name: str = ""
    page: Notice = Notice()
    ticket: Notice = Notice()


class Kubernetes(Frozen):
    """The object that a specification was, so that its rules become one too."""

    name: str
    namespace: str = ""
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}


class Extras(Frozen):
    """What only Prometheus rules need."""

    kubernetes: Kubernetes | None = None

    info_labels: dict[str, str] = {}
    intervals: dict[str, str] = {}
    """Evaluation interval of the groups `sli`, `metadata` and `alert`."""
    denominator_corrected: bool = False
    """Weigh each short window by its share of the whole period's events."""
