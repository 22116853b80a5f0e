"""Attempts by hand-written SQL: to see other people's cases, to change what stands, to go on
reading what was erased."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.engine import make_url

from govern.app.contest_settings import calendar_of, read_settings
from govern.app.contests import Contests, list_, show
from govern.domain.access import key_of
from govern.domain.contest import Actor
from govern.domain.contest_store import Mandate, Read
from govern.errors import ContestError, InputError, IntegrityError
from govern.sources.locate import Project
from govern.store.contests.store import SqlContestStore
from govern.store.contests.tables import META
from govern.store.ledger_file import FileLedger
from govern.testing.contest_steps import BEGAN, Steps, review, sign_in
from govern.testing.ledger import MemoryLeaves

CASE, OTHER, DRAFT = (letter * 32 for letter in "abc")
ANA, BO = "ana".ljust(40, "~"), "bo".ljust(40, "~")
READ = Read(at=BEGAN, actor=Actor(person="hal", role="case-handler"), what="case")
LATER = BEGAN.replace(year=2076)
ROWS = {
    "govern_case": 1,
    "govern_party": 3,
    "govern_event": 5,
    "govern_sealed": 5,
    "govern_review": 1,
    "govern_data_key": 2,
}
"""What Ana may see of each table."""


@pytest.fixture
def store(logins, opened):
    return filled(opened(logins.app, logins.reader))


@pytest.fixture(scope="class")
def seen(class_logins, ring):
    store = SqlContestStore(class_logins.app, ring, root=Path("/"), reader_url=class_logins.reader)
    yield filled(store)
    store.close()


def filled(store):
    """Ana's case and review, Bo's case and review, and a draft of Bo's."""
    for events in (
        Steps(CASE).until_under_review(),
        Steps(OTHER, employee="bo", review_id="r-bo").until_under_review(),
        [Steps(DRAFT, employee="bo", review_id="r-bo").drafted()],
    ):
        for event in events:
            store.append(event)
    store.intake.put_reviews([review("ana"), review("bo")])
    for token, person in ((ANA, "ana"), (BO, "bo")):
        sign_in(store, token, person, "employee", ends=LATER)
    store.read_log.log(READ)
    return store


@pytest.fixture
def sql(postgres_store):
    """A connection of the reading login, as an attacker holds it in Ana's session."""

    @contextmanager
    def connected(token=ANA, role="govern_reader"):
        with plain(postgres_store.reader) as connection:
            connection.execute(f"SET ROLE {role}")
            connection.execute("SELECT set_config('govern.token', %s, false)", (token,))
            yield connection

    return connected


@contextmanager
def plain(url):
    parts = make_url(url)
    options = parts.query["options"]
    with psycopg.connect(
        dbname=parts.database,
        user=parts.username,
        host=parts.query.get("host") or parts.host,
        options=options,
        autocommit=True,
    ) as connection:
        yield connection


def one(connection, statement, *values):
    return connection.execute(statement, values or None).fetchone()[0]


