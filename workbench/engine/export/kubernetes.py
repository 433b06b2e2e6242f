"""The Kubernetes manifests of an exported flow: Deployment, Service, ConfigMap, volume; secrets by reference only."""

from __future__ import annotations

from typing import Any

from workbench.engine.export.compose import POSTGRES_PASSWORD, TOKEN, dump
from workbench.engine.export.image import PORT, USER
from workbench.engine.export.plan import Plan


def manifests(plan: Plan) -> dict[str, str]:
    """Return the text of each manifest by file name."""
    made = {
        "configmap.yaml": dump(_configmap(plan)),
        "deployment.yaml": dump(_deployment(plan)),
        "service.yaml": dump(_service(plan)),
    }
    if plan.replicas == 1:
        # A volume of its own for each replica is not to be had from a Deployment; they get an empty folder each.
        made["data.yaml"] = dump(_claim(plan.name, f"{plan.name}-data", "5Gi"))
    if plan.postgres:
        made["postgres.yaml"] = dump(*_postgres(plan))
    return made


def _meta(plan_name: str, name: str) -> dict[str, Any]:
    labels = {"app.kubernetes.io/name": plan_name, "app.kubernetes.io/managed-by": "causeway"}
    return {"name": name, "labels": labels}


def _configmap(plan: Plan) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": _meta(plan.name, f"{plan.name}-config"),
        "data": {"FLOW_PORT": str(PORT), **dict(plan.environment)},
    }


def _claim(plan_name: str, name: str, size: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": _meta(plan_name, name),
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}},
    }


def _deployment(plan: Plan) -> dict[str, Any]:
    data = (
        {"name": "data", "persistentVolumeClaim": {"claimName": f"{plan.name}-data"}}
        if plan.replicas == 1
        else {"name": "data", "emptyDir": {}}
    )
    select = {"app.kubernetes.io/name": plan.name}
    pod = {
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 40,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER,
            "runAsGroup": USER,
            "fsGroup": USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [_container(plan)],
        "volumes": [
            data,
            {"name": "tmp", "emptyDir": {}},
            # The secret itself is made by the cluster's keeper; no manifest holds a value.
            {
                "name": "secrets",
                # Said although it is the default: podman kube play 4.3 breaks off where it is not said.
                "secret": {"secretName": f"{plan.name}-secrets", "defaultMode": 0o440, "optional": False},
            },
        ],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _meta(plan.name, plan.name),
        "spec": {
            "replicas": plan.replicas,
            # Two at once would read the same input twice, or write the same files.
            "strategy": {"type": "Recreate"},
            "selector": {"matchLabels": select},
            "template": {"metadata": _meta(plan.name, plan.name), "spec": pod},
        },
    }


def _container(plan: Plan) -> dict[str, Any]:
    def probe(path: str, period: int, failures: int) -> dict[str, Any]:
        return {
            "httpGet": {"path": path, "port": "control"},
            "periodSeconds": period,
            "timeoutSeconds": 3,
            "failureThreshold": failures,
        }

    ports: list[dict[str, Any]] = [{"name": "control", "containerPort": PORT}]
    ports += [{"name": one.name, "containerPort": one.port, "protocol": one.protocol} for one in plan.needs.listens]
    return {
        "name": "flow",
        "image": f"localhost/{plan.name}:latest",
        "imagePullPolicy": "IfNotPresent",
        "envFrom": [{"configMapRef": {"name": f"{plan.name}-config"}}],
        "ports": ports,
        "startupProbe": probe("/startupz", 3, 40),
        "livenessProbe": probe("/livez", 10, 3),
        "readinessProbe": probe("/readyz", 5, 2),
        "resources": {
            "requests": {"memory": f"{max(256, plan.memory_mb // 2)}Mi", "cpu": "250m"},
            "limits": {"memory": f"{plan.memory_mb}Mi", "cpu": f"{round(plan.cpus * 1000)}m"},
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [
            {"name": "data", "mountPath": "/data"},
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - in the container
            {"name": "secrets", "mountPath": "/run/secrets", "readOnly": True},
        ],
    }


def _service(plan: Plan) -> dict[str, Any]:
    ports: list[dict[str, Any]] = [{"name": "control", "port": PORT, "targetPort": "control"}]
    ports += [
        {"name": one.name, "port": one.port, "targetPort": one.name, "protocol": one.protocol}
        for one in plan.needs.listens
    ]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _meta(plan.name, plan.name),
        "spec": {
            "selector": {"app.kubernetes.io/name": plan.name},
            # A flow that has failed is not ready, and has to be reached to be triggered again.
            "publishNotReadyAddresses": True,
            "ports": ports,
        },
    }


def _postgres(plan: Plan) -> list[dict[str, Any]]:
    name = f"{plan.name}-postgres"
    container = {
        "name": "postgres",
        "image": "postgres:16",
        "env": [
            {"name": "POSTGRES_USER", "value": "flow"},
            {"name": "POSTGRES_DB", "value": "flow"},
            {"name": "PGDATA", "value": "/var/lib/postgresql/data/pgdata"},
            {
                "name": "POSTGRES_PASSWORD",
                "valueFrom": {"secretKeyRef": {"name": f"{plan.name}-secrets", "key": POSTGRES_PASSWORD}},
            },
        ],
        "ports": [{"name": "postgres", "containerPort": 5432}],
        "readinessProbe": {"exec": {"command": ["pg_isready", "-U", "flow"]}, "periodSeconds": 5},
        "resources": {"requests": {"memory": "256Mi", "cpu": "100m"}, "limits": {"memory": "1Gi", "cpu": "1000m"}},
        "securityContext": {"allowPrivilegeEscalation": False},
        "volumeMounts": [{"name": "data", "mountPath": "/var/lib/postgresql/data"}],
    }
    select = {"app.kubernetes.io/name": name}
    pod = {
        "automountServiceAccountToken": False,
        "containers": [container],
        "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": f"{name}-data"}}],
    }
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _meta(name, name),
        "spec": {
            "replicas": 1,
            "strategy": {"type": "Recreate"},
            "selector": {"matchLabels": select},
            "template": {"metadata": _meta(name, name), "spec": pod},
        },
    }
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _meta(name, "postgres"),
        "spec": {"selector": select, "ports": [{"name": "postgres", "port": 5432, "targetPort": "postgres"}]},
    }
    return [_claim(name, f"{name}-data", "10Gi"), deployment, service]


def secret_keys(plan: Plan, *, beside: bool = True) -> list[str]:
    """Return the keys that the secret has to have, the same as the files in the folder `secrets`.

    Args:
        plan: The export.
        beside: Also those of what runs beside the flow.
    """
    return [TOKEN, *plan.needs.secrets, *([POSTGRES_PASSWORD] if plan.postgres and beside else [])]
