"""Where the key of the secrets lies: in the keyring of the system where there is one, else in a file of the owner's."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from workbench.errors import BadInput

KEY_FILE = "secrets.key"
_SERVICE = "causeway"


class KeyPlace(Protocol):
    """Keeps one key."""

    name: str

    def load(self) -> bytes | None:
        """Return the key, or None when there is none."""

    def save(self, key: bytes) -> None:
        """Keep a key."""


class KeyFile:
    """A file that only its owner can read; protects copies of the workspace only as far as the file stays behind."""

    name = "file"

    def __init__(self, folder: Path) -> None:
        self._path = folder / KEY_FILE

    def load(self) -> bytes | None:
        """Return the key; raises `BadInput` when other users can read it or it is no key."""
        try:
            mode, text = self._path.stat().st_mode, self._path.read_bytes()
        except FileNotFoundError:
            return None
        if mode & 0o077:
            hint = f"Run chmod 600 {self._path}, and change the secrets if somebody else may have read it"
            raise BadInput("other users can read the key of the secrets", where=str(self._path), hint=hint)
        return text

    def save(self, key: bytes) -> None:
        """Write the key."""
        write_private(self._path, key)


class Keyring:
    """The keyring of the system: Secret Service, macOS Keychain, Windows Credential Locker."""

    name = "keyring"

    def __init__(self, folder: Path) -> None:
        self._user = str(folder.resolve())

    @staticmethod
    def works() -> bool:
        """Tell whether the package `keyring` is installed and has a real place to keep things."""
        try:
            import keyring
        except ImportError:
            return False
        return keyring.get_keyring().priority >= 1

    def load(self) -> bytes | None:
        """Return the key; raises `BadInput` when the keyring cannot be asked."""
        try:
            import keyring
            from keyring.errors import KeyringError
        except ImportError as error:
            hint = "pip install 'causeway[keyring]'"
            raise BadInput("the key of the secrets lies in the keyring of the system", hint=hint) from error
        try:
            kept = keyring.get_password(_SERVICE, self._user)
        except KeyringError as error:
            raise BadInput(
                f"the keyring of the system gave no key: {error}", hint="Unlock it, then try again"
            ) from error
        return base64.b64decode(kept) if kept else None

    def save(self, key: bytes) -> None:
        """Keep the key in the keyring."""
        import keyring

        keyring.set_password(_SERVICE, self._user, base64.b64encode(key).decode())


def place_of(folder: Path, kept_in: str | None) -> KeyPlace:
    """Return where the key lies (`kept_in` from the store), or for a new store where it shall lie."""
    chosen = kept_in or (Keyring.name if Keyring.works() else KeyFile.name)
    return Keyring(folder) if chosen == Keyring.name else KeyFile(folder)


def new_key() -> bytes:
    """Return a fresh key of 256 bits."""
    return AESGCM.generate_key(256)


def write_private(path: Path, content: bytes) -> None:
    """Write a file with mode 0600; the old one stays whole until the new one is complete."""
    part = path.with_name(path.name + ".part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
