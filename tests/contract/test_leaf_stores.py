"""What every store of leaves and checkpoints promises: in memory, in files, in two databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, text

from govern.domain.ledger import Leaf, LeafStore
from govern.errors import IntegrityError, MovedError, RunError
from govern.ledger.leaf import leaf_bytes
from govern.store.ledger_file import FileLeaves
from govern.store.ledger_sql import SqlLeaves, add_leaf
from govern.testing.ledger import MemoryLeaves

EACH = 12
NOTE = "origin\n1\nroot\n\n— ä b64\n"
ADDER = """
import sys
from pathlib import Path
from govern.domain.ledger import Leaf
kind, where, times, name = sys.argv[1:]
if kind == "file":
    from govern.store.ledger_file import FileLeaves
    store = FileLeaves(Path(where))
else:
    from govern.store.ledger_sql import SqlLeaves
    store = SqlLeaves(where, root=Path("/"))
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(times)):
    store.add([Leaf(id=f"{number:032x}", kind=name, hour="2026-11-25T12Z", actor_role="record",
                    commitment="0" * 64)])
    store.keep(f"{name}{number}")
"""


def leaf(number: int, kind: str = "entry.intent") -> Leaf:
    return Leaf(
        id=f"{number:032x}",
        kind=kind,
        hour="2026-11-25T12Z",
        actor_role="record",
        commitment=f"{number:064x}",
    )


class LeavesContract:
    """Subclasses give ``store``, an empty one, and ``again``, the same one opened anew."""

    def test_an_empty_store_has_neither_leaves_nor_checkpoints(self, store: LeafStore):
        assert [] == list(store.leaves())
        assert () == store.checkpoints()

    def test_leaves_come_back_as_they_were_added_and_in_order(self, store, again):
        assert 0 == store.add([leaf(3), leaf(1)])
        assert 2 == again().add([leaf(2)])
        assert 3 == store.add([])

        assert [leaf_bytes(leaf(n)) for n in (3, 1, 2)] == list(again().leaves())

    def test_leaves_that_must_follow_others_directly_do_or_none_is_added(self, store, again):
        store.add([leaf(0)], size=0)
        again().add([leaf(1)], size=1)

        for size in (0, 1, 3):
            with pytest.raises(MovedError, match=f"expected {size} leaves, found 2"):
                store.add([leaf(2), leaf(3)], size=size)
        assert 2 == len(list(again().leaves()))

    def test_checkpoints_come_back_as_they_were_kept_also_twice(self, store, again):
        for note in (NOTE, "second\n", NOTE):
            store.keep(note)

        assert (NOTE, "second\n", NOTE) == again().checkpoints()

    def test_many_leaves_come_back_in_order(self, store, again):
        store.add([leaf(n) for n in range(2500)])

        assert [leaf_bytes(leaf(n)) for n in range(2500)] == list(again().leaves())


class Shared:
    """What stores promise that several processes reach."""

    def test_two_processes_that_add_at_once_lose_nothing(self, store, where, race):
        race(ADDER, [*where, str(EACH)])
        kept = list(store.leaves())

        assert 2 * EACH == len(kept) == len(store.checkpoints())
        for name in "ab":
            own = [raw for raw in kept if raw.endswith(f'"kind":"{name}"}}'.encode())]
            assert [leaf_id(raw) for raw in own] == list(range(EACH))
            notes = [note for note in store.checkpoints() if note.startswith(name)]
            assert [f"{name}{number}" for number in range(EACH)] == notes


def leaf_id(raw: bytes) -> int:
    return int(raw.split(b'"id":"')[1][:32], 16)


class TestMemory(LeavesContract):
    @pytest.fixture
    def store(self):
        return MemoryLeaves()

    @pytest.fixture
    def again(self, store):
        return lambda: store


class TestFiles(LeavesContract, Shared):
    @pytest.fixture
    def where(self, tmp_path: Path):
        return ("file", str(tmp_path / "record"))

    @pytest.fixture
    def again(self, where):
        return lambda: FileLeaves(Path(where[1]))

    @pytest.fixture
    def store(self, again):
        return again()

    @pytest.mark.parametrize(
        "line", [b"{}", b"[]", b'{"note":1}', b'{"note": "x"}', b'{"note":"x","b":1}', b"\xff"]
    )
    def test_a_line_that_is_no_checkpoint_is_found(self, store, where, line):
        store.keep(NOTE)
        path = Path(where[1]) / "checkpoints.jsonl"
        path.write_bytes(path.read_bytes() + line + b"\n")

        for use in (store.checkpoints, lambda: store.keep(NOTE)):
            with pytest.raises(IntegrityError, match=r"checkpoints\.jsonl:2: "):
                use()

    def test_a_leaf_cut_short_is_told_does_not_count_and_gives_way(self, store, where):
        store.add([leaf(0), leaf(1)])
        path = Path(where[1]) / "leaves.jsonl"
        path.write_bytes(path.read_bytes()[:-9])

        with pytest.warns(UserWarning, match="cut short"):
            assert [leaf_bytes(leaf(0))] == list(store.leaves())
        with pytest.warns(UserWarning, match="cut short"):
            assert 1 == store.add([leaf(2)])
        assert [leaf_bytes(leaf(0)), leaf_bytes(leaf(2))] == list(store.leaves())


class Database(LeavesContract, Shared):
    @pytest.fixture
    def again(self, where):
        return lambda: SqlLeaves(where[1], root=Path("/"))

    @pytest.fixture
    def store(self, again):
        return again()

    @pytest.fixture
    def engine(self, where):
        return create_engine(where[1], poolclass=NullPool)

    @pytest.fixture
    def run(self, engine):
        def execute(statement: str) -> None:
            with engine.begin() as connection:
                connection.execute(text(statement))

        return execute

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE govern_leaves SET leaf = 'x' WHERE seq = 0",
            "DELETE FROM govern_leaves WHERE seq = 1",
            "INSERT INTO govern_leaves (seq, leaf) VALUES (1, 'x')",
            "UPDATE govern_checkpoints SET note = 'x'",
            "DELETE FROM govern_checkpoints",
            "INSERT INTO govern_checkpoints (seq, note) VALUES (0, 'x')",
        ],
    )
    def test_rows_are_neither_changed_nor_deleted_nor_replaced(self, store, run, statement):
        store.add([leaf(0), leaf(1)])
        store.keep(NOTE)

        with pytest.raises(Exception, match=r"only ever added to|duplicate key"):
            run(statement)
        assert 2 == len(list(store.leaves()))
        assert (NOTE,) == store.checkpoints()

    def test_a_row_that_is_missing_is_found(self, store, run):
        store.add([leaf(0)])
        run("INSERT INTO govern_leaves (seq, leaf) VALUES (2, 'x')")

        with pytest.raises(IntegrityError, match="expected row 1, found 2"):
            list(store.leaves())

    def test_a_leaf_stands_or_falls_with_the_transaction_that_adds_it(self, store, engine):
        store.add([leaf(0)])
        with engine.begin() as connection:
            assert 1 == add_leaf(connection, leaf(1))
            assert 2 == add_leaf(connection, leaf(2))
        with engine.connect() as connection:
            assert 3 == add_leaf(connection, leaf(3))
            connection.rollback()

        assert [leaf_bytes(leaf(n)) for n in range(3)] == list(store.leaves())

    def test_no_leaf_is_added_to_a_log_that_has_not_begun(self, store, engine):
        store.add([])
        with (
            pytest.raises(RunError, match="the log has not begun"),
            engine.begin() as connection,
        ):
            add_leaf(connection, leaf(0))

        assert [] == list(store.leaves())


class TestSqlite(Database):
    @pytest.fixture
    def where(self, tmp_path: Path):
        return ("sql", f"sqlite:///{tmp_path / 'ledger.db'}")

    def test_insert_or_replace_is_refused_as_well(self, store, run):
        store.add([leaf(0)])

        with pytest.raises(Exception, match="only ever added to"):
            run("INSERT OR REPLACE INTO govern_leaves (seq, leaf) VALUES (0, 'x')")
        assert [leaf_bytes(leaf(0))] == list(store.leaves())


class TestPostgres(Database):
    @pytest.fixture
    def where(self, postgres_url: str):
        return ("sql", postgres_url)

    def test_truncating_is_refused_as_well(self, store, run):
        store.add([leaf(0)])

        with pytest.raises(Exception, match="only ever added to"):
            run("TRUNCATE govern_leaves")
        assert [leaf_bytes(leaf(0))] == list(store.leaves())

    def test_who_adds_waits_for_a_transaction_that_adds_and_comes_after_it(self, store, engine):
        """Two at once, the first of which takes its time: no gap, no fork."""
        store.add([leaf(0)])
        with engine.connect() as slow, engine.connect() as other:
            add_leaf(slow, leaf(1))
            other.execute(text("SET lock_timeout = '50ms'"))
            with pytest.raises(Exception, match="lock timeout"):
                add_leaf(other, leaf(2))
            other.rollback()
            slow.commit()
            assert 2 == add_leaf(other, leaf(2))
            other.commit()

        assert [leaf_bytes(leaf(n)) for n in range(3)] == list(store.leaves())
