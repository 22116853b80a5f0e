"""Run by Alembic, on the connection that ``upgrade`` was given."""

from alembic import context

from govern.store.contests.tables import META
from govern.store.migrations import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=META,
    version_table=VERSION_TABLE,
)
context.run_migrations()
