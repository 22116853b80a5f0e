"""Homogeneity in the wording itself: near copies, and phrases that many people's drafts share.

Definitions and worked examples: docs/metrics/homogeneity.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govern.domain.finding import Finding
from govern.domain.metric import Spec
from govern.frames import main_block
from govern.metrics import likeness
from govern.metrics.likeness import Compared, compared
from govern.metrics.spec import Metric, counts, finding
from govern.stats.levels import mean_level
from govern.stats.similarity import kernel_mean, stratified
from govern.text.kernels import Rows, jaccard_rows
from govern.text.shingles import RUN, runs
from govern.text.tokens import PLACEHOLDER

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
NEAR = 0.8
MANY = 0.1
SHOWN = 5

NEAR_DUPLICATES = Spec(
    id="homogeneity.near_duplicates",
    version="1",
    question="How often do two people get nearly the same text?",
    unit="share of pairs",
    sense="lower_is_better",
    shape="level",
    method=f"pairs across cases with 4-gram Jaccard of {NEAR} or more, masked, "
    "delete-one-case jackknife",
)
BOILERPLATE = Spec(
    id="homogeneity.boilerplate",
    version="1",
    question="How much of a draft is wording that many other people's drafts have too?",
    unit="share of 4-grams",
    sense="lower_is_better",
    shape="level",
    method=f"4-grams in drafts of over {MANY:.0%} of the other cases, masked, "
    "mean per case, Student t over cases",
)


def near_duplicates(drafts: pd.DataFrame) -> list[Finding]:
    """Share of pairs of drafts about different people that are nearly the same text.

    Every pair is looked at; above 6,000 drafts, of evenly spread cases. Of pairs, because the
    share of *drafts* with a near copy grows with their number. Undefined under 12 cases.
    """
    main = main_block(drafts)
    texts = likeness.within_reach(likeness.worded(main))
    if short := likeness.too_few(NEAR_DUPLICATES, main, texts):
        return [short]
    pool = compared(main, texts)
    alike = jaccard_rows(pool.shingles)
    case = pd.factorize(texts["case_id"], sort=True)[0].astype(np.int64)

    def near(part: slice) -> Floats:
        return (alike(part) >= NEAR).astype(np.float64)

    found = stratified([(kernel_mean(near, case), None)])
    copied = _copied(near, case) if found.estimate > 0 else []
    return [
        likeness.level(
            NEAR_DUPLICATES,
            main,
            len(texts),
            found,
            method=pool.cut,
            share=True,
            examples=tuple(str(texts["draft_id"].iloc[at]) for at in copied),
        )
    ]


def _copied(near: Rows, case: Codes) -> list[int]:
    """The first drafts that are nearly the same as one of another case."""
    found: list[int] = []
    at = 0
    while len(found) < SHOWN and at < len(case):
        if (near(slice(at, at + 1))[0] * (case != case[at])).any():
            found.append(at)
        at += 1
    return found


def boilerplate(drafts: pd.DataFrame) -> list[Finding]:
    """Share of a draft's runs of four words that over a tenth of the other people's have too.

    The examples are the phrases, longest runs joined, by how many cases have them. Undefined
    under 12 cases.
    """
    main = main_block(drafts)
    texts = likeness.worded(main)
    if short := likeness.too_few(BOILERPLATE, main, texts):
        return [short]
    pool = compared(main, texts)
    case, cases = pd.factorize(texts["case_id"], sort=True)
    row, code, start = runs(pool.tokens)
    common = _common(case[row], code, len(cases))
    total = np.bincount(row, minlength=len(texts))
    share = np.bincount(row, common, minlength=len(texts)) / np.maximum(total, 1)
    by_case = np.bincount(case, share) / np.bincount(case)
    found = mean_level(by_case, step=1.0, least=0.0, most=1.0)
    return [
        finding(
            BOILERPLATE,
            found.estimate,
            counts(main, len(texts), cases=len(cases)),
            interval=found.interval,
            method=f"{BOILERPLATE.method}, {pool.cut}",
            examples=_phrases(pool, case[row], code, start, common),
        )
    ]


def _common(case: Codes, code: Codes, cases: int) -> NDArray[np.bool_]:
    """Which runs occur in over a tenth of the cases other than their own."""
    often = (np.bincount(code)[code] - 1) / (cases - 1) > MANY
    once = np.asarray(pd.unique(code[often] * cases + case[often]), dtype=np.int64)
    having = np.bincount(once // cases, minlength=int(code.max(initial=-1)) + 1)
    return np.asarray((having[code] - 1) / (cases - 1) > MANY)


def _phrases(
    pool: Compared, case: Codes, code: Codes, start: Codes, common: NDArray[np.bool_]
) -> tuple[str, ...]:
    """The phrases that most cases share, each as long as it goes on."""
    at = np.flatnonzero(common)
    if not len(at):
        return ()
    begins = np.concatenate([[True], (np.diff(start[at]) > 1)])
    first = np.flatnonzero(begins)
    length = np.diff(np.append(first, len(at))) + RUN - 1
    phrase = pd.DataFrame({"code": code[at[first]], "length": length, "at": start[at[first]]})
    phrase["case"] = case[at[first]]
    shared = phrase.groupby(["code", "length"]).agg(cases=("case", "nunique"), at=("at", "min"))
    shared = shared.reset_index().sort_values(
        ["cases", "length", "at"], ascending=[False, False, True]
    )
    most, tokens = shared.head(SHOWN), pool.tokens
    text = pool.drafts["text"].iloc[tokens.rows[most["at"]]]
    return tuple(
        _as_written([tokens.words[at] for at in tokens.codes[begin : begin + size]], written)
        for begin, size, written in zip(most["at"], most["length"], text, strict=True)
    )


def _as_written(words: Sequence[str], text: str) -> str:
    """The words with the apostrophes that stand between them in ``text``: *the manager's notes*."""
    said = words[0]
    for before, word in pairwise(words):
        known = r"\w" if before.startswith(PLACEHOLDER) else rf"\b{re.escape(before)}"
        joined = re.search(rf"{known}['’]{re.escape(word)}\b", text, re.IGNORECASE)
        said += f"'{word}" if joined else f" {word}"
    return said


METRICS = (Metric(NEAR_DUPLICATES, near_duplicates), Metric(BOILERPLATE, boilerplate))
