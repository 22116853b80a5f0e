"""A contest as people live through it, on SQLite."""

from __future__ import annotations

from datetime import UTC, datetime

from whole_story import play, stage

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def test_a_contest_goes_from_filing_to_an_appeal_and_ends_with_another_review(project):
    with stage(project, NOW) as on:
        play(on)
