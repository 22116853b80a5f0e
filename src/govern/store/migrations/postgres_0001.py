"""Roles, rights, row-level security and triggers of version 0001 on PostgreSQL.

``govern_writer`` enters, ``govern_eraser`` also deletes what may be erased, ``govern_reader``
sees what the session sees whose token is in the setting ``govern.token``.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

_TABLES = (
    *("govern_case", "govern_party", "govern_event", "govern_sealed", "govern_data_key"),
    *("govern_review", "govern_outcome", "govern_notice", "govern_read", "govern_pass"),
    *("govern_mandate", "govern_outbox", "govern_bookmark"),
)
_COUNTERS = tuple(
    f"govern_{name}_n_seq"
    for name in ("case", "event", "review", "outcome", "read", "mandate", "outbox")
)
_CHANGED = ("govern_case", "govern_data_key", "govern_notice", "govern_bookmark")
_DROPPED = ("govern_party", "govern_pass", "govern_mandate", "govern_outbox")
_ERASED = ("govern_sealed", "govern_data_key", "govern_review", "govern_outcome", "govern_notice")
_KEEPS = ("govern_event", "govern_read")
_STANDS = ("govern_sealed", "govern_review", "govern_outcome")
_SEEN: dict[str, str] = {
    "govern_case": "case_id IN (SELECT {schema}.govern_sees('case', 0))",
    "govern_party": "case_id IN (SELECT {schema}.govern_sees('case', 0))",
    "govern_event": "case_id IN (SELECT {schema}.govern_sees('case', 0))",
    "govern_sealed": "case_id IN (SELECT {schema}.govern_sees('case', 1))",
    "govern_review": "review IN (SELECT {schema}.govern_sees('review', 1))",
    "govern_data_key": "scope IN (SELECT 'case:' || id FROM {schema}.govern_sees('case', 1) id"
    " UNION ALL SELECT 'review:' || id FROM {schema}.govern_sees('review', 1) id)",
}
"""What a reader sees of each table; of the others nothing."""

_ROLE = """DO $$ BEGIN CREATE ROLE {role} NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"""
_TAKE = """DO $$ BEGIN GRANT govern_writer, govern_eraser, govern_reader TO CURRENT_USER;
EXCEPTION WHEN insufficient_privilege THEN NULL; END $$"""
_SEES = """CREATE FUNCTION govern_sees(of_kind text, at_least integer) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
  SELECT id FROM govern_seen WHERE kind = of_kind AND whole >= at_least
  AND token_hash = encode(sha256(convert_to(
        nullif(pg_catalog.current_setting('govern.token', true), ''), 'UTF8')), 'hex')
  AND expires > extract(epoch FROM pg_catalog.clock_timestamp()) $$"""
_ADDED = """CREATE FUNCTION govern_only_added_to() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'only ever added to'; END $$"""
_HELD = """CREATE FUNCTION govern_held() RETURNS trigger LANGUAGE plpgsql
SET search_path = {schema}, pg_temp AS $$
DECLARE of_case text := CASE TG_TABLE_NAME WHEN 'govern_data_key'
  THEN substr(to_jsonb(OLD) ->> 'scope', 6) ELSE to_jsonb(OLD) ->> 'case_id' END;
BEGIN
  IF (SELECT kind FROM govern_event WHERE case_id = of_case
      AND kind IN ('hold_set', 'hold_lifted') ORDER BY seq DESC LIMIT 1) = 'hold_set'
  THEN RAISE EXCEPTION 'a legal hold stands'; END IF;
  RETURN OLD;
END $$"""


def secure() -> None:
    """Make them, in the schema that the tables are in."""
    schema = op.get_bind().execute(text("SELECT quote_ident(current_schema())")).scalar_one()
    for role in ("govern_writer", "govern_eraser", "govern_reader"):
        op.execute(_ROLE.format(role=role))
        op.execute(f"GRANT USAGE ON SCHEMA {schema} TO {role}")
    op.execute("GRANT govern_writer TO govern_eraser")
    op.execute(_TAKE)
    op.execute(f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC")
    op.execute(_SEES.format(schema=schema))
    op.execute("REVOKE ALL ON FUNCTION govern_sees FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION govern_sees TO govern_reader")
    _grant()
    for table in _TABLES:
        _shield(table, schema)
    _trigger(schema)


def _grant() -> None:
    everything = ", ".join(_TABLES)
    op.execute(f"REVOKE ALL ON {everything}, govern_seen FROM PUBLIC")
    op.execute(f"GRANT SELECT, INSERT ON {everything} TO govern_writer")
    op.execute("GRANT SELECT ON govern_version TO govern_writer, govern_reader")
    op.execute(f"GRANT USAGE ON SEQUENCE {', '.join(_COUNTERS)} TO govern_writer")
    op.execute(f"GRANT UPDATE ON {', '.join(_CHANGED)} TO govern_writer")
    op.execute(f"GRANT DELETE ON {', '.join(_DROPPED)} TO govern_writer")
    op.execute(f"GRANT DELETE ON {', '.join(_ERASED)} TO govern_eraser")
    op.execute(f"GRANT SELECT ON {', '.join(_SEEN)} TO govern_reader")


def _shield(table: str, schema: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY {table}_writer ON {table} TO govern_writer USING (true) WITH CHECK (true)"
    )
    if table in _SEEN:
        seen = _SEEN[table].format(schema=schema)
        op.execute(
            f"CREATE POLICY {table}_reader ON {table} FOR SELECT TO govern_reader USING ({seen})"
        )


def _trigger(schema: str) -> None:
    op.execute(_ADDED)
    op.execute(_HELD.format(schema=schema))
    for table in _TABLES:
        verbs = ["TRUNCATE"]
        verbs += ["UPDATE"] if table in (*_KEEPS, *_STANDS) else []
        verbs += ["DELETE"] if table in _KEEPS else []
        op.execute(
            f"CREATE TRIGGER {table}_only_added_to BEFORE {' OR '.join(verbs)} ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION govern_only_added_to()"
        )
    for table in ("govern_sealed", "govern_data_key"):
        op.execute(
            f"CREATE TRIGGER {table}_held BEFORE DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION govern_held()"
        )
