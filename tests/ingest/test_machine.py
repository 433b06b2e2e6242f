"""Figures of a machine as vmstat, sar, iostat, pidstat and top print them: metrics with time and host."""

from __future__ import annotations

import os

import pytest

from tests.ingest.conftest import T0, Rows, Write
from workbench.ingest import explain, import_paths
from workbench.ingest.readers.machine_names import NAMES, metric_name
from workbench.semconv import MetricRole, metric_role, tells_what_is_left
from workbench.store.db import Store

S = 10**9
VMSTAT = (
    "procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu----- -----timestamp-----\n"
    " r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st                 UTC\n"
    " 2  8      0 814586 120000 230000    0    0    36   242  900 1800  5  2 21 72  0 2023-11-14 22:13:20\n"
    " 1  0      0 814586 120000 230000    0    0    36   242  900 1800  5  2 93  0  0 2023-11-14 22:13:25\n"
)
SAR = (
    "Linux 5.4.0-42-generic (web1) \t11/14/2023 \t_x86_64_\t(2 CPU)\n\n"
    "11:59:50 PM     CPU     %user     %nice   %system   %iowait    %steal     %idle\n"
    "11:59:55 PM     all      5.00      0.00      2.00     72.00      1.00     20.00\n"
    "12:00:05 AM       0      7.00      0.00      2.00      0.00      0.00     91.00\n\n"
    "11:59:50 PM kbmemfree   kbavail kbmemused  %memused\n"
    "11:59:55 PM    814586   2000000   7000000     89.58\n"
    "Average:       814586   2000000   7000000     89.58\n"
)
IOSTAT = (
    "Linux 5.4.0-42-generic (db1) \t11/14/2023 \t_x86_64_\t(2 CPU)\n\n"
    "2023-11-14T23:13:20+0100\n"
    "avg-cpu:  %user   %nice %system %iowait  %steal   %idle\n"
    "           5,00    0,00    2,00   72,00    0,00   21,00\n\n"
    "Device            r/s     w/s     rkB/s     wkB/s   await aqu-sz  %util\n"
    "sda              1.00  900.00      4.00  90000.00   80.00  14.00  99.90\n\n"
)
PIDSTAT = (
    "Linux 5.4.0 (web1) \t2023-11-14 \t_x86_64_\t(2 CPU)\n\n"
    "22:13:20      UID       PID    %usr %system  %guest   %wait    %CPU   CPU  Command\n"
    "22:13:25     1000       812   90.00    3.00    0.00    0.00   93.00     1  java\n"
)
TOP = (
    "top - {time} up 12 days,  3:04,  2 users,  load average: 8.52, 4.58, 0.59\n"
    "Tasks: 101 total,   1 running, 100 sleeping,   0 stopped,   0 zombie\n"
    "%Cpu(s):  5.0 us,  2.0 sy,  0.0 ni, 21.0 id, 72.0 wa,  0.0 hi,  0.0 si,  0.0 st\n"
    "MiB Mem :   8000.0 total,    512.0 free,   6000.0 used,   1488.0 buff/cache\n"
    "MiB Swap:      0.0 total,      0.0 free,      0.0 used.   1024.0 avail Mem\n\n"
    "    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND\n"
    "    812 app       20   0 4633172   1.5g  25216 S  93.0  18.7  12:34.56 java -jar cart.jar\n\n"
)
SAID = "SELECT host_name, metric_name, value, unit FROM metrics WHERE metric_name IN ({}) ORDER BY row_id"


def _said(rows: Rows, *names: str) -> list[tuple[str, str, float, str]]:
    return rows(SAID.format(", ".join(f"'{name}'" for name in names)))


def test_vmstat_has_a_line_per_moment(store: Store, write: Write, rows: Rows) -> None:
    report = import_paths(store, [write("web1-vmstat.txt", VMSTAT + "Broken pipe\n" + VMSTAT.split("\n")[1] + "\n")])

    assert (report.rows, report.rejected) == ({"metrics": 36}, 1)
    assert _said(rows, "disk_iowait_percent", "cpu_used_percent", "memory_free_kb") == [
        ("web1", "memory_free_kb", 814586.0, "kb"),
        ("web1", "disk_iowait_percent", 72.0, "%"),
        ("web1", "cpu_used_percent", 7.0, "%"),
        ("web1", "memory_free_kb", 814586.0, "kb"),
        ("web1", "disk_iowait_percent", 0.0, "%"),
        ("web1", "cpu_used_percent", 7.0, "%"),
    ]
    assert rows("SELECT DISTINCT time_unix_nano - 1700000000000000000, service_name FROM metrics ORDER BY ALL") == [
        (0, "web1"),
        (5 * S, "web1"),
    ]
    assert rows("SELECT line, reason FROM rejected") == [(5, "the line is none of vmstat's with a time")]


