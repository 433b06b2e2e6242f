"""The compose file of an exported flow: the flow, and a PostgreSQL when one is asked for."""

from __future__ import annotations

from typing import Any

import yaml

from workbench.engine.export.fit import Listens
from workbench.engine.export.image import PORT, USER
from workbench.engine.export.plan import Plan

POSTGRES_PASSWORD = "postgres-password"  # noqa: S105 - the name of a secret
TOKEN = "control-token"  # noqa: S105 - the name of a secret


def compose(plan: Plan) -> str:
    """Return the text of compose.yaml; secrets are files in the folder `secrets`, never values."""
    flow: dict[str, Any] = {
        "image": f"localhost/{plan.name}:latest",
        "build": {"context": ".", "dockerfile": "Containerfile"},
        "user": f"{USER}:{USER}",
        "read_only": True,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges"],
        "tmpfs": ["/tmp"],  # noqa: S108 - in the container
        "environment": dict(plan.environment),
        "volumes": ["data:/data", "./secrets:/run/secrets:ro"],
        "ports": [f"127.0.0.1:{PORT}:{PORT}", *(f"127.0.0.1:{published(one)}" for one in plan.needs.listens)],
        "stop_grace_period": "40s",
        "restart": "on-failure",
        "mem_limit": f"{plan.memory_mb}m",
        "cpus": plan.cpus,
    }
    services: dict[str, Any] = {"flow": flow}
    volumes: dict[str, Any] = {"data": {}}
    if plan.postgres:
        flow["depends_on"] = ["postgres"]
        services["postgres"] = {
            "image": "${POSTGRES_IMAGE:-postgres:16}",
            "environment": {
                "POSTGRES_USER": "flow",
                "POSTGRES_DB": "flow",
                "POSTGRES_PASSWORD_FILE": f"/run/secrets/{POSTGRES_PASSWORD}",
                "PGDATA": "/var/lib/postgresql/data/pgdata",
            },
            "volumes": [
                "postgres:/var/lib/postgresql/data",
                f"./secrets/{POSTGRES_PASSWORD}:/run/secrets/{POSTGRES_PASSWORD}:ro",
            ],
            "restart": "on-failure",
        }
        volumes["postgres"] = {}
    head = (
        f"# The flow {plan.name}. Put the secrets into the folder secrets first (README.md lists them), then\n"
        "#   podman-compose up -d      or      docker compose up -d\n"
    )
    return head + dump({"name": plan.name, "services": services, "volumes": volumes})


def published(one: Listens) -> str:
    """Return a port as runtimes write it: `4318:4318`, `514:514/udp`."""
    return f"{one.port}:{one.port}" + ("/udp" if one.protocol == "UDP" else "")


def dump(*documents: Any) -> str:
    """Return YAML documents with keys in the order they were given."""
    return yaml.safe_dump_all(documents, sort_keys=False, default_flow_style=False, width=110)
