"""What every ledger promises, held against the one in memory, in a file and in two databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, text

from govern.domain.ledger import Ledger
from govern.errors import InputError, IntegrityError, MovedError, RunError
from govern.ledger.chain import GENESIS, check, head_of
from govern.store.ledger_file import FileLedger
from govern.store.ledger_sql import SqlLedger
from govern.testing.ledger import MemoryLedger

NOW = datetime(2026, 11, 25, 12, 0, 0, tzinfo=UTC)
EACH = 12
APPENDER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
kind, where, times, name = sys.argv[1:]
if kind == "file":
    from govern.store.ledger_file import FileLedger
    ledger = FileLedger(Path(where))
else:
    from govern.store.ledger_sql import SqlLedger
    ledger = SqlLedger(where, root=Path("/"))
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(times)):
    ledger.append("intent", {"run_id": f"{name}{number}"}, datetime(2026, 11, 25, tzinfo=UTC))
"""


class LedgerContract:
    """Subclasses give ``ledger``, an empty one, and ``again``, the same one opened anew."""

    def test_an_empty_ledger_has_no_entries_and_the_head_of_nothing(self, ledger: Ledger):
        assert () == ledger.entries()
        assert GENESIS == ledger.head()

    def test_entries_come_back_as_they_were_entered_and_in_order(self, ledger, again):
        odd = {"run_id": "å ∂", "share": 0.1, "none": None, "deep": {"b": [1, True], "a": "x\n"}}
        entered = [
            ledger.append("intent", odd, NOW),
            ledger.append("failed", {"run_id": "r"}, NOW - timedelta(days=1)),
            ledger.append("decision", {}, NOW),
        ]

        assert tuple(entered) == again().entries()
        assert [0, 1, 2] == [entry.seq for entry in entered]
        assert odd == again().entries()[0].payload
        assert entered[-1].digest == again().head() == head_of(entered)
        check(again().entries())

    def test_the_time_of_an_entry_is_kept_in_utc_to_the_second(self, ledger, again):
        paris = timezone(timedelta(hours=1))
        ledger.append("waiver", {}, datetime(2026, 11, 25, 13, 0, 0, 999_999, tzinfo=paris))

        assert NOW == again().entries()[0].at

    def test_a_payload_without_canonical_json_enters_nothing(self, ledger):
        for payload in ({"x": float("nan")}, {"x": 2**60}, {"x": object()}):
            with pytest.raises(InputError):
                ledger.append("intent", payload, NOW)
        with pytest.raises(InputError, match="time zone"):
            ledger.append("intent", {}, datetime(2026, 11, 25))  # noqa: DTZ001

        assert () == ledger.entries()

    def test_an_entry_that_must_follow_another_directly_does_or_is_refused(self, ledger, again):
        first = ledger.append("intent", {"run_id": "a"}, NOW, head=GENESIS)
        again().append("intent", {"run_id": "b"}, NOW)

        with pytest.raises(MovedError):
            ledger.append("intent", {"run_id": "c"}, NOW, head=first.digest)
        assert ["a", "b"] == [entry.payload["run_id"] for entry in ledger.entries()]


class Shared:
    """What ledgers promise that several processes reach."""

    def test_two_processes_that_append_at_once_lose_nothing_and_fork_nothing(
        self, ledger, where, race
    ):
        race(APPENDER, [*where, str(EACH)])
        entries = ledger.entries()

        assert list(range(2 * EACH)) == [entry.seq for entry in entries]
        for name in "ab":
            own = [e.payload["run_id"] for e in entries if e.payload["run_id"][0] == name]
            assert [f"{name}{number}" for number in range(EACH)] == own


class TestMemory(LedgerContract):
    @pytest.fixture
    def ledger(self):
        return MemoryLedger()

    @pytest.fixture
    def again(self, ledger):
        return lambda: ledger


class TestFile(LedgerContract, Shared):
    @pytest.fixture
    def where(self, tmp_path: Path):
        return ("file", str(tmp_path / "record" / "ledger.jsonl"))

    @pytest.fixture
    def again(self, where):
        return lambda: FileLedger(Path(where[1]))

    @pytest.fixture
    def ledger(self, again):
        return again()


