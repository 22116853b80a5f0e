"""Proofs as files: that a leaf is in a log, and that a log only grew.

C2SP ``tlog-proof`` v1, whose ``extra`` line holds the leaf's own bytes, and the body of a request
to a witness, C2SP ``tlog-witness`` ``add-checkpoint``. Both end in the checkpoint they lead to.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from govern.errors import IntegrityError
from govern.ledger.checkpoint import read_checkpoint
from govern.ledger.leaf import read_leaf
from govern.ledger.note import (
    Note,
    decode_count,
    decode_hash,
    encode,
    read_note,
)
from govern.ledger.tree import Proof, leaf_hash, verify_inclusion

MOST_HASHES = 63
"""How high a tree of 2^63 leaves is."""
_HEAD = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True)
class Inclusion:
    """That a leaf stands at ``index`` of the log that the note is a checkpoint of."""

    leaf: bytes
    index: int
    hashes: Proof
    note: Note

    def __str__(self) -> str:
        head = (_HEAD, f"extra {encode(self.leaf)}", f"index {self.index}")
        return "\n".join((*head, *map(encode, self.hashes), "", str(self.note)))

    def verify(self, where: str) -> None:
        """IntegrityError unless it is so; the note's signatures are another matter."""
        read_leaf(self.leaf, where)
        checkpoint = read_checkpoint(self.note, where)
        verify_inclusion(
            leaf=leaf_hash(self.leaf),
            index=self.index,
            size=checkpoint.size,
            proof=self.hashes,
            root=checkpoint.root,
        )


@dataclass(frozen=True)
class Growth:
    """That the log had ``old`` leaves before and that they are still the first ones."""

    old: int
    hashes: Proof
    note: Note

    def __str__(self) -> str:
        return "\n".join((f"old {self.old}", *map(encode, self.hashes), "", str(self.note)))


def read_inclusion(raw: bytes, where: str) -> Inclusion:
    """The proof in a file, not yet verified; IntegrityError if it is none."""
    lines, below = _parts(raw, where)
    if len(lines) < 3 or lines[0] != _HEAD:
        raise IntegrityError(f"{where}: expected {_HEAD!r}, then 'extra' and 'index'")
    note = read_note(below, where)
    leaf = _after("extra ", lines[1], where)
    index = decode_count(_after("index ", lines[2], where), where)
    try:
        decoded = base64.b64decode(leaf, validate=True)
    except ValueError as err:
        raise IntegrityError(f"{where}: no base64: {leaf[:80]!r}") from err
    found = Inclusion(decoded, index, _hashes(lines[3:], where), note)
    _require_spelling(found, raw, where)
    return found


def read_growth(raw: bytes, where: str) -> Growth:
    """The proof in a file, not yet verified; IntegrityError if it is none."""
    lines, below = _parts(raw, where)
    old = decode_count(_after("old ", lines[0], where), where)
    found = Growth(old, _hashes(lines[1:], where), read_note(below, where))
    _require_spelling(found, raw, where)
    return found


def is_growth(raw: bytes) -> bool:
    """Whether this is to be read as a proof of growth; no log of ours has such a name."""
    return raw.startswith(b"old ")


def _parts(raw: bytes, where: str) -> tuple[list[str], bytes]:
    """The lines before the first empty one, and the note's bytes after it."""
    head, found, below = raw.partition(b"\n\n")
    if not found or len(head) > len(_HEAD) + 100 * MOST_HASHES:
        raise IntegrityError(f"{where}: expected a proof, an empty line and a checkpoint")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as err:
        raise IntegrityError(f"{where}: a proof is in ASCII") from err
    return lines, below


def _hashes(lines: Sequence[str], where: str) -> Proof:
    if len(lines) > MOST_HASHES:
        raise IntegrityError(f"{where}: more than {MOST_HASHES} hashes")
    return tuple(decode_hash(line, where) for line in lines)


def _after(word: str, line: str, where: str) -> str:
    if not line.startswith(word):
        raise IntegrityError(f"{where}: expected a line '{word}…', found {line[:80]!r}")
    return line.removeprefix(word)


def _require_spelling(found: Inclusion | Growth, raw: bytes, where: str) -> None:
    if str(found).encode() != raw:
        raise IntegrityError(f"{where}: not spelt as a proof is spelt; a byte of it was changed")
