"""Ed25519 keys: private halves, encrypted in ``<directory>/keys/``, opened to sign."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import ValidationError

from govern.attest.trust import (
    TrustedKey,
    TrustRoot,
    key_id,
    read_trust,
    trust_path,
    write_trust,
)
from govern.domain.base import SLUG
from govern.errors import InputError, IntegrityError
from govern.strict_yaml import explain
from govern.whole_files import fill

# bcrypt rounds: 0.6 s to open a key. PKCS8 would give 2,048 rounds of PBKDF2, too weak.
KDF_ROUNDS = 64


@dataclass(frozen=True)
class PrivateKey:
    """A key that can sign, opened for the length of a command."""

    trusted: TrustedKey
    private: Ed25519PrivateKey = field(repr=False)


def private_key(
    private: Ed25519PrivateKey,
    *,
    name: str,
    roles: tuple[str, ...],
    created: datetime,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> PrivateKey:
    """An Ed25519 key with its owner's name and roles; InputError if these are unusable."""
    for value in (name, *roles):
        _require_slug(value)
    if not roles or created.tzinfo is None:
        raise InputError(f"key {name!r}: needs a role, and a date of creation with time zone")
    public = private.public_key().public_bytes_raw().hex()
    try:
        trusted = TrustedKey(
            name=name,
            keyid=key_id(public),
            public=public,
            roles=roles,
            created=created,
            valid_from=valid_from,
            valid_until=valid_until,
        )
    except ValidationError as err:
        raise InputError(f"key {name!r}: {explain(err)}") from err
    return PrivateKey(trusted, private)


def create_key(
    directory: Path,
    *,
    name: str,
    roles: tuple[str, ...],
    passphrase: str,
    created: datetime,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> TrustedKey:
    """Make a key pair: the private half encrypted on disk, the public half in the trust root.

    Raises:
        InputError: an unusable name, role, passphrase or time; the name is taken; a file
            cannot be written. Nothing is left half-written.
        IntegrityError: the trust root there already contradicts itself.
    """
    if not passphrase.strip():
        raise InputError(f"key {name!r}: the passphrase is empty; a private key is never kept open")
    key = private_key(
        Ed25519PrivateKey.generate(),
        name=name,
        roles=roles,
        created=created,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    path = _key_path(directory, name)
    trust = read_trust(directory) if trust_path(directory).exists() else TrustRoot()
    if path.exists() or any(name == other.name for other in trust.keys):
        raise InputError(f"{path}: a key named {name!r} exists and is kept; take another name")
    try:
        _write_private(path, _encrypted(key.private, passphrase))
        try:
            write_trust(directory, TrustRoot(keys=(*trust.keys, key.trusted)))
        except BaseException:
            path.unlink()
            raise
    except OSError as err:
        raise InputError(f"{err.filename or path}: cannot be written: {err.strerror}") from err
    return key.trusted


def load_key(directory: Path, name: str, passphrase: str) -> PrivateKey:
    """Open a private key.

    Raises:
        InputError: no such key, wrong passphrase, or a file that is no encrypted Ed25519 key.
        IntegrityError: the private key is not the one that the trust root has under this name.
    """
    path = _key_path(directory, name)
    try:
        pem = path.read_bytes()
    except FileNotFoundError as err:
        there = ", ".join(sorted(other.stem for other in path.parent.glob("*.key"))) or "none"
        raise InputError(f"no key {path}; keys there: {there}; see `govern keys init`") from err
    except OSError as err:
        raise InputError(f"{path}: cannot be read: {err.strerror}") from err
    private = _decrypted(path, pem, passphrase)
    trusted = {key.name: key for key in read_trust(directory).keys}.get(name)
    if trusted is None:
        raise InputError(
            f"{path}: {name!r} is not in {trust_path(directory)}; its signature would not count"
        )
    if trusted.public != private.public_key().public_bytes_raw().hex():
        raise IntegrityError(f"{path}: not the key that trust.json has under {name!r}")
    return PrivateKey(trusted, private)


def _require_slug(value: str) -> None:
    if not re.fullmatch(SLUG, value):
        raise InputError(f"key name or role {value!r}: expected up to 64 of a-z, 0-9 and '-'")


def _key_path(directory: Path, name: str) -> Path:
    _require_slug(name)
    return directory / "keys" / f"{name}.key"


def _encrypted(private: Ed25519PrivateKey, passphrase: str) -> bytes:
    encryption = (
        serialization.PrivateFormat.OpenSSH.encryption_builder()
        .kdf_rounds(KDF_ROUNDS)
        .build(passphrase.encode())
    )
    return private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, encryption
    )


def _decrypted(path: Path, pem: bytes, passphrase: str) -> Ed25519PrivateKey:
    if not passphrase:
        raise InputError(f"{path}: the passphrase is empty; the key is encrypted")
    try:
        private = serialization.load_ssh_private_key(pem, passphrase.encode())
    except TypeError as err:
        raise InputError(f"{path}: not encrypted; a key that lay open signs nothing here") from err
    except (ValueError, UnsupportedAlgorithm) as err:
        raise InputError(f"{path}: wrong passphrase, or the file is damaged ({err})") from err
    if not isinstance(private, Ed25519PrivateKey):
        raise InputError(f"{path}: expected an Ed25519 key, found {type(private).__name__}")
    return private


def _write_private(path: Path, pem: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        fill(handle, pem)
    except BaseException:
        path.unlink()
        raise
