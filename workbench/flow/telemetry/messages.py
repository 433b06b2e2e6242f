"""The protobuf messages of Loki's push API and of Prometheus' remote write, described here by their field numbers."""

from __future__ import annotations

from functools import cache
from typing import Any

# message -> (field, number, type, repeated). Sources: push.proto of Loki, types.proto and remote.proto of Prometheus.
SCHEMAS: dict[str, tuple[tuple[str, int, str, bool], ...]] = {
    "Timestamp": (("seconds", 1, "int64", False), ("nanos", 2, "int32", False)),
    "Pair": (("name", 1, "string", False), ("value", 2, "string", False)),
    "Entry": (("timestamp", 1, "Timestamp", False), ("line", 2, "string", False), ("metadata", 3, "Pair", True)),
    "Stream": (("labels", 1, "string", False), ("entries", 2, "Entry", True)),
    "PushRequest": (("streams", 1, "Stream", True),),
    "Sample": (("value", 1, "double", False), ("timestamp", 2, "int64", False)),
    "TimeSeries": (("labels", 1, "Pair", True), ("samples", 2, "Sample", True)),
    "WriteRequest": (("timeseries", 1, "TimeSeries", True),),
}


@cache
def message(name: str) -> Any:
    """Return the class of a message."""
    from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
    from google.protobuf.descriptor_pool import DescriptorPool
    from google.protobuf.message_factory import GetMessageClass

    file = FileDescriptorProto(name="causeway.proto", package="causeway", syntax="proto3")
    for known, fields in SCHEMAS.items():
        described = file.message_type.add(name=known)
        for field, number, kind, repeated in fields:
            added = described.field.add(name=field, number=number)
            added.label = FieldDescriptorProto.LABEL_REPEATED if repeated else FieldDescriptorProto.LABEL_OPTIONAL
            if kind in SCHEMAS:
                added.type, added.type_name = FieldDescriptorProto.TYPE_MESSAGE, f".causeway.{kind}"
            else:
                added.type = getattr(FieldDescriptorProto, f"TYPE_{kind.upper()}")
    pool = DescriptorPool()
    pool.Add(file)
    return GetMessageClass(pool.FindMessageTypeByName(f"causeway.{name}"))
