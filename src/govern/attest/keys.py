"""Ed25519 keys and the trust root: whose signatures count, and in which role.

Private keys lie encrypted in ``<directory>/keys/``, the public halves in ``trust.json``.
That two keys are two people is for whoever keeps the trust root to ensure.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import AwareDatetime, Field, ValidationError

from govern.canon import digest
from govern.domain import Noun
from govern.errors import InputError, IntegrityError, PolicyError

SLUG = "[a-z0-9][a-z0-9-]{0,63}"
# bcrypt rounds: 0.6 s to open a key. PKCS8 would give 2,048 rounds of PBKDF2, too weak.
KDF_ROUNDS = 64


class TrustedKey(Noun):
    """A public key (``public``: 32 bytes in hexadecimal), its owner's name and roles."""

    name: str = Field(pattern=f"^{SLUG}$")
    keyid: str = Field(pattern=r"^[0-9a-f]{64}$")
    public: str = Field(pattern=r"^[0-9a-f]{64}$")
    roles: tuple[str, ...] = Field(min_length=1)
    created: AwareDatetime


class TrustRoot(Noun):
    """The keys whose signatures count."""

    schema_version: Literal[1] = 1
    keys: tuple[TrustedKey, ...] = ()


@dataclass(frozen=True)
class PrivateKey:
    """A key that can sign, opened for the length of a command."""

    trusted: TrustedKey
    private: Ed25519PrivateKey = field(repr=False)


def key_id(public: str) -> str:
    """The id of an Ed25519 public key: SHA-256 of its description in canonical JSON."""
    return digest({"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": public}})


def private_key(
    private: Ed25519PrivateKey, *, name: str, roles: tuple[str, ...], created: datetime
) -> PrivateKey:
    """An Ed25519 key with its owner's name and roles; InputError if these are unusable."""
    for value in (name, *roles):
        _require_slug(value)
    if not roles or created.tzinfo is None:
        raise InputError(f"key {name!r}: needs a role, and a date of creation with time zone")
    public = private.public_key().public_bytes_raw().hex()
    trusted = TrustedKey(
        name=name, keyid=key_id(public), public=public, roles=roles, created=created
    )
    return PrivateKey(trusted, private)


def create_key(
    directory: Path, *, name: str, roles: tuple[str, ...], passphrase: str, created: datetime
) -> TrustedKey:
    """Make a key pair: the private half encrypted on disk, the public half in the trust root.

    Raises:
        InputError: an unusable name, role or passphrase; the name is taken; a file
            cannot be written. Nothing is left half-written.
        IntegrityError: the trust root there already contradicts itself.
    """
    if not passphrase.strip():
        raise InputError(f"key {name!r}: the passphrase is empty; a private key is never kept open")
    key = private_key(Ed25519PrivateKey.generate(), name=name, roles=roles, created=created)
    path = _key_path(directory, name)
    trust = read_trust(directory) if _trust_path(directory).exists() else TrustRoot()
    if path.exists() or any(name == other.name for other in trust.keys):
        raise InputError(f"{path}: a key named {name!r} exists and is kept; take another name")
    try:
        _write_private(path, _encrypted(key.private, passphrase))
        try:
            _write_trust(directory, TrustRoot(keys=(*trust.keys, key.trusted)))
        except BaseException:
            path.unlink()
            raise
    except OSError as err:
        raise InputError(f"{err.filename or path}: cannot be written: {err.strerror}") from err
    return key.trusted


def read_trust(directory: Path) -> TrustRoot:
    """The trust root in ``directory``.

    Raises:
        PolicyError: there is none, so no signature can count.
        InputError: it cannot be read or is malformed.
        IntegrityError: a key id is not that of its key, or a name or key stands there twice.
    """
    path = _trust_path(directory)
    try:
        trust = TrustRoot.model_validate_json(path.read_bytes())
    except FileNotFoundError as err:
        raise PolicyError(
            f"{path}: no trust root, so no signature can be checked; "
            "make a key with `govern keys init` or put the board's trust.json there"
        ) from err
    except OSError as err:
        raise InputError(f"{path}: cannot be read: {err.strerror}") from err
    except ValidationError as err:
        first = err.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise InputError(f"{path}: not a trust root: {where}: {first['msg']}") from err
    check_trust(trust, str(path))
    return trust


def check_trust(trust: TrustRoot, source: str) -> None:
    """IntegrityError unless each key id is that of its key and no name or key is there twice."""
    for key in trust.keys:
        if key.keyid != key_id(key.public):
            raise IntegrityError(
                f"{source}: key {key.name!r}: id {key.keyid[:16]} is not that of its public key, "
                f"{key_id(key.public)[:16]}; take the file from where it was handed out"
            )
    for values in ([key.name for key in trust.keys], [key.keyid for key in trust.keys]):
        twice = [value for value, times in Counter(values).items() if times > 1]
        if twice:
            raise IntegrityError(f"{source}: {twice[0]!r} stands there twice; each counts once")


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
            f"{path}: {name!r} is not in {_trust_path(directory)}; its signature would not count"
        )
    if trusted.public != private.public_key().public_bytes_raw().hex():
        raise IntegrityError(f"{path}: not the key that trust.json has under {name!r}")
    return PrivateKey(trusted, private)


def write_atomically(path: Path, data: bytes) -> None:
    """All of ``data`` or what was there before, never a part; OSError if it cannot be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        _fill(handle, data)
        # mkstemp gives 0600; what is written here is for everyone to check.
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _fill(handle: int, data: bytes) -> None:
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _require_slug(value: str) -> None:
    if not re.fullmatch(SLUG, value):
        raise InputError(f"key name or role {value!r}: expected up to 64 of a-z, 0-9 and '-'")


def _trust_path(directory: Path) -> Path:
    return directory / "trust.json"


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
        _fill(handle, pem)
    except BaseException:
        path.unlink()
        raise


def _write_trust(directory: Path, trust: TrustRoot) -> None:
    text = json.dumps(trust.as_json(), indent=2, sort_keys=True, ensure_ascii=False)
    write_atomically(_trust_path(directory), f"{text}\n".encode())
