"""What the tree holds of an event: not who it was about, and a commitment to all the rest.

A commitment to personal data is keyed, or whoever guesses the text could check the guess. With the
key gone, nobody can open it any more, and every proof still verifies.
"""

from __future__ import annotations

import hmac
import re
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from govern.canon import canonical_json
from govern.domain.ledger import HOUR, ID, KIND, ROLE, Entry, Leaf
from govern.errors import InputError, IntegrityError

KEY_BYTES = 32
"""Of one length only: HMAC pads shorter keys and hashes longer ones, so two could open the same."""
BEGIN = "chain"
"""The kind of the first leaf, which commits to the head of the hash chain."""
ENTRY = "entry."
"""What the kind of a leaf begins with that stands for an entry of the hash chain."""

# Every field is plain ASCII, so this is their canonical JSON and no other spelling of it.
_LINE = re.compile(
    rf'\{{"actor_role":"({ROLE})","commitment":"([0-9a-f]{{64}})","hour":"({HOUR})",'
    rf'"id":"({ID})","kind":"({KIND})"\}}'.encode()
)


def commit(payload: Any, key: bytes | None) -> str:
    """A commitment to a payload: keyed for personal ones, else the digest of its canonical JSON.

    Raises:
        InputError: the payload has no canonical JSON, or the key is not of 32 bytes.
    """
    data = canonical_json(payload)
    if key is None:
        return sha256(data).hexdigest()
    if len(key) != KEY_BYTES:
        raise InputError(f"key of a commitment: expected {KEY_BYTES} bytes, found {len(key)}")
    return hmac.new(key, data, sha256).hexdigest()


def opens(leaf: Leaf, payload: Any, key: bytes | None) -> bool:
    """Whether this payload, under this key, is what the leaf commits to; raises as ``commit``."""
    return hmac.compare_digest(commit(payload, key), leaf.commitment)


def hour_of(when: datetime) -> str:
    """The hour that an event fell into, in UTC; InputError without a time zone."""
    if when.tzinfo is None:
        raise InputError(f"time of a leaf: expected a time zone, found {when.isoformat()}")
    return when.astimezone(UTC).strftime("%Y-%m-%dT%HZ")


def first_leaf(head: str, at: datetime, leaf_id: str) -> Leaf:
    """The leaf that a tree begins with: the chain had this head. Its id names the log."""
    return Leaf(id=leaf_id, kind=BEGIN, hour=hour_of(at), actor_role="record", commitment=head)


def entry_leaf(entry: Entry, leaf_id: str) -> Leaf:
    """The leaf of an entry: its digest covers the payload and all entries before it."""
    return Leaf(
        id=leaf_id,
        kind=f"{ENTRY}{entry.kind}",
        hour=hour_of(entry.at),
        actor_role="record",
        commitment=entry.digest,
    )


def leaf_bytes(leaf: Leaf) -> bytes:
    """The canonical JSON that is hashed, kept and proven."""
    return canonical_json(leaf.as_json())


def kind_of(raw: bytes, where: str) -> str:
    """The kind of the leaf that these bytes are, in their one spelling; else IntegrityError."""
    return _fields(raw, where)[4]


def read_leaf(raw: bytes, where: str) -> Leaf:
    """The leaf that these bytes are, in their one spelling; else IntegrityError."""
    role, commitment, hour, leaf_id, kind = _fields(raw, where)
    return Leaf(id=leaf_id, kind=kind, hour=hour, actor_role=role, commitment=commitment)


def _fields(raw: bytes, where: str) -> list[str]:
    match = _LINE.fullmatch(raw)
    if match is None:
        raise IntegrityError(f"{where}: no leaf of a tree, or not spelt as it was entered")
    return [part.decode() for part in match.groups()]
