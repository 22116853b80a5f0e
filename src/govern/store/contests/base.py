"""What all parts of the store share: transactions, roles, data keys and pseudonyms."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from hashlib import sha256
from pathlib import Path
from threading import RLock
from typing import Any, Literal

from sqlalchemy import Connection, Row, insert, select, text, update
from sqlalchemy.exc import IntegrityError as Taken
from sqlalchemy.pool import QueuePool

from govern.canon import canonical_json
from govern.domain.base import Noun
from govern.errors import IntegrityError
from govern.store.contests.kept_open import KeptOpen
from govern.store.contests.tables import BOOKMARK, DATA_KEY
from govern.store.database import Database
from govern.store.migrations.current import bring_up_to_date
from govern.store.vault import DataKey, KeyRing, new_data_key

Hand = Literal["govern_writer", "govern_eraser"]
NAME = "store of contests"
"""What messages call it."""
STORE = "store"
"""The scope of what belongs to no case and no review."""
_PSEUDONYMS = "pseudonyms"
_PRAGMAS = ("synchronous = FULL", "secure_delete = ON")
_DELETED = "deleted"
"""The bookmark that each deletion draws anew, so that every process learns of it."""
_LAST_DELETED = select(BOOKMARK.c.seen).where(BOOKMARK.c.name == _DELETED)
_PUT = text(
    f"INSERT INTO {BOOKMARK.name} (name, seen) VALUES (:name, :seen) "  # noqa: S608 - our table
    "ON CONFLICT (name) DO UPDATE SET seen = excluded.seen"
)


class Base:
    """A database of contests and the keys to it; it is made or brought up to date when opened.

    On PostgreSQL every transaction takes on the role that it needs and no other.
    """

    def __init__(self, url: str, keys: KeyRing, *, root: Path) -> None:
        self.database = Database(url, root=root, name=NAME, pool=QueuePool)
        self.keys = keys
        self.kept_open = KeptOpen()
        self._last_deleted: int | None = None
        # Who waits for SQLite itself asks again now and then, so that one of many may never be in.
        self._turn = RLock()
        try:
            self.is_postgres = bring_up_to_date(self.database)
            self.store_key = self._own_key(STORE)
            self._names = self._own_key(_PSEUDONYMS).raw
        except BaseException:
            self.database.close()
            raise

    @contextmanager
    def writing(self, hand: Hand = "govern_writer") -> Iterator[Connection]:
        """A transaction that nobody else writes into; ``Taken`` where somebody was first."""
        turn = nullcontext() if self.is_postgres else self._turn
        with turn, self.database.reached() as connection:
            if not self.is_postgres:
                for pragma in _PRAGMAS:
                    connection.exec_driver_sql(f"PRAGMA {pragma}")
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.exec_driver_sql(f"SET LOCAL ROLE {hand}")
            yield connection

    @contextmanager
    def deleting(self) -> Iterator[Connection]:
        """As ``writing``, by who may erase: what it deletes stays in no memory and no log."""
        with self.writing("govern_eraser") as connection:
            yield connection
            put_bookmark(connection, _DELETED, secrets.randbits(62))
        self.kept_open.forget()
        self._scrub()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of everything."""
        with self.database.reached() as connection:
            if not self.is_postgres:
                connection.exec_driver_sql("BEGIN")
            else:
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                connection.exec_driver_sql("SET LOCAL ROLE govern_writer")
            self._forget_what_others_deleted(connection)
            yield connection

    def pseudonym(self, *identity: str) -> str:
        """A name for something that only who holds the keys can tell from its id."""
        named = "\x1f".join(identity).encode()
        return hmac.new(self._names, named, sha256).hexdigest()[:32]

    def seal(self, noun: Noun, *place: str | int) -> bytes:
        """A noun that belongs to no case and no review, sealed for its place."""
        return self.store_key.seal(canonical_json(noun.as_json()), *place)

    def require_as_sealed(self, row: Row[Any], shown: Mapping[str, object], what: str) -> None:
        """IntegrityError where what stands beside a sealed text is not what the text says."""
        for name, value in shown.items():
            if getattr(row, name) != value:
                raise IntegrityError(f"{what} in the store: its row was changed, in {name!r}")

    def data_key(self, connection: Connection, scope: str) -> DataKey:
        """The key of a scope, drawn if it has none; ``Taken`` where somebody just drew one."""
        found = self.find_key(connection, scope)
        if found is None:
            found = new_data_key(scope)
            row = {"scope": scope, "wrapped": self.keys.wrap(found)}
            connection.execute(insert(DATA_KEY).values(row))
        return found

    def find_key(self, connection: Connection, scope: str) -> DataKey | None:
        """The key of a scope, where it has one that this connection may see."""
        wrapped = self.find_wrapped(connection, scope)
        return None if wrapped is None else self.keys.unwrap(wrapped, scope)

    def find_wrapped(self, connection: Connection, scope: str) -> bytes | None:
        """As ``find_key``, as it stands there."""
        wanted = select(DATA_KEY.c.wrapped).where(DATA_KEY.c.scope == scope)
        wrapped: bytes | None = connection.execute(wanted).scalar()
        return wrapped

    def rewrap(self) -> int:
        """Wrap all data keys under the newest key; how many were not. Nothing else changes."""
        done = 0
        with self.writing() as connection:
            for scope, wrapped in connection.execute(select(DATA_KEY)).all():
                if not self.keys.is_current(wrapped):
                    fresh = self.keys.wrap(self.keys.unwrap(wrapped, scope))
                    mine = update(DATA_KEY).where(DATA_KEY.c.scope == scope)
                    connection.execute(mine.values(wrapped=fresh))
                    done += 1
        return done

    def _forget_what_others_deleted(self, connection: Connection) -> None:
        last = connection.execute(_LAST_DELETED).scalar()
        if last != self._last_deleted:
            self.kept_open.forget()
            self._last_deleted = last

    def _scrub(self) -> None:
        """On SQLite, leave nothing of what was deleted in the write-ahead log beside the file."""
        if not self.is_postgres:
            with self.database.reached() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def _own_key(self, scope: str) -> DataKey:
        with self.reading() as connection:
            found = self.find_key(connection, scope)
        if found is not None:
            return found
        try:
            with self.writing() as connection:
                return self.data_key(connection, scope)
        except Taken:
            return self._own_key(scope)


def put_bookmark(connection: Connection, name: str, seen: int) -> None:
    """Let a bookmark say that, whether or not there was one."""
    connection.execute(_PUT, {"name": name, "seen": seen})
