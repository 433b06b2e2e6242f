"""Profiles: the builtin ones are valid, faults are named, what was inferred can be saved and used."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ingest.conftest import T0, Rows, Write
from workbench.errors import BadInput, ProfileError
from workbench.ingest import explain, import_paths, load_profile, profiles, save_profile
from workbench.ingest.importer import plans, profile_of
from workbench.ingest.profile import Profile
from workbench.store.db import Store


def test_builtin_profiles_are_valid_and_described() -> None:
    found = {profile.name: profile for profile in profiles()}

    assert {"otlp", "jaeger", "prometheus", "text_logs", "csv_records", "json_lines", "parquet", "wide_metrics"} <= set(
        found
    )
    assert {"multi_header_metrics", "call_graph", "nezha_tt", "nezha_ob", "petshop"} <= set(found)
    assert all(profile.description.endswith(".") and profile.files for profile in found.values())
    assert all(load_profile(name).name == name for name in found)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("name: [", "not YAML", id="no-yaml"),
        pytest.param("name: x\nfiles: [{formt: csv}]", r"files\.0\.formt: Extra inputs", id="misspelt"),
        pytest.param(
            "name: x\nfiles: [{format: xml}]", r"files\.0\.format: Input should be 'csv'", id="unknown-format"
        ),
        pytest.param(
            "name: x\nfiles: [{table: logs, columns: {sevrity: a}}]",
            "table logs has no column 'sevrity'; it has",
            id="column",
        ),
        pytest.param(
            "name: x\nfiles: [{time: {column: t, zone: Mars/Base}}]", "'Mars/Base' is no time zone", id="zone"
        ),
        pytest.param("name: x\nfiles: [{wide: {name: '('}}]", "is no regular expression", id="pattern"),
        pytest.param(
            "name: x\nfiles: [{columns: {body: {separator: _}}}]", "say `column: NAME`", id="column-without-origin"
        ),
    ],
)
def test_a_fault_in_a_profile_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text)

    with pytest.raises(ProfileError, match=message) as caught:
        load_profile(path)

    assert caught.value.where == str(path)
    assert caught.value.hint


def test_an_unknown_profile_names_the_known_ones() -> None:
    with pytest.raises(ProfileError, match=r"no profile 'nezah'\. Builtin profiles: .*nezha_tt.*petshop"):
        load_profile("nezah")


def test_a_column_that_the_file_lacks_is_named_with_those_it_has(store: Store, write: Write) -> None:
    profile = Profile.model_validate(
        {"name": "p", "files": [{"table": "logs", "time": {"column": "when"}, "columns": {"body": "txt"}}]}
    )
    path = write("logs.csv", "when,text\n1700000000,x\n")

    with pytest.raises(ProfileError, match=r"logs\.csv: there is no column 'txt'\. The file has: when, text"):
        import_paths(store, [path], profile=profile)


def test_a_profile_that_fits_no_file_says_what_it_reads(store: Store, write: Write) -> None:
    path = write("logs.csv", "time,message\n1700000000,x\n")

    with pytest.raises(ProfileError, match=r"profile 'petshop' fits no file\. It reads: \*metrics\.csv, \*graph\.csv"):
        import_paths(store, [path], profile="petshop")


def test_each_transform(store: Store, write: Write, rows: Rows) -> None:
    columns = {
        "service_name": {"column": "pod", "strip_suffix_parts": 2},
        "service_instance_id": {"column": "pod", "pattern": "-([a-z0-9]+)$"},
        "host_name": {"column": "node", "empty_if": ["none"]},
        "body": {"column": "payload", "unwrap_json": "log"},
        "severity_text": {"column": "payload", "unwrap_json": "log", "level_word": True},
        "trace_id": {"constant": "it's"},
    }
    rule = {"table": "logs", "time": {"column": "t", "fallback": "t2"}, "columns": columns, "attributes": ["node"]}
    content = (
        "t,t2,pod,node,payload\n"
        '1700000000,,a-b-1-2,none,"{""log"":""10:00 ERROR x\\n""}"\n'
        "-5,2023-11-14T22:13:21Z,short,n1,plain\n"
    )
    import_paths(store, [write("x.csv", content)], profile=Profile.model_validate({"name": "p", "files": [rule]}))

    assert rows(
        "SELECT time_unix_nano, service_name, service_instance_id, host_name, body, severity_text, trace_id, "
        "attributes "
        "FROM logs ORDER BY row_id"
    ) == [
        (T0, "a-b", "2", "", "10:00 ERROR x", "ERROR", "it's", '{"node": "none"}'),
        (T0 + 10**9, "short", "", "n1", "plain", "", "it's", '{"node": "n1"}'),
    ]


def test_rows_that_come_twice_are_left_out_and_counted(store: Store, write: Write, rows: Rows) -> None:
    rule = {
        "table": "spans",
        "time": {"column": "start"},
        "columns": {"trace_id": "trace", "span_id": "span"},
        "unique": ["trace_id", "span_id"],
    }
    content = "start,trace,span\n1700000000,t,a\n1700000001,t,a\n1700000002,u,a\n"
    profile = Profile.model_validate({"name": "p", "files": [rule]})
    report = import_paths(store, [write("x.csv", content)], profile=profile)

    assert (report.rows, report.sources[0].duplicates, report.rejected) == ({"spans": 2}, 1, 0)
    assert rows("SELECT source_line FROM spans ORDER BY 1") == [(2,), (4,)]


def test_what_was_inferred_can_be_saved_and_gives_the_same_rows(
    store: Store, write: Write, rows: Rows, tmp_path: Path
) -> None:
    write("logs.csv", "time,pod,message\n1700000000,web-5f55b6cf68-77cfw,hello\n")
    folder = write("m.csv", "ts,service,cpu,mem (By)\n1700000000,web,1,2\n").parent
    planned, _ = plans([folder])
    save_profile(profile_of(planned, "mine"), tmp_path / "mine.yaml")

    inferred = import_paths(store, [folder], scope="inferred")
    named = import_paths(store, [folder], scope="named", profile=tmp_path / "mine.yaml")

    assert named.rows == inferred.rows == {"logs": 1, "metrics": 2}
    query = (
        "SELECT time_unix_nano, metric_name, service_name, unit, value FROM metrics JOIN sources USING (source_id) "
        "WHERE scope = '{}' ORDER BY metric_name"
    )
    seen = [rows(query.format(name)) for name in ("inferred", "named")]
    assert seen[0] == seen[1] == [(T0, "cpu", "web", "", 1.0), (T0, "mem", "web", "By", 2.0)]
    assert load_profile(tmp_path / "mine.yaml").files[0].match == ("logs.csv", "*/logs.csv")


def test_the_explanation_says_format_table_mapping_time_and_why(write: Write) -> None:
    found = explain([write("logs.csv", "time,pod,message\n1700000000123,web-5f55b6cf68-77cfw,hello\n")])

    assert found[0].text().splitlines()[1:] == [
        "  format   csv -> logs",
        "  time     time: epoch in ms, by the magnitude of its median; others row by row; UTC",
        "  service_instance_id <- pod",
        "  body                <- message",
        "  service_name        <- pod (component: 'service')",
        "  severity_text       <- message (failure_words: True)",
        "  why      3 columns divided by ','",
        "  why      2 columns by their names",
        "  why      the service is 'pod' without what Kubernetes puts behind it",
        "  why      no record has a level; it is told by words of failure",
    ]


def test_columns_of_no_known_telemetry_are_listed(store: Store, write: Write) -> None:
    with pytest.raises(BadInput, match=r"columns are those of no telemetry.*It has: colour, taste"):
        import_paths(store, [write("x.csv", "colour,taste\nred,sweet\n")])
