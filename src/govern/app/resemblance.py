"""Do synthetic packs resemble real reviews? What can be compared, compared.

Printed are figures alone, never a word of a review.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from govern.domain.base import Noun
from govern.domain.case import Identity
from govern.errors import InputError
from govern.pipelines.reference import compose
from govern.runner.cells import packet_of
from govern.sources.datasets import CaseSet
from govern.sources.tables import read_columns, read_table
from govern.text.numbers import stated_numbers
from govern.text.rarefaction import types_at
from govern.text.readability import grade, sentences
from govern.text.sentiment import tone
from govern.text.shingles import pair_jaccard, row_means, shingles
from govern.text.tokens import Tokens, tokenise

Floats = NDArray[np.float64]
COMMON_LENGTH = 50
"""Words at which vocabulary and similarity are compared; shorter texts are left out there."""
MOST_TEXTS = 2000
FEWEST_TEXTS = 10
NOTABLE = 0.5
STAND_IN = Identity(id="any", first_name="Employee", pronouns="they", groups={}, source="none")
FEATURES = {
    "length": ("words", "longer", "shorter"),
    "vocabulary": (f"distinct words in {COMMON_LENGTH}", "richer in words", "poorer in words"),
    "readability": ("Flesch-Kincaid grade", "harder to read", "easier to read"),
    "sentiment": ("good less bad words per 100", "more favourable", "less favourable"),
    "numbers": ("numbers stated", "fuller of numbers", "barer of numbers"),
    "similarity": (
        f"mean 4-gram Jaccard with the others, first {COMMON_LENGTH} words",
        "more alike among {self}",
        "less alike among {self}",
    ),
}


class Compared(Noun):
    """One feature of one kind of synthetic text beside the reviews.

    ``difference`` is standardised: means apart in units of the pooled spread, above 0
    where the synthetic texts have more; ``None`` where neither side has any spread.
    """

    texts: str
    feature: str
    unit: str
    synthetic: float
    reviews: float
    synthetic_n: int
    reviews_n: int
    difference: float | None
    says: str


class Resemblance(Noun):
    """All comparisons, and in words where the packs do not resemble the reviews."""

    reviews: int
    compared: tuple[Compared, ...]
    words: tuple[str, ...]


def read_reviews(path: Path, columns: str) -> pd.Series[str]:
    """The texts of a table of reviews, empty ones left out, at most 2,000 of them.

    Raises:
        InputError: the table cannot be read, lacks the column, or holds under 10 texts.
    """
    column = read_columns(columns, needs=("text",))["text"]
    table = read_table(path)
    if column not in table.columns:
        have = ", ".join(map(str, table.columns))
        raise InputError(f"{path}: no column {column}; it has {have}")
    texts = table[column].dropna().astype("str").str.strip()
    texts = texts[texts != ""].reset_index(drop=True)
    if len(texts) < FEWEST_TEXTS:
        raise InputError(
            f"{path}: {len(texts)} texts in column {column}; "
            f"a comparison needs {FEWEST_TEXTS} or more"
        )
    if len(texts) > MOST_TEXTS:
        texts = texts.iloc[np.linspace(0, len(texts) - 1, MOST_TEXTS).astype(int)]
    return texts.reset_index(drop=True)


def resemblance(cases: CaseSet, reviews: pd.Series[str]) -> Resemblance:
    """Evidence and reference drafts of the cases beside real reviews."""
    packets = [packet_of(case, STAND_IN, cases.rubric) for case in cases.cases]
    kinds = {
        "evidence": [" ".join(item.text for item in packet.evidence) for packet in packets],
        "reference drafts": [compose(packet).text or "" for packet in packets],
    }
    real = profile(reviews)
    compared = tuple(
        _compare(kind, feature, found, real[feature])
        for kind, texts in kinds.items()
        for feature, found in profile(pd.Series(texts, dtype="str")).items()
    )
    return Resemblance(reviews=len(reviews), compared=compared, words=_in_words(compared))


def profile(texts: pd.Series[str]) -> dict[str, Floats]:
    """Each feature of each text; NaN where a text is too short for it."""
    tokens = tokenise(texts)
    stated = stated_numbers(texts)
    return {
        "length": tokens.lengths.astype(float),
        "vocabulary": types_at(tokens, COMMON_LENGTH),
        "readability": grade(tokens, sentences(texts)),
        "sentiment": tone(tokens),
        "numbers": np.bincount(stated["row"], minlength=len(texts)).astype(float),
        "similarity": _similarity(tokens),
    }


def _similarity(tokens: Tokens) -> Floats:
    long = tokens.lengths >= COMMON_LENGTH
    found = np.full(len(long), np.nan)
    if long.sum() >= 2:
        matrix = shingles(tokens.first(COMMON_LENGTH))[np.flatnonzero(long)]
        found[long] = row_means(pair_jaccard(matrix), int(long.sum()))
    return found


def _compare(kind: str, feature: str, synthetic: Floats, reviews: Floats) -> Compared:
    unit, more, less = FEATURES[feature]
    ours, theirs = synthetic[~np.isnan(synthetic)], reviews[~np.isnan(reviews)]
    if len(ours) < 2 or len(theirs) < 2:
        return Compared(
            texts=kind,
            feature=feature,
            unit=unit,
            synthetic=float(ours.mean()) if len(ours) else 0.0,
            reviews=float(theirs.mean()) if len(theirs) else 0.0,
            synthetic_n=len(ours),
            reviews_n=len(theirs),
            difference=None,
            says=f"cannot be compared: under two texts have {COMMON_LENGTH} words",
        )
    mean, other = float(ours.mean()), float(theirs.mean())
    spread = float(np.sqrt((ours.var(ddof=1) + theirs.var(ddof=1)) / 2))
    difference = (mean - other) / spread if spread > 0 else None
    says = "alike" if mean == other else more if mean > other else less
    if difference is not None and abs(difference) <= NOTABLE:
        says = "alike"
    return Compared(
        texts=kind,
        feature=feature,
        unit=unit,
        synthetic=mean,
        reviews=other,
        synthetic_n=len(ours),
        reviews_n=len(theirs),
        difference=difference,
        says=says,
    )


def _in_words(compared: Sequence[Compared]) -> tuple[str, ...]:
    said = []
    for kind in dict.fromkeys(c.texts for c in compared):
        own = [c for c in compared if c.texts == kind]
        apart = [c for c in own if c.says not in ("alike",) and c.difference is not None]
        open_ = [c for c in own if c.difference is None and c.says != "alike"]
        for c in apart:
            says = c.says.format(self="themselves" if kind.endswith("s") else "itself")
            said.append(
                f"The {kind} {_verb(kind)} {says} than the reviews: {c.synthetic:.4g} against "
                f"{c.reviews:.4g} {c.unit} (standardised difference {c.difference:+.1f})."
            )
        said += [f"The {kind}: {c.feature} {c.says}." for c in open_]
        alike = [c.feature for c in own if c.says == "alike"]
        if alike:
            said.append(f"In {', '.join(alike)} the {kind} {_verb(kind)} like the reviews.")
    return tuple(said)


def _verb(kind: str) -> str:
    return "are" if kind.endswith("s") else "is"