class TestAnEmployeesSession:
    @pytest.mark.parametrize("table", sorted(META.tables))
    def test_sees_its_own_rows_and_of_most_tables_none(self, seen, sql, table):
        with sql() as connection:
            if table in ROWS:
                assert ROWS[table] == one(connection, f"SELECT count(*) FROM {table}")
            else:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(f"SELECT * FROM {table}")

    def test_cannot_read_the_view_of_all_sessions(self, seen, sql):
        with sql() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM govern_seen")

    @pytest.mark.parametrize(
        "token", ["", "bo", key_of(BO), BO.upper(), BO[:-1], f"{BO}' OR true --", "%"]
    )
    def test_finds_nothing_with_a_token_that_it_made_up(self, seen, sql, token):
        with sql(token) as connection:
            for table in ROWS:
                assert 0 == one(connection, f"SELECT count(*) FROM {table}")

    def test_finds_nothing_without_a_token(self, seen, sql):
        with sql() as connection:
            connection.execute("RESET govern.token")

            assert 0 == one(connection, "SELECT count(*) FROM govern_event")

    @pytest.mark.parametrize(
        "setting",
        [
            "SET govern.person = 'bo'",
            "SET row_security = off",
            "SET search_path = pg_temp",
            "SET SESSION AUTHORIZATION DEFAULT",
            "SET session_replication_role = replica",
        ],
    )
    def test_finds_nothing_more_by_changing_a_setting(self, seen, class_logins, sql, setting):
        with sql() as connection:
            try:
                connection.execute(setting)
                schema = one(
                    connection,
                    "SELECT relnamespace::regnamespace::text FROM pg_class "
                    "WHERE relname = 'govern_event' ORDER BY oid DESC LIMIT 1",
                )
                found = one(connection, f"SELECT count(*) FROM {schema}.govern_event")
            except psycopg.errors.InsufficientPrivilege:
                found = 0

        assert found in (0, 5)

    @pytest.mark.parametrize("role", ["govern_writer", "govern_eraser", "postgres", "pg_monitor"])
    def test_cannot_become_somebody_else(self, seen, sql, role):
        with sql() as connection:
            schema = one(connection, "SELECT current_schema()")
            for how in (f"SET ROLE {role}", f"SET SESSION AUTHORIZATION {role}"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(how)
            connection.execute("RESET ROLE")
            with pytest.raises(psycopg.errors.UndefinedTable):
                connection.execute("SELECT * FROM govern_event")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"SELECT * FROM {schema}.govern_event")

    @pytest.mark.parametrize(
        "statement",
        [
            "INSERT INTO govern_pass SELECT 'x', 'session', '', 'auditor', 9999999999, ''",
            "INSERT INTO govern_party SELECT case_id, role, person FROM govern_party",
            "UPDATE govern_case SET state = 'closed'",
            "DELETE FROM govern_event",
            "TRUNCATE govern_event",
            "ALTER TABLE govern_event DISABLE ROW LEVEL SECURITY",
            "DROP POLICY govern_event_reader ON govern_event",
            "CREATE POLICY mine ON govern_event USING (true)",
            "ALTER FUNCTION govern_sees SECURITY INVOKER",
            "GRANT govern_writer TO current_user",
            "CREATE FUNCTION govern_sees(text, integer) RETURNS text LANGUAGE sql AS 'SELECT 1'",
            "COPY govern_event TO '/tmp/x'",
            "COPY (SELECT 1) TO PROGRAM 'true'",
            "SELECT pg_read_file('/etc/passwd')",
            "SELECT lo_import('/etc/passwd')",
            "LOCK TABLE govern_event IN ACCESS EXCLUSIVE MODE",
            "SELECT * FROM govern_event FOR UPDATE",
        ],
    )
    def test_changes_nothing_and_takes_no_rights(self, seen, sql, statement):
        with sql() as connection, pytest.raises(psycopg.Error):
            connection.execute(statement)

    @pytest.mark.parametrize(
        "statement",
        [
            "SELECT count(*) FROM govern_event WHERE case_id = %(other)s OR true",
            "SELECT count(*) FROM govern_event JOIN govern_case USING (case_id)",
            "WITH x AS (SELECT * FROM govern_event) SELECT count(*) FROM x",
            "SELECT count(*) FROM (TABLE govern_event) x",
            "SELECT count(*) FROM govern_event TABLESAMPLE BERNOULLI (100)",
            "SELECT count(*) FROM ONLY govern_event",
            "SELECT position(%(other)s IN query_to_xml("
            "'TABLE govern_event', true, true, '')::text)",
        ],
    )
    def test_sees_no_more_by_asking_differently(self, seen, sql, statement):
        with sql() as connection:
            found = connection.execute(statement, {"other": OTHER}).fetchone()[0]

        assert found in (5, 0)

    def test_sees_no_more_by_a_function_that_tells_what_it_was_given(self, seen, sql):
        """A cheap one would be called on rows before the policy, were it not for the barrier."""
        with sql() as connection:
            connection.execute(
                """CREATE FUNCTION pg_temp.tell(text) RETURNS boolean LANGUAGE plpgsql
                COST 0.0000001 AS $$ BEGIN RAISE NOTICE '%', $1; RETURN true; END $$"""
            )
            told: list[str] = []
            connection.add_notice_handler(lambda note: told.append(note.message_primary))
            connection.execute("SELECT 1 FROM govern_event WHERE pg_temp.tell(case_id)")
            with pytest.raises(psycopg.Error) as caught:
                connection.execute(
                    "SELECT 1 / (CASE WHEN case_id = %s THEN 0 ELSE 1 END) FROM govern_event",
                    (CASE,),
                )
            connection.execute(
                "SELECT 1 / (CASE WHEN case_id = %s THEN 0 ELSE 1 END) FROM govern_event", (OTHER,)
            )

        assert {CASE} == set(told)
        assert "division by zero" in str(caught.value)

    def test_sees_no_more_through_a_view_a_cursor_or_a_table_in_the_way(self, seen, sql):
        with sql() as connection:
            connection.execute("CREATE TEMP VIEW mine AS SELECT * FROM govern_event")
            assert 5 == one(connection, "SELECT count(*) FROM mine")
            connection.execute(
                "CREATE TEMP TABLE govern_seen AS SELECT 'case' AS kind, "
                f"'{OTHER}' AS id, 1 AS whole, '{key_of(ANA)}' AS token_hash, "
                "9999999999 AS expires"
            )
            connection.execute("CREATE TEMP TABLE govern_pass (token_hash text)")
            assert 5 == one(connection, "SELECT count(*) FROM govern_event")
            connection.execute("BEGIN")
            connection.execute("DECLARE c CURSOR WITH HOLD FOR SELECT case_id FROM govern_event")
            connection.execute("COMMIT")
            assert {CASE} == {row[0] for row in connection.execute("FETCH ALL FROM c")}

    def test_sees_no_more_in_what_the_planner_knows(self, seen, class_logins, sql):
        with create_engine(class_logins.owner, poolclass=NullPool).begin() as connection:
            connection.execute(text("ANALYZE govern_event"))
        with sql() as connection:
            assert 0 == one(
                connection, "SELECT count(*) FROM pg_stats WHERE tablename LIKE 'govern%'"
            )

    def test_sees_no_token_of_another_session_in_the_list_of_connections(self, seen, sql):
        bo = seen.seen_by(BO, BEGAN)
        with sql() as connection, sql(BO) as others:
            others.execute("SELECT set_config('govern.token', %s, false)", (BO,))
            queries = connection.execute("SELECT query FROM pg_stat_activity").fetchall()

        assert 6 == sum(len(bo.events(case)) for case in (OTHER, DRAFT))
        assert not [row for row in queries if BO in row[0]]

    def test_leaves_nothing_behind_for_the_next_one_on_its_connection(self, seen):
        """A setting, a role and a table that would stand in for the real one."""
        with seen._readers.reached() as connection:
            pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
            connection.exec_driver_sql("SET ROLE govern_reader")
            connection.exec_driver_sql(f"SET govern.token = '{ANA}'")
            connection.exec_driver_sql("CREATE TEMP TABLE govern_event (case_id text, seq int)")
            connection.exec_driver_sql("PREPARE mine AS SELECT 1")
        with seen._readers.reached() as connection:
            left = connection.exec_driver_sql(
                "SELECT pg_backend_pid(), current_user = session_user, "
                "current_setting('govern.token', true), count(name) FROM pg_prepared_statements"
            ).one()

        assert (pid, True, "", 0) == tuple(left)
        assert 5 == len(seen.seen_by(BO, BEGAN).events(OTHER))
        assert () == seen.seen_by(BO, BEGAN).events(CASE)

    def test_sees_a_case_no_longer_once_it_was_revoked(self, seen, sql):
        with sql() as connection:
            assert 5 == one(connection, "SELECT count(*) FROM govern_event")
            seen.doors.end(key_of(ANA))
            assert 0 == one(connection, "SELECT count(*) FROM govern_event")
        sign_in(seen, ANA, "ana", "employee", ends=LATER)

    def test_a_session_that_ran_out_by_the_databases_clock_sees_nothing(self, seen, sql):
        token = "old".ljust(40, "~")
        sign_in(seen, token, "ana", "employee", ends=BEGAN.replace(year=2020))

        with sql(token) as connection:
            assert 0 == one(connection, "SELECT count(*) FROM govern_event")


