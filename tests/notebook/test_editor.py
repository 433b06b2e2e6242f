"""The flow editor as a widget: its document is the flow in hand, and its calls are answered with tools."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from workbench import Workbench
from workbench.faces.widgets import FlowEditor, editor


@pytest.fixture
def made(wb: Workbench, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[], tuple[FlowEditor, list[Any]]]:
    """Makes an editor without its bundle, which is built with the package, and the messages that it sends."""
    bundle = tmp_path / "canvas.js"
    bundle.write_text("export default {}", encoding="utf-8")
    monkeypatch.setattr(editor, "BUNDLE", bundle)

    def make() -> tuple[FlowEditor, list[Any]]:
        widget = FlowEditor(wb.flow("four"))
        sent: list[Any] = []
        widget.send = sent.append
        return widget, sent

    return make


def tell(widget: FlowEditor, **content: Any) -> None:
    widget._handle_custom_msg(content, [])


def test_what_is_drawn_is_the_flow_in_hand(made: Callable[[], tuple[FlowEditor, list[Any]]]) -> None:
    widget, _ = made()
    drawn = {**widget.flow, "description": "Drawn."}

    widget.set_state({"flow": drawn})

    assert widget.doc == widget.part.doc == drawn
    widget.doc = {**drawn, "description": "Written."}
    assert widget.flow["description"] == widget.part.doc["description"] == "Written."


def test_half_a_flow_stays_on_the_canvas_only(made: Callable[[], tuple[FlowEditor, list[Any]]]) -> None:
    widget, _ = made()
    before = widget.part.doc

    widget.set_state({"flow": {**before, "nodes": [{"id": "a"}]}})

    assert widget.part.doc == before
    assert widget.error.startswith("four: nodes.0.kind")


def test_calls_are_answered_or_refused_in_one_sentence(made: Callable[[], tuple[FlowEditor, list[Any]]]) -> None:
    widget, sent = made()

    tell(widget, call=1, tool="flow_show", args={"flow": "four"})
    tell(widget, call=2, tool="flow_show", args={"flow": "five"})

    assert (sent[0]["call"], '"name": "four"' in sent[0]["result"]) == (1, True)
    assert (sent[1]["call"], sent[1]["error"][:15], sent[1]["code"]) == (2, "no flow 'five'.", "not-found")


def test_save_makes_a_version(wb: Workbench, made: Callable[[], tuple[FlowEditor, list[Any]]]) -> None:
    widget, _ = made()
    widget.doc = {**widget.doc, "description": "Saved from the canvas."}

    tell(widget, command="save", args={"message": "by hand"})
    tell(widget, command="dance", args={})

    assert wb.flow("four").doc["description"] == "Saved from the canvas."
    assert "by hand" in repr(wb.flow("four").versions())
    assert widget.error == "FlowEditor: nothing to do for 'dance'"


@pytest.mark.slow
def test_a_run_from_the_canvas_is_drawn_over_it_to_its_end(
    wb: Workbench, made: Callable[[], tuple[FlowEditor, list[Any]]]
) -> None:
    widget, _ = made()
    states: list[str] = []
    widget.observe(lambda change: states.append(change["new"].get("run", {}).get("state")), "overlay")

    tell(widget, command="run", args={})
    wb.run(widget.run).wait(60)
    deadline = time.monotonic() + 30
    while states[-1] != "succeeded" and time.monotonic() < deadline:
        time.sleep(0.05)

    assert widget.overlay == {"run": {"id": widget.run, "state": "succeeded", "reason": "done", "part": ""}}
    assert widget.error == ""
    widget.run = ""
    assert widget.overlay == {}
    assert widget.part.run().run_id == widget.run


def test_a_run_that_is_not_there_is_told(made: Callable[[], tuple[FlowEditor, list[Any]]]) -> None:
    widget, _ = made()

    widget.run = "RUN-99"

    assert widget.error.startswith("no run 'RUN-99'")
    assert widget.overlay == {}
