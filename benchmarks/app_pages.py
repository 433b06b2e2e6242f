"""How long a person waits for the first useful content of each page, on a workspace with many log rows.

    python benchmarks/app_pages.py [--rows 10000000] [--visits 3] [--keep FOLDER]

Makes a workspace in SQL: so many log lines, a quarter as many spans, a quarter as many points of metrics, over one day
of 24 services, and the sample incident of the tests. Serves it on this machine and opens each page in a fresh Chromium
tab with an empty cache. `read` is when the first lines, traces or numbers can be read, `whole` when charts and counts
are there, too; `cpu` is the processor time of the server until `read`, which a busy machine does not change. Wanted:
`read` below 2 s; nothing is asserted, as it depends on the machine.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

LIMIT_S = 2.0
T0, DAY = 1_760_000_000_000_000_000, 86_400_000_000_000
PAGES = (
    ("overview", "", ".kpi"),
    ("logs", "page=logs", "details.line"),
    ("logs, searched", "page=logs&q=level%3E%3Derror+timeout", "details.line"),
    ("log patterns", "page=logs&view=patterns&from=-1h", "table.patterns tr"),
    ("metrics", "page=metrics", "nav.metrics a"),
    ("traces", "page=traces", "table.traces a"),
    ("services", "page=services", "span.health"),
    ("sql", "page=sql", "nav.schema summary"),
    ("incident", "incident=INC-1", "h1"),
)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]
SERVE = """
import sys
from pathlib import Path
from workbench.faces.rest.server import serve
serve(Path(sys.argv[1]), "127.0.0.1", 5600, False)
"""
LOADING = """() => {
  const walk = (root) => [...root.querySelectorAll("*")].some(
    (one) => (one.classList.contains("loading") && one.offsetParent) || (one.shadowRoot && walk(one.shadowRoot)));
  return !walk(document);
}"""


def main() -> None:
    """Make the workspace, visit the pages, print the times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--visits", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="use this workspace, made when it is not there")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = given.keep or Path(name) / "workspace"
        if not (folder / "causeway.duckdb").exists():
            fill(folder, given.rows)
        visit(folder, given.visits)


