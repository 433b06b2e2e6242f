from typing import Any

import pytest

from node_catalog.text.log_prefix import LogPrefix


@pytest.mark.parametrize(
    ("prefix", "line", "expected"),
    [
        ("compose", "api-1  | taken", ("taken", "api", "api-1", "", 0)),
        ("kubectl", "[pod/api-7d9f8c6b5-q8k2p/main] taken", ("taken", "api", "api-7d9f8c6b5-q8k2p", "", 0)),
        (
            "syslog",
            "<13>2026-03-10T09:30:00Z web-1 su(pam_unix)[7]: no",
            ("no", "su", "", "web-1", 1773135000000000000),
        ),
        ("syslog", "api-1  | taken", ("api-1  | taken", "", "", "", 0)),
    ],
)
def test_lines_say_who_wrote_them(bench: Any, prefix: Any, line: str, expected: tuple[Any, ...]) -> None:
    rows = LogPrefix(prefix=prefix).build(bench.table({"body": str}, (line,)))
    chosen = rows.select(rows.body, rows.service_name, rows.service_instance_id, rows.host_name, rows.time_unix_nano)

    assert bench.run(chosen) == [expected]
