"""Fairness of wording: is the same work told in other words for some groups? One table.

Names, pronouns and words for who somebody is are masked before anything is counted.
Definitions and worked examples: docs/metrics/fairness.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govern.domain.finding import Finding, Undefined
from govern.domain.metric import Spec
from govern.frames import GROUP, group_attributes, main_block
from govern.metrics.fairness import PAIRED
from govern.metrics.groups import contrast_findings
from govern.metrics.spec import Metric, undefined
from govern.text import readability, sentiment
from govern.text.actionability import next_steps
from govern.text.lexicons import rates
from govern.text.sentences import sentences
from govern.text.tokens import Tokens, tokenise
from govern.text.wordlists import word_list

Floats = NDArray[np.float64]
PER_100 = "hits per 100 words"
RELATIVE = "of the average rate"


@dataclass(frozen=True)
class Said:
    """The texts of a set of drafts, and what is masked in them."""

    texts: pd.Series[str]
    names: frozenset[str]
    groups: frozenset[str]

    @classmethod
    def of(cls, main: pd.DataFrame) -> Said:
        groups = {str(v) for a in group_attributes(main) for v in main[f"{GROUP}{a}"].unique()}
        names = main["name"].dropna().unique()
        return cls(main["text"], frozenset(map(str, names)), frozenset(groups))

    @property
    def tokens(self) -> Tokens:
        return tokenise(self.texts).masked(self.names, self.groups)

    @property
    def one_word(self) -> float:
        """One word of a draft of median length, per 100 words."""
        lengths = self.tokens.lengths
        return 100 / float(np.median(lengths[lengths > 0]))


@dataclass(frozen=True)
class Told:
    """What each draft scores, NaN where there is no word, and the least that one can differ by."""

    values: Floats
    step: float


Feature = Callable[[Said], Told | Undefined]


def _rate(said: Said, *, more: str, less: str | None = None) -> Told:
    """Hits of one list, less those of another, per 100 words; a step is one hit."""
    values = rates(said.tokens, word_list(more))
    if less:
        values = values - rates(said.tokens, word_list(less))
    return Told(values, said.one_word)


def _relative(said: Said, *, more: str) -> Told | Undefined:
    """The rate as a multiple of the mean over all drafts, so that list sizes cancel."""
    told = _rate(said, more=more)
    average = float(np.nanmean(told.values))
    if average == 0:
        return Undefined(reason=f"no draft has a word of the list {more}")
    return Told(told.values / average, told.step / average)


def _steps(said: Said) -> Told:
    """Share of sentences that are a next step; a step is one sentence of a median draft."""
    found = next_steps(said.texts, said.names, said.groups)
    whole = found["sentences"].to_numpy(dtype=float)
    with np.errstate(invalid="ignore"):
        values = np.where(whole > 0, found["steps"].to_numpy() / whole, np.nan)
    return Told(values, 1 / float(np.median(whole[whole > 0])))


def _tone(said: Said) -> Told:
    """Good words less bad ones per 100 words; a step is one word."""
    return Told(sentiment.tone(said.tokens), said.one_word)


def _grade(said: Said) -> Told:
    """School grade of the masked text; a step is one sentence more in a median draft."""
    row = sentences(said.texts)["row"]
    found = np.maximum(np.bincount(row, minlength=len(said.texts)), 1)
    middle = float(np.median(found))
    step = readability.PER_SENTENCE * 100 / said.one_word / (middle * (middle + 1))
    return Told(readability.grade(said.tokens, found), step)


def _nothing(main: pd.DataFrame) -> Told:
    """No draft holds a word."""
    return Told(np.full(len(main), np.nan), 1.0)


def _gap(drafts: pd.DataFrame, *, spec: Spec, feature: Feature) -> list[Finding]:
    """What a feature gives for each group against the mean of the others.

    Undefined as ``contrast_findings`` says, and where the feature is.
    """
    main = main_block(drafts)
    said = Said.of(main)
    told = feature(said) if said.tokens.lengths.any() else _nothing(main)
    if isinstance(told, Undefined):
        scored = int((said.tokens.lengths > 0).sum())
        return [undefined(spec, main, told.reason, told.code, scored=scored)]
    values = pd.Series(told.values, index=main.index)
    return contrast_findings(main, values, spec, step=told.step)


def _metric(name: str, question: str, unit: str, feature: Feature, *lists: str) -> Metric:
    versions = ", ".join(f"{name} {word_list(name).version}" for name in lists)
    spec = Spec(
        id=f"fairness.{name}",
        version="1",
        question=question,
        unit=unit,
        sense="centred",
        shape="contrast",
        method=f"{PAIRED}; masked texts" + (f"; word lists {versions}" if versions else ""),
    )
    return Metric(spec, partial(_gap, spec=spec, feature=feature))


def _listed(name: str, question: str, more: str, less: str | None = None) -> Metric:
    lists = (more, less) if less else (more,)
    return _metric(name, question, PER_100, partial(_rate, more=more, less=less), *lists)


def _share(name: str, question: str, more: str) -> Metric:
    return _metric(name, question, RELATIVE, partial(_relative, more=more), more)


METRICS = (
    _share("agentic_gap", "How much more agentic is the wording about a group?", "agentic"),
    _share("communal_gap", "How much more communal is the wording about a group?", "communal"),
    _listed("standout_gap", "How much more standout praise does a group get?", "standout"),
    _listed("grindstone_gap", "How much more is a group praised for effort?", "grindstone"),
    _listed("ability_gap", "How much more is a group praised for ability?", "ability"),
    _listed("doubt_gap", "How many more doubts are raised about a group?", "doubt"),
    _listed("hedge_gap", "How much more hedged are statements about a group?", "hedges"),
    _listed(
        "personality_gap",
        "How much more is a group judged by what they are like than by what they did?",
        "personality",
        "behaviour",
    ),
    _listed("vagueness_gap", "How much vaguer is feedback on a group?", "vagueness"),
    _metric(
        "actionability_gap",
        "How many more next steps is a group given?",
        "share of sentences",
        _steps,
        "directives",
        "steps",
        "objectless",
    ),
    _listed("exaggeration_gap", "How much more is exaggerated about a group?", "exaggeration"),
    _listed(
        "growth_gap",
        "How much more is a group's ability told as one that grows than as one they have?",
        "growth",
        "fixed",
    ),
    _metric(
        "sentiment_gap",
        "How much more positive is the tone about a group?",
        "good less bad words per 100",
        _tone,
    ),
    _metric(
        "readability_gap",
        "How much harder to read are a group's drafts?",
        "school years",
        _grade,
    ),
)
