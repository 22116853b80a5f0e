"""Attempts: every intent counts, whatever else stands in the record and whatever became of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govern.domain.attempts import Attempts, Lineage
from govern.domain.ledger import Entry, EntryKind
from govern.errors import IntegrityError
from govern.ledger.attempts import attempts_of, of_run, resumable
from govern.ledger.chain import check, head_of, next_entry

OURS = Lineage(
    pipeline="bot", use_case="review", policy="drafting",
    approved=date(2026, 11, 1), review_by=date(2027, 5, 1),
)  # fmt: skip
NOW = datetime(2026, 11, 25, 12, 0, 0, tzinfo=UTC)
DIGEST = "a" * 64
Event = tuple[EntryKind, dict[str, Any], datetime]


def intent(run: str, at: datetime = NOW, **changes: Any) -> Event:
    payload = {
        "run_id": run, "pipeline": "bot", "pipeline_version": "1", "use_case": "review",
        "fingerprint": DIGEST, "policy": "drafting", "policy_version": "1",
        "policy_digest": DIGEST, "suite": "review-core", "suite_version": "1", "plan": "standard",
        "cells": 48, "harness_version": "0",
    }  # fmt: skip
    return ("intent", payload | changes, at)


def event(kind: EntryKind, run: str) -> Event:
    payload: dict[str, Any] = {"run_id": run}
    if kind == "decision":
        payload |= {
            "decision_id": f"d-{run}", "decision_digest": DIGEST, "policy": "drafting",
            "policy_digest": DIGEST, "findings_digest": DIGEST, "outcome": "fail",
            "effective_outcome": "fail", "advisory": False,
        }  # fmt: skip
    return (kind, payload, NOW)


def chain(*events: Event) -> list[Entry]:
    entries: list[Entry] = []
    for kind, payload, at in events:
        entries.append(next_entry(entries[-1] if entries else None, kind, payload, at))
    return entries


def states(*events: Event) -> dict[str, str]:
    return {one.run_id: one.state for one in attempts_of(chain(*events), OURS).entered}


def test_an_attempt_is_what_last_became_of_it():
    assert {"a": "open"} == states(intent("a"))
    assert {"a": "failed"} == states(intent("a"), event("failed", "a"))
    assert {"a": "finished"} == states(intent("a"), event("failed", "a"), event("finished", "a"))
    assert {"a": "decided"} == states(intent("a"), event("finished", "a"), event("decision", "a"))
    assert {"a": "abandoned"} == states(intent("a"), event("abandoned", "a"))


def test_what_is_over_stays_over():
    assert {"a": "abandoned"} == states(
        intent("a"), event("abandoned", "a"), event("finished", "a"), event("decision", "a")
    )
    assert {"a": "finished"} == states(
        intent("a"), event("finished", "a"), event("failed", "a"), event("abandoned", "a")
    )


def test_an_open_attempt_is_abandoned_once_a_later_one_of_its_lineage_is_entered():
    assert {"a": "abandoned", "b": "open"} == states(intent("a"), intent("b"))
    assert {"a": "failed", "b": "open"} == states(intent("a"), event("failed", "a"), intent("b"))
    assert {"a": "open"} == states(intent("a"), intent("b", pipeline="other"))


def test_only_the_last_attempt_can_go_on_and_only_where_it_stopped():
    def can(run: str, *events: Event) -> bool:
        return resumable(attempts_of(chain(*events), OURS), run)

    assert can("a", intent("a"))
    assert can("a", intent("a"), event("failed", "a"))
    assert not can("a", intent("a"), event("failed", "a"), intent("b"))
    assert not can("a", intent("a"), event("abandoned", "a"))
    assert not can("x", intent("a"))


@pytest.mark.parametrize(
    "changes", [{"pipeline": "other"}, {"use_case": "goal"}, {"policy": "pilot"}]
)
def test_another_lineage_does_not_count(changes):
    assert {} == states(intent("a", **changes))


def test_another_version_of_pipeline_or_policy_does():
    changed = {"pipeline_version": "2", "policy_version": "2", "policy_digest": "b" * 64}

    assert 2 == len(states(intent("a"), intent("b", fingerprint="b" * 64, **changed)))


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        (datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 1, tzinfo=UTC), True),
        (datetime(2027, 5, 1, 23, 59, 59, tzinfo=UTC), True),
        (datetime(2027, 5, 2, tzinfo=UTC), False),
    ],
)
def test_attempts_count_from_the_day_of_approval_to_that_of_review(day, counts):
    assert counts == bool(states(intent("a", day)))


def test_two_intents_under_one_id_are_two_attempts():
    entered = attempts_of(chain(intent("a"), intent("a")), OURS).entered

    assert ["abandoned", "open"] == [one.state for one in entered]


def test_an_intent_that_does_not_say_what_it_is_for_is_refused():
    broken = ("intent", {"run_id": "a"}, NOW)

    with pytest.raises(IntegrityError, match=r"entry 0 .* not what 'intent' says"):
        attempts_of(chain(broken), OURS)


KINDS: tuple[EntryKind, ...] = ("failed", "abandoned", "finished", "decision")
ours = st.one_of(
    st.sampled_from("abc").map(intent),
    st.tuples(st.sampled_from(KINDS), st.sampled_from("abc")).map(lambda one: event(*one)),
)
others = st.one_of(
    st.sampled_from("xyz").map(lambda run: intent(run, pipeline="other")),
    st.tuples(st.sampled_from(KINDS), st.sampled_from("xyz")).map(lambda one: event(*one)),
    st.sampled_from("xyz").map(lambda run: ("waiver", {"clause": run}, NOW)),
)


def counted(attempts: Attempts) -> int:
    return len(attempts.entered)


@given(st.lists(ours, max_size=8), st.lists(others, max_size=8), st.randoms())
def test_what_else_stands_in_the_record_and_where_changes_nothing(own, other, rng):
    mixed: list[Event] = list(own)
    for one in other:
        mixed.insert(rng.randint(0, len(mixed)), one)

    assert attempts_of(chain(*own), OURS) == attempts_of(chain(*mixed), OURS)


@given(st.lists(ours, max_size=10))
def test_every_intent_counts(events):
    entered = attempts_of(chain(*events), OURS).entered

    assert [p["run_id"] for kind, p, _ in events if kind == "intent"] == [
        one.run_id for one in entered
    ]


@given(st.lists(ours | others, min_size=1, max_size=10), st.sets(st.integers(0, 9)))
def test_whoever_takes_entries_out_gains_no_attempt_unseen(events, gone):
    """Seen by the chain itself, or at its end by anybody who kept a head."""
    entries = chain(*events)
    left = [entry for entry in entries if entry.seq not in gone]

    if counted(attempts_of(left, OURS)) < counted(attempts_of(entries, OURS)):
        with pytest.raises(IntegrityError):
            check(left, kept=head_of(entries))
    if left != entries[: len(left)]:
        with pytest.raises(IntegrityError):
            check(left)


@given(st.lists(ours, max_size=8), ours)
def test_entering_something_more_never_gives_an_attempt_back(events, more):
    before, after = (attempts_of(chain(*one), OURS) for one in (events, [*events, more]))

    assert counted(before) <= counted(after)
    assert [a.run_id for a in before.entered] == [a.run_id for a in after.entered][
        : counted(before)
    ]


def test_the_story_of_a_run_keeps_its_first_intent_and_seed_and_otherwise_the_last():
    entries = chain(
        intent("a"), ("seed", {"run_id": "a"}, NOW), ("seed", {"run_id": "a"}, NOW),
        event("failed", "a"), event("failed", "a"), event("failed", "b"),
    )  # fmt: skip

    assert {"intent": 0, "seed": 1, "failed": 4} == {
        kind: entry.seq for kind, entry in of_run(entries, "a").items()
    }


def test_a_time_in_another_zone_counts_by_its_day_in_utc():
    east = datetime(2026, 10, 31, 23, 30, tzinfo=UTC).astimezone(
        datetime.fromisoformat("2026-01-01T00:00:00+02:00").tzinfo
    )

    assert {} == states(intent("a", east))
    assert {"a": "open"} == states(intent("a", east + timedelta(hours=1)))