def test_a_representatives_session_reads_the_cases_they_were_given(store, sql):
    token = "rep".ljust(40, "~")
    sign_in(store, token, "rep", "representative", ends=LATER)
    store.mandates.give(Mandate(employee="bo", representative="rep", case_id=DRAFT))

    with sql(token) as connection:
        assert [(DRAFT,)] == connection.execute("SELECT case_id FROM govern_event").fetchall()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM govern_mandate")


def test_an_auditors_session_reads_steps_of_sent_cases_and_no_texts(store, sql):
    token = "aud".ljust(40, "~")
    sign_in(store, token, "aud", "auditor", ends=LATER)

    with sql(token) as connection:
        counts = {table: one(connection, f"SELECT count(*) FROM {table}") for table in ROWS}
        people = connection.execute("SELECT person FROM govern_party").fetchall()

    assert (2, 10) == (counts["govern_case"], counts["govern_event"])
    assert (0, 0, 0) == tuple(
        counts[table] for table in ("govern_sealed", "govern_review", "govern_data_key")
    )
    assert not {"ana", "bo", "hal", "dee"} & {row[0] for row in people}


def test_the_reading_login_may_not_take_on_the_role_that_writes(logins, opened):
    with pytest.raises(InputError, match="may not take on the role govern_writer"):
        opened(logins.reader)


