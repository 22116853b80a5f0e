"""Signed notes: a text and signatures by named keys, as C2SP ``signed-note`` v1.0.0 spells them.

A note is untrusted input: it is read strictly, and a signature by a key that nobody named is kept
and counts for nothing.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256

from govern.errors import IntegrityError

ED25519 = 0x01
"""The type of a plain signature over the text."""
COSIGNATURE = 0x04
"""The type of a timestamped one, see ``checkpoint``."""
MOST_BYTES = 1 << 18
MOST_SIGNATURES = 64
"""C2SP asks for 16 at least, of up to 5 kB each."""
SIGNATURE_BYTES = 64
_DASH = "\u2014 "

Sign = Callable[[bytes], bytes]
"""Signs a message with a private key."""
Verify = Callable[[bytes, bytes, bytes], bool]
"""Whether an Ed25519 public key made, for a message, this signature."""


@dataclass(frozen=True)
class NoteKey:
    """A name and an Ed25519 public key of 32 bytes."""

    name: str
    public: bytes

    def keyid(self, kind: int) -> bytes:
        """The four bytes that signatures of a type carry, beside the name."""
        return sha256(self.name.encode() + b"\n" + bytes([kind]) + self.public).digest()[:4]


@dataclass(frozen=True)
class Signature:
    """A line below a note; ``raw`` is what a key of this name and id made."""

    name: str
    keyid: bytes
    raw: bytes


@dataclass(frozen=True)
class Note:
    """A text, which ends in a line break, and its signatures."""

    text: str
    signatures: tuple[Signature, ...] = ()

    def signed(self, signature: Signature) -> Note:
        """With one more signature; a former one by the same key gives way."""
        kept = tuple(
            one
            for one in self.signatures
            if (one.name, one.keyid) != (signature.name, signature.keyid)
        )
        return replace(self, signatures=(*kept, signature))

    def by(self, key: NoteKey, kind: int) -> Signature | None:
        """The signature that claims to be by this key and of this type."""
        return next(
            (s for s in self.signatures if (s.name, s.keyid) == (key.name, key.keyid(kind))), None
        )

    def __str__(self) -> str:
        lines = (
            f"{_DASH}{one.name} {base64.b64encode(one.keyid + one.raw).decode()}\n"
            for one in self.signatures
        )
        return f"{self.text}\n{''.join(lines)}"


def read_note(raw: bytes, where: str) -> Note:
    """The note that these bytes are.

    Raises:
        IntegrityError: too large, not UTF-8, control characters, no text and signatures in the
            one form that notes have, or a key that signs twice.
    """
    if len(raw) > MOST_BYTES:
        raise IntegrityError(f"{where}: more than {MOST_BYTES:,} bytes, too much for a signed note")
    try:
        whole = raw.decode("utf-8")
    except UnicodeDecodeError as err:
        raise IntegrityError(f"{where}: a signed note is in UTF-8: {err}") from err
    if any(char < " " and char != "\n" for char in whole):
        raise IntegrityError(f"{where}: a control character in a signed note")
    text, found, below = whole.rpartition("\n\n")
    if not found or not below.endswith("\n"):
        raise IntegrityError(f"{where}: expected a text, an empty line and signatures")
    lines = below[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise IntegrityError(f"{where}: more than {MOST_SIGNATURES} signatures")
    note = Note(f"{text}\n")
    for line in lines:
        signature = _read_signature(line, where)
        grown = note.signed(signature)
        if len(grown.signatures) == len(note.signatures):
            raise IntegrityError(f"{where}: {signature.name!r} has signed twice; each signs once")
        note = grown
    return note


def decode_hash(text: str, where: str) -> bytes:
    """The 32 bytes that a line of base64 stands for, in its one spelling; else IntegrityError."""
    raw = _decoded(text, where)
    if len(raw) != 32:
        raise IntegrityError(f"{where}: expected a hash of 32 bytes, found {len(raw)}")
    return raw


def encode(raw: bytes) -> str:
    """Standard base64."""
    return base64.b64encode(raw).decode()


def decode_count(text: str, where: str) -> int:
    """A size or index as C2SP spells it; else IntegrityError."""
    if not (text.isascii() and text.isdecimal()) or (text[0] == "0" and text != "0"):
        raise IntegrityError(f"{where}: expected a number without leading zeroes, found {text!r}")
    if len(text) > 19 or int(text) >= 1 << 63:
        raise IntegrityError(f"{where}: a number beyond 2^63")
    return int(text)


def _read_signature(line: str, where: str) -> Signature:
    name, found, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not found or not _is_name(name):
        raise IntegrityError(f"{where}: expected '{_DASH}NAME BASE64', found {line[:80]!r}")
    raw = _decoded(encoded, where)
    if len(raw) < 5:
        raise IntegrityError(f"{where}: the signature of {name!r} is too short")
    return Signature(name, raw[:4], raw[4:])


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(char.isspace() or char < " " for char in name)


def _decoded(text: str, where: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError as err:
        raise IntegrityError(f"{where}: no base64: {text[:80]!r}") from err
    if encode(raw) != text:
        raise IntegrityError(f"{where}: no canonical base64: {text[:80]!r}")
    return raw
