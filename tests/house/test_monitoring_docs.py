"""The page about telemetry names every node for it, and each line of JSON there is a node that can be made."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from workbench.flow.catalog import load_catalog

PAGE = (Path(__file__).parents[2] / "docs" / "monitoring.md").read_text(encoding="utf-8")
LINES = [line for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
SHOWN = {json.loads(line)["kind"] for line in LINES}
WORDS = re.compile(
    r"otlp|jaeger|prometheus|loki|syslog|journald|kubernetes|alertmanager|heartbeat|logstash|slack|http|null"
)


@pytest.mark.parametrize("line", LINES)
def test_what_is_shown_can_be_made(line: str) -> None:
    shown = json.loads(line)

    assert load_catalog()[shown["kind"]].model_validate(shown.get("settings", {}))


def test_every_node_for_telemetry_is_shown() -> None:
    kinds = {kind for kind in load_catalog() if kind.startswith(("sources.", "sinks.")) and WORDS.search(kind)}

    assert kinds - SHOWN == set()
