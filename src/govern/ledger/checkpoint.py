"""Checkpoints: what a log was at one time, signed by it and cosigned by witnesses.

C2SP ``tlog-checkpoint`` v1.0.0 and, for what carries a time, the Ed25519 part of
``tlog-cosignature``. Our log signs twice: plainly, for whoever knows no more, and with the time,
so that a checkpoint of a log in which nothing happened is another one than that of last week.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from govern.errors import InputError, IntegrityError, PolicyError
from govern.ledger.note import (
    COSIGNATURE,
    ED25519,
    SIGNATURE_BYTES,
    Note,
    NoteKey,
    Sign,
    Signature,
    Verify,
    decode_count,
    decode_hash,
    encode,
)

ORIGIN = re.compile(r"[!-*,-~]{1,200}")
"""Printable, without spaces and '+', so that no origin makes a text that means something else."""
_TIME_BYTES = 8
_LAST_SECOND = 253402300799
"""The end of the year 9999: what a calendar can say."""


@dataclass(frozen=True)
class Checkpoint:
    """A log by its name, how many leaves it had, and their root; ``extra`` lines say no more."""

    origin: str
    size: int
    root: bytes
    extra: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What is signed."""
        return "\n".join((self.origin, str(self.size), encode(self.root), *self.extra, ""))


@dataclass(frozen=True)
class Cosigned:
    """A key's genuine timestamped signature."""

    key: NoteKey
    at: datetime


@dataclass(frozen=True)
class Opened:
    """A checkpoint whose signatures by known keys hold; ``unknown`` names count for nothing."""

    checkpoint: Checkpoint
    note: Note
    log: Cosigned
    witnesses: tuple[Cosigned, ...]
    unknown: tuple[str, ...]


def read_checkpoint(note: Note, where: str) -> Checkpoint:
    """What a note says as a checkpoint; IntegrityError if it is none."""
    lines = note.text.split("\n")[:-1]
    if len(lines) < 3 or not all(lines):
        raise IntegrityError(f"{where}: expected an origin, a size and a root, a line each")
    origin, size, root, *extra = lines
    return Checkpoint(origin, decode_count(size, where), decode_hash(root, where), tuple(extra))


def sign_checkpoint(checkpoint: Checkpoint, key: NoteKey, sign: Sign, at: datetime) -> Note:
    """The checkpoint, signed by its log.

    Raises:
        InputError: the origin is not one of ours, or the key goes by another name than the log.
    """
    if not ORIGIN.fullmatch(checkpoint.origin) or key.name != checkpoint.origin:
        raise InputError(f"checkpoint of {checkpoint.origin!r}: no name of a log that may sign")
    plain = Signature(key.name, key.keyid(ED25519), sign(checkpoint.text.encode()))
    return cosign(Note(checkpoint.text, (plain,)), key, sign, at)


def cosign(note: Note, key: NoteKey, sign: Sign, at: datetime) -> Note:
    """The note with a timestamped signature; one that the key made before gives way."""
    seconds = int(at.timestamp())
    made = sign(_timed(note.text, seconds))
    raw = seconds.to_bytes(_TIME_BYTES, "big") + made
    return note.signed(Signature(key.name, key.keyid(COSIGNATURE), raw))


def open_checkpoint(
    note: Note,
    *,
    logs: Sequence[bytes],
    witnesses: Sequence[NoteKey],
    verify: Verify,
    where: str,
) -> Opened:
    """The checkpoint, once every signature by a key that we know holds.

    Args:
        note: what somebody gave us.
        logs: the public keys that may sign for the log, under its own name.
        witnesses: the keys that cosign.
        verify: checks one signature.
        where: names the note in errors.

    Raises:
        IntegrityError: no checkpoint, a signature by a known key that does not hold, or no
            signature for the log, plain and with the time, by one of ``logs``.
        PolicyError: ``logs`` is empty, so that nobody can sign for the log.
    """
    if not logs:
        raise PolicyError(f"{where}: the trust root names no key that signs for the log")
    checkpoint = read_checkpoint(note, where)
    signers = [
        timed
        for key in (NoteKey(checkpoint.origin, public) for public in logs)
        if _plain(note, key, verify, where) and (timed := _cosigned(note, key, verify, where))
    ]
    if not signers:
        names = ", ".join(sorted({one.name for one in note.signatures}))
        raise IntegrityError(
            f"{where}: signed for the log by no key of the trust root with that role; "
            f"signatures there: {names}"
        )
    cosigned = [found for key in witnesses if (found := _cosigned(note, key, verify, where))]
    known = {
        (checkpoint.origin, NoteKey(checkpoint.origin, public).keyid(kind))
        for public in logs
        for kind in (ED25519, COSIGNATURE)
    }
    known |= {(key.name, key.keyid(COSIGNATURE)) for key in witnesses}
    unknown = tuple(s.name for s in note.signatures if (s.name, s.keyid) not in known)
    return Opened(checkpoint, note, signers[0], tuple(cosigned), unknown)


def _plain(note: Note, key: NoteKey, verify: Verify, where: str) -> bool:
    signature = note.by(key, ED25519)
    if signature is None:
        return False
    if not verify(key.public, note.text.encode(), signature.raw):
        raise IntegrityError(f"{where}: the signature of {key.name!r} does not hold")
    return True


def _cosigned(note: Note, key: NoteKey, verify: Verify, where: str) -> Cosigned | None:
    signature = note.by(key, COSIGNATURE)
    if signature is None:
        return None
    seconds = int.from_bytes(signature.raw[:_TIME_BYTES], "big")
    if len(signature.raw) != _TIME_BYTES + SIGNATURE_BYTES or seconds > _LAST_SECOND:
        raise IntegrityError(f"{where}: the signature of {key.name!r} carries no time")
    if not verify(key.public, _timed(note.text, seconds), signature.raw[_TIME_BYTES:]):
        raise IntegrityError(f"{where}: the signature of {key.name!r} does not hold")
    return Cosigned(key, datetime.fromtimestamp(seconds, UTC))


def _timed(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()
