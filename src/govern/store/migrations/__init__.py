"""How the tables of contests come about and change: Alembic, run by the program itself."""

VERSION_TABLE = "govern_version"
"""Of its own, for MLflow may keep its tables in the same database."""
HEAD = "0003"
"""The newest version."""
