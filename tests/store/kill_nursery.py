"""Helper of test_kill: imports once, then forks a fresh owner of the workspace at every line it reads."""

from __future__ import annotations

import os
import sys
import time
from functools import partial
from pathlib import Path

from workbench.store import telemetry
from workbench.store.db import Store
from workbench.store.owner import Owner


def own(folder: Path) -> None:
    owner = Owner.acquire(folder)
    assert owner
    store = Store.open(folder, memory_limit_mb=300, threads=1)
    owner.serve(lambda name, arguments, report: None, append=partial(telemetry.append_ipc, store))
    print(os.getpid(), flush=True)
    time.sleep(60)


for line in sys.stdin:
    child = os.fork()
    if child == 0:
        own(Path(line.strip()))
        os._exit(0)
    os.waitpid(child, 0)
    print("ended", flush=True)
