"""Where sessions and one-time links are kept, on SQLite and on PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from govern.domain.access import Doors, Session, Visitor
from govern.errors import InputError, RunError
from govern.store.doors_sql import SqlDoors

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
KEY, OTHER = "a" * 64, "b" * 64
ANA = Visitor(person="e-1", name="Ána <b>", roles=("employee", "board"), by="one-time link")


class Contract:
    @pytest.fixture
    def doors(self) -> Doors:
        raise NotImplementedError

    def test_a_session_is_found_as_it_was_kept_and_by_its_key_alone(self, doors: Doors):
        session = Session(visitor=ANA, started=NOW, seen=NOW)
        doors.open(KEY, session)

        assert session == doors.find(KEY)
        assert doors.find(OTHER) is None

    def test_a_session_remembers_when_it_was_last_used_and_can_be_ended(self, doors: Doors):
        doors.open(KEY, Session(visitor=ANA, started=NOW, seen=NOW))
        later = NOW + timedelta(minutes=5)
        doors.saw(KEY, later)
        found = doors.find(KEY)
        doors.end(KEY)
        doors.end(KEY)

        assert found == Session(visitor=ANA, started=NOW, seen=later)
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
        session = Session(visitor=ANA, started=NOW, seen=NOW)
        doors.open(KEY, session)
        doors.offer(KEY, ANA, until=NOW)

        with pytest.raises(InputError, match="given out before"):
            doors.open(KEY, session)
        with pytest.raises(InputError, match="given out before"):
            doors.offer(KEY, ANA, until=NOW)

    def test_a_key_is_a_value_and_never_a_part_of_a_command(self, doors: Doors):
        doors.offer(KEY, ANA, until=NOW + timedelta(hours=1))
        told = "' OR '1'='1"

        assert doors.take(told, now=NOW) is None
        assert doors.find(told) is None


class TestSqlite(Contract):
    @pytest.fixture
    def doors(self, tmp_path: Path) -> Doors:
        return SqlDoors("sqlite:///web.db", root=tmp_path)


class TestPostgres(Contract):
    @pytest.fixture
    def doors(self, postgres_url: str) -> Doors:
        return SqlDoors(postgres_url, root=Path("/"))


def test_a_database_out_of_reach_is_told_without_what_was_asked_of_it(tmp_path: Path):
    (tmp_path / "web.db").write_text("no database, but long enough to be looked at" * 100)
    with pytest.raises(RunError, match=r"database of sessions .* cannot be reached") as caught:
        SqlDoors("sqlite:///web.db", root=tmp_path)

    assert "govern_sessions" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_address_that_needs_a_missing_driver_is_told(tmp_path: Path):
    with pytest.raises(InputError, match="not installed"):
        SqlDoors("postgresql+nowhere://host/name", root=tmp_path)
