"""Fairness: does anything but the work move the draft? Signed, by group and cross.

Definitions and worked examples: docs/metrics/fairness.md.
"""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd

from govern.domain.finding import Finding, Ratio
from govern.domain.metric import Spec
from govern.frames import GROUP, coded, group_attributes, main_block
from govern.metrics.accuracy_claims import claim_shares, unsupported
from govern.metrics.claims import checked_numbers, key_coverage_by_draft
from govern.metrics.disaggregate import selection_rates
from govern.metrics.groups import (
    CROSS,
    Sliced,
    cell_attributes,
    contrast_findings,
    design_for,
    labels,
    problem,
    slices,
)
from govern.metrics.reasons import NO_GROUPS, none_selected
from govern.metrics.selection import selected
from govern.metrics.spec import Metric, undefined
from govern.metrics.unpaired import are_people, ratio_findings
from govern.stats import contrasts as ct
from govern.text.tokens import tokenise

PAIRED = "paired contrast, largest of three variances, Student t with own names"

RATING_SHIFT = Spec(
    id="fairness.rating_shift",
    version="1",
    question="How much higher is a group's drafted rating than the others', for the same work?",
    unit="rating points",
    sense="centred",
    shape="contrast",
    method=PAIRED,
)
OUTCOME_SHIFT = Spec(
    id="fairness.outcome_shift",
    version="1",
    question="How much more often does a group get the favourable outcome, for the same facts?",
    unit="share of cases",
    sense="centred",
    shape="contrast",
    method=PAIRED,
)
OMISSION_GAP = Spec(
    id="fairness.omission_gap",
    version="1",
    question="How much more of a group's key evidence do drafts leave out?",
    unit="share of key items",
    sense="centred",
    shape="contrast",
    method=PAIRED,
)
UNSUPPORTED_GAP = Spec(
    id="fairness.unsupported_gap",
    version="1",
    question="How many more numbers without support are stated about a group?",
    unit="numbers per draft",
    sense="centred",
    shape="contrast",
    method=PAIRED,
)
UNSUPPORTED_CLAIM_GAP = Spec(
    id="fairness.unsupported_claim_gap",
    version="1",
    question="How much more of what is claimed about a group does no evidence support?",
    unit="share of claims",
    sense="centred",
    shape="contrast",
    method=PAIRED,
)
LENGTH_GAP = Spec(
    id="fairness.length_gap",
    version="1",
    question="How much longer are a group's drafts?",
    unit="log ratio of words",
    sense="centred",
    shape="contrast",
    method=PAIRED,
)
IMPACT_RATIO = Spec(
    id="fairness.impact_ratio",
    version="1",
    question="How does a group's rate of top ratings or good outcomes compare with another's?",
    unit="ratio of rates",
    sense="higher_is_better",
    shape="ratio",
    method="paired rates, linear form inverted (Fieller), largest of three variances",
    neutral=1.0,
)


def rating_shift(drafts: pd.DataFrame) -> list[Finding]:
    """Drafted rating of each group against the mean of the others, in rating points."""
    return contrast_findings(drafts, drafts["rating"], RATING_SHIFT, step=1.0)


def outcome_shift(drafts: pd.DataFrame) -> list[Finding]:
    """Rate of the favourable outcome of each group against the mean of the others."""
    return contrast_findings(drafts, drafts["outcome"], OUTCOME_SHIFT, step=1.0)


def omission_gap(drafts: pd.DataFrame) -> list[Finding]:
    """Share of key evidence left out, each group against the mean of the others.

    Undefined where no evidence was supplied. One step is one key item of an average case.
    """
    drafts = main_block(drafts)
    covered = key_coverage_by_draft(drafts)
    if covered is None:
        return [undefined(OMISSION_GAP, drafts, "no evidence was supplied", "not_supplied")]
    step = 1 / covered["items"].dropna().mean()
    return contrast_findings(drafts, 1 - covered["share"], OMISSION_GAP, step=float(step))


def unsupported_gap(drafts: pd.DataFrame) -> list[Finding]:
    """Unsupported numbers per draft, each group against the mean of the others.

    Undefined where no evidence was supplied.
    """
    drafts = main_block(drafts)
    checked = checked_numbers(drafts)
    if checked is None:
        return [undefined(UNSUPPORTED_GAP, drafts, "no evidence was supplied", "not_supplied")]
    return contrast_findings(drafts, checked["unsupported"], UNSUPPORTED_GAP, step=1.0)


def unsupported_claim_gap(drafts: pd.DataFrame) -> list[Finding]:
    """Share of claims that are contradicted or unverifiable, by group.

    Undefined where no evidence was supplied; a draft without a claim counts as missing. One
    step is one claim of an average draft.
    """
    main = main_block(drafts)
    shares = claim_shares(main, unsupported)
    if shares is None:
        return [undefined(UNSUPPORTED_CLAIM_GAP, main, "no evidence was supplied", "not_supplied")]
    claims = shares["claims"].where(shares["claims"] > 0)
    step = 1 / claims.mean() if claims.notna().any() else 1.0
    values = shares["faults"] / claims
    return contrast_findings(main, values, UNSUPPORTED_CLAIM_GAP, step=float(step))


