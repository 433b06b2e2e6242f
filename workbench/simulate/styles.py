"""How services write the same line in different houses: with a logger in front, as key=value pairs, or bare."""

from __future__ import annotations

import json

from workbench.simulate.topology import Service

_STACK = "exception.stacktrace"


def styled(service: Service, severity: str, body: str, attributes: str) -> tuple[str, str]:
    """Return body and attributes of a line as the service writes them; the place in the code is only in `located`."""
    about = json.loads(attributes) if attributes != "{}" else {}
    if service.style == "logger":
        source = str(about.get("code.filepath") or service.source)
        name = source.rsplit("/", 1)[-1].split(".")[0]
        stack = f"\n{about[_STACK]}" if about.get(_STACK) else ""
        return f"{severity:<5} [{service.name}-worker-1] {name} - {body}{stack}", "{}"
    if service.style == "logfmt":
        stack = f" error={about['exception.type']}" if about.get("exception.type") else ""
        quoted = body.replace('"', "'")
        return f'level={severity.lower()} service={service.name} msg="{quoted}"{stack}', "{}"
    kept = {key: value for key, value in about.items() if key.startswith("exception.") and key != _STACK}
    return body, json.dumps(kept, separators=(",", ":")) if kept else "{}"
