"""What tests ask a control server, and a program that is as quick as they want it."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TOKEN = "token-of-a-test-0123456789"
PROGRAM = """
import json, os, signal, sys, threading
over = threading.Event()
signal.signal(signal.SIGINT, lambda *_: over.set())
rows = [{"node": "read", "direction": "out", "rows": 3}]
open(os.environ.get("FLOW_STATUS", os.devnull), "w").write(json.dumps({"rows": rows, "rejected": {'a"b': 1}}))
print("it runs with", sorted(name for name in os.environ if "TOKEN" in name))
over.wait(60)
open("drained", "w").write("yes")
"""


@dataclass
class Answer:
    """What the server said."""

    code: int
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass
class Control:
    """A running control server."""

    process: subprocess.Popen[str]
    port: int
    data: Path

    def ask(self, path: str, method: str = "GET", token: str | None = TOKEN, **headers: str) -> Answer:
        named = {"Authorization": f"Bearer {token}"} if token else {}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method, headers=named | headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return Answer(answer.status, answer.read().decode())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read().decode())

    def wait_for(self, state: str, patience_s: float = 60.0) -> dict[str, Any]:
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            found: dict[str, Any] = self.ask("/status").json
            if found["state"] == state:
                return found
            time.sleep(0.05)
        raise AssertionError(f"it is {found['state']}, not {state}: {found['log']}")


Start = Callable[..., Control]
