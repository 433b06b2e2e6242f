"""Rules of a user: every fault is one sentence, and a rule does what its words say."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.detect.correlate.rules import FILE_NAME, Rule, load_rules, parse_rule, parse_rules, save_rules
from workbench.detect.correlate.sorting import sort_signals
from workbench.detect.correlate.trial import try_rules
from workbench.detect.group import open_incidents
from workbench.errors import BadInput
from workbench.facts.diagnosis import IncidentKind
from workbench.facts.incident import Anomaly, Incident
from workbench.semconv import NANOS_PER_SECOND
from workbench.store import anomalies as anomaly_rows
from workbench.store import groupings, incidents
from workbench.store.db import Store

START = 1_700_000_000 * NANOS_PER_SECOND


def seen(service: str, at_s: float = 0, **changes: object) -> Anomaly:
    values = {
        "detector": "error_rate", "kind": IncidentKind.ERROR, "service_name": service, "score": 0.8, "value": 0.3,
        "time_unix_nano": START + int(at_s * NANOS_PER_SECOND), "expected": 0.01, "scope": "s",
        "summary": f"{service} fails at {at_s:g}",
    }  # fmt: skip
    return Anomaly.model_validate(values | changes)


def rule(**settings: object) -> Rule:
    found, faults = parse_rule({"name": "r", **settings}, "rule")
    assert found is not None, faults
    return found


def group(store: Store, anomalies: list[Anomaly], *rules: Rule) -> list[Incident]:
    return open_incidents(store, anomalies, edges=lambda *_: [], rules=rules)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"when": "servise == 'db'"}, "there is no field 'servise'; there are service, kind,"),
        ({"when": "service = 'db'"}, "Write == to compare"),
        ({"when": "severity > 3"}, "cannot be computed: '>' not supported"),
        ({"when": "score"}, "gives 0.8; a condition has to give true or false"),
        ({"when": "__import__('os')"}, "there is no function __import__()"),
        ({"when": 'matches(summary, "(")'}, "cannot be computed: missing )"),
        ({"within": "soon"}, "within = 'soon': has to be a time such as 300, 5m or 1h"),
        ({"action": "delete"}, "action = 'delete': Input should be 'open', 'attach' or 'suppress'"),
        ({"group_by": ["color"]}, "there is no field 'color'"),
        ({"signals": 0}, "signals = 0: Input should be greater than or equal to 1"),
        ({"services": 3}, "3 services cannot be seen in 1 signal(s); raise `signals`"),
        ({"colour": "red"}, "there is no setting 'colour'; there are name, when,"),
        ({"since": "2026-01-31T02:00:00Z"}, "`since` and `until` are for `action: suppress` only"),
        ({"action": "suppress", "since": "2026-01-31T02:00:00"}, "needs a time zone"),
        ({"action": "attach", "signals": 2}, "are for `action: open` only"),
        ({"name": ""}, "name = ''"),
    ],
    ids=str,
)
def test_each_fault_is_one_sentence(settings: dict[str, object], said: str) -> None:
    found, faults = parse_rule({"name": "r", **settings}, "rule 1")

    assert found is None
    assert len(faults) == 1
    assert said in faults[0]


def test_a_file_names_every_fault_with_its_rule() -> None:
    text = "rules:\n- {name: a, within: x}\n- {when: 'True'}\n- 7\n- {name: b}\n- {name: b}\n"

    rules, faults = parse_rules(text, "correlation.yaml")

    assert [one.name for one in rules] == ["b"]
    assert faults == [
        "correlation.yaml: rule 1 'a': within = 'x': has to be a time such as 300, 5m or 1h",
        "correlation.yaml: rule 2: `name` is missing",
        "correlation.yaml: rule 3: has to be settings such as `name: ...`, not 7",
        "correlation.yaml: rule 5: the name 'b' is taken by an earlier rule",
    ]
    assert parse_rules("rules: [", "f")[1][0].startswith("f: is not YAML")
    assert parse_rules("- 1", "f")[1] == ["f: has to hold `rules:` with a list of rules and nothing else"]
    assert parse_rules("", "f") == parse_rules("rules:", "f") == ([], [])


def test_rules_survive_being_written_and_read(tmp_path: Path) -> None:
    rules = [
        rule(when='service in ["db"] and not contains(summary, "x")', within="10m", group_by=["label.pod"]),
        rule(name="quiet", action="suppress", since="2026-01-31T02:00:00Z", until="2026-01-31T04:00:00+01:00"),
    ]

    save_rules(tmp_path, rules)

    assert load_rules(tmp_path) == rules
    assert load_rules(None) == load_rules(tmp_path / "nowhere") == []
    (tmp_path / FILE_NAME).write_text("rules: [{name: a, within: x}]")
    with pytest.raises(BadInput, match=r"within = 'x'.*rule check"):
        load_rules(tmp_path)


@pytest.mark.parametrize(
    ("when", "services"),
    [
        ("service == 'db'", ["db"]),
        ("service in ['db', 'web'] and kind != 'latency'", ["db", "web"]),
        ("not (severity == 'critical')", []),
        ("contains(lower(summary), 'db FAILS') or startswith(service, 'w')", ["web"]),
        ('matches(summary, "^(web|db) ")', ["db", "web"]),
        ('col("label.pod") == "p1"', ["mail"]),
        ("value / expected > 29 and score >= 0.8", ["db", "mail", "web"]),
        ("if_else(service == 'db', True, False)", ["db"]),
    ],
)
def test_a_rule_takes_the_signals_that_its_condition_holds_for(when: str, services: list[str]) -> None:
    given = [seen("web"), seen("db", 1), seen("mail", 2, labels={"pod": "p1"})]

    found = sort_signals(given, [rule(when=when)], {})

    assert sorted(one.service_name for group in found.groups for one in group.signals) == services
    assert len(found.rest) == 3 - len(services)


def test_an_incident_opens_only_once_enough_different_signals_of_enough_services_came(store: Store) -> None:
    needs = rule(signals=3, services=2, within="60s", title="Storage trouble")

    assert group(store, [seen("db", at) for at in (0, 10, 20, 30)], needs) == []
    assert group(store, [seen("db", 5, kind=IncidentKind.LATENCY)], needs) == []
    [one] = group(store, [seen("cart", 40)], needs)

    assert (one.title, one.anomaly_count, one.opened_unix_nano) == ("Storage trouble", 6, START)
    why = [(change.grouped_by, change.why) for change in groupings.history(store, one.incident_id)]
    assert why == [("rule:r", "rule 'r': 3 different signals of 2 services"), ("rule:r", "rule 'r'")]
    [same] = group(store, [seen("mail", 80)], needs)
    assert (same.incident_id, same.anomaly_count) == (one.incident_id, 7)


def test_signals_of_other_values_or_too_far_apart_do_not_count_together(store: Store) -> None:
    needs = rule(signals=2, within="60s", group_by=["label.zone"])
    a, b = {"zone": "a"}, {"zone": "b"}

    found = group(
        store,
        [seen("db", 0, labels=a), seen("web", 5, labels=b), seen("web", 61, labels=a), seen("cart", 70, labels=a)],
        needs,
    )

    assert [(one.fingerprint, one.anomaly_count) for one in found] == [("s|rule:r|a", 2)]


def test_attach_joins_a_running_incident_and_opens_none(store: Store) -> None:
    joins = rule(when="kind == 'latency'", action="attach", group_by=["scope"])
    slow = seen("mail", 10, kind=IncidentKind.LATENCY)

    assert group(store, [slow], joins) == []
    [one] = group(store, [seen("db", 20), slow], joins)

    assert (one.service_name, one.anomaly_count) == ("db", 2)


def test_a_maintenance_window_keeps_signals_out_and_they_can_be_grouped_later(store: Store) -> None:
    quiet = rule(action="suppress", when="service == 'db'", since="2023-11-14T22:13:20Z", until="2023-11-14T22:14:20Z")
    given = [seen("db", -1), seen("db", 0), seen("db", 59), seen("web", 5), seen("db", 60)]

    found = group(store, given, quiet)
    group(store, given, quiet)

    assert [(one.service_name, one.anomaly_count) for one in found] == [("db", 2), ("web", 1)]
    assert len(anomaly_rows.without_incident(store)) == 2
    with store.connection() as cursor:
        said = cursor.execute("SELECT action, grouped_by FROM incident_changes WHERE incident_id = ''").fetchall()
    assert said == [("suppressed", "rule:r")]

    [later] = group(store, anomaly_rows.without_incident(store))
    assert later.anomaly_count == 4


def test_a_trial_tells_what_would_have_been_and_changes_nothing(store: Store) -> None:
    [before] = group(store, [seen("db"), seen("db", 30), seen("db", 60, kind=IncidentKind.LATENCY)])
    group(store, [seen("web", 20, firing=False)])

    found = try_rules(store, [rule(when="service == 'db'", signals=2, group_by=["service"])])

    [one] = found
    assert (one.outcome, one.key, one.signals, one.rows, one.services, one.now_in) == (
        "opened", {"service": "db"}, 2, 3, ["db"], [before.incident_id],
    )  # fmt: skip
    assert incidents.latest(store) == [before]
    assert try_rules(store, [rule(when="service == 'nobody'")]) == []