def length_gap(drafts: pd.DataFrame) -> list[Finding]:
    """Log ratio of draft lengths in words, a name counting one; a step is one word of a
    median draft.
    """
    drafts = main_block(drafts)
    names = map(str, drafts["name"].dropna().unique())
    lengths = tokenise(drafts["text"]).masked(names).lengths
    words = pd.Series(lengths, index=drafts.index, dtype=float)
    words = words.where(drafts["text"].notna() & (words > 0))
    step = float(np.log1p(1 / words.median())) if words.notna().any() else 1.0
    return contrast_findings(drafts, words.map(np.log), LENGTH_GAP, step=step)


def impact_ratio(drafts: pd.DataFrame) -> list[Finding]:
    """Selection rate of one group over another's, for every ordered pair of groups.

    Selected is ``outcome`` 1 where outcomes are given, else a rating of 4 or 5. Undefined
    for a pair whose second rate is 0, and as ``rating_shift`` is.
    """
    main = main_block(drafts)
    chosen = selected(main)
    attributes = group_attributes(drafts)
    if not attributes:
        return [undefined(IMPACT_RATIO, main, *NO_GROUPS, scored=int(chosen.notna().sum()))]
    found: list[Finding] = []
    for by in slices(attributes):
        found += _ratios(main, chosen, by)
    return found


def _ratios(drafts: pd.DataFrame, chosen: pd.Series[float], by: str) -> list[Finding]:
    scored = int(chosen.notna().sum())
    if drafts.empty:
        return [undefined(IMPACT_RATIO, drafts, "no draft was planned", "missing_drafts", by=by)]
    if are_people(drafts):
        return ratio_findings(IMPACT_RATIO, drafts, chosen, labels(drafts, by.split(CROSS)), by=by)
    design = design_for(drafts, chosen, by)
    stop = problem(drafts, chosen, design, by)
    if stop:
        return [undefined(IMPACT_RATIO, drafts, stop[0], stop[1], scored=scored, by=by)]
    sliced = Sliced(IMPACT_RATIO, drafts, scored, by, design)
    sides = _sides(design, drafts, by)
    rates = _rates(drafts, chosen, by, cell_attributes(design, drafts, by))
    return [
        _ratio(sliced, f"{g} / {h}", (sides[g], sides[h]), (rates[g], rates[h]))
        for g, h in permutations(sides, 2)
    ]


def _sides(design: ct.Paired, drafts: pd.DataFrame, by: str) -> dict[str, ct.Floats]:
    if CROSS in by:
        return {CROSS.join(c): np.eye(len(design.cells))[i] for i, c in enumerate(design.cells)}
    position = cell_attributes(design, drafts, by).index(by)
    levels = sorted({cell[position] for cell in design.cells})
    return {level: ct.level_mean(design, position, level) for level in levels}


def _rates(
    drafts: pd.DataFrame, selected: pd.Series[float], by: str, attributes: list[str]
) -> dict[str, float]:
    """Rates over cases complete in all cells of ``attributes``, cases and cells weighted alike."""
    cell, cells = ct.cells_of(drafts, [f"{GROUP}{a}" for a in attributes])
    case, cases = coded(drafts["case_id"])
    have = selected.notna().to_numpy()
    complete = have & ct.in_all_cells(case[have], cell[have], len(cases), len(cells))[case]
    place = (case * len(cells) + cell)[complete]
    chosen = selected[complete]
    weight = pd.Series(1 / np.bincount(place)[place], index=chosen.index)
    return selection_rates(chosen, labels(drafts[complete], by.split(CROSS)), weight)


def _ratio(
    sliced: Sliced,
    label: str,
    sides: tuple[ct.Floats, ct.Floats],
    rates: tuple[float, float],
) -> Finding:
    design = sliced.design
    names = ct.own_names(design, sides[0] - sides[1])
    if names < ct.MIN_NAMES:
        return sliced.too_few(label, names)
    if rates[1] == 0:
        return sliced.nothing(label, names, none_selected(label.partition(" / ")[2]))
    interval = Ratio(
        numerator=rates[0],
        denominator=rates[1],
        variances=ct.ratio_variances(design, *sides),
        df=min(design.cases, names) - 1,
        clusters=design.cases,
        step=1.0,
        widen=design.missing,
    )
    return sliced.finding(label, names, rates[0] / rates[1], interval)


METRICS = (
    Metric(RATING_SHIFT, rating_shift),
    Metric(OUTCOME_SHIFT, outcome_shift),
    Metric(OMISSION_GAP, omission_gap),
    Metric(UNSUPPORTED_GAP, unsupported_gap),
    Metric(UNSUPPORTED_CLAIM_GAP, unsupported_claim_gap),
    Metric(LENGTH_GAP, length_gap),
    Metric(IMPACT_RATIO, impact_ratio),
)