class Kept:
    """What both databases refuse to whoever writes. Subclasses give ``run`` and ``store``."""

    @pytest.mark.parametrize(
        "statement",
        [
            f"UPDATE govern_event SET kind = 'final' WHERE case_id = '{CASE}'",
            f"DELETE FROM govern_event WHERE case_id = '{CASE}' AND seq = 5",
            f"UPDATE govern_sealed SET sealed = '' WHERE case_id = '{CASE}'",
            "UPDATE govern_review SET version = 2",
            "UPDATE govern_read SET at = 0",
            "DELETE FROM govern_read",
            f"INSERT INTO govern_sealed VALUES ('{CASE}', 5, '')",
        ],
    )
    def test_rows_that_stand_are_neither_changed_nor_replaced(self, store, run, statement):
        before = store.events(CASE)

        with pytest.raises(Exception, match=r"only ever added to|denied|duplicate key"):
            run(statement)
        assert before == store.events(CASE)

    def test_texts_and_keys_of_a_case_on_hold_are_not_deleted(self, store, run):
        store.append(Steps(CASE).hold(6))

        for statement in (
            f"DELETE FROM govern_sealed WHERE case_id = '{CASE}'",
            f"DELETE FROM govern_data_key WHERE scope = 'case:{CASE}'",
        ):
            with pytest.raises(Exception, match=r"a legal hold stands|denied"):
                run(statement)
        assert 6 == len(store.events(CASE))

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (
                "UPDATE govern_sealed SET sealed = (SELECT sealed FROM govern_sealed s "
                f"WHERE s.case_id = '{CASE}' AND s.seq = 2) WHERE case_id = '{CASE}' AND seq = 1",
                "cannot be decrypted",
            ),
            (
                f"UPDATE govern_event SET kind = 'withdrawn' WHERE case_id = '{CASE}' AND seq = 5",
                "cannot be decrypted",
            ),
            (f"UPDATE govern_event SET commitment = '{'0' * 64}' WHERE seq = 1", "committed to"),
            (f"DELETE FROM govern_event WHERE case_id = '{CASE}' AND seq = 2", "expected event 2"),
            (f"DELETE FROM govern_data_key WHERE scope = 'case:{CASE}'", "its key is gone"),
            (
                "UPDATE govern_data_key SET wrapped = (SELECT wrapped FROM govern_data_key k WHERE "
                "k.scope = 'store') WHERE scope LIKE 'case:%'",
                "cannot be decrypted",
            ),
        ],
    )
    def test_what_an_administrator_changes_is_noticed_when_it_is_read(
        self, store, administrator, change, said
    ):
        assert 5 == len(store.events(CASE)) == len(store.opened()[0].events)
        administrator(change)

        with pytest.raises(IntegrityError, match=said):
            store.events(CASE)
        with pytest.raises(IntegrityError, match=said):
            store.opened()

    @pytest.mark.parametrize(
        ("table", "changed"),
        [
            ("review", "employee = {eve}"),
            ("review", "version = 2"),
            ("mandate", "employee = {victim}"),
            ("mandate", "representative = {eve}"),
            ("mandate", "case_id = NULL"),
            ("pass", "person = {victim}"),
            ("pass", "roles = 'data-protection-officer'"),
            ("pass", "expires = expires + 1"),
        ],
    )
    def test_an_administrator_who_signs_in_cannot_put_themselves_beside_others(
        self, store, administrator, table, changed
    ):
        """Without any key of the vault, names can still be copied from one row to another."""
        token = "eve".ljust(40, "~")
        sign_in(store, token, "eve", "employee", "representative", ends=LATER)
        store.mandates.give(Mandate(employee="fay", representative="eve", case_id="d" * 32))
        reads = {
            "review": lambda: store.review("r-ana"),
            "mandate": lambda: store.mandates.of_each(("ana", "fay")),
            "pass": lambda: store.doors.find(key_of(token)),
        }
        assert reads[table]()
        names = {
            who: f"'{store.pseudonym(person)}'"
            for who, person in (("eve", "fay"), ("victim", "ana"))
        }
        where = {
            "review": f"employee = {names['victim']}",
            "mandate": "case_id IS NOT NULL",
            "pass": f"token_hash = '{key_of(token)}'",
        }
        administrator(f"UPDATE govern_{table} SET {changed.format(**names)} WHERE {where[table]}")

        with pytest.raises(IntegrityError, match=r"its row was changed|cannot be decrypted"):
            reads[table]()

    def test_a_part_in_a_case_that_an_administrator_adds_shows_it_to_nobody(
        self, store, administrator, tmp_path
    ):
        """The rules go by what was sealed and not by the index."""
        token = "eve".ljust(40, "~")
        sign_in(store, token, "eve", "employee", "decider", ends=LATER)
        eve = store.pseudonym("eve")
        for role in ("employee", "decider"):
            administrator(f"INSERT INTO govern_party VALUES ('{CASE}', '{role}', '{eve}')")
        project = Project(tmp_path, configured=False)
        settings = read_settings(project)
        contests = Contests(
            project,
            store,
            store.seen_by(token, BEGAN),
            FileLedger(tmp_path / "ledger.jsonl"),
            MemoryLeaves(),
            settings,
            calendar_of(settings),
        )

        assert 5 == len(contests.reader.events(CASE))
        for role in ("employee", "decider"):
            actor = Actor(person="eve", role=role)
            assert () == list_(contests, actor, now=BEGAN)
            with pytest.raises(ContestError, match="no such case"):
                show(contests, actor, CASE, now=BEGAN)

    def test_no_name_and_no_text_stands_in_the_tables(self, store, contents):
        held = contents()

        for secret in (
            b"I led Atlas",
            b"r-ana",
            b"Good.",
            b'"ana"',
            b'"hal"',
            b'"dee"',
            ANA.encode(),
        ):
            assert secret not in held
        assert b"under_review" in held


