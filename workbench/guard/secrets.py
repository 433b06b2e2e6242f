"""Keeps passwords and tokens encrypted in the workspace; flows hold references such as ${secret:shop_db_password}."""

from __future__ import annotations

import base64
import json
import os
import re
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from workbench.errors import BadInput, NotFound
from workbench.facts.evidence import Frozen
from workbench.guard.keys import KeyPlace, new_key, place_of, write_private

FILE = "secrets.json"
NAME = re.compile(r"[a-z][a-z0-9-]*(_[a-z0-9-]+){2,}")
_NONCE = 12
LONGEST = 65_536
"""Characters of a value; certificates and service accounts fit."""


class SecretEntry(Frozen):
    """A secret as it may be shown: never with its value."""

    name: str
    reference: str
    """What a setting of a flow says in its place."""
    changed_at: datetime
    key: str
    """Where the key lies: file or keyring."""

    def text(self) -> str:
        """Return one line."""
        return f"{self.reference} (changed {self.changed_at:%Y-%m-%d %H:%M} UTC, key in the {self.key})"


class SecretStore:
    """The secrets of a workspace: AES-256-GCM, each bound to its name, so that none can be passed off as another."""

    def __init__(self, folder: Path | None) -> None:
        """Open the store of a workspace.

        Args:
            folder: The workspace; None keeps everything in memory.
        """
        self._folder = folder
        self._lock = threading.Lock()
        self._memory: dict[str, Any] = {"secrets": {}}
        self._key: bytes | None = None if folder else new_key()

    def set(self, name: str, value: str) -> SecretEntry:
        """Keep a value under a name, in place of an older one.

        Raises:
            BadInput: the name is not {service}_{resource}_{parameter}, or the value is empty or too long.
        """
        if not NAME.fullmatch(name):
            raise BadInput(
                f"{name!r} is not a name for a secret",
                hint="It has to be {service}_{resource}_{parameter} in small letters, such as postgres_shop_password",
            )
        if not value or len(value) > LONGEST:
            raise BadInput(f"the value of {name!r} has {len(value)} characters", hint=f"It may have 1 to {LONGEST}")
        with self._lock:
            document = self._read()
            key = self._key_of(document, create=True)
            nonce = os.urandom(_NONCE)
            sealed = AESGCM(key).encrypt(nonce, value.encode(), name.encode())
            changed = datetime.now(UTC).replace(microsecond=0)
            document["secrets"][name] = {"sealed": _text(nonce + sealed), "changed_at": changed.isoformat()}
            self._write(document)
            return _entry(name, document)

    def get(self, name: str) -> str:
        """Return a value.

        Raises:
            NotFound: there is no such secret; the message has the command that sets it.
            BadInput: it cannot be opened with this workspace's key.
        """
        with self._lock:
            document = self._read()
            kept = document["secrets"].get(name)
            if kept is None:
                raise NotFound("secret", name, hint=f"Set it: causeway secret-set {name}")
            raw = base64.b64decode(kept["sealed"])
            try:
                return AESGCM(self._key_of(document)).decrypt(raw[:_NONCE], raw[_NONCE:], name.encode()).decode()
            except InvalidTag as error:
                raise BadInput(
                    f"the secret {name!r} was not sealed with this workspace's key, or was changed",
                    hint=f"Set it again: causeway secret-set {name}",
                ) from error

    def remove(self, name: str) -> None:
        """Forget a secret; raises `NotFound`."""
        with self._lock:
            document = self._read()
            if document["secrets"].pop(name, None) is None:
                raise NotFound("secret", name, hint="`causeway secrets` lists them")
            self._write(document)

    def names(self) -> list[str]:
        """Return the names, sorted."""
        with self._lock:
            return sorted(self._read()["secrets"])

    def entries(self) -> list[SecretEntry]:
        """Return all secrets without their values, sorted by name."""
        with self._lock:
            document = self._read()
            return [_entry(name, document) for name in sorted(document["secrets"])]

    def __repr__(self) -> str:
        return "<SecretStore>"

    def _key_of(self, document: dict[str, Any], *, create: bool = False) -> bytes:
        if self._key is None and self._folder is not None:
            place = place_of(self._folder, document.get("key"))
            self._key = place.load() or (_made(place) if create and not document["secrets"] else None)
            document["key"] = place.name
        if self._key is None:
            raise BadInput(
                f"the key of the secrets is not in the {document.get('key', 'file')} any more",
                hint="Bring it back, or remove every secret with causeway secret-remove and set it again",
            )
        return self._key

    def _read(self) -> dict[str, Any]:
        if self._folder is None:
            return self._memory
        path = self._folder / FILE
        try:
            document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {"secrets": {}}
        except ValueError as error:
            raise BadInput("not a file of secrets", where=str(path), hint="Bring it back from a copy") from error
        return document

    def _write(self, document: dict[str, Any]) -> None:
        if self._folder is not None:
            write_private(self._folder / FILE, json.dumps(document, indent=1, sort_keys=True).encode())


def _made(place: KeyPlace) -> bytes:
    key = new_key()
    place.save(key)
    return key


def _entry(name: str, document: dict[str, Any]) -> SecretEntry:
    changed = datetime.fromisoformat(document["secrets"][name]["changed_at"])
    return SecretEntry(
        name=name, reference=f"${{secret:{name}}}", changed_at=changed, key=document.get("key", "memory")
    )


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
