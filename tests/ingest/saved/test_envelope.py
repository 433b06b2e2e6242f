"""What tools put around a text is peeled off, and what they say about the command is kept."""

from __future__ import annotations

import json

import pytest

from tests.ingest.conftest import Rows, Write
from workbench.errors import BadInput
from workbench.ingest import import_paths
from workbench.ingest.saved.envelope import segments
from workbench.store.db import Store

LOG = "2026-02-02T10:00:00Z ERROR cannot reach cart-db\n2026-02-02T10:00:01Z INFO trying again\n"


def test_a_transcript_is_cut_at_its_commands() -> None:
    text = "$ kubectl get ns\nNAME   STATUS   AGE\nshop   Active   1d\n$ kubectl logs cart-1 -n shop -c cart\nhello\n"

    found = segments(text.splitlines())

    assert [(one.command, one.kind, one.name, one.namespace, one.first_line) for one in found] == [
        ("kubectl get ns", "namespace", "", "", 2),
        ("kubectl logs cart-1 -n shop -c cart", "pod", "cart-1", "shop", 5),
    ]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            '{"tool_name": "pod_logs", "params": {"pod_name": "cart-1", "namespace": "shop"}}\n'
            '{"status": "success", "error": null, "return_code": 0, "params": {}}\n' + LOG,
            id="lines-before-the-text",
        ),
        pytest.param(
            json.dumps({"command": "kubectl logs cart-1 -n shop", "return_code": 0, "stdout": LOG, "stderr": ""}),
            id="a-document-around-it",
        ),
        pytest.param("Command: kubectl logs cart-1 -n shop\nOutput:\n" + LOG, id="words-before-it"),
    ],
)
def test_a_log_inside_of_an_envelope_is_a_log_of_its_pod(store: Store, write: Write, rows: Rows, text: str) -> None:
    import_paths(store, [write("out.txt", text)])

    assert rows("SELECT service_name, service_instance_id, severity_text, body FROM logs ORDER BY time_unix_nano") == [
        ("cart", "cart-1", "ERROR", "cannot reach cart-db"),
        ("cart", "cart-1", "INFO", "trying again"),
    ]


def test_a_command_that_failed_is_kept_with_its_words(store: Store, write: Write, rows: Rows) -> None:
    text = (
        "Command `kubectl get pod cart-9 -n shop` failed with return code 1\nstderr:\n"
        'Error from server (NotFound): pods "cart-9" not found\n'
    )

    import_paths(store, [write("failed.txt", text)])

    assert rows("SELECT object_kind, object_name, attribute, value, namespace FROM states") == [
        (
            "command",
            "kubectl get pod cart-9 -n shop",
            "error",
            'Error from server (NotFound): pods "cart-9" not found',
            "shop",
        )
    ]


def test_a_search_that_found_nothing_says_so(store: Store, write: Write, rows: Rows) -> None:
    text = (
        '{"tool_name": "pod_logs", "params": {"pod_name": "cart-1", "filter": "Timeout"}}\n'
        '{"status": "no_data", "error": null, "return_code": 0}\n'
    )

    import_paths(store, [write("none.txt", text)])

    assert rows("SELECT attribute, value FROM states") == [("result", "nothing that contains 'Timeout' was found")]


def test_a_page_of_documentation_is_no_evidence(store: Store, write: Write) -> None:
    page = "# How to find DNS trouble\n\n* Look at the pods\n* Read `connection refused` in the log\n\n## Next\n"

    with pytest.raises(BadInput, match="page of documentation"):
        import_paths(store, [write("page.txt", "$ curl https://docs.example\n" + page)])
