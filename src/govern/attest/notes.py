"""Keys of the trust root as they sign and verify the notes of ``ledger``."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from govern.attest.keys import PrivateKey
from govern.attest.trust import TrustedKey, TrustRoot
from govern.errors import PolicyError
from govern.ledger.note import NoteKey

LOG = frozenset({"gate", "log"})
"""Roles that sign checkpoints for the log."""
WITNESS = "witness"
"""The role that cosigns them."""


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether an Ed25519 key made this signature."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def log_keys(trust: TrustRoot) -> tuple[bytes, ...]:
    """The public keys that may sign for the log."""
    return tuple(bytes.fromhex(key.public) for key in trust.keys if LOG & set(key.roles))


def witness_keys(trust: TrustRoot) -> tuple[NoteKey, ...]:
    """The keys that cosign, under their owners' names."""
    return tuple(named(key) for key in trust.keys if WITNESS in key.roles)


def named(key: TrustedKey, name: str | None = None) -> NoteKey:
    """The key as notes know it, by its owner's name or another one."""
    return NoteKey(name or key.name, bytes.fromhex(key.public))


def is_independent(key: TrustedKey) -> bool:
    """Whether it cosigns and cannot sign for the log or the gate itself."""
    return WITNESS in key.roles and not LOG & set(key.roles)


def require_role(key: PrivateKey, roles: Collection[str], *, now: datetime) -> None:
    """PolicyError unless the key counts now and has one of the roles."""
    if why := key.trusted.why_not(now):
        raise PolicyError(f"{why}; its signature would not count")
    if not set(roles) & set(key.trusted.roles):
        raise PolicyError(
            f"the key of {key.trusted.name!r} signs as {', '.join(key.trusted.roles)}; this takes "
            f"{' or '.join(sorted(roles))}"
        )
