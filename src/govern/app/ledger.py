"""The record as a log that others can check: checkpoints of it, and whether it bears them out."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from govern.app.record import open_leaves, open_ledger
from govern.attest.files import read_signed
from govern.attest.keys import PrivateKey
from govern.attest.notes import (
    LOG,
    is_independent,
    log_keys,
    named,
    require_role,
    verify,
    witness_keys,
)
from govern.attest.trust import TrustRoot, read_trust, read_trust_file
from govern.domain.ledger import Entry, Leaf, LeafStore, Ledger
from govern.errors import InputError, IntegrityError, MovedError, PolicyError
from govern.ledger.audit import Claim, Log, audit, origin_of
from govern.ledger.chain import head_of
from govern.ledger.checkpoint import Checkpoint, Opened, open_checkpoint, sign_checkpoint
from govern.ledger.leaf import entry_leaf, first_leaf, leaf_bytes
from govern.ledger.note import Note, read_note
from govern.ledger.tree import leaf_hash
from govern.sources.locate import Project


@dataclass(frozen=True)
class Witnessed:
    """Who else says that a checkpoint was so: independent witnesses by name, and why others not."""

    names: tuple[str, ...]
    set_aside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verified:
    """What was found to hold together.

    ``uncovered`` leaves are under no checkpoint and ``pending`` entries in no leaf yet: they could
    still be changed unseen. ``witnessed`` is about the newest checkpoint; ``last_witnessed`` is
    the size of the largest one that an independent witness cosigned, 0 where none did.
    """

    log: Log
    entries: int
    checkpoints: int
    newest: Opened | None
    since: Opened | None
    uncovered: int
    pending: int
    witnessed: Witnessed
    last_witnessed: int


def begin(ledger: Ledger, store: LeafStore, *, now: datetime) -> None:
    """Make sure that the log has its first leaf, which others can then follow."""
    try:
        store.add([_first(ledger.entries(), now)], size=0)
    except MovedError:
        return


def checkpoint(project: Project, *, key: PrivateKey, now: datetime) -> Note:
    """Sign the log as it is now, after entering what is new in the chain, and keep the note.

    Raises:
        PolicyError: the key does not sign for the log, or does not count now.
        IntegrityError: the record does not bear out what was signed before: nothing is signed.
        RunError: the record cannot be reached.
    """
    require_role(key, LOG, now=now)
    ledger, store = open_ledger(project), open_leaves(project)
    trust = read_trust(project.record)
    while True:
        entries = ledger.entries()
        log = audit(entries, store.leaves(), _claims(kept_checkpoints(store, trust)))
        try:
            now_is = _grown(log, entries, store, now)
        except MovedError:
            continue
        note = sign_checkpoint(now_is, named(key.trusted, now_is.origin), key.private.sign, now)
        store.keep(str(note))
        return note


def keep_cosigned(project: Project, path: Path) -> Opened:
    """Keep a checkpoint of ours that came back with cosignatures.

    Raises:
        InputError: no witness of the trust root has cosigned it, or it cannot be read.
        IntegrityError: it is none that the record has kept, or a signature does not hold.
        PolicyError: the trust root names no key of the log.
    """
    store, trust = open_leaves(project), read_trust(project.record)
    opened = open_file(path, trust)
    _require_kept(opened, kept_checkpoints(store, trust), str(path))
    if not opened.witnesses:
        raise InputError(f"{path}: cosigned by no witness that {project.record}/trust.json names")
    store.keep(str(opened.note))
    return opened


def verify_record(
    project: Project, *, since: Path | None, trust: Path | None, now: datetime
) -> Verified:
    """Check chain, tree and all checkpoints, and one that the auditor kept.

    Raises:
        IntegrityError: something does not match; the message says what and where.
        PolicyError: the trust root names no key of the log, or the one that signed the newest
            checkpoint does not count.
        InputError, RunError: a file or the record cannot be read.
    """
    trusted = read_trust_file(trust) if trust else read_trust(project.record)
    entries = open_ledger(project).entries()
    return verify_log(entries, open_leaves(project), trusted, since=since, now=now)


def verify_log(
    entries: Sequence[Entry],
    store: LeafStore,
    trusted: TrustRoot,
    *,
    since: Path | None = None,
    now: datetime,
) -> Verified:
    """The same of a chain that was checked, its leaves and its checkpoints, wherever they lie."""
    kept = kept_checkpoints(store, trusted)
    earlier = open_file(since, trusted) if since else None
    claims = _claims(kept)
    if since and earlier:
        claims.append(Claim(str(since), earlier.checkpoint))
    log = audit(entries, store.leaves(), claims)
    if since and earlier:
        _require_kept(earlier, kept, str(since))
    every = [*kept, *([earlier] if earlier else [])]
    # One that a clock dated ahead gives way to one of its size that was signed again.
    newest = max(
        every,
        key=lambda one: (one.checkpoint.size, one.log.at <= now, one.log.at),
        default=None,
    )
    if newest:
        require_counting(newest, trusted, now=now)
    witnessed = {one.checkpoint: witnesses(every, one, trusted, now=now) for one in every}
    return Verified(
        log=log,
        entries=len(entries),
        checkpoints=len(kept),
        newest=newest,
        since=earlier,
        uncovered=log.frontier.size - (newest.checkpoint.size if newest else 0),
        pending=len(entries) - log.entered,
        witnessed=witnessed[newest.checkpoint] if newest else Witnessed(()),
        last_witnessed=max((c.size for c, found in witnessed.items() if found.names), default=0),
    )


def witnesses(
    opened: Sequence[Opened], of: Opened, trust: TrustRoot, *, now: datetime
) -> Witnessed:
    """The independent witnesses of a checkpoint in all notes that carry it."""
    owners = {named(key): key for key in trust.keys}
    same = [one for one in opened if one.note.text == of.note.text]
    names: set[str] = set()
    aside = {f"a signature by {name!r} is by no key known" for one in same for name in one.unknown}
    for cosigned in (cosigned for one in same for cosigned in one.witnesses):
        owner = owners[cosigned.key]
        if not is_independent(owner):
            aside.add(f"{owner.name} signs for the log or the gate as well")
        elif cosigned.at > now:
            aside.add(f"{owner.name} cosigned at a time that is still to come")
        elif why := owner.why_not(cosigned.at):
            aside.add(why)
        else:
            names.add(owner.name)
    return Witnessed(tuple(sorted(names)), tuple(sorted(aside)))


def kept_checkpoints(store: LeafStore, trust: TrustRoot) -> list[Opened]:
    """The checkpoints that the record has kept, the oldest first; raises as ``open_note``."""
    return [
        open_note(read_note(note.encode(), where), trust, where)
        for number, note in enumerate(store.checkpoints())
        for where in [f"checkpoint {number}"]
    ]


def open_file(path: Path, trust: TrustRoot) -> Opened:
    """A checkpoint in a file; InputError if it cannot be read, else as ``open_note``."""
    return open_note(read_note(read_file(path), str(path)), trust, str(path))


def open_note(note: Note, trust: TrustRoot, where: str) -> Opened:
    """A checkpoint whose signatures hold; raises as ``ledger.checkpoint.open_checkpoint``."""
    return open_checkpoint(
        note, logs=log_keys(trust), witnesses=witness_keys(trust), verify=verify, where=where
    )


def require_counting(opened: Opened, trust: TrustRoot, *, now: datetime) -> None:
    """PolicyError if the log's signature is worth nothing, or is of a time that is to come."""
    [owner] = [key for key in trust.keys if named(key).public == opened.log.key.public]
    why = owner.why_not(opened.log.at)
    if opened.log.at > now:
        why = f"it is of {opened.log.at.isoformat()}, but it is {now.isoformat()} now"
    if why:
        raise PolicyError(
            f"the checkpoint of {opened.checkpoint.size} leaves: {why}; have the log sign another"
        )


