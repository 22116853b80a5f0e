"""The versions, oldest first; Alembic finds them by their file."""
