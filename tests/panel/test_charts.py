"""Charts of an incident: words of marks that stand close do not cover each other, large numbers are short."""

import pytest
from bokeh.models import CustomJSTickFormatter, Label

from workbench.faces.panel.charts import Charts
from workbench.report.content import Chart, Line, Mark
from workbench.semconv import NANOS_PER_SECOND as S

ONSET = 600 * S
CHART = Chart(
    key="memory", title="memory", unit="bytes", bucket_s=60, times_unix_nano=[at * 60 * S for at in range(20)],
    lines=[Line(name="cart", values=[4e8] * 20)],
)  # fmt: skip


@pytest.mark.parametrize(
    ("change_s", "lower"), [(620, True), (600, True), (300, False), (1100, False)],
    ids=["just-after-the-onset", "at-the-onset", "before", "long-after"],
)  # fmt: skip
def test_the_word_of_a_change_leaves_room_for_that_of_the_onset(change_s: int, lower: bool) -> None:
    (figure,) = Charts(
        [CHART],
        [
            Mark(time_unix_nano=ONSET, kind="onset", label="onset"),
            Mark(time_unix_nano=change_s * S, kind="deploy", label="cart 5.0"),
        ],
        dark=False,
    ).figures
    onset, change = (next(one for one in figure.center if isinstance(one, Label) and one.text == text)
                     for text in ("onset", "change"))  # fmt: skip

    assert (change.y < onset.y) is lower


def test_large_numbers_of_an_axis_are_short() -> None:
    (figure,) = Charts([CHART], [], dark=True).figures

    assert isinstance(figure.yaxis[0].formatter, CustomJSTickFormatter)
