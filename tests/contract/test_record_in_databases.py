"""Whoever administers the database can lift its triggers; a checkpoint shows what they did."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import NullPool, create_engine, text

from govern.app.ledger import begin, checkpoint, verify_record
from govern.app.record import open_leaves, open_ledger
from govern.attest.keys import private_key
from govern.attest.trust import TrustRoot, write_trust
from govern.domain.ledger import Leaf
from govern.errors import IntegrityError
from govern.sources.locate import Project
from govern.store.ledger_sql import add_leaf

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
GATE = private_key(
    Ed25519PrivateKey.from_private_bytes(bytes(32)), name="gate", roles=("gate",), created=NOW
)
CONTEST = Leaf(
    id="c" * 32,
    kind="contest.submitted",
    hour="2026-11-25T12Z",
    actor_role="employee",
    commitment="0" * 64,
)


class Administered:
    """Subclasses give ``url``."""

    lift: tuple[str, ...]

    @pytest.fixture
    def engine(self, url: str):
        return create_engine(url, poolclass=NullPool)

    @pytest.fixture
    def project(self, url: str, engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        """A log of two entries and a leaf that an event's own transaction added."""
        monkeypatch.delenv("GOVERN_RECORD_URL", raising=False)
        project = Project(tmp_path, configured=True, record_url=url)
        write_trust(project.record, TrustRoot(keys=(GATE.trusted,)))
        ledger = open_ledger(project)
        ledger.append("intent", {"run_id": "a"}, NOW)
        begin(ledger, open_leaves(project), now=NOW)
        with engine.begin() as connection:
            add_leaf(connection, CONTEST)
        ledger.append("decision", {"decision_id": "b"}, NOW)
        (tmp_path / "kept.txt").write_text(str(checkpoint(project, key=GATE, now=NOW)))
        return project

    def verify(self, project: Project):
        return verify_record(project, since=project.root / "kept.txt", trust=None, now=NOW)

    def test_what_nobody_touched_verifies(self, project):
        found = self.verify(project)

        assert (2, 4, 0) == (found.entries, found.log.frontier.size, found.uncovered)

    @pytest.mark.parametrize(
        ("statements", "said"),
        [
            (["UPDATE govern_leaves SET leaf = replace(leaf, 'employee', 'employer')"], "changed"),
            (["DELETE FROM govern_leaves WHERE seq = 3"], "cut off"),
            (["DELETE FROM govern_leaves WHERE seq = 1"], "expected row 1"),
            (["DELETE FROM govern_leaves"], "cut off"),
            (["DROP TABLE govern_leaves"], "cut off"),
            (["DELETE FROM govern_ledger WHERE seq = 1"], "cut off"),
            (["DELETE FROM govern_ledger"], "cut or written anew"),
            (["DROP TABLE govern_ledger"], "cut or written anew"),
            (["DELETE FROM govern_checkpoints"], "has not kept it"),
            (["DROP TABLE govern_checkpoints"], "has not kept it"),
            (
                ["UPDATE govern_checkpoints SET note = replace(note, '\n4\n', '\n3\n')"],
                "checkpoint 0",
            ),
            (
                [
                    "UPDATE govern_leaves SET seq = 9 WHERE seq = 1",
                    "UPDATE govern_leaves SET seq = 1 WHERE seq = 2",
                    "UPDATE govern_leaves SET seq = 2 WHERE seq = 9",
                ],
                "changed, moved or replaced",
            ),
        ],
    )
    def test_what_an_administrator_does_is_detected(self, project, engine, statements, said):
        with engine.begin() as connection:
            for statement in (*self.lift, *statements):
                connection.execute(text(statement))

        with pytest.raises(IntegrityError, match=said):
            self.verify(project)


TABLES = ("govern_ledger", "govern_leaves", "govern_checkpoints")


class TestSqlite(Administered):
    lift = tuple(f"DROP TRIGGER {t}_no_{what}" for t in TABLES for what in ("update", "delete"))

    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return f"sqlite:///{tmp_path / 'record.db'}"


class TestPostgres(Administered):
    lift = tuple(f"DROP TRIGGER {t}_only_added_to ON {t}" for t in TABLES)

    @pytest.fixture
    def url(self, postgres_url: str) -> str:
        return postgres_url
