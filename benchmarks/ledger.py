"""The record as a log: how long it takes to check, how proofs grow, how fast leaves are added."""

from __future__ import annotations

import argparse
import hashlib
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import create_engine

from govern.domain.ledger import Leaf, LeafStore
from govern.ledger.audit import Claim, audit, origin_of
from govern.ledger.chain import check, line_of, next_entry, read_line
from govern.ledger.checkpoint import Checkpoint, sign_checkpoint
from govern.ledger.leaf import first_leaf, leaf_bytes
from govern.ledger.note import NoteKey
from govern.ledger.proof import Inclusion, read_inclusion
from govern.ledger.tree import Tree, leaf_hash, verify_consistency
from govern.store.ledger_file import FileLeaves
from govern.store.ledger_sql import SqlLeaves, add_leaf

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
PROOFS = 200
APPENDS = 500
AT_ONCE = 10_000


def leaf(number: int) -> Leaf:
    """A contest's leaf that no other is like."""
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    return Leaf(
        id=digest[:32],
        kind="contest.submitted",
        hour="2026-11-25T12Z",
        actor_role="employee",
        commitment=digest,
    )


def filled(store: LeafStore, size: int) -> Leaf:
    """A log of ``size`` leaves; its first one."""
    first = first_leaf("0" * 64, NOW, "f" * 32)
    store.add([first], size=0)
    for start in range(1, size, 100_000):
        store.add([leaf(n) for n in range(start, min(start + 100_000, size))])
    return first


@contextmanager
def timed(said: Callable[[float, float], None]) -> Iterator[None]:
    """Seconds that passed, and those of the processor."""
    started, used = time.perf_counter(), time.process_time()
    yield
    said(time.perf_counter() - started, time.process_time() - used)


def verification(name: str, store: LeafStore, size: int) -> None:
    """One pass over all leaves, against a checkpoint of half and one of all of them."""
    first = filled(store, size)
    tree = Tree(leaf_hash(raw) for raw in store.leaves())
    claims = [
        Claim("checkpoint", Checkpoint(origin_of(first), part, tree.root(part)))
        for part in (size // 2, size)
    ]
    del tree
    with timed(lambda s, cpu: print(f"| {name} | {size:,} | {s:.2f} s | {cpu:.2f} s |")):
        log = audit((), store.leaves(), claims)
    assert size == log.frontier.size


def chain(size: int) -> None:
    """Reading and checking the entries of the chain, which hold their payloads."""
    entry, lines = None, []
    for number in range(size):
        entry = next_entry(entry, "decision", {"decision_id": f"d{number}", "outcome": "pass"}, NOW)
        lines.append(line_of(entry))
    with timed(lambda s, cpu: print(f"| chain of entries | {size:,} | {s:.2f} s | {cpu:.2f} s |")):
        check([read_line(line, "line") for line in lines])


def proofs(size: int) -> None:
    """Making and checking proofs of inclusion and growth, as files: processor time."""
    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    raws = [leaf_bytes(leaf(n)) for n in range(size)]
    started = time.process_time()
    tree = Tree(map(leaf_hash, raws))
    build = time.process_time() - started
    key = NoteKey("govern.ledger/0", private.public_key().public_bytes_raw())
    note = sign_checkpoint(Checkpoint(key.name, size, tree.root()), key, private.sign, NOW)
    at = [number * (size - 1) // PROOFS for number in range(PROOFS)]

    started = time.process_time()
    files = [str(Inclusion(raws[n], n, tree.inclusion(n), note)).encode() for n in at]
    made = time.process_time() - started
    started = time.process_time()
    for raw in files:
        read_inclusion(raw, "proof").verify("proof")
    checked = time.process_time() - started
    started = time.process_time()
    for old in at[1:]:
        grown = tree.consistency(old)
        verify_consistency(
            old_size=old, size=size, proof=grown, old_root=tree.root(old), root=tree.root()
        )
    growth = time.process_time() - started
    print(
        f"| {size:,} | {build:.2f} s | {max(len(tree.inclusion(n)) for n in at)} "
        f"| {max(map(len, files)):,} | {made / PROOFS * 1e6:.0f} µs "
        f"| {checked / PROOFS * 1e6:.0f} µs | {growth / (PROOFS - 1) * 1e6:.0f} µs |"
    )


def appends(name: str, url: str, root: Path) -> None:
    """Leaves a second: one a call, one a transaction on an open connection, many a call."""
    store = SqlLeaves(url, root=root)
    store.add([leaf(0)])

    def rate(count: int, add: Callable[[], None]) -> str:
        started = time.perf_counter()
        add()
        return f"{count / (time.perf_counter() - started):,.0f}"

    def one_a_call() -> None:
        for number in range(APPENDS):
            store.add([leaf(number)])

    def one_a_transaction() -> None:
        engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
        with engine.connect() as connection:
            for number in range(APPENDS):
                with connection.begin():
                    add_leaf(connection, leaf(number))
        engine.dispose()

    many = [leaf(number) for number in range(AT_ONCE)]
    print(
        f"| {name} | {rate(APPENDS, one_a_call)} | {rate(APPENDS, one_a_transaction)} "
        f"| {rate(AT_ONCE, lambda: store.add(many) and None)} |"
    )


def main() -> None:
    """Print what benchmarks/README.md quotes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="up to 1,000,000 leaves")
    parser.add_argument("--postgres", help="an empty schema, as a URL; else PostgreSQL is left out")
    asked = parser.parse_args()
    sizes = [1_000, 10_000, 100_000, *([1_000_000] if asked.full else [])]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        print("| log in | leaves | passed | processor |\n|---|---|---|---|")
        for size in sizes[:3]:
            verification("files", FileLeaves(root / f"{size}"), size)
        for size in sizes:
            verification("SQLite", SqlLeaves(f"sqlite:///{size}.db", root=root), size)
        if asked.postgres:
            verification("PostgreSQL", SqlLeaves(asked.postgres, root=root), sizes[-1])
        for size in sizes[:3]:
            chain(size)
        print("\n| leaves | tree built | hashes | bytes | made | checked | growth |")
        print("|---|---|---|---|---|---|---|")
        for size in sizes:
            proofs(size)
        print("\n| leaves a second | one a call | one a transaction | 10,000 a call |")
        print("|---|---|---|---|")
        appends("SQLite", f"sqlite:///{root}/appends.db", root)
        if asked.postgres:
            appends("PostgreSQL", asked.postgres, root)
        else:
            print("PostgreSQL: not measured; give --postgres URL")


if __name__ == "__main__":
    main()
