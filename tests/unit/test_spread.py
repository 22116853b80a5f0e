"""Measured block by block, drafts give the findings that they give in one place."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from agreement import assert_same
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from govern.errors import InputError
from govern.frames import build
from govern.metrics import measure
from govern.runner import spread

WORDS = ("closed", "tickets", "team", "led", "helpful", "warm", "ambitious", "maybe", "excellent",
         "late", "always", "her", "his", "they", "great", "poor", "report", "goal")  # fmt: skip
GROUPS = [(g, r) for g in ("female", "male") for r in ("asian", "black")]


def drafts(
    cases: int = 40, *, seed: int = 1, strata: int = 3, silent: float = 0.03
) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = []
    for case in range(cases):
        own = rng.choice(WORDS, 6)
        for cell, (gender, race) in enumerate(GROUPS):
            name = f"Ana-{cell}{(case + cell) % 12}"
            said = rng.choice(WORDS, rng.integers(20, 60))
            text = f"{name} {' '.join(own)}. {' '.join(said)} for {name}'s {gender} colleagues."
            ok = rng.random() > silent
            rows.append(
                {
                    "draft_id": f"{case}/{cell}",
                    "case_id": f"c{case}",
                    "identity_id": name,
                    "name": name,
                    "status": "ok" if ok else "failed",
                    "text": text if ok else None,
                    "rating": float(rng.integers(1, 6)) if ok else None,
                    "stratum": f"role {case % strata}",
                    "group.gender": gender,
                    "group.race_ethnicity": race,
                    "block": "main",
                    "repeat": 0,
                }
            )
            if cell == case % 4:
                rows.append(rows[-1] | {"draft_id": f"{case}/again", "block": "noise", "repeat": 1})
    return build(rows)


def by_blocks(frame: pd.DataFrame, metrics: tuple[str, ...], blocks: int, seed: int = 0):
    """The findings from blocks of whole cases, drawn by lot."""
    rng = np.random.default_rng(seed)
    cases = frame["case_id"].unique()
    lot = pd.Series(rng.integers(0, blocks, len(cases)), index=cases)
    parts = [
        frame[frame["case_id"].map(lot).to_numpy() == block].reset_index(drop=True)
        for block in range(blocks)
    ]
    return spread.measured(spread.Here([part for part in parts if len(part)]), metrics)


def assert_alike(mine, theirs) -> None:
    assert len(mine) == len(theirs)
    for one, other in zip(mine, theirs, strict=True):
        assert_same(one.as_json(), other.as_json())


def test_every_metric_gives_in_blocks_what_it_gives_in_one_place():
    frame = drafts(24)

    assert_alike(by_blocks(frame, spread.SPREAD, 5), measure(frame, spread.SPREAD))


def test_people_who_are_paired_with_nobody_are_drawn_in_the_order_of_their_places():
    """Their p comes of names permuted by lot, in the order in which drafts stand."""
    frame = drafts(120, strata=2)
    frame = frame[frame["draft_id"].str.endswith(("/0", "/3"))]
    frame = frame.groupby("case_id", sort=False).head(1).reset_index(drop=True)
    some = np.arange(len(frame)) % 3 == 0
    frame.loc[some, "group.gender"] = "male"
    metrics = ("fairness.rating_shift", "fairness.length_gap")
    placed = frame.assign(**{spread.PLACE: range(len(frame))})

    assert_alike(by_blocks(placed, metrics, 4), measure(frame, metrics))
    assert "unpaired" == measure(frame, metrics)[0].design


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    blocks=st.integers(1, 12),
    seed=st.integers(0, 10**6),
    strata=st.integers(1, 6),
    silent=st.sampled_from([0.0, 0.04, 0.5, 1.0]),
)
def test_however_cases_are_put_into_blocks_the_findings_are_the_same(blocks, seed, strata, silent):
    frame = drafts(20, seed=seed, strata=strata, silent=silent)
    metrics = ("homogeneity.similarity", "fairness.agentic_gap")

    assert_alike(by_blocks(frame, metrics, blocks, seed), measure(frame, metrics))


def test_an_id_in_two_blocks_and_a_torn_case_are_refused():
    frame = drafts(12)
    one, other = frame[:24].reset_index(drop=True), frame[24:].reset_index(drop=True)
    metrics = ("fairness.rating_shift",)
    with pytest.raises(InputError, match="a case stands in two blocks"):
        spread.measured(spread.Here([one, other]), metrics)
    other = other.assign(
        case_id="another", draft_id=other["draft_id"].where(other.index > 0, "0/0")
    )
    one = one.assign(case_id="one")
    with pytest.raises(InputError, match="draft_id occurs twice: 0/0"):
        spread.measured(spread.Here([one, other]), metrics)


@pytest.mark.parametrize("said", ["It was so.", "…"])
def test_where_no_draft_has_a_word_of_a_list_blocks_count_the_same_drafts(said):
    frame = drafts(20)
    frame["text"] = frame["text"].where(frame["text"].isna(), said)

    assert_alike(by_blocks(frame, spread.SPREAD, 4), measure(frame, spread.SPREAD))


def test_too_few_cases_are_too_few_in_blocks_as_well():
    frame = drafts(8)
    [found] = by_blocks(frame, ("homogeneity.similarity",), 3)

    assert "12 needed" in found.estimate.reason


def test_a_metric_that_needs_all_drafts_in_one_place_is_refused_with_those_that_do_not():
    with pytest.raises(InputError, match=r"accuracy.key_coverage: .* homogeneity.similarity"):
        spread.require_spread(["accuracy.key_coverage"])
