"""Where sessions and one-time links are kept: in memory, on SQLite and on PostgreSQL."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from govern.domain.access import Doors, Session, Visitor, key_of
from govern.errors import InputError
from govern.testing.doors import MemoryDoors

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
KEY, OTHER = "a" * 64, "b" * 64
ANA = Visitor(person="e-1", name="Ána <b>", roles=("employee", "board"), by="one-time link")
ANAS = Session(visitor=ANA, started=NOW, seen=NOW, ends=NOW + timedelta(hours=8))


class Contract:
    @pytest.fixture
    def doors(self) -> Doors:
        raise NotImplementedError

    def test_a_session_is_found_as_it_was_kept_and_by_its_key_alone(self, doors: Doors):
        doors.open(KEY, ANAS)

        assert ANAS == doors.find(KEY)
        assert doors.find(OTHER) is None

    def test_a_session_remembers_when_it_was_last_used_and_can_be_ended(self, doors: Doors):
        doors.open(KEY, ANAS)
        later = NOW + timedelta(minutes=5)
        doors.saw(KEY, later)
        found = doors.find(KEY)
        doors.end(KEY)
        doors.end(KEY)

        assert found == ANAS.model_copy(update={"seen": later})
        assert doors.find(KEY) is None

    def test_a_link_lets_in_once_and_until_its_time(self, doors: Doors):
        until = NOW + timedelta(hours=1)
        doors.offer(KEY, ANA, until=until)
        doors.offer(OTHER, ANA, until=until)

        assert ANA == doors.offered(KEY, now=NOW) == doors.offered(KEY, now=NOW)
        assert ANA == doors.take(KEY, now=until - timedelta(seconds=1))
        assert doors.take(KEY, now=NOW) is None
        assert doors.offered(KEY, now=NOW) is None
        assert doors.take(OTHER, now=until) is None
        assert doors.take("c" * 64, now=NOW) is None

    def test_of_many_at_once_one_gets_in(self, doors: Doors):
        doors.offer(KEY, ANA, until=NOW + timedelta(hours=1))
        with ThreadPoolExecutor(8) as pool:
            taken = list(pool.map(lambda _: doors.take(KEY, now=NOW), range(16)))

        assert [ANA] == [one for one in taken if one]

    def test_a_key_is_given_out_once(self, doors: Doors):
        doors.open(KEY, ANAS)
        doors.offer(OTHER, ANA, until=NOW)

        for key in (KEY, OTHER):
            with pytest.raises(InputError, match="given out before"):
                doors.open(key, ANAS)
            with pytest.raises(InputError, match="given out before"):
                doors.offer(key, ANA, until=NOW)

    def test_a_key_is_a_value_and_never_a_part_of_a_command(self, doors: Doors):
        doors.offer(KEY, ANA, until=NOW + timedelta(hours=1))
        told = "' OR '1'='1"

        assert doors.take(told, now=NOW) is None
        assert doors.find(told) is None


class TestMemory(Contract):
    @pytest.fixture
    def doors(self) -> Doors:
        return MemoryDoors()


class TestSqlite(Contract):
    @pytest.fixture
    def doors(self, sqlite_url, opened) -> Doors:
        return opened(sqlite_url).doors


class TestPostgres(Contract):
    @pytest.fixture
    def doors(self, logins, opened) -> Doors:
        return opened(logins.app, logins.reader).doors


def test_who_reads_the_database_finds_no_name_and_no_token(sqlite_url, opened):
    opened(sqlite_url).doors.open(key_of("token of Ána"), ANAS)
    kept = Path(sqlite_url.removeprefix("sqlite:///")).read_bytes()

    assert "Ána".encode() not in kept
    assert b"e-1" not in kept
    assert b"token of" not in kept


def test_what_ended_is_cleared_away_when_somebody_signs_in(sqlite_url, opened):
    doors = opened(sqlite_url).doors
    doors.open(KEY, ANAS)
    doors.offer("c" * 64, ANA, until=NOW)
    later = NOW + timedelta(days=1)
    doors.open(OTHER, ANAS.model_copy(update={"started": later, "ends": later}))
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as connection:
        kept = connection.execute("SELECT token_hash FROM govern_pass").fetchall()

    assert [(OTHER,)] == kept
