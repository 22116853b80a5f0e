"""A contest as people live through it, on PostgreSQL: the pages read by a login of their own."""

from __future__ import annotations

from datetime import UTC, datetime

from whole_story import play, stage

from govern.app.served_demo import seed_demo

NOW = datetime(2076, 11, 25, 12, 0, tzinfo=UTC)
"""PostgreSQL goes by its own clock, and sessions of this test outlive it."""


def test_a_contest_goes_from_filing_to_an_appeal_and_ends_with_another_review(
    logins, tmp_path, monkeypatch
):
    monkeypatch.setenv("GOVERN_STORE_URL", logins.app)
    monkeypatch.setenv("GOVERN_STORE_READER_URL", logins.reader)
    monkeypatch.setenv("GOVERN_VAULT_KEY", "ab" * 32)
    with stage(seed_demo(tmp_path / "project", now=NOW), NOW) as on:
        play(on)