class Database(LedgerContract, Shared):
    @pytest.fixture
    def again(self, where):
        return lambda: SqlLedger(where[1], root=Path("/"))

    @pytest.fixture
    def ledger(self, again):
        return again()

    @pytest.fixture
    def run(self, where):
        def execute(statement: str) -> None:
            with create_engine(where[1], poolclass=NullPool).begin() as connection:
                connection.execute(text(statement))

        return execute

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE govern_ledger SET entry = 'x' WHERE seq = 0",
            "DELETE FROM govern_ledger WHERE seq = 1",
            "DELETE FROM govern_ledger",
            "INSERT INTO govern_ledger (seq, entry) VALUES (1, 'x')",
        ],
    )
    def test_rows_are_neither_changed_nor_deleted_nor_replaced(self, ledger, run, statement):
        entered = (ledger.append("intent", {}, NOW), ledger.append("failed", {}, NOW))

        with pytest.raises(Exception, match=r"only ever added to|duplicate key"):
            run(statement)
        assert entered == ledger.entries()

    @pytest.mark.parametrize(
        ("row", "said"),
        [
            ("(3, '{}')", "no entry of a record"),
            ("(1, (SELECT entry FROM govern_ledger WHERE seq = 0))", "expected this number"),
        ],
    )
    def test_a_row_that_came_another_way_is_found(self, ledger, run, row, said):
        ledger.append("intent", {}, NOW)
        run(f"INSERT INTO govern_ledger (seq, entry) VALUES {row}")

        for use in (ledger.entries, ledger.head, lambda: ledger.append("failed", {}, NOW)):
            with pytest.raises(IntegrityError, match=said):
                use()


class TestSqlite(Database):
    @pytest.fixture
    def where(self, tmp_path: Path):
        return ("sql", f"sqlite:///{tmp_path / 'ledger.db'}")

    def test_insert_or_replace_is_refused_as_well(self, ledger, run):
        entered = ledger.append("intent", {}, NOW)

        with pytest.raises(Exception, match="only ever added to"):
            run("INSERT OR REPLACE INTO govern_ledger (seq, entry) VALUES (0, 'x')")
        assert (entered,) == ledger.entries()

    def test_a_relative_path_starts_at_the_project(self, tmp_path):
        SqlLedger("sqlite:///record/own.db", root=tmp_path).append("intent", {}, NOW)

        assert (tmp_path / "record/own.db").is_file()

    def test_a_file_that_is_no_database_is_told_in_one_line(self, tmp_path):
        (tmp_path / "ledger.db").write_text("no database, and long enough to be read as one" * 9)
        ledger = SqlLedger("sqlite:///ledger.db", root=tmp_path)

        with pytest.raises(RunError, match="cannot be reached: file is not a database") as caught:
            ledger.entries()
        assert "\n" not in str(caught.value)


class TestPostgres(Database):
    @pytest.fixture
    def where(self, postgres_url: str):
        return ("sql", postgres_url)

    @pytest.mark.parametrize(
        "statement",
        [
            "TRUNCATE govern_ledger",
            "INSERT INTO govern_ledger (seq, entry) VALUES (0, 'x') "
            "ON CONFLICT (seq) DO UPDATE SET entry = 'x'",
        ],
    )
    def test_other_ways_to_change_rows_are_refused_as_well(self, ledger, run, statement):
        entered = ledger.append("intent", {}, NOW)

        with pytest.raises(Exception, match="only ever added to"):
            run(statement)
        assert (entered,) == ledger.entries()

    def test_a_server_that_is_not_there_is_told_in_one_line_without_the_password(self):
        pytest.importorskip("psycopg", reason="the extra 'postgres' is not installed")
        ledger = SqlLedger("postgresql://ana:s3cret@/none?host=/nowhere", root=Path("/"))

        for use in (ledger.entries, lambda: ledger.append("intent", {}, NOW)):
            with pytest.raises(RunError, match="cannot be reached") as caught:
                use()
            assert "s3cret" not in str(caught.value)
            assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("record", "no database URL"),
        ("mysql://host/db", "expected sqlite or postgresql, found 'mysql'"),
        ("postgres://host/db", "expected sqlite or postgresql, found 'postgres'"),
        ("postgresql+asyncpgx://host/db", "not installed"),
        ("sqlite://", "in memory keeps nothing"),
    ],
)
def test_an_address_that_cannot_be_used_is_told(url, said, tmp_path):
    with pytest.raises(InputError, match=said):
        SqlLedger(url, root=tmp_path)
