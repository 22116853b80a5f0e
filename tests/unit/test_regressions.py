"""Upheld contests become cases of a suite if the employee consented, and name nobody."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from govern.app import contests as app
from govern.app.anonymise import NotAnonymousError
from govern.app.case_store import KEY, KEY_FILE, STORE
from govern.app.contests import Shown
from govern.app.progress import Reporter
from govern.app.regressions import USED, candidate, regressions
from govern.contest.machine import fold
from govern.domain.contest import Actor
from govern.errors import ContestError, InputError
from govern.sources.locate import Project
from govern.testing.contests import SAMPLES, STORIES, actor, event, review, story

NOW = datetime(2026, 12, 2, 9, tzinfo=UTC)
DPO = Actor(person="dpo", role="data-protection-officer")
NAMES = ("Amara Lindqvist", "Beatriz Okonkwo", "Dagny Takahashi", "Elif Rasmussen", "Imre Hale")
WORK = ("ledgers", "invoices", "audits", "claims", "branches")


def closed(n, *more, ruling="upheld", ground="wrong_fact"):
    """The events of the closed contest of person ``n``, and what came after."""
    said = {
        "ruling": ruling,
        "rulings": [{"ground": ground, "ruling": ruling, "reason": "because"}],
        "changes": SAMPLES["decided"]["changes"] if ruling != "rejected" else [],
    }
    drafted = event(
        "drafted",
        by=actor("employee", f"e-{n}1"),
        review_id=f"r-{n}",
        complaints=[{"ground": ground, "statement": "no"}],
    )
    kinds = [drafted, *STORIES["under_review"][1:], event("decided", **said)]
    kinds += [] if ruling == "rejected" else ["remedied"]
    made = story(*(event(k) if isinstance(k, str) else k for k in (*kinds, "closed", *more)))
    return [one.model_copy(update={"case_id": f"{n:032x}"}) for one in made]


def consented(n, yes=True):
    return event("consented", by=actor("employee", f"e-{n}1"), to_reuse=yes)


@pytest.fixture
def contests(tmp_path, monkeypatch):
    for name in (STORE, KEY, KEY_FILE, "GOVERN_RECORD_URL"):
        monkeypatch.delenv(name, raising=False)
    opened = app.open_contests(Project(tmp_path, configured=False))
    for n, name in enumerate(NAMES):
        first = {"review_id": f"r-{n}", "employee": f"e-{n}1", "ai_role": "none"}
        text = f"{name} kept the {WORK[n]} in order. She closed {n + 3} of them."
        wrong = f"{name} lost {WORK[n]} to Wanda Wrong."
        opened.store.intake.put_reviews(
            [
                review(**first, final=wrong, final_rating=1),
                review(**first, version=2, final=text, final_rating=n % 5 + 1),
            ]
        )
    rows = [f"e-{n}1,{name}" for n, name in enumerate(NAMES)]
    (tmp_path / "roster.csv").write_text("\n".join(["id,name", *rows, "e-99,Zoltan Quist"]))
    yield opened
    opened.store.close()


def enter(contests, *cases):
    for events in cases:
        for one in events:
            contests.store.append(one)


def made(contests, tmp_path, who=DPO):
    return regressions(
        contests,
        who,
        roster=tmp_path / "roster.csv",
        out=tmp_path / "upheld",
        secret=b"s" * 32,
        now=NOW,
        reporter=Reporter(),
    )


def test_the_reviews_as_they_were_put_right_become_cases_without_names(contests, tmp_path):
    enter(contests, *(closed(n, consented(n)) for n in range(5)))
    done = made(contests, tmp_path)
    cases = [
        json.loads(line) for line in (tmp_path / "upheld/cases.jsonl").read_text().splitlines()
    ]

    assert done.written.made.cases == len(cases) == 5
    assert {case["gold_rating"] for case in cases} == {1, 2, 3, 4, 5}
    written = "".join(
        path.read_text()
        for folder in ("upheld", "upheld-reviews")
        for path in (tmp_path / folder).iterdir()
    )
    for word in " ".join(NAMES).split():
        assert word.lower() not in written.lower()
    for word in ("e-11", "r-1", "Wrong"):
        assert word not in written
    assert "kept the ledgers in order" in written
    assert (tmp_path / "upheld-reviews/risk.md").is_file()
    looks = [r.case_id for r in contests.store.read_log.reads() if r.what == USED]
    assert sorted(looks) == [f"{n:032x}" for n in range(5)]


def test_too_few_to_be_anonymous_become_no_cases(contests, tmp_path):
    enter(contests, *(closed(n, consented(n)) for n in range(4)))
    with pytest.raises(NotAnonymousError, match="k-anonymity"):
        made(contests, tmp_path)
    assert not (tmp_path / "upheld").exists()


def test_without_consent_nobody_is_in_it_and_consent_can_be_taken_back(contests, tmp_path):
    enter(contests, closed(0), closed(1, consented(1), consented(1, yes=False)))
    with pytest.raises(InputError, match="2 × the employee has not consented"):
        made(contests, tmp_path)
    assert not (tmp_path / "upheld").exists()


@pytest.mark.parametrize("role", ["auditor", "board", "employee", "decider"])
def test_others_may_not(contests, tmp_path, role):
    with pytest.raises(ContestError, match=f"may, not {role}"):
        made(contests, tmp_path, Actor(person="x", role=role))


@pytest.mark.parametrize(
    ("events", "why"),
    [
        (closed(0, consented(0), ruling="rejected"), "nothing upheld"),
        (closed(0, consented(0), ground="process"), "nothing upheld"),
        ([*closed(0)[:-1], consented(0)], "not closed"),
        (closed(0), "consented"),
    ],
)
def test_what_is_no_candidate_says_why(events, why):
    numbered = [
        one.model_copy(update={"seq": n, "case_id": "0" * 32, "at": NOW})
        for n, one in enumerate(events, 1)
    ]
    found = candidate(Shown(fold(numbered), "full", review=review()))
    assert isinstance(found, str)
    assert why in found


def test_what_was_put_right_is_taken_before_what_was_contested():
    events = [one.model_copy(update={"case_id": "0" * 32}) for one in closed(0, consented(0))]
    mended = review(version=2)
    assert candidate(Shown(fold(events), "full", review=review(), remedied=mended)) == mended
    assert candidate(Shown(fold(events), "full", review=review())) == review()