class TestPostgresKeeps(Kept):
    @pytest.fixture
    def run(self, logins):
        def execute(statement, role="govern_writer"):
            with plain(logins.app) as connection:
                connection.execute(f"SET ROLE {role}")
                connection.execute(statement)

        return execute

    @pytest.fixture
    def administrator(self, logins):
        def execute(statement):
            with plain(logins.owner) as connection:
                connection.execute("SET session_replication_role = replica")
                connection.execute(statement)

        return execute

    @pytest.fixture
    def contents(self, logins):
        def dumped():
            with plain(logins.owner) as connection:
                return b"".join(
                    bytes(value) if isinstance(value, bytes) else str(value).encode()
                    for table in META.tables
                    for row in connection.execute(f"SELECT * FROM {table}")
                    for value in row
                )

        return dumped

    def test_only_the_eraser_deletes_and_only_what_may_be_erased(self, store, run):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            run(f"DELETE FROM govern_sealed WHERE case_id = '{CASE}'")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            run("DELETE FROM govern_event", role="govern_eraser")
        run(f"DELETE FROM govern_sealed WHERE case_id = '{CASE}'", role="govern_eraser")
        for table in META.tables:
            with pytest.raises(psycopg.Error):
                run(f"TRUNCATE {table}", role="govern_eraser")

    def test_the_owner_is_kept_from_it_by_triggers(self, store, logins):
        with plain(logins.owner) as connection:
            for statement in ("DELETE FROM govern_event", "TRUNCATE govern_sealed"):
                with pytest.raises(psycopg.Error, match="only ever added to"):
                    connection.execute(statement)


