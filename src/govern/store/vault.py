"""Envelope encryption: a data key per case or review, wrapped by a key that no database holds.

AES-256-GCM throughout, 12 random bytes of nonce before each text. What a text belongs to is
authenticated with it, so that none can be moved to another place.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
import stat
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from govern.canon import canonical_json
from govern.errors import InputError, IntegrityError
from govern.whole_files import write_whole

KEY_BYTES = 32
_NONCE_BYTES = 12
_ID_BYTES = 8
_MODE = 0o600


@dataclass(frozen=True)
class DataKey:
    """The key of one scope, such as ``case:<id>``."""

    scope: str
    raw: bytes = field(repr=False)

    def seal(self, plain: bytes, *place: str | int) -> bytes:
        """The text encrypted, for this place within the scope."""
        return _seal(self.raw, plain, [self.scope, *place])

    def open(self, sealed: bytes, *place: str | int) -> bytes:
        """The text; IntegrityError where it was changed or belongs elsewhere."""
        return _open(self.raw, sealed, [self.scope, *place])


@dataclass(frozen=True)
class KeyRing:
    """Keys that wrap data keys: the last one is used, all can open."""

    keys: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def from_hex(cls, text: str, where: str) -> KeyRing:
        """One key of 64 hexadecimal digits a line, the newest last; else InputError."""
        lines = text.split()
        if not lines or any(not re.fullmatch(r"[0-9a-f]{64}", line) for line in lines):
            raise InputError(f"{where}: expected keys of 64 hexadecimal digits, one a line")
        if len(set(lines)) != len(lines):
            raise InputError(f"{where}: the same key twice")
        return cls(tuple(bytes.fromhex(line) for line in lines))

    @classmethod
    def read(cls, path: Path) -> KeyRing:
        """The keys in a file that nobody but its owner can read.

        Raises:
            InputError: it is not there, can be read by others, or holds no keys.
        """
        try:
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(handle, "rb") as stream:
                found = os.fstat(handle)
                if not stat.S_ISREG(found.st_mode) or found.st_mode & 0o077:
                    raise InputError(
                        f"{path}: expected a regular file that only its owner can read; "
                        f"chmod 600 {path}"
                    )
                text = stream.read().decode("ascii", errors="replace")
        except OSError as err:
            raise InputError(f"vault key {path}: cannot be read: {err.strerror}") from err
        return cls.from_hex(text, str(path))

    def wrap(self, key: DataKey) -> bytes:
        """The data key, encrypted under the newest key, whose id comes first."""
        kek = self.keys[-1]
        return _id(kek) + _seal(kek, key.raw, ["wrapped", key.scope])

    def unwrap(self, wrapped: bytes, scope: str) -> DataKey:
        """The data key of a scope.

        Raises:
            InputError: the key that wrapped it is not among ours.
            IntegrityError: it was changed, or is that of another scope.
        """
        for kek in self.keys:
            if hmac.compare_digest(_id(kek), wrapped[:_ID_BYTES]):
                return DataKey(scope, _open(kek, wrapped[_ID_BYTES:], ["wrapped", scope]))
        raise InputError(
            f"the vault key {wrapped[:_ID_BYTES].hex()} is not among the {len(self.keys)} given; "
            "without it nothing that it wrapped can be read"
        )

    def is_current(self, wrapped: bytes) -> bool:
        """Whether the newest key wrapped it."""
        return wrapped.startswith(_id(self.keys[-1]))


def new_data_key(scope: str) -> DataKey:
    """A data key drawn for a scope."""
    return DataKey(scope, secrets.token_bytes(KEY_BYTES))


def add_key(path: Path) -> KeyRing:
    """Draw a key and add it to the file, which is made if need be; it is the newest now.

    Raises:
        InputError: as ``KeyRing.read``; the file cannot be written.
    """
    before = KeyRing.read(path).keys if path.exists() else ()
    ring = KeyRing((*before, secrets.token_bytes(KEY_BYTES)))
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, "".join(f"{key.hex()}\n" for key in ring.keys).encode(), mode=_MODE)
    except OSError as err:
        raise InputError(f"vault key {path}: cannot be written: {err.strerror}") from err
    return ring


def _id(kek: bytes) -> bytes:
    return sha256(b"govern vault key " + kek).digest()[:_ID_BYTES]


def _seal(key: bytes, plain: bytes, place: list[str | int]) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, canonical_json(place))


def _open(key: bytes, sealed: bytes, place: list[str | int]) -> bytes:
    try:
        nonce, text = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        return AESGCM(key).decrypt(nonce, text, canonical_json(place))
    except (InvalidTag, ValueError) as err:
        named = " ".join(str(part) for part in place)
        raise IntegrityError(
            f"{named}: cannot be decrypted: it was changed, moved, or is under another key"
        ) from err
