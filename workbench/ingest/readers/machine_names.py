"""What the columns of vmstat, sar, iostat, pidstat and top are called as metrics, and whose machine a file is of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from workbench.ingest.files import Found

# Time in which a processor waits for a disk is no use of the processor, and less idle time is none either then:
# so what it waits is a figure of the disk, and `cpu_used_percent` is what is neither idle, waiting nor stolen.
_IDLE, _WAIT, _STOLEN = "cpu_idle_without_iowait_percent", "disk_iowait_percent", "cpu_steal_percent"
_USED = "cpu_used_percent"
NAMES = {
    **dict.fromkeys(("us", "%user", "%usr"), "cpu_user_percent"),
    **dict.fromkeys(("sy", "%system", "%sys"), "cpu_system_percent"),
    **dict.fromkeys(("ni", "%nice"), "cpu_nice_percent"),
    **dict.fromkeys(("id", "%idle"), _IDLE),
    **dict.fromkeys(("wa", "%iowait"), _WAIT),
    **dict.fromkeys(("st", "%steal"), _STOLEN),
    **dict.fromkeys(("r", "runq-sz"), "run_queue_length"),
    **dict.fromkeys(("b", "blocked"), "disk_blocked_processes"),
    **dict.fromkeys(("free", "kbmemfree"), "memory_free_kb"),
    **dict.fromkeys(("buff", "kbbuffers"), "memory_buffers_kb"),
    **dict.fromkeys(("cache", "kbcached"), "memory_cached_kb"),
    **dict.fromkeys(("swpd", "kbswpused"), "swap_used_kb"),
    **dict.fromkeys(("si", "pswpin/s"), "swap_in_per_second"),
    **dict.fromkeys(("so", "pswpout/s"), "swap_out_per_second"),
    **dict.fromkeys(("rkB/s", "kB_read/s"), "disk_read_kb_per_second"),
    **dict.fromkeys(("wkB/s", "kB_wrtn/s"), "disk_written_kb_per_second"),
    **dict.fromkeys(("aqu-sz", "avgqu-sz"), "disk_queue_length"),
    "bi": "disk_blocks_in_per_second",
    "bo": "disk_blocks_out_per_second",
    "in": "interrupts_per_second",
    "cs": "context_switches_per_second",
    "cswch/s": "context_switches_per_second",
    "kbavail": "memory_available_kb",
    "kbmemused": "memory_used_kb",
    "%memused": "memory_used_percent",
    "%commit": "memory_committed_percent",
    "kbswpfree": "swap_free_kb",
    "%swpused": "swap_used_percent",
    "ldavg-1": "load_avg_1m",
    "ldavg-5": "load_avg_5m",
    "ldavg-15": "load_avg_15m",
    "tps": "disk_transfers_per_second",
    "rtps": "disk_reads_per_second",
    "wtps": "disk_writes_per_second",
    "r/s": "disk_reads_per_second",
    "w/s": "disk_writes_per_second",
    "await": "disk_await_ms",
    "r_await": "disk_read_await_ms",
    "w_await": "disk_write_await_ms",
    "%util": "disk_busy_percent",
    "rxpck/s": "network_received_packets_per_second",
    "txpck/s": "network_sent_packets_per_second",
    "rxkB/s": "network_received_kb_per_second",
    "txkB/s": "network_sent_kb_per_second",
    "%ifutil": "network_used_percent",
    "rxerr/s": "network_receive_errors_per_second",
    "txerr/s": "network_send_errors_per_second",
    "rxdrop/s": "network_receive_dropped_per_second",
    "txdrop/s": "network_send_dropped_per_second",
}
_OF_PROCESSES = {
    "%usr": "process_cpu_user_percent",
    "%system": "process_cpu_system_percent",
    "%CPU": "process_cpu_percent",
    "%wait": "process_cpu_wait_percent",
    "RSS": "process_memory_rss_kb",
    "VSZ": "process_memory_virtual_kb",
    "%MEM": "process_memory_percent",
    "kB_rd/s": "process_disk_read_kb_per_second",
    "kB_wr/s": "process_disk_written_kb_per_second",
    "threads": "process_threads",
    "fd-nr": "process_open_files",
}
_TOOLS = {"vmstat", "sar", "iostat", "pidstat", "mpstat", "top", "sysstat", "stat", "stats", "out", "output", "log"}


def metric_name(column: str, *, process: bool = False) -> str:
    """Return the metric that a column is; one that is not known keeps its own words."""
    if process and column in _OF_PROCESSES:
        return _OF_PROCESSES[column]
    if not process and (name := NAMES.get(column)):
        return name
    words = column.replace("%", "percent_").replace("/s", "_per_second")
    return ("process_" if process else "") + re.sub(r"\W+", "_", words).strip("_").lower()


def with_use(values: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    """Yield the metrics of one row, and how much of the processors is used where that follows from them."""
    yield from values.items()
    if _IDLE in values and _USED not in values:
        yield _USED, max(0.0, round(100.0 - values[_IDLE] - values.get(_WAIT, 0.0) - values.get(_STOLEN, 0.0), 3))


def unit_of(name: str) -> str:
    """Return the unit that the name of a metric says."""
    return "%" if "_percent" in name else next((one for one in ("kb", "ms") if f"_{one}" in name), "")


def host_of(file: Found) -> str:
    """Return the machine that a file is of: what its name says beside the tool's, or its folder's."""
    for part in reversed(file.relative.rsplit(".", 1)[0].split("/")):
        words = [word for word in re.split(r"[._]|-(?=\D)", part) if not re.fullmatch(r"[\d-]*", word)]
        if named := [word for word in words if word.lower() not in _TOOLS]:
            return "-".join(named)
    return "machine"
