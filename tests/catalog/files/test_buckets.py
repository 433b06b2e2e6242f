"""Buckets as moto has them: an emulator by others, over HTTP; neither Amazon nor MinIO was asked."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pathway as pw
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from node_catalog._files.buckets import bucket
from node_catalog.sinks.s3 import S3Output
from node_catalog.sources.minio import Minio
from node_catalog.sources.s3 import S3
from tests.catalog.moto_server import REFERENCES, aws, moto_server, secret
from workbench.errors import RunFailed, SystemUnfit, Unreachable

pytestmark = pytest.mark.service


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with moto_server() as address:
        yield address


@pytest.fixture
def there(address: str) -> Iterator[Any]:
    client = aws(address, "s3")
    client.create_bucket(Bucket="logs")
    yield client
    while left := client.list_objects_v2(Bucket="logs").get("Contents"):
        client.delete_objects(Bucket="logs", Delete={"Objects": [{"Key": one["Key"]} for one in left]})
    client.delete_bucket(Bucket="logs")
    client.close()


def settings(address: str, **more: Any) -> dict[str, Any]:
    return {"bucket": "logs", "endpoint": address, "path_style": True, **REFERENCES, **more}


def rows_of(bench: Any, node: Any) -> list[Any]:
    return bench.run(node.build(source=bench.source(), secrets=secret))


def test_whole_objects_are_read_page_by_page(bench: Any, there: Any, address: str) -> None:
    for number in range(1005):
        there.put_object(Bucket="logs", Key=f"in/{number:04}", Body=b"%d" % number)
    there.put_object(Bucket="logs", Key="out/x", Body=b"x")
    there.put_object(Bucket="logs", Key="in/folder/", Body=b"")

    found = rows_of(bench, S3(**settings(address, prefix="in/", format="text", follow=False)))

    assert [(row[0], row[1], row[2]) for row in found[:2]] == [
        ("s3://logs/in/0000", "0", 1),
        ("s3://logs/in/0001", "1", 1),
    ]
    assert len(found) == 1005


@pytest.mark.parametrize("form", ["jsonlines", "csv", "parquet"])
def test_records_of_objects_are_read(bench: Any, there: Any, address: str, form: str) -> None:
    table = io.BytesIO()
    pq.write_table(pa.table({"n": [1, 2], "s": ["a", "b"]}), table)
    content = {"jsonlines": b'{"n": 1, "s": "a"}\n{"n": 2, "s": "b"}\n', "csv": b"n,s\n1,a\n2,b\n"}
    there.put_object(Bucket="logs", Key="x", Body=content.get(form, table.getvalue()))

    node = Minio(
        **settings(address, format=form, columns={"n": "integer", "s": "text"}, path_column="at", follow=False)
    )

    assert rows_of(bench, node) == [(1, "a", "s3://logs/x"), (2, "b", "s3://logs/x")]


def test_a_quote_that_is_not_closed_says_which_lines_it_took(bench: Any, there: Any, address: str) -> None:
    there.put_object(Bucket="logs", Key="x", Body=b'n,s\n1,a\n2,"b\n3,c\n')
    node = Minio(**settings(address, format="csv", columns={"n": "integer", "s": "text"}, follow=False))

    assert rows_of(bench, node) == [(1, "a")]
    assert [one["reason"] for one in bench.rejected] == [
        "not CSV: unexpected end of data; lines 3 to 4 went into one row, from a quote that is not closed on"
    ]


def test_text_that_is_not_utf_8_is_rejected(bench: Any, there: Any, address: str) -> None:
    there.put_object(Bucket="logs", Key="x", Body=b"n,s\n1,caf\xe9\n2,b\n")
    node = Minio(**settings(address, format="csv", columns={"n": "integer", "s": "text"}, follow=False))

    assert rows_of(bench, node) == [(2, "b")]
    assert [one["reason"] for one in bench.rejected] == ["column 's': byte 0xe9 is not UTF-8"]


def test_new_changed_and_deleted_objects_are_followed(bench: Any, there: Any, address: str) -> None:
    there.put_object(Bucket="logs", Key="a", Body=b"one")
    there.put_object(Bucket="logs", Key="b", Body=b"two")
    node = Minio(**settings(address, format="text", poll_s=0.05))
    table = node.build(source=bench.source(), secrets=secret)

    def steps(wait: Any) -> None:
        wait(lambda rows: sorted(row[1] for row in rows) == ["one", "two"])
        there.put_object(Bucket="logs", Key="a", Body=b"more")
        there.put_object(Bucket="logs", Key="c", Body=b"three")
        there.delete_object(Bucket="logs", Key="b")
        wait(lambda rows: sorted(row[1] for row in rows) == ["more", "three"])

    assert [row[1] for row in bench.follow(table, steps)] == ["more", "three"]


def test_an_object_that_changed_since_it_was_listed_is_left_for_the_next_time(there: Any, address: str) -> None:
    there.put_object(Bucket="logs", Key="a", Body=b"one")

    with bucket(S3(**settings(address)), secret) as place:
        (entry,) = place.entries()
        there.put_object(Bucket="logs", Key="a", Body=b"two")
        with pytest.raises(FileNotFoundError), place.open(entry):
            pass


def test_rows_become_objects(bench: Any, there: Any, address: str, tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    spool.mkdir()
    (spool / ".rows-0.jsonl.part").write_text('{"n": 0}\n{"n')
    node = S3Output(**settings(address, prefix="out/", spool=str(spool)))

    node.build(bench.table({"n": int}, (1,), (2,), times=[1, 2]), sink=bench.sink(), secrets=secret)
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)

    keys = [one["Key"] for one in there.list_objects_v2(Bucket="logs", Prefix="out/")["Contents"]]
    texts = [there.get_object(Bucket="logs", Key=key)["Body"].read().decode() for key in sorted(keys)]
    assert [[json.loads(line)["n"] for line in text.splitlines()] for text in texts] == [[0], [1, 2]]
    assert list(spool.iterdir()) == []


def test_a_bucket_that_is_not_there_fails_the_run(bench: Any, address: str, tmp_path: Path) -> None:
    node = S3Output(**settings(address, bucket="nothing", spool=str(tmp_path / "spool")))
    node.build(bench.table({"n": int}, (1,)), sink=bench.sink(), secrets=secret)
    with pytest.raises(RunFailed, match="s3://nothing/: NoSuchBucket"):
        pw.run(monitoring_level=pw.MonitoringLevel.NONE)
    assert [one["raw"] for one in bench.rejected] == ['{"n": 1}']


def test_a_probe_says_what_is_there_or_why_not(there: Any, address: str) -> None:
    node = S3(**settings(address))

    assert node.probe(secrets=secret) == "s3://logs/: the bucket answers, and has no objects there"
    with pytest.raises(SystemUnfit, match="s3://nothing/: NoSuchBucket"):
        node.model_copy(update={"bucket": "nothing"}).probe(secrets=secret)
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1:1"):
        node.model_copy(update={"endpoint": "http://127.0.0.1:1"}).probe(secrets=secret)
