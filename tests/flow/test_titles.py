"""Settings have names for people."""

from __future__ import annotations

import pytest

from workbench.flow.catalog import load_catalog
from workbench.flow.titles import kind_title, title_of


@pytest.mark.parametrize(
    ("name", "title"),
    [
        pytest.param("poll_s", "Poll (s)", id="seconds"),
        pytest.param("rate_per_s", "Rate (per s)", id="a-rate"),
        pytest.param("max_body_kb", "Max body (kB)", id="size"),
        pytest.param("start_unix_nano", "Start (ns since 1970)", id="a-time"),
        pytest.param("ca_file", "CA file", id="short-form"),
        pytest.param("qos", "QoS", id="its-own-spelling"),
        pytest.param("percent", "Percent", id="a-unit-alone-is-a-word"),
        pytest.param("url", "URL", id="one-word"),
    ],
)
def test_titles(name: str, title: str) -> None:
    assert title_of(name) == title


@pytest.mark.parametrize(
    ("name", "title"),
    [
        pytest.param("error_rate", "Error rate", id="words"),
        pytest.param("otlp_receiver", "OTLP receiver", id="short-form"),
        pytest.param("nats_jetstream", "NATS JetStream", id="as-its-makers-write-it"),
        pytest.param("asof_join", "As-of join", id="begins-with-a-capital"),
        pytest.param("jsonlines", "JSON lines", id="two-words-in-one"),
    ],
)
def test_titles_of_node_types(name: str, title: str) -> None:
    assert kind_title(name) == title


def test_every_setting_of_the_catalogue_and_of_what_lies_in_it_has_such_a_title() -> None:
    schemas = [kind.model_json_schema() for kind in load_catalog().values()]
    inner = [part for schema in schemas for part in schema.get("$defs", {}).values()]

    wrong = {
        name: field["title"]
        for schema in [*schemas, *inner]
        for name, field in schema.get("properties", {}).items()
        if field.get("title") != title_of(name)
    }

    assert wrong == {}
