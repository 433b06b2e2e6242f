"""Widgets: what is picked arrives in Python, buttons do what they say, and a run is followed to its end."""

from __future__ import annotations

import json
import threading
from typing import Any

import ipywidgets
import pytest

from workbench import Workbench
from workbench.errors import NotFound
from workbench.faces.widgets import BUNDLE, MapWidget, PartWidget, RunMonitor, widget_of
from workbench.facts.run import RunStatus


def press(widget: PartWidget, action: str, value: str) -> None:
    """What the page sends when a button is pressed."""
    widget._handle_custom_msg({"action": action, "value": value}, [])


def test_what_is_picked_can_be_watched(wb: Workbench) -> None:
    widget = wb.incident("INC-1").causes.widget()
    seen: list[str] = []
    widget.observe(lambda change: seen.append(change.new), "selected")

    widget.set_state({"selected": "checkout"})

    assert (seen, widget.selected) == (["checkout"], "checkout")


def test_what_is_not_there_cannot_be_picked(wb: Workbench) -> None:
    widget = wb.incident("INC-1").causes.widget()

    with pytest.raises(NotFound, match=r"no part 'nobody'\. It has: payments, "):
        widget.selected = "nobody"
    assert widget.selected == ""


def test_widgets_are_linked_with_each_other_and_with_others(wb: Workbench) -> None:
    incident = wb.incident("INC-1")
    causes, topology, text = incident.causes.widget(), incident.topology.widget(), ipywidgets.Text()
    ipywidgets.link((causes, "selected"), (topology, "selected"))
    ipywidgets.link((causes, "selected"), (text, "value"))

    topology.selected = "payments"

    assert (causes.selected, text.value) == ("payments", "payments")
    assert ipywidgets.VBox([causes, topology, text]).children[0] is causes


@pytest.mark.skipif(not BUNDLE.is_file(), reason="the canvas was never built here")
def test_a_topology_is_the_map_of_the_app_and_a_service_of_it_can_be_picked(wb: Workbench) -> None:
    widget = wb.incident("INC-1").topology.widget()
    assert isinstance(widget, MapWidget)

    widget.set_state({"selected": "payments"})

    assert widget.selected == "payments"
    assert {one["id"] for one in widget.graph["services"]} == set(widget.part.selectable())
    assert [one["state"] for one in widget.graph["services"] if one["id"] == "payments"] == ["cause"]
    with pytest.raises(NotFound, match="no part 'nobody'"):
        widget.selected = "nobody"
    assert "<svg" in widget._repr_html_()
    assert "<script" not in widget._repr_html_()


def test_evidence_is_checked_again_by_its_button(wb: Workbench) -> None:
    evidence = wb.incident("INC-1").evidence
    widget = evidence.widget()
    assert "holds" not in widget.html

    press(widget, "check", evidence[0].evidence.evidence_id)

    assert '<span class="holds">holds</span>' in widget.html
    assert (widget.error, widget.answered) == ("", 1)


def test_what_goes_wrong_is_shown_and_told(wb: Workbench) -> None:
    widget = wb.incident("INC-1").widget()

    press(widget, "move", "open")

    assert "may become" in widget.error
    assert widget.answered == 1
    press(widget, "move", "resolved")
    assert widget.error == ""
    assert wb.incident("INC-1").facts.state == "resolved"
    press(widget, "explode", "")
    assert "nothing to do for 'explode'" in widget.error


def test_the_same_part_is_one_widget_wherever_it_is_shown(wb: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    causes = wb.incident("INC-1").causes
    assert set(causes._repr_mimebundle_()) == {"text/plain", "text/html"}

    monkeypatch.setenv("CAUSEWAY_WIDGETS", "always")
    first, second = causes._repr_mimebundle_(), causes._repr_mimebundle_()

    view = "application/vnd.jupyter.widget-view+json"
    assert first[view]["model_id"] == second[view]["model_id"] == causes.widget().model_id
    assert "<button" not in first["text/html"]


class Going:
    """A caller whose run ends when it is told to."""

    def __init__(self, wb: Workbench, over: threading.Event) -> None:
        self.wb, self.over = wb, over

    def call(self, name: str, /, **arguments: Any) -> Any:
        found = self.wb.call(name, **arguments)
        if name == "runs" and not self.over.is_set():
            run = found.runs[0].model_copy(update={"status": RunStatus.RUNNING, "ended_unix_nano": None})
            return found.model_copy(update={"runs": [run]})
        return found


@pytest.mark.slow
def test_a_run_is_followed_until_it_ends(wb: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    from workbench.faces.widgets import run as module
    from workbench.notebook.run import RunInHand

    monkeypatch.setattr(module, "EVERY_S", 0.02)
    done = wb.flow("four").run()
    over = threading.Event()
    monitor = widget_of(RunInHand(Going(wb, over), done.run_id))
    assert isinstance(monitor, RunMonitor)
    assert ">running<" in monitor.html

    over.set()
    monitor._follower.join(20)

    assert not monitor._follower.is_alive()
    assert ">succeeded<" in monitor.html
    assert "Stop" not in monitor.html


@pytest.mark.slow
def test_a_monitor_that_is_closed_asks_no_more(wb: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    from workbench.notebook.run import RunInHand

    monitor = widget_of(RunInHand(Going(wb, threading.Event()), wb.flow("four").run().run_id))
    assert isinstance(monitor, RunMonitor)

    monitor.close()
    monitor._follower.join(20)

    assert not monitor._follower.is_alive()


def test_a_widget_is_small(wb: Workbench) -> None:
    state = wb.incident("INC-1").causes.widget().get_state(("html", "css", "label", "selected"))

    assert len(json.dumps(state)) < 60_000
