"""Keys for tests: the same name gives the same key in every run."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from govern.attest.keys import PrivateKey, private_key
from govern.canon import sha256

CREATED = datetime(2025, 11, 1, tzinfo=UTC)


def key(name: str, *roles: str, created: datetime = CREATED, **more: Any) -> PrivateKey:
    """Somebody's key with their roles."""
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(sha256(name.encode())))
    return private_key(private, name=name, roles=roles, created=created, **more)
