import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.flow.telemetry.columns import columns_of
from workbench.flow.telemetry.syslog import Frames, syslog_row
from workbench.semconv import Table

NOW = int(datetime(2026, 1, 2, 3, 0, tzinfo=UTC).timestamp()) * 1_000_000_000


def read(text: str, zone: str = "UTC") -> dict[str, Any]:
    return dict(zip(columns_of(Table.LOGS), syslog_row(text.encode(), ZoneInfo(zone), NOW), strict=True))


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000) * 1_000_000


@pytest.mark.parametrize(
    ("text", "service", "host", "time", "body"),
    [
        (
            "<34>1 2025-10-11T22:14:15.003Z web su - ID47 - \ufefffailed",
            "su",
            "web",
            "2025-10-11T22:14:15.003Z",
            "failed",
        ),
        ("<34>Jan  2 02:59:15 web su[12]: failed", "su", "web", "2026-01-02T02:59:15Z", "failed"),
        ("<34>Dec 31 23:59:59 web su: failed", "su", "web", "2025-12-31T23:59:59Z", "failed"),
        ("<34>Jan  2 02:59:15 su[12]: failed", "su", "", "2026-01-02T02:59:15Z", "failed"),
        ("<34>2026-01-02T02:59:15+01:00 web su: failed", "su", "web", "2026-01-02T02:59:15+01:00", "failed"),
        ("<34>Jan  2 02:59:15 web su(pam_unix)[12]: failed", "su", "web", "2026-01-02T02:59:15Z", "failed"),
        ("<34>Jan  2 02:59:15 web (sd-pam)[12]: failed", "(sd-pam)", "web", "2026-01-02T02:59:15Z", "failed"),
        ("<34>just words", "", "", "2026-01-02T03:00:00Z", "just words"),
    ],
)
def test_forms(text: str, service: str, host: str, time: str, body: str) -> None:
    row = read(text)

    assert (row["service_name"], row["host_name"], row["body"]) == (service, host, body)
    assert row["time_unix_nano"] == at(time)
    assert (row["severity_number"], json.loads(row["attributes"])["facility"]) == (21, "auth")


def test_times_without_a_zone_are_read_in_the_given_one() -> None:
    assert read("<1>Jan  2 03:30:00 h a: b", "Europe/Berlin")["time_unix_nano"] == at("2026-01-02T02:30:00Z")


def test_structured_data() -> None:
    row = read('<13>1 - h app 7 - [a@1 x="1" y="q\\"\\]"][b@1] said')

    assert row["body"] == "said"
    assert json.loads(row["attributes"]) == {"facility": "user", "procid": "7", "a@1.x": "1", "a@1.y": 'q"]'}


@pytest.mark.parametrize("text", ["", "no", "<192>x", "<>x"])
def test_no_priority_is_no_syslog(text: str) -> None:
    with pytest.raises(ValueError, match="begins with its priority"):
        read(text)


@given(
    st.lists(
        st.binary(min_size=1, max_size=30).filter(
            lambda one: b"\n" not in one and not one[:1].isdigit() and one.strip()
        )
    ),
    st.integers(1, 9),
)
def test_a_stream_is_cut_the_same_however_it_comes(messages: list[bytes], size: int) -> None:
    stream = b"".join(m + b"\n" if n % 2 else b"%d %b" % (len(m), m) for n, m in enumerate(messages))
    frames, found = Frames(), []

    for start in range(0, len(stream), size):
        found += frames.feed(stream[start : start + size])

    assert (found, frames.last()) == (messages, b"")


def test_a_message_without_end_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 65536 bytes"):
        Frames().feed(bytes(70_000))


@given(st.text())
def test_any_text_is_a_row_or_a_value_error(text: str) -> None:
    with suppress(ValueError):
        assert set(read(text)) == set(columns_of(Table.LOGS))
