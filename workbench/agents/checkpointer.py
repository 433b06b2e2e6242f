"""Keeps the state of LangGraph graphs in the workspace, so that an investigation goes on where it was cut off."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    get_checkpoint_id,
    get_checkpoint_metadata,
)
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from workbench.store import checkpoints
from workbench.store.checkpoints import CheckpointRow, WriteRow
from workbench.store.db import Store


def plain_serializer() -> JsonPlusSerializer:
    """Return a serializer that reads back plain values only: no pickle, and no class but LangGraph's own safe ones.

    A database that somebody tampered with can thereby hold wrong data, but it cannot run code.
    """
    return JsonPlusSerializer(pickle_fallback=False, allowed_json_modules=None, allowed_msgpack_modules=None)


class StoreSaver(BaseCheckpointSaver[str]):
    """LangGraph's checkpoint saver over `store.checkpoints`. Any thread may use it."""

    def __init__(self, store: Store) -> None:
        super().__init__(serde=plain_serializer())
        self._store = store

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Return the checkpoint that the config names, or the newest of its thread."""
        place = config["configurable"]
        row = checkpoints.get(
            self._store, str(place["thread_id"]), place.get("checkpoint_ns", ""), get_checkpoint_id(config)
        )
        return self._tuple(row) if row else None

    def list(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> Iterator[CheckpointTuple]:
        """Yield the checkpoints of a thread (or of all), newest first."""
        place = config["configurable"] if config else {}
        rows = checkpoints.list_(
            self._store,
            thread_id=str(place["thread_id"]) if "thread_id" in place else None,
            checkpoint_ns=place.get("checkpoint_ns"),
            checkpoint_id=get_checkpoint_id(config) if config else None,
            before=get_checkpoint_id(before) if before else None,
            limit=None if filter else limit,
        )
        wanted = (filter or {}).items()
        fitting = [row for row in rows if wanted <= json.loads(row.metadata or "{}").items()] if wanted else rows
        for row in fitting[:limit]:
            yield self._tuple(row)

    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Store a checkpoint and return the config that names it."""
        place = config["configurable"]
        thread, namespace = str(place["thread_id"]), place.get("checkpoint_ns", "")
        kind, data = self.serde.dumps_typed(checkpoint)
        shown = json.dumps(get_checkpoint_metadata(config, metadata), ensure_ascii=False)
        parent = place.get("checkpoint_id")
        checkpoints.put(self._store, CheckpointRow(thread, namespace, checkpoint["id"], parent, kind, data, shown))
        return {"configurable": {"thread_id": thread, "checkpoint_ns": namespace, "checkpoint_id": checkpoint["id"]}}

    def put_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Store what a task wrote before its step was over."""
        place = config["configurable"]
        rows = [
            WriteRow(task_id, WRITES_IDX_MAP.get(channel, index), channel, *self.serde.dumps_typed(value), task_path)
            for index, (channel, value) in enumerate(writes)
        ]
        checkpoints.put_writes(
            self._store,
            str(place["thread_id"]),
            place.get("checkpoint_ns", ""),
            str(place["checkpoint_id"]),
            rows,
            # Errors and interrupts of a task may change; its results may not.
            replace=all(channel in WRITES_IDX_MAP for channel, _ in writes),
        )

    def delete_thread(self, thread_id: str) -> None:
        """Forget a thread."""
        checkpoints.delete_thread(self._store, str(thread_id))

    def get_next_version(self, current: str | None, channel: None) -> str:
        """Return the version of a channel after `current`; versions sort as texts."""
        return f"{int(current.split('.')[0]) + 1 if current else 1:032}.0"

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """As `get_tuple`, in a thread."""
        return await asyncio.to_thread(self.get_tuple, config)

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """As `list`, in a thread."""
        for found in await asyncio.to_thread(lambda: [*self.list(config, filter=filter, before=before, limit=limit)]):
            yield found

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """As `put`, in a thread."""
        return await asyncio.to_thread(self.put, config, checkpoint, metadata, new_versions)

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """As `put_writes`, in a thread."""
        await asyncio.to_thread(self.put_writes, config, writes, task_id, task_path)

    async def adelete_thread(self, thread_id: str) -> None:
        """As `delete_thread`, in a thread."""
        await asyncio.to_thread(self.delete_thread, thread_id)

    def _tuple(self, row: CheckpointRow) -> CheckpointTuple:
        def named(checkpoint_id: str) -> RunnableConfig:
            return {
                "configurable": {
                    "thread_id": row.thread_id,
                    "checkpoint_ns": row.checkpoint_ns,
                    "checkpoint_id": checkpoint_id,
                }
            }

        writes = checkpoints.writes_of(self._store, row.thread_id, row.checkpoint_ns, row.checkpoint_id)
        return CheckpointTuple(
            config=named(row.checkpoint_id),
            checkpoint=self.serde.loads_typed((row.type, bytes(row.checkpoint))),
            metadata=json.loads(row.metadata) if row.metadata else {},
            parent_config=named(row.parent_checkpoint_id) if row.parent_checkpoint_id else None,
            pending_writes=[
                (write.task_id, write.channel, self.serde.loads_typed((write.type, bytes(write.value))))
                for write in writes
            ],
        )
