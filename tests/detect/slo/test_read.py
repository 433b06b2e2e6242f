"""Specifications of objectives: OpenSLO and sloth become one model; what is broken is told in one sentence each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.detect.slo.made import OPENSLO, SLOTH, faults, read
from workbench.detect.slo.export import to_openslo, to_yaml
from workbench.detect.slo.model import Alert, Budgeting, Calendar, Missing, Ratio, Raw, Rolling, Threshold
from workbench.detect.slo.workspace import shipped_files
from workbench.errors import BadInput


def test_openslo_is_read(tmp_path: Path) -> None:
    (one,) = read(tmp_path, OPENSLO).refuse().slos

    assert (one.key, one.objective, one.budgeting) == ("web/answers", 99.9, Budgeting.OCCURRENCES)
    assert one.window == Rolling(text="30d", seconds=30 * 86_400)
    assert isinstance(one.indicator, Ratio)
    assert one.indicator.bad
    assert one.indicator.bad.equals == {"service_name": "web", "status_code": "ERROR"}
    assert one.budget_share * 1000 == 1
    assert one.runs_here()


def test_sloth_is_read(tmp_path: Path) -> None:
    (one,) = read(tmp_path, SLOTH).refuse().slos

    assert (one.key, one.objective, one.labels) == ("web/answers", 99.9, {"team": "7"})
    assert one.window == Rolling(text="30d", seconds=30 * 86_400)
    assert one.alerting.name == "WebFails"
    assert one.alerting.page.labels == {"to": "pager"}
    assert not one.runs_here()


def test_the_kubernetes_form_of_sloth_writes_its_fields_in_camel_case(tmp_path: Path) -> None:
    text = """\
apiVersion: sloth.slok.dev/v1
kind: PrometheusServiceLevel
metadata: {name: web-slos, namespace: watch}
spec:
  service: web
  slos:
    - name: ready
      objective: 95
      sli: {raw: {errorRatioQuery: "avg(bad[{{.window}}])"}}
      alerting: {name: WebNotReady, ticketAlert: {disable: true}}
"""
    (one,) = read(tmp_path, text).refuse().slos

    assert isinstance(one.indicator, Raw)
    assert not one.indicator.is_success
    assert one.extras.kubernetes
    assert one.extras.kubernetes.namespace == "watch"
    assert [pair.severity for pair in one.pairs()] == ["page", "page"]


def test_documents_refer_to_each_other_across_files(tmp_path: Path) -> None:
    objective = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: quick, annotations: {causeway/missing: bad}}
spec:
  service: web
  indicatorRef: duration
  timeWindow: [{duration: 1w, calendar: {startTime: 2026-01-05 00:00:00, timeZone: Europe/Berlin}}]
  budgetingMethod: Timeslices
  objectives: [{op: lt, value: 500, target: 0.99, timeSliceTarget: 0.9, timeSliceWindow: 5}]
  alertPolicies: [{alertPolicyRef: wake}]
"""
    others = """\
apiVersion: openslo/v1
kind: SLI
metadata: {name: duration}
spec: {thresholdMetric: {metricSource: {metricSourceRef: here, spec: {table: spans, service_name: web}}}}
---
apiVersion: openslo/v1
kind: DataSource
metadata: {name: here}
spec: {type: causeway}
---
apiVersion: openslo/v1
kind: AlertPolicy
metadata: {name: wake}
spec: {alertWhenBreaching: true, conditions: [{conditionRef: fast}]}
---
apiVersion: openslo/v1
kind: AlertCondition
metadata: {name: fast}
spec: {severity: page, condition: {kind: burnrate, op: gte, threshold: 2, lookbackWindow: 1h, alertAfter: 5m}}
"""
    (one,) = read(tmp_path, objective, others).refuse().slos

    assert isinstance(one.indicator, Threshold)
    assert (one.indicator.op, one.indicator.value) == ("lt", 500)
    assert one.window == Calendar(count=1, unit="w", start="2026-01-05T00:00:00", zone="Europe/Berlin")
    assert (one.slice_s, one.slice_target, one.missing) == (300, 0.9, Missing.BAD)
    assert one.alerts == [Alert(name="fast", severity="page", op="gte", burn_rate=2, lookback_s=3600, after_s=300)]


def test_several_objectives_of_one_document_are_told_apart(tmp_path: Path) -> None:
    text = OPENSLO.replace("    - target: 0.999", "    - target: 0.999\n    - targetPercent: 95")

    assert [(one.name, one.objective) for one in read(tmp_path, text).slos] == [("answers-0", 99.9), ("answers-1", 95)]