def read_file(path: Path) -> bytes:
    """What somebody gave us; InputError if it cannot be read."""
    try:
        return read_signed(path)
    except FileNotFoundError as err:
        raise InputError(f"{path}: cannot be read: {err.strerror}") from err


def _claims(opened: Sequence[Opened]) -> list[Claim]:
    return [Claim(f"checkpoint {n}", one.checkpoint) for n, one in enumerate(opened)]


def _grown(log: Log, entries: Sequence[Entry], store: LeafStore, now: datetime) -> Checkpoint:
    """The log once leaves stand for all entries; MovedError if others added leaves meanwhile."""
    leaves = [entry_leaf(entry, secrets.token_hex(16)) for entry in entries[log.entered :]]
    origin = log.origin
    if origin is None:
        first = _first(entries, now)
        origin, leaves = origin_of(first), [first, *leaves]
    if leaves:
        store.add(leaves, size=log.frontier.size)
    for leaf in leaves:
        log.frontier.append(leaf_hash(leaf_bytes(leaf)))
    return Checkpoint(origin, log.frontier.size, log.frontier.root())


def _first(entries: Sequence[Entry], now: datetime) -> Leaf:
    return first_leaf(head_of(entries), now, secrets.token_hex(16))


def _require_kept(opened: Opened, kept: Sequence[Opened], where: str) -> None:
    if all(one.note.text != opened.note.text for one in kept):
        raise IntegrityError(
            f"{where}: the log signed this checkpoint of {opened.checkpoint.size} leaves, and the "
            "record has not kept it: it was taken away, or there are two logs"
        )
