"""Integrity: is this what it claims to be? One hit in any draft of a case counts the case.

Definitions and worked examples: docs/metrics/integrity.md.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from govern.domain.finding import Finding
from govern.frames import group_attributes, main_block
from govern.metrics.events import case_events, event_spec
from govern.metrics.spec import Metric, undefined
from govern.text.tokens import Tokens, tokenise

ECHO_TOKENS = 8


IDENTICAL = event_spec(
    "integrity.identical_drafts", "Did different people get the same text, names apart?"
)
ECHO = event_spec(
    "integrity.echo", "Did a draft repeat what the pipeline was sent instead of drafting?"
)
EMPTY = event_spec("integrity.empty", "Did a draft come back without any words?")
INEXACT = event_spec(
    "integrity.inexact_swap", "Did more than the identity differ between a case's inputs?"
)


def identical_drafts(drafts: pd.DataFrame) -> list[Finding]:
    """Cases whose masked text also came back for a different case."""
    main = main_block(drafts)
    texts = main[main["text"].notna()]
    if texts.empty:
        return [undefined(IDENTICAL, main, "no draft came back", "missing_drafts")]
    masked = pd.Series(_masked(texts, texts["text"]).joined(), index=texts.index, dtype="str")
    elsewhere = texts["case_id"].groupby(masked).transform("nunique") > 1
    return [case_events(IDENTICAL, main, texts, elsewhere & (masked != ""))]


def echo(drafts: pd.DataFrame) -> list[Finding]:
    """Drafts that begin with the first 8 words of their input, or equal it."""
    main = main_block(drafts)
    texts = main[main["text"].notna() & main["input"].notna()]
    if texts.empty:
        return [
            undefined(
                ECHO,
                main,
                "what the pipeline was sent was not supplied beside any draft",
                "not_supplied",
            )
        ]
    draft, sent = tokenise(texts["text"]), tokenise(texts["input"])
    starts = np.array(draft.first(ECHO_TOKENS).joined(), dtype=object) == np.array(
        sent.first(ECHO_TOKENS).joined(), dtype=object
    )
    long_enough = (draft.lengths >= ECHO_TOKENS) & (sent.lengths >= ECHO_TOKENS)
    equal = np.array(draft.joined(), dtype=object) == np.array(sent.joined(), dtype=object)
    hit = pd.Series((starts & long_enough) | equal, index=texts.index)
    return [case_events(ECHO, main, texts, hit)]


def empty(drafts: pd.DataFrame) -> list[Finding]:
    """Drafts called ``ok`` that hold no word. For pipelines that draft text."""
    main = main_block(drafts)
    came = main[main["status"] == "ok"]
    if came.empty:
        return [undefined(EMPTY, main, "no draft came back", "missing_drafts")]
    if came["text"].isna().all():
        return [undefined(EMPTY, main, "this pipeline returns no text", "not_supplied")]
    hit = pd.Series(tokenise(came["text"]).lengths == 0, index=came.index)
    return [case_events(EMPTY, main, came, hit)]


def inexact_swap(drafts: pd.DataFrame) -> list[Finding]:
    """Cases whose inputs still differ once names, pronouns and group words are masked."""
    main = main_block(drafts)
    sent = main[main["input"].notna()]
    if sent.empty:
        return [
            undefined(INEXACT, main, "what the pipeline was sent was not supplied", "not_supplied")
        ]
    masked = pd.Series(_masked(sent, sent["input"]).joined(), index=sent.index, dtype="str")
    differs = masked.groupby(sent["case_id"]).transform("nunique") > 1
    return [case_events(INEXACT, main, sent, differs)]


def _masked(rows: pd.DataFrame, texts: pd.Series[str]) -> Tokens:
    groups = {v for a in group_attributes(rows) for v in rows[f"group.{a}"].unique()}
    return tokenise(texts).masked(map(str, rows["name"].dropna().unique()), groups)


METRICS = (
    Metric(IDENTICAL, identical_drafts),
    Metric(ECHO, echo),
    Metric(EMPTY, empty),
    Metric(INEXACT, inexact_swap),
)
