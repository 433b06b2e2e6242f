"""Amazon's services for tests: the emulator moto, in a process of its own, spoken to over HTTP as Amazon is."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.services.process import answers, free_port, server

KEYS = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
REFERENCES = {"access_key": "${secret:test_aws_key}", "secret_key": "${secret:test_aws_secret}"}
SECRETS = {"test_aws_key": "key", "test_aws_secret": "secret"}


@contextmanager
def moto_server() -> Iterator[str]:
    """Yield the address of a server."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        with server(command, ready=lambda: answers(port), log=Path(folder) / "log"):
            yield f"http://127.0.0.1:{port}"


def aws(address: str, service: str) -> Any:
    """Return a client of a test, which is not one of ours."""
    import boto3

    return boto3.client(service, region_name="us-east-1", endpoint_url=address, **KEYS)


def secret(reference: str) -> str:
    """Service `secrets`."""
    return SECRETS[reference.removeprefix("${secret:").removesuffix("}")]
