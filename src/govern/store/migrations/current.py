"""Which version the tables of contests have, and that it is the newest."""

from __future__ import annotations

from sqlalchemy import Connection, inspect, select, text

from govern.errors import InputError
from govern.store.contests.tables import VERSION
from govern.store.database import Database
from govern.store.migrations import HEAD

_LOCK = 0x676F76636E74


def bring_up_to_date(database: Database) -> bool:
    """Make the tables or bring them to the newest version; whether it is PostgreSQL.

    Raises:
        InputError: the login may not see the tables.
        RunError: the database cannot be reached, or the login may not change it.
    """
    with database.reached() as connection:
        is_postgres = connection.dialect.name == "postgresql"
        if _version(connection) == HEAD:
            return is_postgres
    from govern.store.migrations.run import upgrade

    with database.reached() as connection:
        if is_postgres:
            # Two that make the tables at once would both fail.
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        else:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        upgrade(connection)
    return is_postgres


def _version(connection: Connection) -> str | None:
    """Which version the tables have, as far as our role may look."""
    if connection.dialect.name == "postgresql":
        ours = "SELECT pg_has_role(oid, 'MEMBER') FROM pg_roles WHERE rolname = 'govern_writer'"
        may = connection.exec_driver_sql(ours).scalar()
        if may is None:
            return None
        if not may:
            raise InputError(
                f"contests: the login {connection.engine.url.username} may not take on the role "
                "govern_writer; see docs/contest-store.md"
            )
        connection.exec_driver_sql("SET LOCAL ROLE govern_writer")
    if not inspect(connection).has_table(VERSION.name):
        return None
    found: str | None = connection.execute(select(VERSION.c.version_num)).scalar()
    return found
