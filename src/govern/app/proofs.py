"""What others get to check the log with, and what a witness does with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from govern.app.ledger import (
    Witnessed,
    kept_checkpoints,
    open_file,
    open_note,
    read_file,
    require_counting,
    witnesses,
)
from govern.app.record import open_leaves
from govern.attest.keys import PrivateKey
from govern.attest.notes import WITNESS, named, require_role
from govern.attest.trust import TrustRoot, read_trust, read_trust_file
from govern.domain.ledger import Leaf, LeafStore
from govern.errors import InputError, IntegrityError
from govern.ledger.checkpoint import Checkpoint, Opened, cosign, read_checkpoint
from govern.ledger.leaf import ENTRY, kind_of, read_leaf
from govern.ledger.note import Note, read_note
from govern.ledger.proof import Growth, Inclusion, is_growth, read_growth, read_inclusion
from govern.ledger.tree import EMPTY_ROOT, Proof, Tree, leaf_hash, verify_consistency
from govern.sources.locate import Project
from govern.whole_files import write_text


@dataclass(frozen=True)
class Placed:
    """A leaf that a proof places in a log, at a checkpoint, and who witnessed that."""

    leaf: Leaf
    index: int
    opened: Opened
    witnessed: Witnessed


@dataclass(frozen=True)
class Continued:
    """A checkpoint that a witness has cosigned, and the size of the one before, if any."""

    note: Note
    seen: int | None


def prove_entry(project: Project, asked: str, out: Path | None) -> tuple[Path, Inclusion]:
    """Write the proof that an entry stands in the log: by its number or digest, or a leaf's id.

    Raises:
        InputError: as ``inclusion``; or the file cannot be written.
        IntegrityError, PolicyError, RunError: as ``inclusion``.
    """
    proof = inclusion(project, asked)
    path = out or Path(f"leaf-{proof.index}.tlog-proof")
    _write(path, str(proof))
    return path, proof


def inclusion(project: Project, asked: str) -> Inclusion:
    """The proof that an entry stands in the log: by its number or digest, or a leaf's id.

    Raises:
        InputError: there is no such entry or leaf, or it is under no checkpoint yet.
        IntegrityError, PolicyError, RunError: the record does not hold, or cannot be reached.
    """
    return inclusion_in(open_leaves(project), read_trust(project.record), asked)


def inclusion_in(store: LeafStore, trust: TrustRoot, asked: str) -> Inclusion:
    """The same of a log wherever its leaves lie."""
    newest = _newest(store, trust)
    size, tree, number = newest.checkpoint.size, Tree(), 0
    found: tuple[int, bytes] | None = None
    for index, raw in enumerate(store.leaves()):
        is_entry = kind_of(raw, f"leaf {index}").startswith(ENTRY)
        if _is_asked(raw, asked, number if is_entry else None):
            found = (index, raw)
        number += is_entry
        if index < size:
            tree.append(leaf_hash(raw))
    if found is None or found[0] >= size:
        raise InputError(
            f"{asked!r} is no entry's number or digest and no leaf's id under the newest "
            f"checkpoint ({size} leaves); what is new comes under the next one: "
            "`govern ledger checkpoint`"
        )
    index, raw = found
    _require_same(tree, newest.checkpoint)
    return Inclusion(raw, index, tree.inclusion(index), newest.note)


def prove_growth(project: Project, since: Path, out: Path | None) -> tuple[Path, Growth]:
    """Write the proof that the log still begins as it was at an earlier checkpoint.

    Raises:
        IntegrityError: it does not.
        InputError, PolicyError, RunError: a file or the record cannot be used.
    """
    trust = read_trust(project.record)
    growth = growth_since(open_leaves(project), trust, open_file(since, trust).checkpoint)
    size = read_checkpoint(growth.note, "the newest checkpoint").size
    path = out or Path(f"growth-{growth.old}-{size}.txt")
    _write(path, str(growth))
    return path, growth


def growth_since(store: LeafStore, trust: TrustRoot, earlier: Checkpoint) -> Growth:
    """The proof alone; raises as ``prove_growth``."""
    newest = _newest(store, trust)
    return Growth(earlier.size, _grown(store, earlier, newest.checkpoint), newest.note)


def check_proof(project: Project, path: Path, *, trust: Path | None, now: datetime) -> Placed:
    """Check a proof by itself, without the record.

    Raises:
        IntegrityError: it proves nothing, or a signature does not hold.
        PolicyError: the key that signed its checkpoint for the log does not count.
        InputError: it cannot be read.
    """
    trusted = read_trust_file(trust) if trust else read_trust(project.record)
    proof = read_inclusion(read_file(path), str(path))
    proof.verify(str(path))
    opened = open_note(proof.note, trusted, str(path))
    require_counting(opened, trusted, now=now)
    leaf = read_leaf(proof.leaf, str(path))
    return Placed(leaf, proof.index, opened, witnesses([opened], opened, trusted, now=now))


def witness(
    project: Project,
    path: Path,
    *,
    key: PrivateKey,
    trust: Path | None,
    state: Path | None,
    now: datetime,
) -> Continued:
    """Cosign a checkpoint that continues the last one which this witness has cosigned.

    Where the file is no proof of growth, the record at hand has to give it.

    Args:
        project: where the witness's key lies, and by default its trust root and state.
        path: a checkpoint, or the proof of growth that ends in one.
        key: the witness's.
        trust: whose signatures count for the log.
        state: the file of checkpoints that this witness has cosigned.
        now: the time of the cosignature.

    Raises:
        IntegrityError: the log was rewritten, or forked: nothing is signed.
        PolicyError: the key is no witness's, or that of the log does not count.
        InputError: the checkpoint is of another log, or older than one cosigned before, the proof
            starts elsewhere, or a file cannot be read.
    """
    from govern.store.ledger_file import NoteFile

    require_role(key, {WITNESS}, now=now)
    trusted = read_trust_file(trust) if trust else read_trust(project.record)
    raw = read_file(path)
    growth = read_growth(raw, str(path)) if is_growth(raw) else None
    note = growth.note if growth else read_note(raw, str(path))
    opened = open_note(note, trusted, str(path))
    require_counting(opened, trusted, now=now)
    seen = NoteFile(state or project.state / f"witness-{key.trusted.name}.jsonl")
    with seen.appending() as (notes, keep):
        last = _last(notes, opened.checkpoint)
        if growth:
            _require_growth(growth, last, opened.checkpoint)
        elif last.size in (0, opened.checkpoint.size):
            _require_continues(last, opened.checkpoint, ())
        else:
            _grown(open_leaves(project), last, opened.checkpoint)
        cosigned = cosign(note, named(key.trusted), key.private.sign, now)
        keep(str(cosigned))
    return Continued(cosigned, last.size or None)


def _is_asked(raw: bytes, asked: str, number: int | None) -> bool:
    """Whether a leaf, or the entry of this number that it stands for, is called so."""
    if asked == str(number):
        return True
    if asked.encode() not in raw:
        return False
    leaf = read_leaf(raw, "leaf")
    return asked == leaf.id or (number is not None and asked == leaf.commitment)


def _newest(store: LeafStore, trust: TrustRoot) -> Opened:
    """The newest checkpoint, with every cosignature that the record has kept of it."""
    kept = sorted(kept_checkpoints(store, trust), key=lambda one: (one.checkpoint.size, one.log.at))
    if not kept:
        raise InputError("no checkpoint yet: `govern ledger checkpoint` makes one")
    note = Note(kept[-1].note.text)
    for other in kept:
        if other.note.text == note.text:
            for signature in other.note.signatures:
                note = note.signed(signature)
    return open_note(note, trust, "the newest checkpoint")


def _grown(store: LeafStore, old: Checkpoint, new: Checkpoint) -> Proof:
    """The proof, from the record's leaves; IntegrityError if they give other checkpoints."""
    _require_newer(old, new)
    tree = Tree(_hashes(store.leaves(), new.size))
    _require_same(tree, new)
    proof = tree.consistency(old.size)
    _require_continues(old, new, proof)
    return proof


