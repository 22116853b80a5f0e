"""Contests: the tables, who may see what, and what nobody may change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from govern.store.migrations.postgres_0001 import secure
from govern.store.migrations.sqlite_0001 import guard

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_COUNTER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_ID = sa.String(32)

_SEEN = """
CREATE VIEW govern_seen AS
WITH pass AS (SELECT token_hash, expires, person, ' ' || roles || ' ' AS roles
              FROM govern_pass WHERE kind = 'session'),
seen AS (
  SELECT pass.token_hash, pass.expires, party.case_id, 1 AS whole
  FROM pass JOIN govern_party party ON party.person = pass.person
  WHERE party.role IN ('employee', 'case-handler', 'decider', 'appeal-decider')
    AND pass.roles LIKE '% ' || party.role || ' %'
  UNION
  SELECT pass.token_hash, pass.expires, party.case_id, 1
  FROM pass JOIN govern_mandate given ON given.representative = pass.person
  JOIN govern_party party ON party.role = 'employee' AND party.person = given.employee
  WHERE pass.roles LIKE '% representative %'
    AND (given.case_id IS NULL OR given.case_id = party.case_id)
  UNION
  SELECT pass.token_hash, pass.expires, sent.case_id,
         CASE WHEN pass.roles LIKE '% case-handler %'
                OR pass.roles LIKE '% data-protection-officer %' THEN 1 ELSE 0 END
  FROM pass JOIN govern_case sent ON sent.sent
  WHERE (pass.roles LIKE '% case-handler %' OR pass.roles LIKE '% data-protection-officer %'
         OR pass.roles LIKE '% auditor %')
    AND NOT EXISTS (SELECT 1 FROM govern_party own WHERE own.case_id = sent.case_id
                    AND own.role = 'employee' AND own.person = pass.person))
SELECT token_hash, expires, 'case' AS kind, case_id AS id, whole FROM seen
UNION
SELECT seen.token_hash, seen.expires, 'review', contested.review, 1
FROM seen JOIN govern_case contested ON contested.case_id = seen.case_id
WHERE seen.whole = 1 AND contested.review IS NOT NULL
UNION
SELECT pass.token_hash, pass.expires, 'review', review.review, 1
FROM pass JOIN govern_review review ON review.employee = pass.person
WHERE pass.roles LIKE '% employee %'
UNION
SELECT pass.token_hash, pass.expires, 'review', review.review, 1
FROM pass JOIN govern_mandate given
  ON given.representative = pass.person AND given.case_id IS NULL
JOIN govern_review review ON review.employee = given.employee
WHERE pass.roles LIKE '% representative %'
"""


def _n() -> sa.Column[int]:
    return sa.Column("n", _COUNTER, primary_key=True, autoincrement=True)


def upgrade() -> None:
    """From nothing to version 0001."""
    _make_cases()
    _make_intake()
    _make_beside()
    op.execute(_SEEN)
    if op.get_bind().dialect.name == "postgresql":
        secure()
    else:
        guard()


def _make_cases() -> None:
    op.create_table(
        "govern_case",
        _n(),
        sa.Column("case_id", _ID, nullable=False, unique=True),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("sent", sa.Boolean, nullable=False),
        sa.Column("on_hold", sa.Boolean, nullable=False),
        sa.Column("erased", sa.Boolean, nullable=False),
        sa.Column("review", _ID),
    )
    op.create_table(
        "govern_party",
        sa.Column("case_id", _ID, primary_key=True),
        sa.Column("role", sa.String(32), primary_key=True),
        sa.Column("person", _ID, primary_key=True),
    )
    op.create_index("govern_party_person", "govern_party", ["person"])
    op.create_table(
        "govern_event",
        _n(),
        sa.Column("case_id", _ID, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("leaf_id", _ID, nullable=False, unique=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("hour", sa.Text, nullable=False),
        sa.Column("actor_role", sa.Text, nullable=False),
        sa.Column("commitment", sa.String(64), nullable=False),
    )
    op.create_index("govern_event_place", "govern_event", ["case_id", "seq"], unique=True)
    op.create_table(
        "govern_sealed",
        sa.Column("case_id", _ID, primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "govern_data_key",
        sa.Column("scope", sa.Text, primary_key=True),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
    )


def _make_intake() -> None:
    op.create_table(
        "govern_review",
        _n(),
        sa.Column("review", _ID, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("employee", _ID, nullable=False, index=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("govern_review_place", "govern_review", ["review", "version"], unique=True)
    op.create_table(
        "govern_outcome",
        _n(),
        sa.Column("outcome", _ID, nullable=False, unique=True),
        sa.Column("employee", _ID, nullable=False, index=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )


def _make_beside() -> None:
    op.create_table(
        "govern_notice",
        sa.Column("notice_id", _ID, primary_key=True),
        sa.Column("case_id", _ID, nullable=False, index=True),
        sa.Column("notice", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("due", sa.BigInteger, nullable=False, index=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("sent", sa.BigInteger),
    )
    op.create_table(
        "govern_read",
        _n(),
        sa.Column("case_id", _ID, index=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "govern_pass",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("person", _ID, nullable=False, index=True),
        sa.Column("roles", sa.Text, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "govern_mandate",
        _n(),
        sa.Column("mandate", _ID, nullable=False, unique=True),
        sa.Column("employee", _ID, nullable=False, index=True),
        sa.Column("representative", _ID, nullable=False, index=True),
        sa.Column("case_id", _ID),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "govern_outbox",
        _n(),
        sa.Column("leaf_id", _ID, nullable=False, unique=True),
    )
    op.create_table(
        "govern_bookmark",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("seen", sa.BigInteger, nullable=False),
    )
