"""Writes flows as Python does to the output, for a test that the canvas writes the same: a JSON list of texts."""

from __future__ import annotations

import json
import sys

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.flow.graph import Flow

COUNT = 200
LETTERS = st.characters(exclude_categories=["Cs"])
ODD = ("settings", "nodes", "position", "b", "a", "10", "9", "01", "-1")
NAMES = st.text(LETTERS, max_size=3) | st.sampled_from(ODD)
# Numbers that are whole are integers: a browser does not know that 1.0 was written.
FRACTIONS = st.floats(allow_nan=False, allow_infinity=False).filter(lambda number: number != int(number))
SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | FRACTIONS | st.text(LETTERS, max_size=6)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)
PLACES = st.tuples(*[st.floats(-1e18, 1e18) | st.integers(-900, 900)] * 2)
NODE = st.fixed_dictionaries(
    {"id": st.sampled_from("abc"), "kind": st.just("tables.select")},
    optional={"settings": st.dictionaries(NAMES, VALUES, max_size=4), "position": PLACES},
)
NOTE = st.fixed_dictionaries(
    {"id": st.just("n")},
    optional={"text": st.text(LETTERS), "position": PLACES, "size": PLACES, "settings": VALUES},
)
GRAPHS = st.fixed_dictionaries({}, optional={"nodes": st.lists(NODE, max_size=3), "notes": st.lists(NOTE, max_size=2)})
FLOWS = st.builds(
    lambda name, graph, parts, run: {**graph, "name": name, "parts": parts, "run": run},
    st.text(LETTERS),
    GRAPHS,
    st.dictionaries(NAMES, GRAPHS, max_size=2),
    st.sampled_from([{}, {"tap_share": 1}, {"tap_share": 0.5, "tap": ["a"]}]),
)


def main() -> None:
    """Write the texts; they are the same at every call."""
    texts: list[str] = []

    @settings(max_examples=COUNT, derandomize=True, database=None, deadline=None, suppress_health_check=[*HealthCheck])
    @given(FLOWS)
    def write(document: dict[str, object]) -> None:
        texts.append(Flow.model_validate(document).to_json())

    write()
    sys.stdout.write(json.dumps(texts))


if __name__ == "__main__":
    main()
