"""A hash chain over canonical JSON: no entry can change, move or go without a trace.

The newest entries can: whoever cuts the end off leaves a shorter chain that holds together.
A head that somebody kept elsewhere tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from govern.canon import canonical_json, digest
from govern.domain.ledger import Entry, EntryKind
from govern.errors import InputError, IntegrityError

GENESIS = "0" * 64
"""What the first entry follows."""


def next_entry(last: Entry | None, kind: EntryKind, payload: dict[str, Any], at: datetime) -> Entry:
    """The entry that follows ``last``, as it will be read.

    Raises:
        InputError: the payload has no canonical JSON that reads back, or ``at`` no time zone.
    """
    if at.tzinfo is None:
        raise InputError(f"time of an entry: expected a time zone, found {at.isoformat()}")
    seq = last.seq + 1 if last else 0
    previous = last.digest if last else GENESIS
    at = at.astimezone(UTC).replace(microsecond=0)
    body = _body(seq, kind, at, payload, previous)
    line = canonical_json(body | {"digest": digest(body)})
    try:
        return read_line(line, f"entry {seq}")
    except IntegrityError as err:
        raise InputError(str(err)) from err


def head_of(entries: Sequence[Entry]) -> str:
    """The digest of the last entry; ``GENESIS`` where there is none."""
    return entries[-1].digest if entries else GENESIS


def check(entries: Sequence[Entry], *, kept: str | None = None) -> None:
    """That the entries are a whole chain, and hold the head that somebody kept.

    Raises:
        IntegrityError: a gap, another order, something changed, or ``kept`` is not in it.
    """
    previous = GENESIS
    for number, entry in enumerate(entries):
        if entry.seq != number:
            raise IntegrityError(f"entry {number}: expected this number, found {entry.seq}")
        if entry.previous != previous:
            raise IntegrityError(
                f"entry {number}: follows {entry.previous[:16]}, but the one before it is "
                f"{previous[:16]}"
            )
        found = digest(_body(entry.seq, entry.kind, entry.at, entry.payload, entry.previous))
        if found != entry.digest:
            raise IntegrityError(
                f"entry {number}: changed since it was entered: expected {entry.digest[:16]}, "
                f"found {found[:16]}"
            )
        previous = entry.digest
    if kept is not None and kept != GENESIS and all(entry.digest != kept for entry in entries):
        raise IntegrityError(
            f"the head {kept[:16]} that was kept is not among the {len(entries)} entries: the end "
            "was cut off, or this is another record"
        )


def line_of(entry: Entry) -> bytes:
    """The entry as the one line that it is kept as, without a line break."""
    body = _body(entry.seq, entry.kind, entry.at, entry.payload, entry.previous)
    return canonical_json(body | {"digest": entry.digest})


def read_line(raw: bytes, where: str) -> Entry:
    """The entry that a line holds, which must be spelt as ``line_of`` spells it.

    Raises:
        IntegrityError: it is no entry, or a byte of it is not as it was entered.
    """
    try:
        entry = Entry.model_validate_json(raw)
        same = line_of(entry) == raw
    except (ValidationError, InputError) as err:
        raise IntegrityError(f"{where}: no entry of a record: {_first(err)}") from err
    if not same:
        raise IntegrityError(f"{where}: not spelt as it was entered; a byte of it was changed")
    return entry


def read_chain(lines: Iterable[tuple[str, bytes]], name: str) -> tuple[Entry, ...]:
    """The whole chain that some lines hold, each beside where it stands.

    Raises:
        IntegrityError: as ``read_line``; or as ``check``, of the record of this ``name``.
    """
    entries = tuple(read_line(line, where) for where, line in lines)
    try:
        check(entries)
    except IntegrityError as err:
        raise IntegrityError(f"{name}: {err}") from err
    return entries


def _body(
    seq: int, kind: EntryKind, at: datetime, payload: dict[str, Any], previous: str
) -> dict[str, Any]:
    when = at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return {"seq": seq, "kind": kind, "at": when, "payload": payload, "previous": previous}


def _first(err: ValidationError | InputError) -> str:
    if isinstance(err, InputError):
        return str(err)
    first = err.errors()[0]
    return f"{'.'.join(str(part) for part in first['loc']) or 'the line'}: {first['msg']}"