def _require_growth(growth: Growth, old: Checkpoint, new: Checkpoint) -> None:
    _require_newer(old, new)
    if growth.old != old.size:
        raise InputError(
            f"the proof begins at {growth.old} leaves; expected one from {old.size}, which you "
            "have cosigned last: `govern ledger prove --since` that checkpoint"
        )
    _require_continues(old, new, growth.hashes)


def _require_newer(old: Checkpoint, new: Checkpoint) -> None:
    if new.size < old.size:
        raise InputError(
            f"a checkpoint of {new.size} leaves is older than one of {old.size} that was seen"
        )


def _require_continues(old: Checkpoint, new: Checkpoint, proof: Proof) -> None:
    verify_consistency(
        old_size=old.size, size=new.size, proof=proof, old_root=old.root, root=new.root
    )


def _require_same(tree: Tree, checkpoint: Checkpoint) -> None:
    if tree.size != checkpoint.size or tree.root() != checkpoint.root:
        raise IntegrityError(
            f"the record's leaves ({tree.size} of {checkpoint.size}) do not give the root of the "
            "checkpoint: `govern ledger verify` says where"
        )


def _hashes(leaves: Iterable[bytes], size: int) -> Iterable[bytes]:
    for _, raw in zip(range(size), leaves, strict=False):
        yield leaf_hash(raw)


def _last(notes: Sequence[str], now: Checkpoint) -> Checkpoint:
    """What a witness has cosigned last; an empty tree if nothing yet.

    Raises:
        InputError: it was another log. A log that was written anew under another name is one.
    """
    if not notes:
        return Checkpoint(now.origin, 0, EMPTY_ROOT)
    last = read_checkpoint(read_note(notes[-1].encode(), "state"), "state")
    if last.origin != now.origin:
        raise InputError(
            f"this is the log {now.origin}; you have cosigned {last.origin}. Ask why it has begun "
            "anew; for a log beside it, give a file of its own: --state"
        )
    return last


def _write(path: Path, text: str) -> None:
    try:
        write_text(path, text)
    except OSError as err:
        raise InputError(f"{path}: cannot be written: {err.strerror}") from err
