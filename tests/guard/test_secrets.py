"""Secrets are sealed in the workspace, each bound to its name, and open only with the workspace's key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend

from workbench.errors import BadInput, NotFound
from workbench.guard.keys import KEY_FILE
from workbench.guard.secrets import FILE, SecretStore

NAME = "postgres_shop_password"
VALUE = "correct horse / battery: ümlaut"


def test_a_value_comes_back_also_in_another_process(tmp_path: Path) -> None:
    SecretStore(tmp_path).set(NAME, VALUE)

    store = SecretStore(tmp_path)

    assert store.get(NAME) == VALUE
    assert store.names() == [NAME]
    assert [(one.reference, one.key) for one in store.entries()] == [("${secret:postgres_shop_password}", "file")]


def test_no_file_holds_the_value_and_only_the_owner_reads_them(tmp_path: Path) -> None:
    SecretStore(tmp_path).set(NAME, VALUE)

    for path in tmp_path.iterdir():
        assert VALUE.encode() not in path.read_bytes()
        assert path.stat().st_mode & 0o777 == 0o600
    assert {path.name for path in tmp_path.iterdir()} == {FILE, KEY_FILE}
    assert len((tmp_path / KEY_FILE).read_bytes()) == 32


def test_a_secret_cannot_be_passed_off_as_another(tmp_path: Path) -> None:
    store = SecretStore(tmp_path)
    store.set(NAME, VALUE)
    store.set("mail_relay_password", "other")
    document = json.loads((tmp_path / FILE).read_text())
    document["secrets"]["mail_relay_password"] = document["secrets"][NAME]
    (tmp_path / FILE).write_text(json.dumps(document))

    with pytest.raises(
        BadInput, match="'mail_relay_password' was not sealed with this workspace's key, or was changed"
    ):
        store.get("mail_relay_password")


def test_the_same_value_never_looks_the_same(tmp_path: Path) -> None:
    store = SecretStore(tmp_path)
    store.set(NAME, VALUE)
    first = json.loads((tmp_path / FILE).read_text())["secrets"][NAME]["sealed"]

    store.set(NAME, VALUE)

    assert json.loads((tmp_path / FILE).read_text())["secrets"][NAME]["sealed"] != first


def test_a_missing_secret_says_the_command_that_sets_it(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=f"no secret '{NAME}'. Set it: causeway secret-set {NAME}"):
        SecretStore(tmp_path).get(NAME)


def test_what_was_removed_is_gone(tmp_path: Path) -> None:
    store = SecretStore(tmp_path)
    store.set(NAME, VALUE)

    store.remove(NAME)

    assert store.names() == []
    with pytest.raises(NotFound):
        store.remove(NAME)


def test_a_lost_key_is_said_and_not_replaced(tmp_path: Path) -> None:
    SecretStore(tmp_path).set(NAME, VALUE)
    (tmp_path / KEY_FILE).unlink()

    for attempt in (lambda: SecretStore(tmp_path).get(NAME), lambda: SecretStore(tmp_path).set("a_b_c", "x")):
        with pytest.raises(BadInput, match="the key of the secrets is not in the file any more"):
            attempt()
    assert not (tmp_path / KEY_FILE).exists()


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    SecretStore(tmp_path).set(NAME, VALUE)
    (tmp_path / KEY_FILE).chmod(0o640)

    with pytest.raises(BadInput, match=r"other users can read the key of the secrets\. Run chmod 600"):
        SecretStore(tmp_path).get(NAME)


@pytest.mark.parametrize("name", ["password", "shop_password", "Shop_Db_Password", "shop_db_", "../a_b_c", "a b_c_d"])
def test_names_say_service_resource_and_parameter(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match="is not a name for a secret"):
        SecretStore(tmp_path).set(name, VALUE)


def test_an_empty_value_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="has 0 characters"):
        SecretStore(tmp_path).set(NAME, "")


class Ring(KeyringBackend):
    """A keyring of a desktop, in memory."""

    priority = 5

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


@pytest.fixture
def ring() -> Iterator[Ring]:
    before = keyring.get_keyring()
    ring = Ring()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


def test_where_there_is_a_keyring_it_keeps_the_key(tmp_path: Path, ring: Ring) -> None:
    entry = SecretStore(tmp_path).set(NAME, VALUE)

    assert entry.key == "keyring"
    assert not (tmp_path / KEY_FILE).exists()
    assert list(ring.kept) == [("causeway", str(tmp_path))]
    assert SecretStore(tmp_path).get(NAME) == VALUE


def test_a_store_made_without_a_keyring_goes_on_without(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    SecretStore(tmp_path).set(NAME, VALUE)
    request.getfixturevalue("ring")

    assert SecretStore(tmp_path).get(NAME) == VALUE
