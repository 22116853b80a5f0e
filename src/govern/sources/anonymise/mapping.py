"""The mapping back, kept only where asked for, and then only encrypted."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

from govern.errors import InputError, IntegrityError

N, R, P = 2**17, 8, 1
_SALT, _NONCE, _KEY = 16, 12, 32
_ABOUT = b"govern mapping v1"


def write_mapping(path: Path, mapping: Any, *, passphrase: str) -> None:
    """Encrypt ``mapping`` (scrypt, n = 2^17, and AES-256-GCM) into a new file for its owner only.

    Raises:
        InputError: the passphrase is empty, or the file exists or cannot be written.
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if not passphrase.strip():
        raise InputError("--keep-mapping: the passphrase is empty; a mapping is never kept open")
    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    sealed = AESGCM(_derived(passphrase, salt)).encrypt(nonce, json.dumps(mapping).encode(), _ABOUT)
    document = {"about": _ABOUT.decode(), "kdf": {"name": "scrypt", "n": N, "r": R, "p": P}}
    document |= {
        name: base64.b64encode(value).decode()
        for name, value in (("salt", salt), ("nonce", nonce), ("sealed", sealed))
    }
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as err:
        raise InputError(f"{path}: cannot be written: {err.strerror}") from err
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump(document, stream)
        stream.flush()
        os.fsync(stream.fileno())


def read_mapping(path: Path, *, passphrase: str) -> Any:
    """What ``write_mapping`` kept.

    Raises:
        InputError: the file is no mapping.
        IntegrityError: the passphrase is wrong, or a byte was changed.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        salt, nonce, sealed = (
            base64.b64decode(document[name], validate=True) for name in ("salt", "nonce", "sealed")
        )
    except OSError as err:
        raise InputError(f"{path}: cannot be read: {err.strerror}") from err
    except (ValueError, KeyError, TypeError) as err:
        raise InputError(f"{path}: expected an encrypted mapping") from err
    try:
        opened = AESGCM(_derived(passphrase, salt)).decrypt(nonce, sealed, _ABOUT)
    except (InvalidTag, ValueError) as err:
        raise IntegrityError(f"{path}: wrong passphrase, or changed since it was made") from err
    return json.loads(opened)


def _derived(passphrase: str, salt: bytes) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    return Scrypt(salt=salt, length=_KEY, n=N, r=R, p=P).derive(passphrase.encode())