def test_vmstat_without_times_is_no_telemetry_of_a_time(write: Write) -> None:
    text = "\n".join(line.split("  2023")[0].split(" 2023")[0] for line in VMSTAT.splitlines())

    assert explain([write("vmstat.txt", text)])[0].format != "vmstat"


def test_sar_has_tables_and_passes_midnight(store: Store, write: Write, rows: Rows) -> None:
    report = import_paths(store, [write("sar.txt", SAR)])

    assert (report.rows, report.rejected) == ({"metrics": 18}, 0)
    assert _said(rows, "cpu_used_percent", "memory_used_percent", "memory_available_kb") == [
        ("web1", "cpu_used_percent", 7.0, "%"),
        ("web1", "cpu_used_percent", 9.0, "%"),
        ("web1", "memory_available_kb", 2000000.0, "kb"),
        ("web1", "memory_used_percent", 89.58, "%"),
    ]
    midnight = T0 + (3600 + 46 * 60 + 40) * S
    assert rows(
        f"SELECT DISTINCT (time_unix_nano - {midnight}) // 1000000000, attributes FROM metrics ORDER BY ALL"
    ) == [(-5, "{}"), (5, '{"cpu": "0"}')]


def test_iostat_has_a_time_above_its_tables(store: Store, write: Write, rows: Rows) -> None:
    report = import_paths(store, [write("iostat.log", IOSTAT)])

    assert (report.rows, report.rejected) == ({"metrics": 14}, 0)
    assert rows(
        "SELECT DISTINCT time_unix_nano, host_name, metric_name, value, attributes FROM metrics "
        "WHERE metric_name IN ('disk_iowait_percent', 'disk_await_ms', 'disk_busy_percent') ORDER BY ALL"
    ) == [
        (T0, "db1", "disk_await_ms", 80.0, '{"device": "sda"}'),
        (T0, "db1", "disk_busy_percent", 99.9, '{"device": "sda"}'),
        (T0, "db1", "disk_iowait_percent", 72.0, "{}"),
    ]


def test_a_process_of_pidstat_is_a_service(store: Store, write: Write, rows: Rows) -> None:
    import_paths(store, [write("pidstat.txt", PIDSTAT)])

    assert rows(
        "SELECT time_unix_nano - 1700000000000000000, service_name, host_name, value, attributes FROM metrics "
        "WHERE metric_name = 'process_cpu_percent'"
    ) == [(5 * S, "java", "web1", 93.0, '{"uid": "1000", "pid": "812"}')]


def test_top_has_the_day_of_its_file(store: Store, write: Write, rows: Rows) -> None:
    path = write("web1/top.txt", TOP.format(time="22:13:20") + TOP.format(time="00:00:05"))
    os.utime(path, (T0 // S + 60, T0 // S + 60))

    report = import_paths(store, [path.parent.parent])

    assert (report.rows, report.rejected) == ({"metrics": 42}, 0)
    assert _said(rows, "cpu_used_percent", "memory_available_kb", "load_avg_1m", "process_memory_rss_kb")[:4] == [
        ("web1", "load_avg_1m", 8.52, ""),
        ("web1", "cpu_used_percent", 7.0, "%"),
        ("web1", "memory_available_kb", 1048576.0, "kb"),
        ("web1", "process_memory_rss_kb", 1572864.0, "kb"),
    ]
    assert rows("SELECT DISTINCT time_unix_nano FROM metrics ORDER BY 1") == [(T0,), (T0 + (3600 + 46 * 60 + 45) * S,)]
    assert rows("SELECT DISTINCT service_name FROM metrics ORDER BY 1") == [("java",), ("web1",)]


@pytest.mark.parametrize(
    ("column", "role", "left"),
    [
        ("%iowait", MetricRole.DISK, False),
        ("%util", MetricRole.DISK, False),
        ("kbmemfree", MetricRole.MEMORY, True),
        ("kbavail", MetricRole.MEMORY, True),
        ("%memused", MetricRole.MEMORY, False),
        ("%user", MetricRole.CPU, False),
        ("runq-sz", MetricRole.QUEUE, False),
        ("rxdrop/s", MetricRole.ERRORS, False),
        # Less idle time is no use of a processor while it waits for a disk.
        ("%idle", MetricRole.OTHER, True),
    ],
)
def test_names_say_what_a_figure_is_about(column: str, role: MetricRole, left: bool) -> None:
    assert (metric_role(NAMES[column]), tells_what_is_left(NAMES[column])) == (role, left)


def test_a_column_that_is_not_known_keeps_its_words() -> None:
    assert (metric_name("%vmeff"), metric_name("proc/s")) == ("percent_vmeff", "proc_per_second")
