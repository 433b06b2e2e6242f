"""The house keeps its word: ARCHITECTURE.md, the import contracts and the public door agree with the code."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest

import workbench

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")


def rows_of(heading: str) -> list[str]:
    section = ARCHITECTURE.split(f"## {heading}", 1)[1].split("\n## ", 1)[0]
    return [line.split("|")[1].strip().strip("`") for line in section.splitlines() if line.startswith("| ")][2:]


def test_every_room_is_described_in_the_order_of_the_contract() -> None:
    layers = PROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
    rooms = [name for layer in layers for name in re.split(r"\s*\|\s*", layer) if not name.startswith("(")]

    assert rows_of("The rooms, top to bottom") == rooms


def test_every_direct_dependency_has_a_line() -> None:
    names = [re.split(r"[<>=\[ ]", text)[0] for text in PROJECT["project"]["dependencies"]]

    assert rows_of("Direct dependencies, and what each is for") == names


def test_every_client_of_another_system_has_a_line_with_its_extra() -> None:
    extras = {
        (re.split(r"[<>=\[ ]", text)[0], extra)
        for extra, texts in PROJECT["project"]["optional-dependencies"].items()
        if extra not in ("dev", "bench", "all", "keyring", "services", "containers", "notebook")
        for text in texts
    }
    section = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").partition("## Clients of other systems")[2]
    found = set(re.findall(r"^\| (\w[\w.-]+) \| (\w[\w-]+) \| .+ \|$", section, re.MULTILINE)) - {("package", "extra")}

    assert found == extras


def test_every_package_of_the_notebook_extra_has_a_line() -> None:
    names = [re.split(r"[<>=\[ ]", text)[0] for text in PROJECT["project"]["optional-dependencies"]["notebook"]]

    assert rows_of("Notebooks and JupyterLab: the extra `notebook`") == names


def test_what_is_imported_is_declared() -> None:
    of_module = {
        "yaml": "pyyaml",
        "pydantic_core": "pydantic",
        "langchain_core": "langchain-core",
        "pymysqlreplication": "mysql-replication",
        "grpc": "grpcio",
        "google.protobuf": "protobuf",
        "google.api_core": "google-cloud-pubsub",
        "google.auth": "google-cloud-pubsub",
        "google.cloud": "google-cloud-bigquery",
        "google.oauth2": "google-cloud-bigquery",
        "google.pubsub_v1": "google-cloud-pubsub",
        "bson": "pymongo",
        "opentelemetry": "opentelemetry-proto",
        "paho": "paho-mqtt",
        "nats": "nats-py",
        "pulsar": "pulsar-client",
        "botocore": "boto3",
        "requests": "pyiceberg",
        "sqlalchemy": "pyiceberg",
    }
    imported = {
        # `google` is a name that many packages share.
        re.match(r"(google\.)?\w+", name.name if isinstance(node, ast.Import) else str(node.module))[0]
        for folder in ("workbench", "node_catalog")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    foreign = imported - set(sys.stdlib_module_names) - {"workbench", "node_catalog"}
    names = {re.split(r"[<>=\[ ]", text)[0] for text in PROJECT["project"]["dependencies"]}
    extras = {
        re.split(r"[<>=\[ ]", text)[0]
        for extra, several in PROJECT["project"]["optional-dependencies"].items()
        if extra not in ("dev", "bench", "services", "containers", "all", "notebook")
        for text in several
    }
    optional = PROJECT["project"]["optional-dependencies"]
    notebook = {re.split(r"[<>=\[ ]", text)[0] for text in optional["notebook"]}
    found = {of_module.get(name, name.replace("_", "-")) for name in foreign}

    assert found >= extras
    # Panel needs bokeh-fastapi for the app inside FastAPI, and never says so.
    assert found - extras - notebook == names - {"bokeh-fastapi"}


def test_every_dependency_is_pinned_and_no_registry_is_named() -> None:
    constraints = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    lines = [line.split("==")[0].lower().replace("_", "-") for line in constraints.splitlines()]
    pinned = set(lines)
    optional = {name: texts for name, texts in PROJECT["project"]["optional-dependencies"].items() if name != "bench"}
    wanted = PROJECT["project"]["dependencies"] + [text for texts in optional.values() for text in texts]
    missing = {re.split(r"[<>=\[ ]", text)[0].lower() for text in wanted} - pinned - {"causeway"}

    assert missing == set()
    assert sorted(lines) == sorted(pinned), "a package is pinned twice"
    assert "://" not in constraints
    assert not re.search(r"^(pathway\[|litellm)", constraints, re.MULTILINE)


def test_the_public_door_is_this_and_no_more() -> None:
    assert workbench.__all__ == [
        "Flow", "Node", "RemoteWorkbench", "Rows", "Workbench", "__version__", "open_workbench", "tool",
    ]  # fmt: skip
    for name in workbench.__all__:
        assert getattr(workbench, name) is not None


def test_a_name_that_is_not_public_is_refused() -> None:
    with pytest.raises(AttributeError, match="no attribute 'secrets'"):
        _ = workbench.secrets


def test_versions_agree() -> None:
    assert PROJECT["project"]["version"] == workbench.__version__


def test_files_stay_small() -> None:
    sizes = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for folder in ("workbench", "node_catalog")
        for path in (ROOT / folder).rglob("*.py")
    }

    assert {name: size for name, size in sizes.items() if size > 400} == {}
