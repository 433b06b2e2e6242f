"""What stands out in saved texts: rare errors, failed commands, alerts with their dates, names that are not there."""

from __future__ import annotations

from tests.rca.test_runbook_examples import T0, frame
from workbench.facts.diagnosis import Verdict
from workbench.facts.telemetry import Case, Telemetry
from workbench.rca.by_signatures import is_for_signatures
from workbench.rca.diagnose import diagnose
from workbench.rca.notable import is_told_in_texts, notable
from workbench.semconv import Table


def states(*rows: tuple[str, str, str, str]) -> Telemetry:
    made = [
        {"object_kind": kind, "object_name": name, "attribute": attribute, "value": value, "attributes": "{}",
         "namespace": "shop", "row_id": at}
        for at, (kind, name, attribute, value) in enumerate(rows)
    ]  # fmt: skip
    return Telemetry(states=frame(Table.STATES, made))


def test_a_rare_error_among_many_lines_is_told_with_its_time_and_count() -> None:
    bodies = ["order handled"] * 5000 + ["ledger 7 is wrong", "ledger 9 is wrong"]
    logs = [
        {"row_id": at, "time_unix_nano": T0 + at * 10**9, "service_name": "cart", "body": body, "attributes": "{}",
         "severity_number": 17 if "wrong" in body else 9}
        for at, body in enumerate(bodies)
    ]  # fmt: skip

    said = notable(Telemetry(logs=frame(Table.LOGS, logs)))

    assert said == ['cart says 2 times, first at 2023-11-14 23:36:40 UTC: "ledger 7 is wrong"']


def test_a_misspelt_name_is_told_with_the_one_that_exists() -> None:
    said = notable(
        states(
            ("application", "shop", "message", 'namespaces "payments-prods" not found'),
            ("namespace", "payments-prod", "status.phase", "Active"),
        )
    )

    assert said == [
        'The namespace "payments-prods" does not exist, but "payments-prod" does: '
        'the name may be misspelt, "payments-prods" should perhaps be "payments-prod".'
    ]


def test_a_misspelt_command_is_told_with_the_one_that_was_meant() -> None:
    told = 'exec: "pyhton3": executable file not found in $PATH: unknown'

    said = notable(states(("container", "cart-1/cart", "status.containerStatuses.state.waiting.message", told)))

    assert said == ['The command "pyhton3" was not found; it may be misspelt, and "python3" meant.']


def test_a_name_that_is_there_is_not_called_misspelt() -> None:
    said = notable(
        states(
            (
                "command",
                "kubectl logs cart-1",
                "error",
                'previous terminated container "app" in pod "cart-1" not found',
            ),
            ("pod", "cart-1", "status.phase", "Running"),
            ("pod", "cart-2", "status.phase", "Running"),
        )
    )

    assert [line for line in said if "misspelt" in line] == []


def test_alerts_and_changes_are_told_with_their_dates() -> None:
    events = [
        {"time_unix_nano": T0, "event_name": "HighLoad", "summary": "load is 40", "attributes": '{"type": "Alert"}',
         "service_instance_id": "cart-1"},
        {"time_unix_nano": T0 + 10**9, "event_name": "deployment", "summary": "version 8", "attributes": "{}",
         "service_name": "cart"},
    ]  # fmt: skip

    assert notable(Telemetry(events=frame(Table.EVENTS, events))) == [
        "Alert HighLoad for cart-1 began at 2023-11-14 22:13:20 UTC: load is 40",
        "At 2023-11-14 22:13:21 UTC deployment of cart: version 8",
    ]


def test_series_and_traces_alone_are_no_texts() -> None:
    metrics = frame(Table.METRICS, [{"time_unix_nano": T0, "metric_name": "cpu", "value": 1.0}])

    assert not is_told_in_texts(Telemetry(metrics=metrics))
    assert is_told_in_texts(states(("pod", "cart-1", "status.phase", "Running")))


def test_one_line_that_names_a_known_failure_is_a_verdict_where_logs_are_all_there_is() -> None:
    bodies = ["handled order"] * 400 + ["java.lang.OutOfMemoryError: Java heap space"] + ["handled order"] * 100
    logs = [
        {"row_id": at, "time_unix_nano": T0 + at * 10**9, "service_name": "cart", "body": body, "attributes": "{}",
         "severity_number": 17 if "Error" in body else 9}
        for at, body in enumerate(bodies)
    ]  # fmt: skip

    found = diagnose(Case("one", Telemetry(logs=frame(Table.LOGS, logs))))

    assert (found.verdict, [mode.signature_id for mode in found.failure_modes]) == (
        Verdict.INCIDENT,
        ["jvm-heap-exhausted"],
    )


def test_a_note_beside_metrics_does_not_put_the_metrics_aside() -> None:
    note = states(("log", "notes", "log.line", "call me when it is back"))
    metrics = frame(Table.METRICS, [{"time_unix_nano": T0, "metric_name": "cpu", "value": 1.0}])

    assert is_for_signatures(Case("a", note))
    assert not is_for_signatures(Case("a", Telemetry(states=note.states, metrics=metrics)))
