"""The tables of contests. They are made by ``store.migrations``, and a test holds them equal.

No person's id, no name and no text of anybody's is in them readable: people are pseudonyms
(``person``, ``employee``, ``representative``), the rest is sealed under a data key (``sealed``).
Times are seconds since 1970, UTC; of an event only the hour shows.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

from govern.store.migrations import VERSION_TABLE

META = MetaData()
_COUNTER = BigInteger().with_variant(Integer, "sqlite")
_ID = String(32)
_PSEUDONYM = String(32)


def _n() -> Column[int]:
    return Column("n", _COUNTER, primary_key=True, autoincrement=True)


CASE = Table(
    "govern_case",
    META,
    _n(),
    Column("case_id", _ID, nullable=False, unique=True),
    Column("seq", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("sent", Boolean, nullable=False),
    Column("on_hold", Boolean, nullable=False),
    Column("erased", Boolean, nullable=False),
    Column("review", _PSEUDONYM),
)
PARTY = Table(
    "govern_party",
    META,
    Column("case_id", _ID, primary_key=True),
    Column("role", String(32), primary_key=True),
    Column("person", _PSEUDONYM, primary_key=True),
    Index("govern_party_person", "person"),
)
EVENT = Table(
    "govern_event",
    META,
    _n(),
    Column("case_id", _ID, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("leaf_id", _ID, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("hour", Text, nullable=False),
    Column("actor_role", Text, nullable=False),
    Column("commitment", String(64), nullable=False),
    Index("govern_event_place", "case_id", "seq", unique=True),
)
SEALED = Table(
    "govern_sealed",
    META,
    Column("case_id", _ID, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
)
DATA_KEY = Table(
    "govern_data_key",
    META,
    Column("scope", Text, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)
REVIEW = Table(
    "govern_review",
    META,
    _n(),
    Column("review", _PSEUDONYM, nullable=False),
    Column("version", Integer, nullable=False),
    Column("employee", _PSEUDONYM, nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),
    Index("govern_review_place", "review", "version", unique=True),
)
OUTCOME = Table(
    "govern_outcome",
    META,
    _n(),
    Column("outcome", _PSEUDONYM, nullable=False, unique=True),
    Column("employee", _PSEUDONYM, nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),
)
NOTICE = Table(
    "govern_notice",
    META,
    Column("notice_id", _ID, primary_key=True),
    Column("case_id", _ID, nullable=False, index=True),
    Column("notice", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("due", BigInteger, nullable=False, index=True),
    Column("attempts", Integer, nullable=False),
    Column("sent", BigInteger),
)
READ = Table(
    "govern_read",
    META,
    _n(),
    Column("case_id", _ID, index=True),
    Column("at", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
PASS = Table(
    "govern_pass",
    META,
    Column("token_hash", String(64), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("person", _PSEUDONYM, nullable=False, index=True),
    Column("roles", Text, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
MANDATE = Table(
    "govern_mandate",
    META,
    _n(),
    Column("mandate", _PSEUDONYM, nullable=False, unique=True),
    Column("employee", _PSEUDONYM, nullable=False, index=True),
    Column("representative", _PSEUDONYM, nullable=False, index=True),
    Column("case_id", _ID),
    Column("sealed", LargeBinary, nullable=False),
)
OUTBOX = Table(
    "govern_outbox",
    META,
    _n(),
    Column("leaf_id", _ID, nullable=False, unique=True),
)
BOOKMARK = Table(
    "govern_bookmark",
    META,
    Column("name", Text, primary_key=True),
    Column("seen", BigInteger, nullable=False),
)

# Queried, never written to: made by the migrations, and no part of ``META``.
VERSION = Table(VERSION_TABLE, MetaData(), Column("version_num", Text))
SEEN = Table(
    "govern_seen",
    MetaData(),
    Column("token_hash", String(64)),
    Column("expires", BigInteger),
    Column("kind", Text),
    Column("id", Text),
    Column("whole", Integer),
)