def test_an_sli_plugin_is_read_by_the_query_that_somebody_wrote_down(tmp_path: Path) -> None:
    plugin = """\
apiVersion: causeway/v1
kind: SliPlugin
metadata: {name: ours/availability}
spec: {errorRatioQuery: 'avg(bad{job="{{.options.job}}"}[{{.window}}])'}
"""
    used = (
        SLOTH.split("      events:")[0]
        + "      plugin: {id: ours/availability, options: {job: web}}\n"
        + ("    alerting: {name: WebFails}\n")
    )

    (one,) = read(tmp_path, used, plugin).refuse().slos

    assert isinstance(one.indicator, Raw)
    assert one.indicator.query.text == 'avg(bad{job="web"}[{{.window}}])'
    assert "the option 'job' is missing" in faults(tmp_path, used.replace("{job: web}", "{}"), plugin)[0]


def test_windows_of_alerts_are_taken_for_objectives_of_their_period(tmp_path: Path) -> None:
    windows = """\
apiVersion: sloth.slok.dev/v1
kind: AlertWindows
spec:
  sloPeriod: 30d
  page:
    quick: {errorBudgetPercent: 1, shortWindow: 2m, longWindow: 30m}
    slow: {errorBudgetPercent: 2, shortWindow: 15m, longWindow: 3h}
  ticket:
    quick: {errorBudgetPercent: 5, shortWindow: 1h, longWindow: 12h}
    slow: {errorBudgetPercent: 5, shortWindow: 3h, longWindow: 36h}
"""
    (one,) = read(tmp_path, SLOTH, windows).refuse().slos

    assert [(pair.long_s, pair.short_s, pair.factor(one.period_s)) for pair in one.pairs()] == [
        (1800, 120, 14.4), (10_800, 900, 4.8), (43_200, 3600, 3.0), (129_600, 10_800, 1.0),
    ]  # fmt: skip


@pytest.mark.parametrize("text", [OPENSLO, SLOTH], ids=["openslo", "sloth"])
def test_what_is_exported_as_openslo_is_the_same_when_read_again(tmp_path: Path, text: str) -> None:
    before = read(tmp_path, text).refuse().slos
    after = read(tmp_path, to_yaml(to_openslo(before))).refuse().slos

    left_out = {"origin", "form", "form_name", "indicator_name", "alerting", "extras"}
    assert [one.model_dump(exclude=left_out) for one in after] == [one.model_dump(exclude=left_out) for one in before]


def test_the_shipped_samples_survive_the_way_through_openslo(tmp_path: Path) -> None:
    before = read(tmp_path, *(path.read_text(encoding="utf-8") for path in shipped_files())).refuse().slos
    after = read(tmp_path, to_yaml(to_openslo(before))).refuse().slos

    assert len(before) == 3
    assert [one.model_dump(exclude={"origin", "form_name"}) for one in after] == [
        one.model_dump(exclude={"origin", "form_name"}) for one in before
    ]


BROKEN = [
    pytest.param("target: 0.999", "target: 99.9", "objectives[0].target = 99.9: it has to be at least 0 and below 1; "
                 "write a share such as 0.999, or use targetPercent.", id="share-above-one"),
    pytest.param("target: 0.999", "targetPercent: 150", "targetPercent = 150: it has to be at least 0 and below 100",
                 id="percent-above-hundred"),
    pytest.param("target: 0.999", "displayName: x", "objectives[0].target: it is missing", id="no-target"),
    pytest.param("target: 0.999", "target: often", "target = often: a number is wanted here", id="no-number"),
    pytest.param("  timeWindow:\n    - duration: 30d\n      isRolling: true\n", "",
                 "spec.timeWindow: it is missing; an objective holds over a window", id="no-window"),
    pytest.param("30d", "30x", "duration = 30x: it is no duration; write a number from 1 on with m, h, d, w, M, Q or Y",
                 id="bad-duration"),
    pytest.param("30d", "0d", "duration = 0d: it is no duration", id="no-time"),
    pytest.param("isRolling: true", "isRolling: false", "calendar: a window that is not rolling wants calendar",
                 id="calendar-missing"),
    pytest.param("isRolling: true", "isRolling: maybe", "isRolling = maybe: true or false is wanted", id="no-flag"),
    pytest.param("isRolling: true", "calendar: {startTime: 2026-01-01 00:00:00, timeZone: Mars/Base}",
                 "no such time zone", id="time-zone"),
    pytest.param("isRolling: true", "calendar: {startTime: first of may, timeZone: UTC}", "it is no date with time",
                 id="start-time"),
    pytest.param("Occurrences", "Often", "budgetingMethod = Often: unknown; write one of Occurrences, Timeslices, "
                 "RatioTimeslices.", id="method"),
    pytest.param("Occurrences", "Timeslices", "timeslices want the length of a slice", id="no-slice"),
    pytest.param("  service: web\n", "", "spec.service: it is missing; name the service", id="no-service"),
    pytest.param("      ratioMetric:", "      thresholdMetric: {}\n      ratioMetric:",
                 "ratioMetric and thresholdMetric are both given", id="ratio-and-threshold"),
    pytest.param("        bad:", "        good: {metricSource: {type: x, spec: {}}}\n        bad:",
                 "good and bad are both given; keep one of them", id="good-and-bad"),
    pytest.param("service_name: web}", "servce: web}", "no such field", id="unknown-column"),
    pytest.param("table: spans, service_name: web}", "table: traces}", "table = traces: unknown; write one of spans",
                 id="unknown-table"),
    pytest.param("  indicator:\n    spec:", "  indicatorRef: gone\n  other:\n    spec:",
                 "indicatorRef = gone: no SLI has this name (no SLI was read); add the document, or mend the name.",
                 id="unresolved"),
    pytest.param("kind: SLO", "kind: SLI0", "kind = SLI0: unknown; write one of DataSource, SLO", id="kind"),
    pytest.param("openslo/v1", "openslo/v9", "this is no objective that is known here; write apiVersion openslo/v1",
                 id="version"),
    pytest.param("spec:\n  service", "spec:\n service: x\n  service", "it is not YAML", id="no-yaml"),
    pytest.param("  service: web\n", "  service: web\n  service: api\n", "is given twice; keep one", id="twice"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), BROKEN)
