"""The tools and the app in a Jupyter server, under its login."""

from __future__ import annotations

import json

import pytest

from tests.lab.jupyter import Lab

pytestmark = [pytest.mark.lab, pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]


def test_tools_answer_under_jupyters_login_only(lab: Lab) -> None:
    status, text = lab.ask("causeway/call/incidents", {})
    assert (status, len(json.loads(text))) == (200, 2)
    assert json.loads(lab.ask("causeway/about")[1])["root"] == str(lab.folder)

    assert lab.ask("causeway/call/incidents", {}, token="")[0] == 403
    assert lab.ask("causeway-app/", token="")[0] == 302
    status, text = lab.ask("causeway/call/incident", {"incident_id": "INC-99"})
    assert (status, json.loads(text)["message"].split(".")[0]) == (404, "no incident 'INC-99'")
    assert lab.ask("causeway/call/incident", {"id": 1})[0] == 422
    assert lab.ask("causeway/call/incident", [1])[0] == 422
    assert lab.ask("causeway/call/nothing", {})[0] == 404
