"""What somebody else wrote, put beside the drafts of a run, so that likeness has a yardstick."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from govern import frames
from govern.domain.finding import REFERENCE
from govern.metrics.likeness import NOBODY
from govern.pipelines import fingerprint, open_pipeline
from govern.pipelines.reference import compose
from govern.runner.cells import Planned
from govern.sources.datasets import read_card
from govern.sources.locate import Project, locate
from govern.sources.reviews import read_reviews

Beside = Callable[[pd.DataFrame, Sequence[Planned]], pd.DataFrame]


@dataclass(frozen=True)
class Baseline:
    """A baseline by name and digest; ``beside`` fills a frame's baseline columns with it."""

    name: str
    digest: str
    beside: Beside


def open_baseline(project: Project, asked: str | None) -> Baseline | None:
    """The reference drafter's drafts of the same cells, or a dataset of anonymised reviews.

    Raises:
        GovernError: there is no such dataset, or it holds no reviews.
    """
    if asked is None:
        return None
    if asked == REFERENCE:
        pipeline = open_pipeline(locate(project, "pipelines", f"builtin:{REFERENCE}"))
        return Baseline(asked, fingerprint(pipeline.manifest), _reference)
    folder = locate(project, "datasets", asked)
    reviews = read_reviews(folder)
    return Baseline(asked, read_card(folder)[1], lambda frame, _: _reviews(frame, reviews))


def _reference(frame: pd.DataFrame, planned: Sequence[Planned]) -> pd.DataFrame:
    texts = {p.request.cell.id: compose(p.request.packet).text for p in planned}
    text = frame["draft_id"].map(texts)
    return frames.build(frame.assign(baseline=text, baseline_kind=REFERENCE))


def _reviews(frame: pd.DataFrame, reviews: pd.DataFrame) -> pd.DataFrame:
    """One review a row of the main block, on other people's work, for as far as both go."""
    rows = frame.index[frame["block"] == "main"][: len(reviews)]
    texts = [
        text.replace(name, NOBODY) if name else text
        for text, name in zip(reviews["text"], reviews["name"].fillna(""), strict=True)
    ]
    filled = frame.copy()
    filled.loc[rows, "baseline"] = texts[: len(rows)]
    filled.loc[rows, "baseline_case"] = reviews["identity_id"].to_numpy()[: len(rows)]
    filled.loc[rows, "baseline_kind"] = "anonymised"
    return frames.build(filled)
