"""How fast the node editor is: `python benchmarks/canvas.py` opens flows in Chromium, drags a node, and prints.

Opening is from the call that makes the editor to the first frame with nodes and wires; frames are those while a node is
dragged, in the view that the editor opens with and with all nodes in sight (`fit`). A flow that is opened has no
places, which is the slower case; one that has to fit stands in a square. Processor time is that of the page's process:
it tells on a busy machine what the clock cannot.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import json
import os
import random
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parents[1]
BUNDLE = ROOT / "workbench" / "resources" / "canvas" / "causeway-canvas.js"
PAGE = """<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<style>html, body, #place { margin: 0; height: 100% }</style><div id="place"></div>
<script type="module">import canvas from "./canvas.js"; window.canvas = canvas;</script>"""
OPEN = """async ([flow, catalog]) => {
  const place = document.getElementById("place");
  place.replaceChildren();
  window.editor?.destroy();
  const begin = performance.now();
  window.editor = canvas.createEditor(place, { flow, catalog });
  const frame = () => new Promise(requestAnimationFrame);
  const drawn = () => [".cw-step", ".react-flow__edge-path"].every((one) => place.querySelector(one));
  while (!drawn()) await frame();
  await frame();
  return performance.now() - begin;
}"""
FRAMES = """() => { window.frames_ = []; let last = performance.now(); window.counting = true;
  const tick = (now) => { frames_.push(now - last); last = now; if (window.counting) requestAnimationFrame(tick); };
  requestAnimationFrame(tick); }"""


MIDDLE = """() => {
  const stage = document.querySelector(".cw-stage").getBoundingClientRect();
  const middle = (box) => [box.x + box.width / 2, box.y + box.height / 2];
  const [x, y] = middle(stage);
  const far = (one) => Math.hypot(one[0] - x, one[1] - y);
  const steps = [...document.querySelectorAll(".react-flow__node-step")];
  const all = steps.map((one) => middle(one.getBoundingClientRect()));
  return all.sort((one, other) => far(one) - far(other))[0];
}"""
SEEN = "() => document.querySelectorAll('.react-flow__node-step').length"


def make_flow(count: int, seed: int = 1, square: bool = False) -> dict[str, Any]:
    """Return a flow of so many nodes in chains that fork and meet; `square` gives them places."""
    draw = random.Random(seed)
    nodes: list[dict[str, Any]] = [{"id": "n0", "kind": "sources.csv_file"}]
    edges: list[dict[str, str]] = []
    for number in range(1, count):
        kind = draw.choice(["tables.filter", "tables.select", "text.enrich", "windows.tumbling", "tables.concat"])
        nodes.append({"id": f"n{number}", "kind": kind, "settings": {"condition": f"x > {number}"}})
        edges.append({"source": f"n{draw.randrange(max(0, number - 12), number)}", "target": f"n{number}"})
    rows = round((2 * count) ** 0.5)
    for number, node in enumerate(nodes if square else []):
        node["position"] = [number // rows * 290, number % rows * 100]
    return {"name": f"flow of {count}", "nodes": nodes, "edges": edges}


def serve(folder: Path) -> http.server.ThreadingHTTPServer:
    """Serve a folder on a free port of this machine."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def renderers() -> set[Path]:
    """Return the processes below this one that draw pages, as folders of /proc; none where there is no /proc."""
    parents: dict[str, str] = {}
    found: set[Path] = set()
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parents[place.name] = (place / "stat").read_text().rpartition(")")[2].split()[1]
            if b"--type=renderer" in (place / "cmdline").read_bytes():
                found.add(place)
    return {place for place in found if str(os.getpid()) in _above(place.name, parents)}


def _above(process: str, parents: dict[str, str]) -> Iterator[str]:
    while process in parents:
        process = parents[process]
        yield process


def seconds(processes: set[Path]) -> float:
    """Return the processor time that processes have used so far."""
    total = 0.0
    for process in processes:
        with suppress(OSError):
            fields = (process / "stat").read_text().rpartition(")")[2].split()
            total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def measure(page: Any, count: int, catalog: list[dict[str, Any]], own: set[Path]) -> Iterator[str]:
    """Yield the lines of the table: in the view of the opening, and with all nodes in sight."""
    flow = make_flow(count)
    used = seconds(own)
    opened = [page.evaluate(OPEN, [flow, catalog]) for _ in range(3)]
    page.wait_for_timeout(500)
    opening = (seconds(own) - used) / 3 * 1000
    yield f"{count:5} open {median(opened):9.0f} {opening:9.0f} {drag(page, own)}"
    page.evaluate(OPEN, [make_flow(count, square=True), catalog])
    page.locator(".cw-root").focus()
    page.keyboard.press("f")
    page.wait_for_timeout(1500)
    yield f"{count:5} fit  {'':9} {'':9} {drag(page, own)}"


def drag(page: Any, own: set[Path]) -> str:
    """Drag the node that is nearest to the middle; return the last columns of the table."""
    page.locator(".react-flow__node-step").first.wait_for()
    x, y = page.evaluate(MIDDLE)
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(FRAMES)
    used = seconds(own)
    for step in range(100):
        page.mouse.move(x + (step % 50) * 4 - 100, y + (step % 20) * 4)
    frames = page.evaluate("() => { window.counting = false; return frames_.slice(2) }")
    dragging = (seconds(own) - used) / max(1, len(frames)) * 1000
    page.mouse.up()
    page.wait_for_timeout(300)
    ordered = sorted(frames)
    slow = ordered[int(len(ordered) * 0.95)]
    frame = median(frames)
    return f"{page.evaluate(SEEN):6} {frame:9.1f} {slow:9.1f} {1000 / frame:9.0f} {dragging:13.1f}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("nodes", nargs="*", type=int, default=[50, 200, 500], help="how many nodes: 50 200 500")
    parser.add_argument("--bundle", type=Path, default=BUNDLE, help="another build of the editor, to compare with")
    given = parser.parse_args()
    from playwright.sync_api import sync_playwright

    from workbench.flow.catalog import load_catalog

    catalog = [json.loads(node.describe().model_dump_json()) for node in load_catalog().values()]
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        shutil.copy(given.bundle, Path(place) / "canvas.js")
        (Path(place) / "index.html").write_text(PAGE)
        server = serve(Path(place))
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1600, "height": 1000})
        page.goto(f"http://127.0.0.1:{server.server_port}/index.html")
        page.wait_for_function("window.canvas")
        print(f"bundle {given.bundle.stat().st_size / 1000:.0f} kB")
        print("nodes view   open ms    CPU ms   seen  frame ms   95th ms  frames/s  CPU/frame ms")
        for count in given.nodes:
            for line in measure(page, count, catalog, renderers()):
                print(line, flush=True)
        browser.close()
        server.shutdown()


if __name__ == "__main__":
    main()
