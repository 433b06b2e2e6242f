"""Seeds are written as people write them, and the list of measurements says how to get one."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench import Workbench, open_workbench
from workbench.errors import BadInput
from workbench.evaluate.result import Evaluation
from workbench.store.templates import save_state
from workbench.tools.evaluate import STATE, parse_seeds


@pytest.mark.parametrize(("text", "seeds"), [("1-3", [1, 2, 3]), ("3, 5", [3, 5]), ("2,4-5", [2, 4, 5]), ("0", [0])])
def test_seeds_are_ranges_and_lists(text: str, seeds: list[int]) -> None:
    assert parse_seeds(text) == seeds


@pytest.mark.parametrize("text", ["", "abc", "5-1", "1-", "-3", "1,,2"])
def test_what_names_no_seeds_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match=r"names no seeds\. Write 1-20 or 3,5,8"):
        parse_seeds(text)


def test_far_too_many_seeds_are_refused_before_they_are_spelled_out() -> None:
    with pytest.raises(BadInput, match=r"names 999,999,999 seeds\. Give at most 1,000"):
        parse_seeds("1-999999999")


def test_the_list_says_what_was_measured_and_how_to_measure(tmp_path: Path) -> None:
    made = Evaluation(
        subject="rca",
        name="shop",
        command="causeway eval rca",
        made_unix_nano=1_770_000_000_000_000_000,
        cases=1200,
        tables=[],
    )
    with open_workbench(tmp_path) as wb:
        assert isinstance(wb, Workbench)
        nothing = wb.call("evaluations").text()
        save_state(wb.store, STATE, [made.model_dump(mode="json")])
        listed = wb.call("evaluations").text()

    assert (
        nothing == "Nothing was measured yet. `causeway eval rca FOLDER` measures; without FOLDER, on simulated faults."
    )
    assert listed.splitlines()[1].split() == [
        "rca", "shop", "1200", "2026-02-02T02:40:00Z", "causeway", "eval", "rca",
    ]  # fmt: skip
