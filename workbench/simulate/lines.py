"""Log lines that are not part of an operation: errors, retries, and what services say with nobody calling."""

from __future__ import annotations

import json

from workbench.simulate.answers import Failure
from workbench.simulate.dice import Dice
from workbench.simulate.state import Instance
from workbench.simulate.topology import Language, Line, Service

_CLIENT_FILE: dict[Language, str] = {
    "go": "pkg/rpc/client.go",
    "java": "com/shop/commons/RpcClient.java",
    "node": "src/lib/client.ts",
    "python": "common/client.py",
    "dotnet": "src/Common/RpcClient.cs",
    "native": "",
}

_TRACE: dict[Language, str] = {
    "go": "goroutine 4127 [running]:\n{file}:{line}\ninternal/server/handler.go:88",
    "java": "{name}: {text}\n\tat {file}:{line}\n\tat com/shop/commons/Dispatcher.java:61",
    "node": "{name}: {text}\n    at {file}:{line}:17\n    at src/lib/router.ts:49:12",
    "python": 'Traceback (most recent call last):\n  File "{file}", line {line}, in handle\n{name}: {text}',
    "dotnet": "{name}: {text}\n   at {file}:line {line}\n   at src/Common/Pipeline.cs:line 40",
    "native": "",
}

BUGS: dict[Language, tuple[tuple[str, str], ...]] = {
    "go": (
        ("runtime.Error", "invalid memory address or nil pointer dereference"),
        ("runtime.Error", "index out of range [3] with length 3"),
    ),
    "java": (
        ("java.lang.NullPointerException", 'Cannot invoke "Price.currency()" because "price" is null'),
        ("java.lang.IllegalStateException", "unexpected value: PENDING_REVIEW"),
    ),
    "node": (
        ("TypeError", "Cannot read properties of undefined (reading 'price')"),
        ("RangeError", "Invalid currency code : undefined"),
    ),
    "python": (
        ("KeyError", "'category_weights'"),
        ("TypeError", "unsupported operand type(s) for +: 'NoneType' and 'int'"),
    ),
    "dotnet": (
        ("System.NullReferenceException", "Object reference not set to an instance of an object"),
        ("System.FormatException", "The input string 'null' was not in a correct format"),
    ),
    "native": (),
}
"""What a bug in new code throws: type and message of the exception."""

_IDLE: dict[Language, tuple[Line, ...]] = {
    "go": (
        Line("INFO", "GET /healthz 200 {small}ms", "internal/server/health.go", 22),
        Line("INFO", "flushed {count} metrics to collector", "pkg/telemetry/export.go", 57),
    ),
    "java": (
        Line("INFO", "health probe UP in {small} ms", "com/shop/commons/HealthController.java", 31),
        Line("DEBUG", "pool stats total={count} idle={small}", "com/shop/commons/PoolReporter.java", 44),
    ),
    "node": (
        Line("INFO", "GET /healthz 200 {small}ms", "src/lib/health.ts", 12),
        Line("INFO", "session store: {small} expired sessions removed", "src/lib/sessions.ts", 71),
    ),
    "python": (
        Line("INFO", "GET /healthz 200 {small}ms", "common/health.py", 19),
        Line("INFO", "worker recycled after {count} tasks", "common/worker.py", 38),
    ),
    "dotnet": (Line("INFO", "Request finished HTTP/2 GET /healthz - 200 in {small}ms", "src/Common/Health.cs", 27),),
    "native": (Line("INFO", "{count} connections accepted since start", "main.c", 88),),
}

_IDLE_STORE: dict[str, tuple[Line, ...]] = {
    "postgresql": (
        Line("INFO", "checkpoint complete: wrote {count} buffers ({small}.2%)", "checkpointer.c", 410),
        Line("INFO", "automatic vacuum: pages: {small} removed, {count} remain", "autovacuum.c", 128),
    ),
    "redis": (
        Line("INFO", "{count} changes in 60 seconds. Saving...", "server.c", 1203),
        Line("INFO", "Background saving terminated with success after {small} s", "rdb.c", 2871),
    ),
}


def idle_line(dice: Dice, service: Service) -> tuple[str, str, str]:
    """Return severity, body and attributes of a line that a service writes with nobody calling."""
    line = dice.pick(_IDLE_STORE.get(service.system) or _IDLE[service.language])
    return line.severity, line.text.format(small=dice.whole(1, 6), count=dice.whole(12, 240)), line.attributes


def error_attributes(instance: Instance, failure: Failure, line: int, *, client: bool) -> str:
    """Return the JSON attributes of an error line: code location, exception and its stack."""
    service = instance.member.service
    file = _CLIENT_FILE[service.language] if client else service.source
    stack = _TRACE[service.language].format(file=file, line=line, name=failure.exception, text=failure.text)
    return json.dumps(
        {
            "code.filepath": file,
            "code.lineno": line,
            "exception.type": failure.exception,
            "exception.message": failure.text,
            "exception.stacktrace": stack,
        },
        separators=(",", ":"),
    )


def client_attributes(instance: Instance, line: int) -> str:
    """Return the JSON code location of a line of the library that calls other services."""
    file = _CLIENT_FILE[instance.member.service.language]
    return json.dumps({"code.filepath": file, "code.lineno": line}, separators=(",", ":"))
