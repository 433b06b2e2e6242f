"""The colours of series can be told apart in both themes, by people who see red, green or blue badly, too."""

from __future__ import annotations

import re
from itertools import combinations

import numpy as np
import pytest

from workbench.faces.panel.look import BAD, DARK, LIGHT, SERIES
from workbench.report.colours import contrast, linear
from workbench.report.html import chart_css

SIGHT = {
    "full": np.eye(3),
    "no red": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "no green": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "no blue": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
"""What light becomes in the eye of each: Machado, Oliveira, Fernandes 2009, at full severity."""
OKABE_ITO = ("#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7")
"""The palette that is taken for safe; what is asked of ours is measured on it."""
THEMES = {"light": LIGHT, "dark": DARK}


def seen(colour: str, sight: str) -> np.ndarray:
    """Return a colour as Oklab has it, where distances are those that people see."""
    light = np.clip(np.array(SIGHT[sight]) @ linear(colour), 0, 1)
    cones = np.array([[0.41222, 0.53633, 0.05145], [0.21190, 0.68070, 0.10740], [0.08830, 0.28172, 0.62998]]) @ light
    mix = [[0.21045, 0.79362, -0.00407], [1.97800, -2.42859, 0.45059], [0.02590, 0.78277, -0.80868]]
    return np.array(mix) @ np.cbrt(cones)


def closest(colours: tuple[str, ...], sight: str) -> float:
    return min(float(np.linalg.norm(seen(a, sight) - seen(b, sight))) for a, b in combinations(colours, 2))


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("sight", SIGHT)
def test_no_two_series_are_closer_than_those_of_a_palette_that_is_known_to_be_safe(theme: str, sight: str) -> None:
    safe = min(closest(OKABE_ITO, other) for other in SIGHT)

    assert closest((*SERIES[theme], BAD[theme]), sight) >= safe


@pytest.mark.parametrize("theme", THEMES)
def test_each_series_stands_out_from_the_card(theme: str) -> None:
    assert {
        one: contrast(one, THEMES[theme]["card"]) for one in SERIES[theme] if contrast(one, THEMES[theme]["card"]) < 3
    } == {}


@pytest.mark.parametrize("theme", THEMES)
def test_the_app_has_the_colours_of_the_report(theme: str) -> None:
    css = dict(re.findall(r"--(\w+): (#\w+)", chart_css(theme)))

    assert {name: css["accent" if name == "primary" else name] for name in THEMES[theme]} == THEMES[theme]
    assert css["bad"] == BAD[theme]


def test_contrast_is_that_of_the_guidelines() -> None:
    assert (round(contrast("#000", "#ffffff"), 6), contrast("#777", "#777777")) == (21.0, 1.0)
