"""What the fork server does ahead of its children leaves nothing behind that a run would see."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import gc
from pathway.internals import runtime_type_check
from pathway.internals.parse_graph import G
from workbench.engine import warm
from workbench.flow.catalog import load_catalog

warm.up(load_catalog())
print(len(list(G._current_scope.nodes)), gc.get_freeze_count() > 100_000)
made = runtime_type_check.beartype.beartype
import pathway as pw
rows = pw.Table.empty(place=int)
again = made.cache_info()
rows.filter(pw.this.place > 0)
print(made.cache_info().misses == again.misses, made.cache_info().hits > again.hits)
try:
    pw.io.python.read("no subject", schema=3)
except TypeError as error:
    print(type(error).__name__)
"""


def test_the_fork_server_is_warm_and_its_graph_is_empty() -> None:
    said = subprocess.run([sys.executable, "-W", "ignore", "-c", PROGRAM], capture_output=True, text=True, check=True)

    assert said.stdout.split() == ["0", "True", "True", "True", "TypeError"]
