"""A database made by migrations is the one that the tables describe."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import NullPool, create_engine

import govern.store.migrations
from govern.store.contests.tables import META
from govern.store.migrations import HEAD, VERSION_TABLE
from govern.testing.contest_steps import Steps


def differences(url):
    with create_engine(url, poolclass=NullPool).connect() as connection:
        options = {"version_table": VERSION_TABLE, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        return compare_metadata(context, META)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'contests.db'}"
    return request.getfixturevalue("postgres_url")


def test_an_empty_database_becomes_the_tables(url, opened):
    opened(url)

    assert [] == differences(url)


def test_an_up_to_date_database_is_left_alone(url, opened):
    opened(url).append(Steps("a" * 32).drafted())

    assert (Steps("a" * 32).drafted(),) == opened(url).events("a" * 32)


def test_the_version_that_is_asked_for_is_the_last_one_there_is():
    config = Config()
    folder = Path(govern.store.migrations.__file__).parent
    config.set_main_option("script_location", str(folder))

    assert [HEAD] == ScriptDirectory.from_config(config).get_heads()
