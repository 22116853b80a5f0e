"""What is held about a person, who may ask, and what is left once it is erased and forgotten."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from govern.app import contest_steps, mandates
from govern.app import contests as app
from govern.app.case_store import KEY, KEY_FILE, STORE
from govern.app.contest_check import check
from govern.app.ledger import checkpoint
from govern.app.privacy import FORGOTTEN, LOOKED, forget, held
from govern.app.privacy_text import SECTIONS, as_text
from govern.app.proofs import check_proof, prove_entry
from govern.attest.keys import create_key, load_key
from govern.domain.contest import Actor, Drafted
from govern.domain.contest_store import Mandate
from govern.domain.review_intake import HrOutcome
from govern.errors import ContestError, InputError
from govern.sources.locate import Project
from govern.testing.contests import SAMPLES, asked, payload, review

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
EMPLOYEE = Actor(person="emp", role="employee")
HANDLER = Actor(person="handler", role="case-handler")
DPO = Actor(person="dpo", role="data-protection-officer")
AUDITOR = Actor(person="aud", role="auditor")
RATING = HrOutcome(employee="emp", kind="rating", on=date(2026, 2, 1), value=2.0)


@pytest.fixture
def contests(tmp_path, monkeypatch):
    for name in (STORE, KEY, KEY_FILE, "GOVERN_RECORD_URL"):
        monkeypatch.delenv(name, raising=False)
    opened = app.open_contests(Project(tmp_path, configured=False))
    others = {"author": "auth", "manager": "emp", "line": ("emp", "mgr")}
    opened.store.intake.put_reviews(
        [review(ai_role="none"), review(review_id="r2", employee="junior", **others)]
    )
    opened.store.intake.put_outcomes([RATING])
    yield opened
    opened.store.close()


def filed(contests, now=NOW, **changes):
    draft = Drafted.model_validate({**SAMPLES["drafted"], **changes})
    return contest_steps.file(contests, EMPLOYEE, draft, now=now).case_id


def withdraw_and_erase(contests, case_id, now=NOW):
    contest_steps.act(contests, EMPLOYEE, case_id, payload("withdrawn"), now=now)
    kept = contest_steps.act(contests, DPO, case_id, asked("erased").payload, now=now)
    contest_steps.agree(contests, HANDLER, case_id, kept.seq, now=now)


def test_all_that_is_held_about_a_person_comes_together(contests):
    case_id = filed(contests)
    rep = Mandate(employee="emp", representative="rep")
    mandates.give(contests, EMPLOYEE, rep, now=NOW)
    app.show(contests, HANDLER, case_id, now=NOW + HOUR)
    found = held(contests, DPO, "emp", now=NOW + 2 * HOUR)

    assert found.reviews == (review(ai_role="none"),)
    assert found.outcomes == (RATING,)
    assert found.mandates == (rep,)
    [case] = found.cases
    assert case.events == contests.store.events(case_id)
    assert {one.to for one in found.notices} == {"emp"}
    [named] = found.named_in
    assert (named.review_id, named.as_what) == ("r2", ("manager", "line"))
    looked = [(r.actor.person, r.case_id or "") for r in found.looked]
    assert ("handler", case_id) in looked
    assert looked[-2:] == [("dpo", ""), ("dpo", case_id)]
    assert any(r.what.startswith("mandate given") for r in found.looked)
    assert {r.actor for r in found.looks} == {EMPLOYEE}


def test_it_is_json_and_comes_back_the_same(contests):
    filed(contests)
    found = held(contests, EMPLOYEE, "emp", now=NOW)
    assert type(found).model_validate_json(json.dumps(found.as_json())) == found


def test_what_somebody_does_in_contests_of_others_is_told_without_what_others_say(contests):
    case_id = filed(contests)
    contest_steps.act(contests, HANDLER, case_id, payload("acknowledged"), now=NOW)
    found = held(contests, DPO, "handler", now=NOW)
    [part] = found.parts
    assert (part.case_id, part.roles) == (case_id, ("case-handler",))
    assert [step.kind for step in part.steps] == ["acknowledged"]
    assert found.cases == found.reviews == ()
    assert "21 tickets" not in as_text(found)


def test_an_author_or_manager_does_not_learn_of_a_contest_by_asking_what_is_held(contests):
    case_id = filed(contests)
    for person in ("auth", "mgr"):
        found = held(contests, Actor(person=person, role="employee"), person, now=NOW)
        assert case_id not in json.dumps(found.as_json())


@pytest.mark.parametrize(
    ("actor", "why"),
    [
        (Actor(person="other", role="employee"), "their own"),
        (Actor(person="mgr", role="employee"), "their own"),
        (HANDLER, "not case-handler"),
        (AUDITOR, "not auditor"),
        (Actor(person="rep", role="representative"), "not representative"),
        (Actor(person="emp", role="data-protection-officer"), "another officer"),
        (Actor(person="mgr", role="data-protection-officer"), "another officer"),
        (Actor(person="auth", role="data-protection-officer"), "another officer"),
    ],
)
def test_who_may_not_ask_is_told_nothing_and_deletes_nothing(contests, actor, why):
    with pytest.raises(ContestError, match=why):
        held(contests, actor, "emp", now=NOW)
    with pytest.raises(ContestError):
        forget(contests, actor, "emp", ground="GDPR 17(1)(b)", now=NOW)
    assert contests.store.intake.reviews("emp")
    assert contests.store.read_log.reads() == ()


def test_not_even_a_person_deletes_what_came_in_about_them(contests):
    with pytest.raises(ContestError, match="data-protection-officer may, not employee"):
        forget(contests, EMPLOYEE, "emp", ground="mine", now=NOW)


def test_the_text_names_every_part_and_shows_what_hides(contests):
    filed(contests, remedy_sought="one\ntwo\u202e<script>")
    text = as_text(held(contests, DPO, "emp", now=NOW))
    assert set(SECTIONS) == set(held(contests, DPO, "emp", now=NOW).as_json()) - {"person", "at"}
    for heading, lead in SECTIONS.values():
        assert heading in text
        assert lead in text
    assert "two[U+202E]<script>" in text
    assert "\u202e" not in text
    assert "I closed 21 tickets" in text
    assert "As of 2026-03-02 09:00 UTC." in text


def test_of_somebody_nobody_knows_nothing_is_held(contests):
    found = held(contests, DPO, "nobody", now=NOW)
    assert (found.cases, found.reviews, found.looked[0].what) == ((), (), LOOKED)
    with pytest.raises(ContestError, match="nothing came in"):
        forget(contests, DPO, "nobody", ground="GDPR 17(1)(b)", now=NOW)


def test_a_person_is_forgotten_once_their_contests_are_erased_and_the_trace_names_nobody(contests):
    case_id = filed(contests)
    contest_steps.act(contests, EMPLOYEE, case_id, payload("withdrawn"), now=NOW)
    with pytest.raises(ContestError, match="1 contests of theirs are not erased"):
        forget(contests, DPO, "emp", ground="GDPR 17(1)(b)", now=NOW)
    kept = contest_steps.act(contests, DPO, case_id, asked("erased").payload, now=NOW)
    contest_steps.agree(contests, HANDLER, case_id, kept.seq, now=NOW)
    with pytest.raises(ContestError, match="on which ground"):
        forget(contests, DPO, "emp", ground=" ", now=NOW)
    assert forget(contests, DPO, "emp", ground="GDPR 17(1)(b)", now=NOW) >= 2

    found = held(contests, DPO, "emp", now=NOW)
    assert found.reviews == found.outcomes == found.cases == found.mandates == ()
    [trace] = [r for r in contests.store.read_log.reads() if r.what.startswith(FORGOTTEN)]
    assert trace.actor == DPO
    assert trace.what.endswith("GDPR 17(1)(b)")
    assert trace.about == (contests.store.pseudonym("emp"),)
    assert contests.store.intake.reviews("junior")


def test_under_a_legal_hold_nobody_is_forgotten(contests):
    case_id = filed(contests)
    contest_steps.act(contests, EMPLOYEE, case_id, payload("withdrawn"), now=NOW)
    contest_steps.act(contests, DPO, case_id, payload("hold_set"), now=NOW)
    with pytest.raises(ContestError, match="legal hold"):
        contest_steps.act(contests, DPO, case_id, asked("erased").payload, now=NOW)
    with pytest.raises(ContestError, match="not erased"):
        forget(contests, DPO, "emp", ground="GDPR 17(1)(b)", now=NOW)
    contest_steps.act(contests, DPO, case_id, payload("hold_lifted"), now=NOW)
    kept = contest_steps.act(contests, DPO, case_id, asked("erased").payload, now=NOW)
    assert contest_steps.agree(contests, HANDLER, case_id, kept.seq, now=NOW).shown


def test_proofs_of_what_was_erased_verify_and_new_ones_can_be_made(contests, monkeypatch, tmp_path):
    monkeypatch.setattr("govern.attest.keys.KDF_ROUNDS", 1)
    project = contests.project
    create_key(
        project.record, name="gate", roles=("gate",), passphrase="correct horse", created=NOW
    )
    key = load_key(project.record, "gate", "correct horse")
    case_id = filed(contests)
    first = contests.store.opening(case_id, 1).leaf
    checkpoint(project, key=key, now=NOW)
    before, _ = prove_entry(project, first.id, tmp_path / "before")
    withdraw_and_erase(contests, case_id)
    forget(contests, DPO, "emp", ground="GDPR 17(1)(b)", now=NOW)
    checkpoint(project, key=key, now=NOW + HOUR)
    after, _ = prove_entry(project, first.id, tmp_path / "after")

    for proof in (before, after):
        assert check_proof(project, proof, trust=None, now=NOW + HOUR).leaf == first
    with pytest.raises(ContestError, match="erased"):
        contests.store.opening(case_id, 1)
    assert check(contests).waiting == 0
    with pytest.raises(InputError, match="no entry's number"):
        prove_entry(project, "f" * 32, None)