def test_a_broken_openslo_is_refused_with_one_sentence(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert OPENSLO.count(old)
    found = read(tmp_path, OPENSLO.replace(old, new))

    told = [*(one.text() for one in found.faults), *found.notes]
    assert [one for one in told if said in one], told
    assert all(one.startswith("spec-1.yaml") and one.endswith(".") for one in told)
    assert found.slos == [] or not found.faults


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("99.9", "120", "(answers), slos[0].objective = 120: it has to be above 0 and below 100"),
        ("99.9", "100", "100 leaves no error budget"),
        ("bad[{{.window}}]", "bad[5m]", "the query has no window; write {{.window}} where the range stands"),
        ("bad[", "{{.job}}[", "the query has {{.job}}, which nobody fills in"),
        ("      events:", "      raw: {error_ratio_query: x}\n      events:", "several are given; give exactly one of"),
        ("      name: WebFails\n", "", "alerting.name: it is missing; name the alerts, or disable page and ticket"),
        ("slos:", "slis:", "slos: it is missing; write at least one objective"),
    ],
)
def test_a_broken_sloth_is_refused_with_one_sentence(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert SLOTH.count(old)
    told = faults(tmp_path, SLOTH.replace(old, new))

    assert len([one for one in told if said in one]) == 1, told


def test_all_faults_come_at_once_and_the_good_objectives_stay(tmp_path: Path) -> None:
    second = SLOTH.replace("99.9", "0").replace("WebFails", "'  '").replace("service: web", "service: other")
    found = read(tmp_path, OPENSLO, second.replace("all[{{.window}}]", "all[1h]"))

    assert [one.key for one in found.slos] == ["web/answers"]
    assert [(one.file, one.line, one.field) for one in found.faults] == [
        ("spec-2.yaml", 6, "slos[0].objective"),
        ("spec-2.yaml", 10, "slos[0].sli.events.total_query"),
        ("spec-2.yaml", 12, "slos[0].alerting.name"),
    ]
    with pytest.raises(BadInput, match=r"objective = 0.*\n.*total_query"):
        found.refuse()


def test_two_objectives_of_one_name_are_refused_across_files(tmp_path: Path) -> None:
    told = faults(tmp_path, OPENSLO, SLOTH)

    assert told == [
        "spec-2.yaml, document 1 (answers), name = answers: service 'web' has an objective of this name in "
        "spec-1.yaml, document 1 already; rename one."
    ]


def test_a_calendar_window_in_minutes_is_taken_as_months_and_told(tmp_path: Path) -> None:
    calendar = "calendar: {startTime: 2026-01-01 00:00:00, timeZone: UTC}"
    found = read(tmp_path, OPENSLO.replace("30d", "1m").replace("isRolling: true", calendar))

    assert found.slos[0].window == Calendar(count=1, unit="M", start="2026-01-01T00:00:00", zone="UTC")
    assert found.notes == [
        "spec-1.yaml:13, spec.timeWindow[0].duration: m means minutes, and no calendar window is that short; "
        "taken as 1M (months). Write 1M."
    ]


def test_an_alias_of_itself_does_not_hang(tmp_path: Path) -> None:
    assert "perhaps an alias of itself" in faults(tmp_path, "a: &a [*a, *a]\n")[0]


def _paths(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if above:
        yield above
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from _paths(one, (*above, key))


@pytest.mark.parametrize("text", [OPENSLO, SLOTH], ids=["openslo", "sloth"])
@pytest.mark.parametrize("wrong", ["", "x", [], {"a": "b"}, ["-1"]], ids=repr)
def test_whatever_is_wrong_no_objective_is_dropped_in_silence(tmp_path: Path, text: str, wrong: Any) -> None:
    for path in _paths(yaml.safe_load(text)):
        changed = yaml.safe_load(text)
        holder = changed
        for key in path[:-1]:
            holder = holder[key]
        holder[path[-1]] = wrong

        found = read(tmp_path, yaml.safe_dump(changed))

        assert found.slos or found.faults, path