def fill(folder: Path, rows: int) -> None:
    """Write `rows` log lines, and spans and points beside them, without leaving the database."""
    from tests.panel.conftest import fill_workspace
    from workbench import Workbench, open_workbench
    from workbench.store import sources

    begun = time.perf_counter()
    with open_workbench(folder) as wb:
        assert isinstance(wb, Workbench)
        fill_workspace(wb)
        source = sources.register(wb.store, kind="simulator", uri="benchmarks/app_pages.py", scope="load")
        first = source.source_id * 2**36
        counts = {"logs": rows, "spans": rows // 4, "metrics": rows // 4}
        with wb.store.transaction() as cursor:
            cursor.execute(log_rows(source.source_id, first, rows))
            cursor.execute(span_rows(source.source_id, first + rows, counts["spans"]))
            cursor.execute(metric_rows(source.source_id, first + rows + counts["spans"], counts["metrics"]))
        sources.finish(wb.store, source.source_id, counts)
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    print(f"made {rows:,} lines in {time.perf_counter() - begun:.0f} s, {size / 1e6:,.0f} MB")


def log_rows(source_id: int, first: int, rows: int) -> str:
    """Return the statement that writes log lines; one in a hundred is an error, one in ten names a trace."""
    return f"""
INSERT INTO logs
SELECT {first} + i, {source_id}, 0, {T0} + i * ({DAY} // {rows}) + hash(i) % 1000000,
  'svc-' || lpad((hash(i * 7) % 24)::VARCHAR, 2, '0'), 'pod-' || (hash(i * 11) % 96), 'node-' || (hash(i * 13) % 12),
  CASE WHEN h < 1 THEN 17 WHEN h < 6 THEN 13 WHEN h < 26 THEN 5 ELSE 9 END,
  CASE WHEN h < 1 THEN 'ERROR' WHEN h < 6 THEN 'WARN' WHEN h < 26 THEN 'DEBUG' ELSE 'INFO' END,
  CASE WHEN h < 1 THEN 'timeout after ' || (hash(i * 3) % 5000) || ' ms calling svc-' || (hash(i * 5) % 24)
       WHEN h < 6 THEN 'slow query took ' || (hash(i * 3) % 9000) || ' ms on table orders'
       WHEN h < 26 THEN 'cache lookup key=user:' || (hash(i * 3) % 100000) || ' hit=' || (h % 2)
       ELSE 'GET /api/v1/items/' || (hash(i * 3) % 40000) || ' 200 in ' || (hash(i * 5) % 300) || ' ms' END,
  CASE WHEN i % 10 = 0 THEN md5((i // 40)::VARCHAR) ELSE '' END, '', '',
  '{{"http.response.status_code":' || CASE WHEN h < 1 THEN 504 ELSE 200 END || '}}'
FROM (SELECT i, hash(i * 17) % 100 AS h FROM range({rows}) AS numbers(i))"""


def span_rows(source_id: int, first: int, rows: int) -> str:
    """Return the statement that writes traces of four spans each; two in a hundred spans fail."""
    return f"""
INSERT INTO spans
SELECT {first} + i, {source_id}, 0, began, began + took, md5((i // 4)::VARCHAR), right(md5('s' || i), 16),
  CASE i % 4 WHEN 0 THEN '' WHEN 3 THEN right(md5('s' || (i - 2)), 16) ELSE right(md5('s' || (i - i % 4)), 16) END,
  'svc-' || lpad(CASE i % 4 WHEN 0 THEN 0 ELSE (hash(i // 4 + i % 4) % (5 * (i % 4))) + 1 END::VARCHAR, 2, '0'),
  'pod-' || (hash(i) % 96), 'node-' || (hash(i) % 12), 'GET /op/' || (hash(i // 4 + i % 4) % 40), 'SERVER',
  CASE WHEN hash(i * 19) % 100 < 2 THEN 'ERROR' ELSE 'OK' END, '', '', '{{}}'
FROM (SELECT i, {T0} + (i // 4) * ({DAY} // ({rows} // 4)) + (i % 4) * 2000000 AS began,
  ((hash(i * 23) % 50000) * 1000 * (1 + (hash(i) % 20 = 0)::INTEGER * 8) // (1 + i % 4))::BIGINT AS took
  FROM range({rows}) AS numbers(i))"""


def metric_rows(source_id: int, first: int, rows: int) -> str:
    """Return the statement that writes five metrics of 96 pods."""
    return f"""
INSERT INTO metrics
SELECT {first} + i, {source_id}, 0, {T0} + (i // 480) * ({DAY} // ({rows} // 480)),
  ['cpu.utilization', 'memory.usage', 'http.requests', 'queue.depth', 'db.pool.in_use'][1 + (i % 5)::INTEGER], 'gauge',
  'svc-' || lpad(((i // 5) % 24)::VARCHAR, 2, '0'), 'pod-' || ((i // 120) % 4), 'node-' || (i % 12), '',
  sin(i / 50000.0) * 20 + 50 + hash(i) % 10, '', '{{}}'
FROM range({rows}) AS numbers(i)"""


def visit(folder: Path, visits: int) -> None:
    """Open each page so many times, and print the middle of the times."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with (
        subprocess.Popen([sys.executable, "-c", SERVE, str(folder)], stdout=subprocess.PIPE, text=True) as server,
        sync_playwright() as playwright,
    ):
        try:
            assert server.stdout
            address = re.search(r"http://\S+", server.stdout.readline())
            assert address, "the server did not start"
            browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
            # The first visit of all compiles templates and opens the file.
            timed(browser, address[0], ".kpi", server.pid)
            for name, query, wanted in PAGES:
                found = [timed(browser, f"{address[0]}&{query}", wanted, server.pid) for _ in range(visits)]
                read, whole, cpu = (statistics.median(column) for column in zip(*found, strict=True))
                slow = "   slow" * (read > LIMIT_S)
                print(f"{name:<16} read {read:5.2f} s   whole {whole:5.2f} s   cpu {cpu:4.2f} s{slow}", flush=True)
            browser.close()
        finally:
            server.terminate()


def timed(browser: Any, url: str, wanted: str, server: int) -> tuple[float, float, float]:
    """Return the seconds to the first useful content, to the whole page, and the server's processor time to the first.

    The tab is in a context without a cache.
    """
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    tab.set_default_timeout(120_000)
    begun, used = time.perf_counter(), processor_s(server)
    tab.goto(url, wait_until="commit")
    tab.locator(wanted).first.wait_for()
    read, cpu = time.perf_counter() - begun, processor_s(server) - used
    tab.locator("#loader").wait_for(state="hidden")
    tab.wait_for_function(LOADING)
    whole = time.perf_counter() - begun
    context.close()
    return read, whole, cpu


def processor_s(process: int) -> float:
    """Return the seconds that all threads of a process have computed; 0 where the system does not tell."""
    try:
        words = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
