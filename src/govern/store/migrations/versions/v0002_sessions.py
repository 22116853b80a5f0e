"""Sessions: that somebody was there just now is kept in the row that lets them in."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From version 0001 to 0002; SQLite knows no rights."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("GRANT UPDATE ON govern_pass TO govern_writer")
