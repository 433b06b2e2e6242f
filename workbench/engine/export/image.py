"""The Containerfile of an exported flow: one layer of packages, one of the flow; no root, nothing to write to."""

from __future__ import annotations

BASE = "python:3.11-slim"
USER = 65532
"""Number of the user in the image; it owns nothing there."""
PORT = 8080


def containerfile(name: str, *, files: bool) -> str:
    """Return the text of the Containerfile; `files` says whether the flow brings files of its own.

    Packages come from the folder `wheels` when there are any in it, so that an image can be built without a network.
    """
    return f"""\
# Image of the flow {name}. Build it with:  podman build -t {name} .   (or docker build -f Containerfile ...)
# Without a network: put wheels into the folder wheels (see README.md) and add --network none.
ARG BASE={BASE}

FROM ${{BASE}}
# One stage: what is copied from another one is written three times, and packages are most of the image.
COPY requirements.txt /app/
RUN --mount=type=bind,source=wheels,target=/wheels \\
    python3 -m venv /opt/flow && \\
    if ls /wheels/*.whl >/dev/null 2>&1; then FROM="--no-index --find-links /wheels"; else FROM=""; fi && \\
    /opt/flow/bin/pip install --no-cache-dir --no-deps $FROM -r /app/requirements.txt && \\
    rm -rf /opt/flow/lib/python3*/site-packages/pip /opt/flow/bin/pip* && \\
    mkdir /data && chown {USER}:{USER} /data
COPY flow.py control.py /app/
{"COPY files/ /app/files/" + chr(10) if files else ""}ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOME=/tmp
WORKDIR /data
USER {USER}:{USER}
EXPOSE {PORT}
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s CMD ["/opt/flow/bin/python", "/app/control.py", "alive"]
ENTRYPOINT ["/opt/flow/bin/python", "/app/control.py"]
"""


def ignored() -> str:
    """Return the .containerignore: what must not get into the build."""
    return "secrets\ndata\nkubernetes\ncompose.yaml\n"
