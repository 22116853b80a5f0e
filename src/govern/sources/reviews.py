"""Reviews that people wrote, made anonymous: what drafts are compared with."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from govern.errors import DatasetError
from govern.sources.datasets import Card, read_card

REVIEWS = "reviews.jsonl"
_COLUMNS = {"case": "case_id", "person": "identity_id"}


@dataclass(frozen=True)
class Reviews:
    """An anonymised dataset folder: its card, the card's digest, and ``read_reviews``' table."""

    card: Card
    digest: str
    folder: Path
    table: pd.DataFrame


def read_review_set(folder: Path) -> Reviews:
    """The folder's reviews and card; raises as ``read_reviews``."""
    card, digest = read_card(folder)
    return Reviews(card, digest, folder, _table(folder))


def read_reviews(folder: Path) -> pd.DataFrame:
    """The reviews of an anonymised dataset folder, in its order, digests checked.

    Returns:
        One row per review: ``id``, ``text``, ``case_id``, ``identity_id``, ``name`` (the pseudonym,
        to be masked), ``stratum`` and ``rating`` (missing where the source had none), and what
        ``group.<attribute>`` and ``quasi.<attribute>`` there are.

    Raises:
        DatasetError: the folder or a line is malformed.
        IntegrityError: a file is not the one that the manifest names.
    """
    return read_review_set(folder).table


def _table(folder: Path) -> pd.DataFrame:
    path = folder / REVIEWS
    rows = []
    try:
        with path.open(encoding="utf-8", newline="\n") as stream:
            for number, line in enumerate(stream, start=1):
                row = json.loads(line)
                if not isinstance(row, dict) or not {"id", "text", "case", "person"} <= row.keys():
                    raise DatasetError(f"{path}:{number}: expected a review")
                rows.append(row)
    except OSError as err:
        raise DatasetError(f"{path}: cannot be read: {err.strerror}") from err
    except ValueError as err:
        raise DatasetError(f"{path}:{len(rows) + 1}: expected JSON") from err
    if not rows:
        raise DatasetError(f"{path}: holds no review")
    frame = pd.DataFrame(rows).rename(columns=_COLUMNS)
    for column in ("name", "stratum", "rating"):
        if column not in frame:
            frame[column] = None
    frame["rating"] = frame["rating"].astype("float64")
    return frame
