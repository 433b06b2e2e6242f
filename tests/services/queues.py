"""Real Mosquitto, NATS with JetStream and RabbitMQ for tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.services.process import answers, folder_of, free_port, program, run_as, server, user_if_root

PASSWORD = "open sesame/@:?"
USER = "causeway"
REFERENCE = "${secret:test_queue_password}"


@dataclass
class Broker:
    """A broker that can be ended and started again on its data."""

    port: int
    folder: Path
    command: list[str]
    user: str | None = None
    environment: dict[str, str] | None = None

    @contextmanager
    def running(self) -> Iterator[int]:
        """Run it while the block runs."""
        with server(
            self.command,
            ready=lambda: answers(self.port),
            log=self.folder / "log",
            user=self.user,
            **self.environment or {},
        ) as pid:
            yield pid

    def secrets(self, reference: str) -> str:
        """Service `secrets`."""
        assert reference == REFERENCE
        return PASSWORD


@contextmanager
def mosquitto() -> Iterator[Broker]:
    """Yield a broker for MQTT that keeps its state, and lets in only who has the password."""
    user = user_if_root("mosquitto")
    with folder_of(user) as folder:
        port = free_port()
        run_as(user, [program("mosquitto_passwd"), "-c", "-b", str(folder / "passwords"), USER, PASSWORD])
        (folder / "conf").write_text(
            f"listener {port} 127.0.0.1\nallow_anonymous false\npassword_file {folder / 'passwords'}\n"
            f"persistence true\npersistence_location {folder}/\nautosave_interval 1\nautosave_on_changes true\n"
        )
        yield Broker(port, folder, [program("mosquitto", "/usr/sbin/mosquitto"), "-c", str(folder / "conf")], user)


@contextmanager
def nats_server() -> Iterator[Broker]:
    """Yield a server of NATS with JetStream."""
    with folder_of(None) as folder:
        port = free_port()
        command = [program("nats-server", "/usr/sbin/nats-server"), "-a", "127.0.0.1", "-p", str(port)]
        command += ["-js", "-sd", str(folder / "data"), "--user", USER, "--pass", PASSWORD]
        yield Broker(port, folder, command)


@contextmanager
def rabbitmq() -> Iterator[Broker]:
    """Yield a RabbitMQ; it takes about ten seconds to start."""
    user = user_if_root("rabbitmq")
    names = free_port()
    # Erlang's directory of node names; the broker would start one that outlives it.
    directory = [program("epmd"), "-port", str(names), "-address", "127.0.0.1"]
    with (
        folder_of(user) as folder,
        server(directory, ready=lambda: answers(names), log=folder / "epmd", user=user),
    ):
        port, dist = free_port(), free_port()
        (folder / "plugins").write_text("[].\n")
        (folder / "conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{port}\ndefault_user = {USER}\ndefault_pass = {PASSWORD}\n"
            "loopback_users = none\nvm_memory_high_watermark.relative = 0.2\ndisk_free_limit.absolute = 50MB\n"
        )
        environment = {
            "HOME": str(folder),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(names),
            "RABBITMQ_NODENAME": f"causeway{port}@localhost",
            "RABBITMQ_DIST_PORT": str(dist),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "logs"),
            "RABBITMQ_CONFIG_FILE": str(folder / "conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
        }
        found = program("/usr/lib/rabbitmq/bin/rabbitmq-server", "/usr/lib/rabbitmq/lib/*/sbin/rabbitmq-server")
        yield Broker(port, folder, [found], user, environment)


@pytest.fixture(scope="session")
def mqtt_broker() -> Iterator[Broker]:
    """Return a Mosquitto."""
    with mosquitto() as found, found.running():
        yield found


@pytest.fixture(scope="session")
def nats_broker() -> Iterator[Broker]:
    """Return a NATS with JetStream."""
    with nats_server() as found, found.running():
        yield found


@pytest.fixture(scope="session")
def rabbit_broker() -> Iterator[Broker]:
    """Return a RabbitMQ."""
    with rabbitmq() as found, found.running():
        yield found
