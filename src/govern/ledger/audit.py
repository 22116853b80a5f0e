"""Whether chain, leaves and checkpoints say the same, in one pass over the leaves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from govern.domain.ledger import Entry, Leaf
from govern.errors import IntegrityError
from govern.ledger.chain import GENESIS
from govern.ledger.checkpoint import Checkpoint
from govern.ledger.leaf import BEGIN, ENTRY, entry_leaf, kind_of, leaf_bytes, read_leaf
from govern.ledger.tree import Frontier, leaf_hash


@dataclass(frozen=True)
class Claim:
    """A checkpoint that the leaves have to bear out, and where it stands."""

    where: str
    checkpoint: Checkpoint


@dataclass(frozen=True)
class Log:
    """What the leaves are: a log by this name (``None``: it has not begun), which may grow.

    ``entered`` of the chain's entries stand in it, which are its first ones.
    """

    origin: str | None
    frontier: Frontier
    entered: int


def origin_of(first: Leaf) -> str:
    """The name of the log that begins with this leaf: random, so that no two logs share it."""
    return f"govern.ledger/{first.id}"


def audit(entries: Sequence[Entry], leaves: Iterable[bytes], claims: Sequence[Claim]) -> Log:
    """The log, if chain, leaves and all checkpoints hold together.

    ``entries`` are a chain that was checked.

    Raises:
        IntegrityError: a leaf that is none, an entry that is not what its leaf commits to, a
            checkpoint of another log, of leaves that are gone, or of other leaves.
    """
    frontier, origin, entered = Frontier(), None, 0
    waiting = sorted(claims, key=lambda claim: claim.checkpoint.size, reverse=True)
    _settle(waiting, frontier)
    for index, raw in enumerate(leaves):
        kind = kind_of(raw, f"leaf {index}")
        if (index == 0) != (kind == BEGIN):
            raise IntegrityError(f"leaf {index}: a log begins with a {BEGIN!r} leaf, and has one")
        if index == 0:
            origin = _begun(read_leaf(raw, "leaf 0"), entries, claims)
        elif kind.startswith(ENTRY):
            _require_entry(index, raw, entries, entered)
            entered += 1
        frontier.append(leaf_hash(raw))
        _settle(waiting, frontier)
    if waiting:
        lost = waiting[0]
        raise IntegrityError(
            f"{lost.where}: the log had {lost.checkpoint.size} leaves, the record has "
            f"{frontier.size}: its end was cut off, or it is an older copy; ask for one made since"
        )
    return Log(origin, frontier, entered)


def _begun(first: Leaf, entries: Sequence[Entry], claims: Sequence[Claim]) -> str:
    heads = {GENESIS, *(entry.digest for entry in entries)}
    if first.commitment not in heads:
        raise IntegrityError(
            f"leaf 0: the chain had the head {first.commitment[:16]} when the log began; no entry "
            "has that digest: the chain was cut or written anew"
        )
    origin = origin_of(first)
    for claim in claims:
        if claim.checkpoint.origin != origin:
            raise IntegrityError(
                f"{claim.where}: a checkpoint of {claim.checkpoint.origin}, but the record is the "
                f"log {origin}"
            )
    return origin


def _require_entry(index: int, raw: bytes, entries: Sequence[Entry], number: int) -> None:
    leaf = read_leaf(raw, f"leaf {index}")
    if number >= len(entries):
        raise IntegrityError(
            f"leaf {index}: entry {number} stood in the chain, which has {len(entries)} entries: "
            "its end was cut off"
        )
    if leaf_bytes(entry_leaf(entries[number], leaf.id)) != raw:
        raise IntegrityError(
            f"leaf {index}: commits to another entry {number} than the chain has: one of the two "
            "was changed, moved or replaced"
        )


def _settle(waiting: list[Claim], frontier: Frontier) -> None:
    """Hold the checkpoints of this size against the leaves so far; ``waiting`` ends in the next."""
    while waiting and waiting[-1].checkpoint.size == frontier.size:
        claim = waiting.pop()
        if claim.checkpoint.root != frontier.root():
            raise IntegrityError(
                f"{claim.where}: at {frontier.size} leaves the log had the root "
                f"{claim.checkpoint.root.hex()[:16]}, the record's leaves give "
                f"{frontier.root().hex()[:16]}: one of the first {frontier.size} leaves was "
                "changed, moved or replaced since, or there are two logs"
            )
