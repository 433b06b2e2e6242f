"""Finds lines that stand twice in a row: one sentence may be written by several statements of the code.

A line with the place in the code that wrote it tells its statement. Without a place, two statements that write the same
sentence look like one, and nobody would see that the second one is left out. They often stand one after the other.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.rca.columns import Flags, Ints, Texts


def written_twice(visit: Ints, key: Texts, time: Ints, body: Texts) -> Flags:
    """Return which lines follow a line of the same visit and key directly, for keys without a place in the code.

    One array entry per line, in any order; `time` in ns. A row that occurs twice counts once.
    """
    found = np.zeros(len(visit), dtype=np.bool_)
    lines = pd.DataFrame({"visit": visit, "time": time, "body": body, "key": key}).drop_duplicates()
    # Within one instant the text decides: the order of the rows given must change nothing.
    lines = lines.sort_values(["visit", "time", "body"], kind="stable")
    codes = pd.factorize(lines["key"])[0]
    owner = lines["visit"].to_numpy()
    again = np.flatnonzero((owner[1:] == owner[:-1]) & (codes[1:] == codes[:-1])) + 1
    places = lines.index.to_numpy()[again]
    # Masked words have no digits, places in the code have a line number.
    placeless = [not any(letter.isdigit() for letter in str(text)) for text in key[places]]
    found[places[placeless]] = True
    return found
