"""Settings of services of Amazon Web Services and of those that speak their protocols, by the client `boto3`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from workbench.errors import BadInput, GiveUp, RetryLater, SystemUnfit, Unreachable
from workbench.flow.fields import Secret
from workbench.flow.node import Extra
from workbench.flow.services import Secrets

NEEDS = Extra("aws", "boto3")
_LATER = frozenset(
    {
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "KMSThrottlingException",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "ServiceUnavailable",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
    }
)


class AwsSettings(BaseModel):
    """How to reach a service."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    region: str = Field("us-east-1", min_length=2, pattern=r"^[a-z0-9-]+$")
    """Region of the service."""
    endpoint: str | None = Field(None, pattern=r"^https?://[^\s@]+$")
    """Address of the service where it is not Amazon's own, such as http://127.0.0.1:9000."""
    access_key: Secret | None = None
    """Access key id; what the AWS tools of this machine are set up with when left out."""
    secret_key: Secret | None = None
    """Secret access key that belongs to it."""


def client(settings: AwsSettings, secrets: Secrets, service: str, **config: Any) -> Any:
    """Return a client of a service; it connects with the first request."""
    import boto3
    from botocore.config import Config

    return boto3.client(
        service,
        region_name=settings.region,
        endpoint_url=settings.endpoint,
        aws_access_key_id=secrets(settings.access_key) if settings.access_key else None,
        aws_secret_access_key=secrets(settings.secret_key) if settings.secret_key else None,
        config=Config(connect_timeout=5, read_timeout=30, retries={"total_max_attempts": 1}, **config),
    )


@contextmanager
def aws_errors(where: str) -> Iterator[None]:
    """Turn what botocore raises into `Unreachable`, `SystemUnfit` or `BadInput`."""
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, ParamValidationError
    from botocore.exceptions import ConnectionError as NoConnection

    try:
        yield
    except ClientError as error:
        raise _said(error, where) from error
    except (HTTPClientError, NoConnection, OSError) as error:
        raise Unreachable(where, str(error).rstrip(".")) from error
    except ParamValidationError as error:
        raise BadInput(" ".join(str(error).split()), where=where) from error
    except BotoCoreError as error:
        # Such as no access key: set access_key and secret_key.
        raise SystemUnfit(where, str(error).rstrip(".")) from error


def _said(error: Any, where: str) -> RetryLater | GiveUp:
    about = error.response.get("Error", {})
    code, text = str(about.get("Code", "")), str(about.get("Message", error)).rstrip(".")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _LATER or status >= 500:
        return Unreachable(where, f"{code}: {text}")
    if code in ("ValidationException", "InvalidArgumentException"):
        return BadInput(text, where=where)
    return SystemUnfit(where, f"{code}: {text}" if code else text)
