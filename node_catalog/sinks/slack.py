"""The node `sinks.slack`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

import httpx
from pydantic import Field

from workbench.errors import BadInput
from workbench.flow.example import Example, asks
from workbench.flow.fields import Secret
from workbench.flow.outside import as_json
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Sink
from workbench.flow.shaping import as_text, known_columns, shaped
from workbench.flow.web import ask, knocked
from workbench.flow.writing import Change, Writer, Writing, write_rows


class Slack(Writing):
    """Post a message for each row to Slack, Mattermost or another chat with incoming webhooks.

    The address of the webhook is a secret: whoever has it can post. Rows that are taken back later stay posted.
    """

    tested = "wire protocol"

    webhook: Secret
    """Address of the incoming webhook, as a reference such as ${secret:chat_slack_webhook}."""
    text: str = Field("*${service_name}*: ${summary}", min_length=1)
    """The message; `${column}` is replaced by the row's value."""
    timeout_s: float = Field(10.0, gt=0, le=600)
    """How long to wait for an answer."""

    example: ClassVar[Example | None] = asks(
        {"webhook": "${secret:chat_slack_webhook}", "text": "*${service_name}*: ${summary}"}
    )

    def probe(self, *, secrets: Secrets) -> str:
        """Ask whether somebody is there; nothing is posted."""
        with opened(self, secrets) as (web, address):
            return knocked(web, address, f"the webhook {self.webhook}")

    def build(self, rows: Rows, *, sink: Sink, secrets: Secrets) -> None:
        known_columns(self.text, rows)
        write_rows(rows, SlackWriter(self, sink, secrets))


class SlackWriter(Writer):
    """Posts messages, one by one."""

    node: Slack

    def __init__(self, node: Slack, sink: Sink, secrets: Secrets) -> None:
        super().__init__(node.model_copy(update={"batch_rows": 1}), sink, f"the webhook {node.webhook}")
        self.secrets = secrets

    @contextmanager
    def connect(self) -> Iterator[tuple[httpx.Client, str]]:
        """Return a client and the address."""
        with opened(self.node, self.secrets) as found:
            yield found

    def arrange(self, changes: list[Change]) -> list[Change]:
        """Leave out rows that go: what was posted cannot be taken back."""
        return [change for change in changes if change.added]

    def write(self, connection: tuple[httpx.Client, str], changes: Sequence[Change]) -> None:
        """Post a message."""
        web, address = connection
        for change in changes:
            content = json.dumps({"text": message_of(self.node.text, change.values)}).encode()
            ask(web, "POST", address, self.where, content=content, headers={"Content-Type": "application/json"})


@contextmanager
def opened(node: Slack, secrets: Secrets) -> Iterator[tuple[httpx.Client, str]]:
    """Return a client and the address of the webhook."""
    address = secrets(node.webhook).strip()
    if not address.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise BadInput("is no address that begins with https://", where=f"the webhook {node.webhook}")
    with httpx.Client(timeout=node.timeout_s, trust_env=address.startswith("https://")) as web:
        yield web, address


def message_of(template: str, row: Mapping[str, Any]) -> str:
    """Return the message of a row; the three characters that mean something to Slack are written as it wants them."""
    plain = json.loads(as_json(row))
    return as_text(shaped(template, {name: _escaped(as_text(value)) for name, value in plain.items()}))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