class TestSqliteKeeps(Kept):
    @pytest.fixture
    def store(self, sqlite_url, opened):
        store = opened(sqlite_url)
        for event in Steps(CASE).until_under_review():
            store.append(event)
        store.intake.put_reviews([review("ana")])
        store.read_log.log(READ)
        return store

    @pytest.fixture
    def run(self, sqlite_url):
        def execute(statement):
            with create_engine(sqlite_url, poolclass=NullPool).begin() as connection:
                connection.execute(text(statement))

        return execute

    @pytest.fixture
    def administrator(self, sqlite_url, run):
        def execute(statement):
            engine = create_engine(sqlite_url, poolclass=NullPool)
            with engine.begin() as connection:
                triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
                for (name,) in connection.execute(text(triggers)).all():
                    connection.execute(text(f"DROP TRIGGER {name}"))
            run(statement)

        return execute

    @pytest.fixture
    def contents(self, sqlite_url):
        def read():
            path = Path(make_url(sqlite_url).database)
            return b"".join(p.read_bytes() for p in path.parent.glob(f"{path.name}*"))

        return read

    def test_insert_or_replace_is_refused_as_well(self, store, run):
        with pytest.raises(Exception, match="only ever added to"):
            run(f"INSERT OR REPLACE INTO govern_sealed VALUES ('{CASE}', 1, '')")

    def test_nothing_of_an_erased_case_is_left_in_the_files(self, store, sqlite_url, contents):
        def find(statement):
            with create_engine(sqlite_url, poolclass=NullPool).connect() as connection:
                return [bytes(row[0]) for row in connection.execute(text(statement))]

        keys = find(f"SELECT wrapped FROM govern_data_key WHERE scope = 'case:{CASE}'")
        texts = find(f"SELECT sealed FROM govern_sealed WHERE case_id = '{CASE}'")
        assert all(one in contents() for one in (*keys, *texts))
        store.append(Steps(CASE).withdrawn(6))
        store.erase(Steps(CASE).tombstone(7))

        assert (1, 5) == (len(keys), len(texts))
        assert not [one for one in (*keys, *texts) if one in contents()]
