import numpy as np
import pytest

from workbench.rca.line_keys import line_key, line_keys


def keys_of(*lines: tuple[str, str]) -> list[str]:
    bodies, severities = (np.array(column, dtype=object) for column in zip(*lines, strict=True))
    code, keys = line_keys(bodies, severities)
    return [keys[place] for place in code.tolist()]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("order 17 of s9cc07aad9d took 4 ms", id="numbers-and-ids"),
        pytest.param("ERROR Cart#83 no item 9", id="place-in-the-code"),
        pytest.param("10:02:11 INFO cart.py:17 done", id="file-and-line"),
        pytest.param("2024WARN disk 9 is full", id="level-behind-a-number"),
        pytest.param("item9_ERROR5 went wrong", id="level-inside-of-a-word"),
        pytest.param("INFO " + "word1 " * 200 + "ERROR", id="longer-than-a-header"),
        pytest.param("order \u0663 of u1", id="digit-of-another-script"),
        pytest.param("", id="empty"),
    ],
)
def test_a_line_among_many_has_the_key_that_it_has_alone(body: str) -> None:
    severities = ("", "INFO", "error")

    assert keys_of(*((body, one) for one in severities)) == [line_key(body, one) for one in severities]


def test_lines_that_differ_in_ids_have_one_key_and_places_in_the_code_stay_apart() -> None:
    assert keys_of(("order 1 of u7", "INFO"), ("order 23 of ab9", "INFO"), ("Cart#1 a", ""), ("Cart#2 a", "")) == [
        "INFO order of",
        "INFO order of",
        "Cart#1",
        "Cart#2",
    ]
