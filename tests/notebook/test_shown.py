"""A widget where a browser answers, plain HTML where none does."""

from __future__ import annotations

from typing import Any

import pytest

from workbench.errors import BadInput
from workbench.notebook.frames import Frames
from workbench.notebook.shown import Shown, is_live, standing


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        pytest.param({}, False, id="nbconvert-and-tests-get-html"),
        pytest.param({"JPY_SESSION_NAME": "a.ipynb"}, True, id="jupyterlab"),
        pytest.param({"VSCODE_PID": "1"}, True, id="vs-code"),
        pytest.param({"JPY_SESSION_NAME": "a.ipynb", "CAUSEWAY_WIDGETS": "never"}, False, id="never"),
        pytest.param({"CAUSEWAY_WIDGETS": "always"}, True, id="always"),
    ],
)
def test_where_a_widget_is_shown(environment: dict[str, str], expected: bool) -> None:
    assert is_live(environment) is expected


def test_the_styles_touch_nothing_else() -> None:
    html = standing("<p>one</p>")

    outside = html.split("<style>")[1].split("</style>")[0]
    assert outside.startswith(".causeway-part {")
    assert ":host" not in outside
    assert ":root" not in outside


def test_an_unknown_action_is_refused() -> None:
    with pytest.raises(BadInput, match="Shown: nothing to do for 'explode'"):
        Shown().act("explode", "")


def test_whole_numbers_stay_whole_where_some_are_missing() -> None:
    class Counts(Frames):
        columns = {"count": "int", "share": "float"}

        def rows(self) -> list[dict[str, Any]]:
            return [{"count": 2**62 + 1, "share": 0.5}, {"count": None, "share": None}]

    frame = Counts().df()

    assert frame["count"].iloc[0] == 2**62 + 1
    assert frame["count"].isna().tolist() == [False, True]
