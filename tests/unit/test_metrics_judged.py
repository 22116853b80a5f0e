"""The corrected share of drafts in which a model sees an unsupported claim."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from govern import frames, testing
from govern.app.docket import SPECS
from govern.domain import Errors, Finding, JudgeFacts, Undefined
from govern.errors import FrameError
from govern.metrics import evaluator_digest, measure
from govern.policy.measured import judge_measured
from govern.sources.locate import builtin_root
from govern.sources.policies import load_policy
from govern.stats.intervals import bounds
from govern.testing import certificate_of, docket_of, paired_frame, run_facts

SHARE = "accuracy.judged_unsupported_share"
GOOD = Errors(found=54, spoiled=60, cleared=57, sound=60)
GROUPS = ("gender: female", "gender: male")


def judged(frame, verdicts, **facts):
    everybody = {"all": GOOD, **dict.fromkeys(GROUPS, GOOD)}
    told = {"model": "some/model", "asked": "q", "labelled": 120, "errors": everybody} | facts
    verdicts = pd.Series(verdicts, index=frame.index, dtype=float)
    return frames.judged(frame, verdicts, JudgeFacts(**told).model_dump_json())


def twelve(spoiled=3):
    """12 cases for a woman and a man; in the first ones a claim is seen in every draft."""
    frame = paired_frame(cases=12, groups={"gender": ("female", "male")})
    return frame, (frame["case_id"] < f"c{spoiled:04d}").astype(float)


def found(frame) -> dict[str, Finding]:
    return {f.slice: f for f in measure(frame, [SHARE])}


def reason(frame, slice_="all") -> tuple[str, str]:
    undefined = found(frame)[slice_].estimate
    assert isinstance(undefined, Undefined)
    return undefined.reason, undefined.code


def test_a_corrected_share_by_hand():
    """3 of 12 cases: share .25. (.25 + .95 - 1)/(.9 + .95 - 1) = .2353, for each group as well."""
    of = found(judged(*twelve()))

    assert ["all", "gender: female", "gender: male"] == list(of)
    assert [0.2 / 0.85] * 3 == pytest.approx([f.estimate for f in of.values()])
    counts = of["all"].counts
    assert (24, 24, 12) == (counts.planned, counts.scored, counts.cases)
    assert "sensitivity 54/60, specificity 57/60" in of["all"].method


def test_a_group_whose_drafts_the_judge_misreads_is_corrected_by_its_own_errors():
    """The judge cries wolf over women: 12 false alarms of 60, not 3. (.25 - .2)/.7 = .0714."""
    wolf = GOOD.model_copy(update={"cleared": 48})
    of = found(judged(*twelve(), errors={"all": GOOD, GROUPS[0]: wolf, GROUPS[1]: GOOD}))

    assert of[GROUPS[0]].estimate == pytest.approx(0.05 / 0.7)
    assert of[GROUPS[1]].estimate == pytest.approx(0.2 / 0.85)


def test_without_verdicts_there_is_no_number():
    assert ("no verdict of a judging model was supplied", "not_supplied") == reason(
        paired_frame(cases=12)
    )


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"errors": {}}, "not_supplied"),
        ({"errors": {"all": GOOD.model_copy(update={"sound": 29, "cleared": 29})}}, "too_few"),
        (
            {"errors": {"all": GOOD.model_copy(update={"found": 3, "cleared": 57})}},
            "not_assessable",
        ),
        ({"unscored": 7}, "too_many_missing"),
    ],
)
def test_a_judge_that_is_not_calibrated_gives_no_number(facts, code):
    """No labelled drafts, 29 sound ones, .05 + .95 = 1, 7 of 120 without a verdict."""
    assert code == reason(judged(*twelve(), **facts))[1]


def test_a_group_without_labelled_drafts_of_its_own_has_no_number():
    frame = judged(*twelve(), errors={"all": GOOD})

    assert not isinstance(found(frame)["all"].estimate, Undefined)
    assert "too_few" == reason(frame, "gender: female")[1]


@pytest.mark.parametrize(("lost", "undefined"), [(1, False), (2, True)])
def test_over_five_percent_unscored_is_undefined(lost, undefined):
    """1 of 24 is 4 %, 2 are 8 %."""
    frame, verdicts = twelve()
    verdicts.iloc[:lost] = np.nan
    all_ = found(judged(frame, verdicts))["all"]

    assert undefined == isinstance(all_.estimate, Undefined)
    assert 24 - lost == all_.counts.scored


def test_eleven_judged_cases_are_too_few():
    frame = paired_frame(cases=11, groups={"gender": ("female", "male")})

    assert "too_few" == reason(judged(frame, 0.0))[1]


def test_all_drafts_refused_is_no_number():
    frame = testing.refuse(paired_frame(cases=12), 1.0)

    assert "missing_drafts" == reason(judged(frame, np.nan))[1]


def test_a_clean_run_is_consistent_with_no_unsupported_claim():
    """Only false alarms: 1 draft of 24, share .0417, below 1 - specificity."""
    frame, verdicts = twelve(spoiled=0)
    verdicts.iloc[0] = 1.0
    all_ = found(judged(frame, verdicts))["all"]

    assert 0 == all_.estimate == bounds(all_.estimate, all_.interval, 0.05)[0]


def test_a_run_in_which_every_other_draft_is_spoiled_is_found():
    frame = paired_frame(cases=60)
    spoiled = pd.Series(np.arange(len(frame)) % 2, index=frame.index)
    all_ = found(judged(frame, spoiled))["all"]

    assert bounds(all_.estimate, all_.interval, 0.05)[0] > 0.3


def test_shuffled_rows_change_nothing():
    frame = judged(*twelve())
    shuffled = frame.sample(frac=1, random_state=1).reset_index(drop=True)

    assert {k: f.estimate for k, f in found(frame).items()} == {
        k: f.estimate for k, f in found(shuffled).items()
    }


def test_another_model_is_another_evaluator_than_our_code_alone():
    one, other = (found(judged(*twelve(), model=m))["all"].evaluator for m in ("a/b", "c/d"))

    assert 3 == len({one, other, evaluator_digest()})


def test_verdicts_of_two_judges_do_not_mix():
    frame = judged(*twelve())
    frame.loc[0, "judge"] = JudgeFacts(model="other", asked="q").model_dump_json()

    with pytest.raises(FrameError, match="verdicts of 2 judges"):
        measure(frame, [SHARE])


def test_a_draft_without_text_cannot_have_been_judged():
    with pytest.raises(FrameError, match="a draft without text was judged"):
        judged(testing.refuse(paired_frame(cases=12), 1.0), 0.0)


def test_a_certificate_of_our_code_alone_does_not_let_a_model_gate():
    """Every draft is said to be spoiled: a fail, were the evaluator certified."""
    policy = load_policy(builtin_root() / "policies/review-drafting.md")
    level = next(c for c in policy.clauses if c.subject == "accuracy.unsupported_number_share")
    clause = level.model_copy(update={"metric": SHARE})
    found = measure(judged(*twelve(spoiled=12)), [SHARE])

    def outcome(evaluator):
        own = certificate_of(SPECS[SHARE], evaluator=evaluator)
        docket = docket_of([SPECS[SHARE]], certificates=[own])
        return judge_measured(clause, run_facts(), found, docket, SPECS[SHARE])

    assert "uncertified" == outcome(evaluator_digest()).reason
    assert "insufficient_evidence" == outcome(evaluator_digest()).outcome
    assert "fail" == outcome(found[0].evaluator).outcome
