"""The README of an exported flow: how to build, start and watch it, which secrets and files it needs."""

from __future__ import annotations

from workbench.engine.export.image import BASE, PORT, USER
from workbench.engine.export.kubernetes import secret_keys
from workbench.engine.export.plan import Plan
from workbench.flow.findings import Severity


def readme(plan: Plan) -> str:
    """Return the text of README.md."""
    name = plan.name
    parts = [
        f"# {plan.flow.name}",
        " ".join(plan.flow.description.split()) or "A Causeway flow.",
        "`flow.py` is the flow as a plain Pathway program, `control.py` starts, stops and watches it. Causeway is not "
        "needed any more.",
        _secrets(plan),
        _data(plan),
        f"""\
## Build and run

    podman build -t localhost/{name}:latest .
    podman-compose up -d                      # or: docker compose up -d
    curl -s 127.0.0.1:{PORT}/readyz

Without a network: `pip download --no-deps -d wheels -r requirements.txt` where there is one, with Python 3.11 on Linux;
then add `--network none`. Another base image: `--build-arg BASE=...`; it needs Python 3.11 with venv, `{BASE}` when
left out.

On Kubernetes, with the image where the cluster finds it (change `image:` in kubernetes/deployment.yaml to its place):

    kubectl create secret generic {name}-secrets {" ".join(f"--from-file=secrets/{key}" for key in secret_keys(plan))}
    kubectl apply -f kubernetes/""",
        f"""\
## Control

    TOKEN=$(cat secrets/control-token)
    curl -s -H "Authorization: Bearer $TOKEN" 127.0.0.1:{PORT}/status
    curl -s -H "Authorization: Bearer $TOKEN" 127.0.0.1:{PORT}/metrics
    curl -s -H "Authorization: Bearer $TOKEN" -X POST 127.0.0.1:{PORT}/stop
    curl -s -H "Authorization: Bearer $TOKEN" -X POST 127.0.0.1:{PORT}/trigger

`/livez`, `/readyz` and `/startupz` need no token. For Prometheus, name the token in `authorization.credentials_file`.
A stop lets the sources end and finishes what was read; a program that does not end within FLOW_GRACE_S is killed.

| variable | default | meaning |
| --- | --- | --- |
| FLOW_AUTOSTART | true | run at once; otherwise on POST /trigger |
| FLOW_RESTART | on-failure | never, on-failure or always |
| FLOW_RESTART_LIMIT | 5 | failures in a row after which it waits to be triggered |
| FLOW_GRACE_S | 20 | seconds for the last batch after a stop |
| FLOW_THREADS, FLOW_PROCESSES | 1, 1 | Pathway's workers; 8 in all at most without a licence of Pathway |

Files that a run writes are begun anew with each run. Memory is limited to {plan.memory_mb} MB.""",
        _scale(plan),
        _notes(plan),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _secrets(plan: Plan) -> str:
    lines = [
        f"- `secrets/{key}`" + (": any text of 16 characters or more; it guards the control server" * (not place))
        for place, key in enumerate(secret_keys(plan))
    ]
    return "\n".join(
        [
            "## Secrets",
            "",
            f"Each is a file that user {USER} can read (`chown {USER} secrets/*; chmod 400 secrets/*`), in no image:",
            "",
            *lines,
        ]
    )


def _data(plan: Plan) -> str:
    lines = ["## Data", "", "Relative paths of the flow are relative to `/data` in the container, a volume."]
    lines += [f"- it reads `{path}`: put it there, or mount it" for path in plan.needs.inputs]
    lines += [f"- `{path}` comes with the image and is laid there at the first start" for path in plan.needs.files]
    lines += [f"- `{one.node}` listens on port {one.port} ({one.protocol})" for one in plan.needs.listens]
    return "\n".join(lines)


def _scale(plan: Plan) -> str:
    if plan.needs.shared_by:
        return "\n".join(
            [
                "## More replicas",
                "",
                "Several replicas share the input of this flow:",
                "",
                *(f"- {text}" for text in plan.needs.shared_by),
                "",
                "A replica sees only its share: groups, windows and joins are per replica unless what they group by "
                "decides the share. More replicas than shares stand idle.",
            ]
        )
    return (
        "## More replicas\n\nOne replica only: each would read all of the input. FLOW_THREADS and FLOW_PROCESSES give "
        "it more of a machine."
    )


def _notes(plan: Plan) -> str:
    told = [finding.text() for finding in plan.needs.findings if finding.severity is Severity.WARNING]
    return "\n".join(["## What to know", "", *(f"- {text}" for text in told)]) if told else ""
