"""Sections on how often intervals miss."""

from __future__ import annotations

from itertools import product

from govern.stats.looks import look_cases
from operating import contrasts, levels, separation
from operating.cells import ALPHA, ATTEMPT, both_ends, by_kind, places, replicated, table, width
from operating.drafting import FEWER_NAMES, NAME_SDS, OUTCOMES, SHIPPED_NAMES, SIZES
from operating.rates import share_error
from operating.tasks import LOOKS, PEEKING, RATIO_CASE_SDS, RATIO_RATES, TOLD, Results, Runs

SD_HEADS = [f"name sd {sd:g}" for sd in NAME_SDS]


def of_contrasts(found: Results, runs: Runs) -> str:
    tables = []
    for names in (FEWER_NAMES, SHIPPED_NAMES):
        rows = []
        for outcome, cases in product(OUTCOMES, SIZES):
            at = {sd: found["contrast", outcome, cases, sd, names] for sd in NAME_SDS}
            rows.append(
                [
                    OUTCOMES[outcome].title,
                    str(cases),
                    *(by_kind(lambda k, a=at[sd]: places(a[k, ALPHA].worst)) for sd in NAME_SDS),
                    by_kind(lambda k, a=at[0.0]: width(a[k, ALPHA])),
                    by_kind(lambda k, a=at[0.0]: width(a[k, ATTEMPT])),
                ]
            )
        heads = ["outcome", "cases", *SD_HEADS, "width", "width at .05/3"]
        tables.append(f"With {names} names a group:\n\n{table(heads, rows)}")
    return f"""## Contrasts

One group against the mean of the others, zero in truth: gender · race · cell.
{replicated(runs.contrasts)}

{tables[0]}

{tables[1]}"""


def of_levels(found: Results, runs: Runs) -> str:
    rows = []
    for name, cases in product(levels.LEVELS, SIZES):
        at = {sd: found["level", name, cases, sd] for sd in NAME_SDS}
        rows.append(
            [
                levels.LEVELS[name].title,
                str(cases),
                *(both_ends(at[sd][ALPHA]) for sd in NAME_SDS),
                width(at[0.0][ALPHA]),
            ]
        )
    for cases in SIZES:
        at = {sd: found["event", cases, sd] for sd in NAME_SDS}
        rows.append(
            ["events, exact", str(cases), *(both_ends(at[sd][ALPHA]) for sd in NAME_SDS), ""]
        )
    rates = table(["level", "cases", *SD_HEADS, "width"], rows)
    bad, each = 0.001, SHIPPED_NAMES * 8
    return f"""## Levels

Eight drafts a case, each under another name; the truth is that of all cases and all names. The two
numbers are the lower end above the truth and the upper end below it. Events are a hit in any draft
of a case, with the true share of cases just above what no hit in so many cases leaves open; cases
differ by 2 on the log-odds. {replicated(runs.levels)}

{rates}

The exact bound counts cases as independent. What one name in a thousand would cause alone is not
seen by {each} names {places(levels.unseen_name_fault(bad, each))} of the time, however many the
cases: a bound on events speaks for the names that were tried."""


def of_ratios(found: Results, runs: Runs) -> str:
    rows = []
    for rate, case_sd, cases in product(RATIO_RATES, RATIO_CASE_SDS, SIZES):
        at = {
            (kind, sd): found["ratio", kind, cases, sd, rate, case_sd]
            for kind, sd in product(contrasts.KINDS, NAME_SDS)
        }
        rows.append(
            [
                f"{rate:g}",
                f"{case_sd:g}",
                str(cases),
                *(by_kind(lambda k, s=sd, a=at: places(a[k, s].worst)) for sd in NAME_SDS),
                by_kind(lambda k, a=at: places(1 - a[k, 0.0].runs / runs.ratios)),
            ]
        )
    return f"""## Impact ratios

A true ratio of .8, of gender, race and cell, one pair each; the rate is the other group's, the
case sd says how much drafts of a case resemble each other beside a draft's own .5. Runs in which
nobody of the other group is selected are undefined and left out. {replicated(runs.ratios)}

{table(["rate", "case sd", "cases", *SD_HEADS, "undefined"], rows)}"""


def of_similarity(found: Results, runs: Runs) -> str:
    rows = [
        [
            str(cases),
            *(both_ends(found["similarity", cases, sd][ALPHA]) for sd in NAME_SDS),
            width(found["similarity", cases, 0.0][ALPHA]),
        ]
        for cases in SIZES
    ]
    return f"""## Similarity

Excess of mean pairwise similarity over a baseline on the same cases, stratified by role (by
function at 60 cases, in one stratum below), eight drafts a case. Each name has a style of its own,
as large beside a draft's as in the other tables. Lower end above the truth, upper end below it.
{replicated(runs.similarity)}

{table(["cases", *SD_HEADS, "width"], rows)}"""


def of_looks(found: Results, runs: Runs) -> str:
    rows = []
    for names, cases in product((FEWER_NAMES, SHIPPED_NAMES), LOOKS):
        at = {sd: found["looks", cases, sd, names] for sd in NAME_SDS}
        looked = ", ".join(map(str, look_cases(cases, names)))
        rows.append(
            [
                str(names),
                looked,
                *(by_kind(lambda k, a=at[sd]: places(a[k, ALPHA].worst)) for sd in NAME_SDS),
                places(max(at[sd][k, ATTEMPT].worst for sd in NAME_SDS for k in contrasts.KINDS)),
            ]
        )
    peeked = found[PEEKING]
    return f"""## Looks

The rating's contrast after the last of up to four looks in whole blocks of names, where a side that
once lay beyond the truth stays there. The variance is estimated at each look and the boundary
mapped to Student's t. Gender · race · cell. Taking a full interval at each look instead would miss
{by_kind(lambda k: places(peeked[k, ALPHA].worst))} at 360 cases and name sd .055.
{replicated(runs.looks)}

{table(["names", "looks after", *SD_HEADS, "worst at .05/3"], rows)}"""


def of_told(found: Results, runs: Runs) -> str:
    rows = []
    for sd, tell in TOLD:
        one = found["told", 360, sd, tell]
        misses = one.misses[ALPHA]
        rows.append(
            [
                f"{sd:g}",
                f"{tell:g}",
                f"{one.best:.3f}",
                f"{one.mean:.3f}",
                f"{misses.below / misses.runs:.2f}",
                f"{one.upper:.3f}",
                f"{one.detected / one.runs:.2f}",
            ]
        )
    error = share_error(0.05, runs.separation)
    heads = ["name sd", "tell", "best AUC", "AUC trained", "missed", "upper end", "detected"]
    return f"""## Telling groups apart

Gender from {separation.FEATURES} features at 360 cases, of which one is moved by the tell, in
standard deviations of a draft. The truth for the bound is the mean of the estimates: the AUC of
this classifier trained on so many cases and names. *Missed*: the upper end (α = .05) below it.
*Upper end*: nine in ten lie below. *Detected*: p at most .05 over 199 permutations of whole names;
at tell 0 that is the size of the test. {runs.separation} runs, error of a rate of .05: {error:.3f}.

{table(heads, rows)}"""
