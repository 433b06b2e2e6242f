"""The node `sources.airbyte`."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager, nullcontext
from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator

from node_catalog.sources._airbyte import Program
from workbench.errors import SystemUnfit
from workbench.flow.example import Example, asks
from workbench.flow.fields import Column, Secret
from workbench.flow.following import Follower, Following, followed
from workbench.flow.rows import Rows
from workbench.flow.services import Secrets, Source


class Airbyte(Following):
    """Read a stream of a connector that speaks the Airbyte protocol: a program on this machine, started by its command.

    The program runs with your rights. With `incremental` it is asked for what came since its last state; otherwise it
    reads everything, and with `follow` everything again, for which a `key` is needed.
    """

    tested = "wire protocol"

    command: list[str] = Field(min_length=1)
    """Program and arguments, such as [.venv-faker/bin/source-faker]."""
    config: dict[str, Any] = {}
    """The connector's configuration, without what is secret."""
    config_secrets: dict[str, Secret] = {}
    """Secret parts of the configuration: name, or path such as credentials.password, and ${secret:NAME}."""
    stream: str = Field(min_length=1)
    """The stream to read."""
    mode: Literal["incremental", "full_refresh"] = "full_refresh"
    """How the connector reads."""
    cursor: str | None = None
    """Field by which an incremental stream goes on, where the connector does not say it."""
    key: list[Column] = []
    """Columns that tell rows apart: one that is read again replaces the one before."""
    follow: bool = False
    """Ask again after each pause, until the run is stopped."""
    poll_s: float = Field(60.0, gt=0, le=86_400)
    """Pause between two reads, in seconds."""

    example: ClassVar[Example | None] = asks(
        {"command": ["source-faker", "--seed", "1"], "stream": "users", "columns": {"id_": "integer", "name": "text"}}
    )

    @model_validator(mode="after")
    def _can_follow(self) -> Airbyte:
        if self.follow and self.mode == "full_refresh" and not self.key:
            raise ValueError("following with full_refresh needs a key, or all rows would come again and again")
        return self

    @property
    def where(self) -> str:
        """The stream, for errors."""
        return f"{self.command[0]}/{self.stream}"

    def build(self, *, source: Source, secrets: Secrets) -> Rows:
        return followed(AirbyteReader(self, source, secrets))

    def probe(self, *, secrets: Secrets) -> str:
        """Let the connector check its configuration."""
        for message in Program(self.command, self.where).say("check", config=self.configured(secrets)):
            status = message.get("connectionStatus") or {}
            if message["type"] == "CONNECTION_STATUS" and status.get("status") == "SUCCEEDED":
                return f"{self.where}: the connector's check has succeeded"
            if message["type"] == "CONNECTION_STATUS":
                raise SystemUnfit(self.where, str(status.get("message") or "the connector's check has failed"))
        raise SystemUnfit(self.where, "the connector has not answered its check")

    def configured(self, secrets: Secrets) -> dict[str, Any]:
        """Return the configuration with its secrets."""
        whole: dict[str, Any] = json.loads(json.dumps(self.config))
        for path, reference in self.config_secrets.items():
            *folders, name = path.split(".")
            here = whole
            for folder in folders:
                here = here.setdefault(folder, {})
            here[name] = secrets(reference)
        return whole


class AirbyteReader(Follower):
    """Takes the records of one stream; the connector's states are the offsets."""

    def __init__(self, node: Airbyte, source: Source, secrets: Secrets) -> None:
        super().__init__(node, source, node.key)
        self.place, self.secrets = node, secrets
        self.goes_on = node.mode == "incremental"

    def connect(self) -> AbstractContextManager[Any]:
        """Ask the connector for its streams."""
        program = Program(self.place.command, self.place.where, lambda: self.stopping)
        config = self.place.configured(self.secrets)
        found = [m["catalog"] for m in program.say("discover", config=config) if m["type"] == "CATALOG"]
        streams = {one["name"]: one for catalog in found for one in catalog["streams"]}
        if self.place.stream not in streams and not self.stopping:
            has = ", ".join(sorted(streams)) or "none"
            raise SystemUnfit(self.place.where, f"the connector has no stream {self.place.stream!r}; it has {has}")
        return nullcontext((program, config, {"streams": [self._chosen(streams.get(self.place.stream, {}))]}))

    def poll(self, connection: Any) -> None:
        """Let the connector read from its last state."""
        program, config, catalog = connection
        state = json.loads(self.offset) if self.offset else None
        streams = {self._name(one): one for one in state} if isinstance(state, list) else {}
        for message in program.say("read", config=config, catalog=catalog, state=state):
            if message["type"] == "RECORD" and message["record"].get("stream") == self.place.stream:
                self.take(message["record"]["data"], where=self.place.where)
                if self.key:
                    self.may_repeat()
            elif message["type"] == "STATE" and self.goes_on:
                said = message["state"]
                if said.get("type") in ("STREAM", "GLOBAL"):
                    streams[self._name(said)] = said
                    self.reached(json.dumps(list(streams.values())))
                else:
                    self.reached(json.dumps(said.get("data", {})))

    def _chosen(self, stream: dict[str, Any]) -> dict[str, Any]:
        """Return the stream as the protocol's configured catalog has it."""
        append = "append_dedup" if self.key else "append"
        chosen: dict[str, Any] = {"stream": stream, "sync_mode": self.place.mode, "destination_sync_mode": append}
        if self.place.cursor is not None:
            chosen["cursor_field"] = self.place.cursor.split(".")
        elif stream.get("default_cursor_field"):
            chosen["cursor_field"] = stream["default_cursor_field"]
        return chosen

    @staticmethod
    def _name(state: dict[str, Any]) -> str:
        return json.dumps((state.get("stream") or {}).get("stream_descriptor"), sort_keys=True)
