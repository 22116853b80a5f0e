"""What a session sees, found by its token: not worked out for all sessions on each read."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Both databases carry a condition on the token into each part only where no part has to be whole
# first, as for UNION, which looks for what is there twice. Whoever asks wants no more than IN.
_SEEN = """
WITH pass AS NOT MATERIALIZED (
  SELECT token_hash, expires, person, ' ' || roles || ' ' AS roles
  FROM govern_pass WHERE kind = 'session'),
seen AS NOT MATERIALIZED (
  SELECT pass.token_hash, pass.expires, party.case_id, 1 AS whole
  FROM pass JOIN govern_party party ON party.person = pass.person
  WHERE party.role IN ('employee', 'case-handler', 'decider', 'appeal-decider')
    AND pass.roles LIKE '% ' || party.role || ' %'
  UNION ALL
  SELECT pass.token_hash, pass.expires, party.case_id, 1
  FROM pass JOIN govern_mandate given ON given.representative = pass.person
  JOIN govern_party party ON party.role = 'employee' AND party.person = given.employee
  WHERE pass.roles LIKE '% representative %'
    AND (given.case_id IS NULL OR given.case_id = party.case_id)
  UNION ALL
  SELECT pass.token_hash, pass.expires, sent.case_id,
         CASE WHEN pass.roles LIKE '% case-handler %'
                OR pass.roles LIKE '% data-protection-officer %' THEN 1 ELSE 0 END
  FROM pass JOIN govern_case sent ON sent.sent
  WHERE (pass.roles LIKE '% case-handler %' OR pass.roles LIKE '% data-protection-officer %'
         OR pass.roles LIKE '% auditor %')
    AND NOT EXISTS (SELECT 1 FROM govern_party own WHERE own.case_id = sent.case_id
                    AND own.role = 'employee' AND own.person = pass.person))
SELECT token_hash, expires, 'case' AS kind, case_id AS id, whole FROM seen
UNION ALL
SELECT seen.token_hash, seen.expires, 'review', contested.review, 1
FROM seen JOIN govern_case contested ON contested.case_id = seen.case_id
WHERE seen.whole = 1 AND contested.review IS NOT NULL
UNION ALL
SELECT pass.token_hash, pass.expires, 'review', review.review, 1
FROM pass JOIN govern_review review ON review.employee = pass.person
WHERE pass.roles LIKE '% employee %'
UNION ALL
SELECT pass.token_hash, pass.expires, 'review', review.review, 1
FROM pass JOIN govern_mandate given
  ON given.representative = pass.person AND given.case_id IS NULL
JOIN govern_review review ON review.employee = given.employee
WHERE pass.roles LIKE '% representative %'
"""


def upgrade() -> None:
    """From version 0002 to 0003: the same view, that may now name a thing twice."""
    if op.get_bind().dialect.name == "postgresql":
        # Rights on it, and the function that asks it, stay.
        op.execute(f"CREATE OR REPLACE VIEW govern_seen AS {_SEEN}")
    else:
        op.execute("DROP VIEW govern_seen")
        op.execute(f"CREATE VIEW govern_seen AS {_SEEN}")
