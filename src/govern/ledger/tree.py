"""A Merkle tree over entries, so that a short proof shows what a whole log holds.

Hashing and proofs as in RFC 6962, section 2.1; verification as in RFC 9162, sections 2.1.3.2 and
2.1.4.2. Hashes are 32 bytes, indices count from 0, proofs run from the leaf upwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

from govern.errors import InputError, IntegrityError

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()
"""The root of a tree without leaves."""

Proof = tuple[bytes, ...]


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry; the 0x00 keeps leaves apart from nodes."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """A tree that only grows, in O(log n) memory: the roots of its complete subtrees."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Add a leaf's hash."""
        size = self.size
        while size & 1:
            leaf = node_hash(self._peaks.pop(), leaf)
            size >>= 1
        self._peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The root of what was added so far."""
        if not self._peaks:
            return EMPTY_ROOT
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root


class Tree:
    """A tree that answers for every size that it once had; 64 bytes a leaf."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self.size = 0
        self._levels: list[bytearray] = []
        for leaf in leaves:
            self.append(leaf)

    def append(self, leaf: bytes) -> None:
        """Add a leaf's hash, and that of each subtree which it completes."""
        size, level = self.size, 0
        while True:
            if level == len(self._levels):
                self._levels.append(bytearray())
            row = self._levels[level]
            row += leaf
            if not size & 1:
                break
            leaf = node_hash(bytes(row[-2 * HASH_BYTES : -HASH_BYTES]), leaf)
            size, level = size >> 1, level + 1
        self.size += 1

    def leaf(self, index: int) -> bytes:
        """The hash of one leaf; InputError where there is none."""
        if not 0 <= index < self.size:
            raise InputError(f"leaf {index}: expected one of the {self.size} there are")
        return self._hash(index, index + 1)

    def root(self, size: int | None = None) -> bytes:
        """The root when the tree had ``size`` leaves, by default now; InputError beyond it."""
        size = self._known(size)
        return self._hash(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int | None = None) -> Proof:
        """That a leaf is in the tree of ``size`` leaves (RFC 6962, 2.1.1).

        Raises:
            InputError: the tree never had that size, or no such leaf then.
        """
        size = self._known(size)
        if not 0 <= index < size:
            raise InputError(f"leaf {index}: expected one of the {size} in the tree")
        start, end, down = 0, size, []
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                down.append(self._hash(middle, end))
                end = middle
            else:
                down.append(self._hash(start, middle))
                start = middle
        return tuple(reversed(down))

    def consistency(self, old: int, size: int | None = None) -> Proof:
        """That the tree of ``size`` leaves begins with that of ``old`` leaves (RFC 6962, 2.1.2).

        Raises:
            InputError: the tree never had these sizes, or ``old`` is the larger one.
        """
        size = self._known(size)
        if not 0 <= old <= size:
            raise InputError(f"from {old} to {size} leaves: a tree only grows")
        if old in (0, size):
            return ()
        start, end, down = 0, size, []
        while old != end:
            middle = start + _split(end - start)
            if old <= middle:
                down.append(self._hash(middle, end))
                end = middle
            else:
                down.append(self._hash(start, middle))
                start = middle
        if start:
            down.append(self._hash(start, end))
        return tuple(reversed(down))

    def _known(self, size: int | None) -> int:
        if size is None:
            return self.size
        if not 0 <= size <= self.size:
            raise InputError(f"a tree of {size} leaves: this one has {self.size}")
        return size

    def _hash(self, start: int, end: int) -> bytes:
        """The root over the leaves from ``start`` to before ``end``, as the tree splits them."""
        width = end - start
        if width & (width - 1):
            middle = start + _split(width)
            return node_hash(self._hash(start, middle), self._hash(middle, end))
        level = width.bit_length() - 1
        at = (start >> level) * HASH_BYTES
        return bytes(self._levels[level][at : at + HASH_BYTES])


def verify_inclusion(
    *, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """IntegrityError unless the proof leads from the hash of leaf ``index`` to the root."""
    if not 0 <= index < size:
        raise IntegrityError(f"inclusion proof: leaf {index} cannot be in a tree of {size}")
    _require_hashes("inclusion proof", leaf, root, *proof)
    at, last, found = index, size - 1, leaf
    for other in proof:
        if last == 0:
            raise IntegrityError("inclusion proof: longer than the tree is high")
        if at & 1 or at == last:
            found = node_hash(other, found)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, other)
        at, last = at >> 1, last >> 1
    if last or found != root:
        raise IntegrityError(f"inclusion proof: leaf {index} is not in the tree of {size} leaves")


def verify_consistency(
    *, old_size: int, size: int, proof: Sequence[bytes], old_root: bytes, root: bytes
) -> None:
    """IntegrityError unless the tree with ``root`` begins with the tree with ``old_root``."""
    _require_hashes("consistency proof", old_root, root, *proof)
    if not 0 <= old_size <= size:
        raise IntegrityError(f"consistency proof: {old_size} leaves cannot become {size}")
    if old_size in (0, size):
        empty = old_size > 0 or old_root == EMPTY_ROOT
        same = old_size < size or old_root == root
        if proof or not (empty and same):
            raise IntegrityError(_forked(old_size, size))
        return
    hashes = list(proof)
    if old_size & (old_size - 1) == 0:
        hashes.insert(0, old_root)
    if not hashes:
        raise IntegrityError(_forked(old_size, size))
    at, last = old_size - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old_found = found = hashes[0]
    for other in hashes[1:]:
        if last == 0:
            raise IntegrityError("consistency proof: longer than the tree is high")
        if at & 1 or at == last:
            old_found, found = node_hash(other, old_found), node_hash(other, found)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, other)
        at, last = at >> 1, last >> 1
    if last or old_found != old_root or found != root:
        raise IntegrityError(_forked(old_size, size))


def _split(width: int) -> int:
    """The largest power of two below ``width``: how many leaves the left half takes."""
    return 1 << ((width - 1).bit_length() - 1)


def _require_hashes(what: str, *hashes: bytes) -> None:
    if any(len(one) != HASH_BYTES for one in hashes):
        raise IntegrityError(f"{what}: expected hashes of {HASH_BYTES} bytes")


def _forked(old_size: int, size: int) -> str:
    return f"consistency proof: the tree of {size} leaves does not begin with that of {old_size}"
