"""Finds lines that stand twice in a row: one sentence may be written by several statements of the code.

A line with the place in the code that wrote it tells its statement. Without a place, two statements that write the same
sentence look like one, and nobody would see that the second one is left out. They often stand one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from workbench.rca.columns import Flags, Ints, Texts


def written_twice(visit: Ints, code: Ints, keys: Sequence[str], time: Ints, body: Texts) -> Flags:
    """Return which lines follow a line of the same visit and key directly, for keys without a place in the code.

    One array entry per line, in any order; `code` is the place of its key in `keys`, `time` in ns. A row that occurs
    twice counts once.
    """
    found = np.zeros(len(visit), dtype=np.bool_)
    order = np.lexsort((time, visit))
    same = np.zeros(len(order), dtype=np.bool_)
    same[1:] = (visit[order][1:] == visit[order][:-1]) & (time[order][1:] == time[order][:-1])
    same[:-1] |= same[1:]
    tied = np.sort(order[same])
    if len(tied):
        # Within one instant the text decides: the order of the rows given must change nothing.
        text = np.zeros(len(visit), dtype=np.int64)
        text[tied] = pd.factorize(body[tied], sort=True)[0]
        rows = pd.DataFrame({"visit": visit, "time": time, "text": text, "code": code}).iloc[tied]
        fresh = np.ones(len(visit), dtype=np.bool_)
        fresh[tied[rows.duplicated().to_numpy()]] = False
        order = np.lexsort((text, time, visit))
        order = order[fresh[order]]
    # Masked words have no digits, places in the code have a line number.
    placeless = np.array([not any(letter.isdigit() for letter in key) for key in keys], dtype=np.bool_)
    owner, written = visit[order], code[order]
    again = (owner[1:] == owner[:-1]) & (written[1:] == written[:-1]) & placeless[written[1:]]
    found[order[1:][again]] = True
    return found
