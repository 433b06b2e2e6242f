"""Prometheus rules: the names, expressions and labels that sloth's dashboards and alerts rely on."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.detect.slo.made import OPENSLO, SLOTH, read, slo
from workbench.detect.slo.durations import prometheus, prometheus_s, shorthand_s, spoken
from workbench.detect.slo.export import to_yaml
from workbench.detect.slo.model import Budgeting
from workbench.detect.slo.rule_settings import Extras, Kubernetes
from workbench.detect.slo.rules import groups_of, number, rule_documents, why_no_rules


def test_three_groups_for_each_objective(tmp_path: Path) -> None:
    (one,) = read(tmp_path, SLOTH).slos

    groups = groups_of(one, {"env": "test"})

    assert [(group["name"], len(group["rules"])) for group in groups] == [
        ("sloth-slo-sli-recordings-web-answers", 8),
        ("sloth-slo-meta-recordings-web-answers", 7),
        ("sloth-slo-alerts-web-answers", 2),
    ]
    assert groups[0]["rules"][0] == {
        "record": "slo:sli_error:ratio_rate5m",
        "expr": "(sum(rate(bad[5m])))\n/\n(sum(rate(all[5m])))\n",
        "labels": {
            "env": "test", "sloth_id": "web-answers", "sloth_service": "web", "sloth_slo": "answers",
            "sloth_window": "5m", "team": "7",
        },
    }  # fmt: skip
    assert groups[0]["rules"][-1]["record"] == "slo:sli_error:ratio_rate30d"
    assert groups[1]["rules"][0]["expr"] == "vector(0.9990000000000001)"


def test_an_alert_wants_both_windows_of_either_pair(tmp_path: Path) -> None:
    (one,) = read(tmp_path, SLOTH).slos

    page, ticket = groups_of(one, {})[2]["rules"]

    assert page["labels"] == {"sloth_severity": "page", "to": "pager"}
    assert "".join(page["expr"].split()).count("without(sloth_window)") == 4
    assert "ratio_rate1h" in page["expr"]
    assert "(14.4 * 0.0009999999999999432)" in page["expr"]
    assert "ratio_rate3d" in ticket["expr"]
    assert "{{$labels.sloth_slo}} SLO error budget burn rate is too fast." in ticket["annotations"]["title"]


def test_the_period_scales_the_factors(tmp_path: Path) -> None:
    from workbench.detect.slo.read import read_specs

    (tmp_path / "spec.yaml").write_text(SLOTH)
    (one,) = read_specs([tmp_path / "spec.yaml"], period_s=28 * 86_400).slos

    groups = groups_of(one, {})

    assert "(13.44 * " in groups[2]["rules"][0]["expr"]
    assert groups[0]["rules"][-1]["record"] == "slo:sli_error:ratio_rate4w"
    assert groups[1]["rules"][2]["expr"] == "vector(28)"


def test_a_kubernetes_object_becomes_one(tmp_path: Path) -> None:
    (one,) = read(tmp_path, SLOTH).slos
    extras = Extras(kubernetes=Kubernetes(name="web-slos", namespace="watch"), info_labels={"tier": "1"},
                    intervals={"alert": "11s"})  # fmt: skip

    (document,) = rule_documents([one.model_copy(update={"extras": extras})])

    assert (document["kind"], document["metadata"]["name"]) == ("PrometheusRule", "web-slos")
    groups = document["spec"]["groups"]
    assert [group.get("interval") for group in groups] == [None, None, "11s"]
    assert groups[1]["rules"][-1]["labels"]["tier"] == "1"


def test_objectives_that_prometheus_cannot_watch_say_why(tmp_path: Path) -> None:
    (own,) = read(tmp_path, OPENSLO).slos
    (other,) = read(tmp_path, SLOTH).slos

    assert "this workspace's telemetry" in why_no_rules(own)
    assert "timeslices" in why_no_rules(other.model_copy(update={"budgeting": Budgeting.TIMESLICES}))
    assert why_no_rules(other) == ""


def test_yaml_comes_back_as_it_was(tmp_path: Path) -> None:
    documents = rule_documents(read(tmp_path, SLOTH).slos)

    assert list(yaml.safe_load_all(to_yaml(documents))) == documents


def test_numbers_are_written_as_go_does() -> None:
    assert [number(value) for value in (6.0, 14.4, 1 - (100 - 99.99) / 100)] == ["6", "14.4", "0.9998999999999999"]


@pytest.mark.parametrize(
    ("seconds", "text"), [(300, "5m"), (86_400, "1d"), (30 * 86_400, "30d"), (28 * 86_400, "4w"), (129_600, "1d12h")]
)
def test_durations_of_prometheus(seconds: int, text: str) -> None:
    assert (prometheus(seconds), prometheus_s(text)) == (text, seconds)


def test_durations_that_are_none() -> None:
    assert [shorthand_s(text) for text in ("", "1", "d", "0d", "-1d", "1.5d", "1 d", "1dd", "99999999Y")] == [None] * 9
    assert [prometheus_s(text) for text in ("", "1", "0s", "1s1h", "1ms")] == [None] * 5
    assert [spoken(seconds) for seconds in (86_400, 5400, 90, 0.5)] == ["1 day", "1 h 30 min", "1 min 30 s", "0.5 s"]


def test_short_periods_have_shorter_windows() -> None:
    from workbench.detect.slo.model import Rolling

    day = slo(window=Rolling(text="1d", seconds=86_400))
    week = slo(window=Rolling(text="1w", seconds=7 * 86_400))

    assert [(pair.long_s, pair.short_s) for pair in day.pairs()][:2] == [(120, 10), (720, 60)]
    assert [round(pair.factor(week.period_s), 2) for pair in week.pairs()] == [13.44, 3.5, 1.4, 0.98]
