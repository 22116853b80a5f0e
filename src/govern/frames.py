"""The drafts frame: one row for each planned cell, drafted or not. Measures see nothing else.

Absent text is missing (never ""), absent numbers are NaN. Group attributes are columns
``group.<attribute>``. ``evidence`` is the case's typed evidence as JSON, ``citations`` the ids of
evidence that the draft cites, as a JSON list (missing where the pipeline gives none), ``input``
what the pipeline was sent. ``block`` says what a row is for: ``main``, the designed cells;
``noise``, exact repeats; ``marker`` and ``control``, a fact put into the case and its neutral
twin; ``variant``, the case altered as the column ``variant`` says, a kind that may carry after a
colon what was put in (``injection:5`` asks for a rating of 5). ``baseline`` is somebody else's
text on the same case or, where ``baseline_case`` names another one, on that; ``baseline_kind``
says whose. A row whose draft was refused or failed has neither text nor rating. A
frame that a model judged has two columns more: ``judged``, 1 where it saw an unsupported claim
and 0 where it saw none, and ``judge``, the facts about it as JSON.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from govern.canon import file_digest
from govern.domain.finding import REFERENCE
from govern.errors import FrameError

TEXT = (
    "draft_id",
    "case_id",
    "identity_id",
    "name",
    "marker",
    "block",
    "variant",
    "use_case",
    "stratum",
    "stratum_above",
    "status",
    "text",
    "label",
    "gold_label",
    "input",
    "evidence",
    "citations",
    "error",
    "baseline",
    "baseline_case",
    "baseline_kind",
)
NUMBERS = (
    "repeat",
    "rating",
    "gold_rating",
    "outcome",
    "input_tokens",
    "output_tokens",
    "latency_s",
)
Codes = NDArray[np.int64]
# What a model said of the drafts and who that was; in frames that `govern judge` wrote alone.
JUDGED, JUDGE = "judged", "judge"
REQUIRED = ("draft_id", "case_id", "block", "marker", "variant", "status")
DEFAULTS: Mapping[str, Any] = {
    "marker": "none",
    "block": "main",
    "variant": "none",
    "use_case": "review",
    "repeat": 0,
    "status": "ok",
}
GROUP = "group."
STATUSES = ("ok", "refused", "failed")
Scale = tuple[float, float]
BANDS: Scale = (1, 5)
ANY_SCALE: Scale = (-math.inf, math.inf)
BLOCKS = ("main", "noise", "marker", "control", "variant")
BASELINES = ("human", "anonymised", REFERENCE)


def group_attributes(frame: pd.DataFrame) -> list[str]:
    """The attributes that the frame has groups of, in column order."""
    return [str(c).removeprefix(GROUP) for c in frame.columns if str(c).startswith(GROUP)]


def build(
    rows: Sequence[Mapping[str, Any]] | pd.DataFrame, *, scale: Scale = BANDS
) -> pd.DataFrame:
    """A checked drafts frame from rows or a table that has some of the columns.

    Ratings stand on ``scale``.

    Raises:
        FrameError: as ``check``.
    """
    table = pd.DataFrame(rows).copy()
    unknown = [
        c for c in map(str, table.columns) if c not in TEXT + NUMBERS and not c.startswith(GROUP)
    ]
    if unknown:
        raise FrameError(
            f"unknown column(s) {', '.join(unknown)}; a drafts frame has "
            f"{', '.join(TEXT + NUMBERS)} and group.<attribute>"
        )
    groups = [c for c in map(str, table.columns) if c.startswith(GROUP)]
    for column, default in DEFAULTS.items():
        if column not in table:
            table[column] = default
    for column in TEXT + NUMBERS:
        if column not in table:
            table[column] = None
    for column in (*TEXT, *groups):
        table[column] = table[column].astype("str").where(table[column].notna(), None)
    for column in NUMBERS:
        table[column] = _numbers(table, column)
    frame = table[[*TEXT, *NUMBERS, *groups]].reset_index(drop=True)
    check(frame, scale=scale)
    return frame


def _numbers(table: pd.DataFrame, column: str) -> pd.Series[float]:
    numbers = pd.to_numeric(table[column], errors="coerce").astype("float64")
    bad = numbers.isna() & table[column].notna() & (table[column].astype(str).str.strip() != "")
    if bad.any():
        row = int(bad.to_numpy().argmax())
        raise FrameError(
            f"column {column}, row {row + 1}: expected a number, found "
            f"{str(table[column].iloc[row])[:40]!r}"
        )
    return numbers


def check(frame: pd.DataFrame, *, scale: Scale = BANDS) -> None:
    """Refuse a table that is not a drafts frame.

    Raises:
        FrameError: a column is absent, numbers are text or infinite, an id is doubled, an
            id, block, marker, variant or group missing, a block, status or kind of baseline
            unknown, a rating off ``scale``, or a draft that is not ``ok`` has content.
    """
    absent = [c for c in (*TEXT, *NUMBERS) if c not in frame.columns]
    if absent:
        raise FrameError(f"not a drafts frame: column(s) {', '.join(absent)} absent")
    for column in (*REQUIRED, *(f"{GROUP}{a}" for a in group_attributes(frame))):
        empty = frame[column].isna() | (frame[column] == "")
        _refuse(frame, empty, f"column {column} is empty")
    for column in NUMBERS:
        if not pd.api.types.is_numeric_dtype(frame[column]):
            raise FrameError(f"column {column}: expected numbers, found {frame[column].dtype}")
        _refuse(frame, np.isinf(frame[column]), f"column {column} is infinite")
    _refuse(frame, frame["draft_id"].duplicated(), "draft_id occurs twice")
    _refuse(frame, ~frame["status"].isin(STATUSES), f"status is none of {', '.join(STATUSES)}")
    _refuse(frame, ~frame["block"].isin(BLOCKS), f"block is none of {', '.join(BLOCKS)}")
    odd = frame["baseline_kind"].notna() & ~frame["baseline_kind"].isin(BASELINES)
    _refuse(frame, odd, f"baseline_kind is none of {', '.join(BASELINES)}")
    for column in ("rating", "gold_rating"):
        out = frame[column].notna() & ~frame[column].between(*scale)
        _refuse(frame, out, f"{column} is outside {scale[0]:g} to {scale[1]:g}")
    _refuse(
        frame, frame["outcome"].notna() & ~frame["outcome"].isin([0, 1]), "outcome is not 0 or 1"
    )
    has = frame["text"].notna() | frame["rating"].notna() | frame["label"].notna()
    has |= frame["outcome"].notna()
    _refuse(frame, has & (frame["status"] != "ok"), "a draft that is not ok has content")
    if JUDGED in frame:
        require(frame, JUDGE)
        said = frame[JUDGED].notna()
        _refuse(frame, said & ~frame[JUDGED].isin([0, 1]), f"{JUDGED} is not 0 or 1")
        _refuse(frame, said & frame["text"].isna(), "a draft without text was judged")


def judged(frame: pd.DataFrame, verdicts: pd.Series[float], facts: str) -> pd.DataFrame:
    """The frame with a model's verdicts, 1, 0 or missing, and the facts about it as JSON.

    Raises:
        FrameError: as ``check``.
    """
    augmented = frame.copy()
    augmented[JUDGED] = verdicts.astype("float64")
    augmented[JUDGE] = pd.Series(facts, index=frame.index, dtype="str")
    check(augmented)
    return augmented


def _refuse(frame: pd.DataFrame, bad: pd.Series[bool], what: str) -> None:
    if bad.any():
        row = int(bad.to_numpy().argmax())
        raise FrameError(
            f"row {row + 1} (draft {frame['draft_id'].iloc[row]}): {what}; "
            f"{int(bad.sum())} row(s) in all"
        )


def require(frame: pd.DataFrame, *columns: str) -> None:
    """Refuse a frame without ``columns``.

    Raises:
        FrameError: naming the absent ones.
    """
    absent = [c for c in columns if c not in frame.columns]
    if absent:
        raise FrameError(f"the measure needs column(s) {', '.join(absent)}")


class Memory:
    """The memory that a column is in: equal where two columns are in the same.

    Arrow never changes it, so that the same memory is the same content; a column that is not
    Arrow's equals no other.
    """

    def __init__(self, column: pd.Series[Any]) -> None:
        self.held: Any = getattr(column.array, "__arrow_array__", object)()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Memory) and self.held is other.held

    def __hash__(self) -> int:
        return id(self.held)


class Texts:
    """A column of texts; equal to another with the same ones, in whichever memory."""

    def __init__(self, column: pd.Series[Any]) -> None:
        found = Memory(column)
        if not isinstance(found.held, pa.ChunkedArray):
            found = Memory(column.astype("str"))
        self.memory = found

    @property
    def digest(self) -> bytes:
        """Of the texts, and of which are missing."""
        return _text_digest(self.memory)

    def arrow(self) -> pa.LargeStringArray:
        """The texts in one piece."""
        return _in_one_piece(self.memory)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Texts) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)


def _in_one_piece(memory: Memory) -> pa.LargeStringArray:
    return memory.held.cast(pa.large_string()).combine_chunks()


@lru_cache(maxsize=8)
def _text_digest(memory: Memory) -> bytes:
    whole = _in_one_piece(memory)
    digest = blake2b(whole.is_null().to_numpy(zero_copy_only=False).tobytes(), digest_size=16)
    _, offsets, data = whole.fill_null("").buffers()
    digest.update(f"{whole.offset}".encode())
    digest.update(offsets)
    digest.update(data or b"")
    return digest.digest()


def coded(column: pd.Series[Any]) -> tuple[Codes, pd.Index[Any]]:
    """What each row has, as a code, and what the codes stand for, in order; missing is -1."""
    return _coded(Texts(column).memory)


@lru_cache(maxsize=16)
def _coded(memory: Memory) -> tuple[Codes, pd.Index[Any]]:
    texts = pd.Series(_in_one_piece(memory).to_pandas(), dtype="str")
    code, levels = pd.factorize(texts, sort=True)
    return code.astype(np.int64), pd.Index(levels)


@dataclass(frozen=True, eq=False)
class _Held:
    """A frame, equal to another with the same content: of texts by memory, of the rest by value."""

    frame: pd.DataFrame

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Held):
            return NotImplemented
        a, b = self.frame, other.frame
        if not (a.columns.equals(b.columns) and a.index.equals(b.index)):
            return False
        return all(Memory(a[c]) == Memory(b[c]) or a[c].equals(b[c]) for c in a.columns)

    def __hash__(self) -> int:
        return hash(Memory(self.frame["block"]))


def main_block(frame: pd.DataFrame) -> pd.DataFrame:
    """The designed cells, without exact repeats and without what was put into a case.

    For the same frame they are in the same memory each time.
    """
    if (frame["block"] == "main").all():
        return frame.copy(deep=False)
    return _main_block(_Held(frame.copy(deep=False))).copy(deep=False)


@lru_cache(maxsize=1)
def _main_block(held: _Held) -> pd.DataFrame:
    return held.frame[held.frame["block"] == "main"]


def variant_kinds(frame: pd.DataFrame) -> pd.Series[str]:
    """The kind of each row's variant: what stands before the colon."""
    return frame["variant"].str.replace(":.*", "", regex=True)


def evidence_items(frame: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Typed evidence by case id, for the cases that have any; the main block's where it has."""
    have = frame[frame["evidence"].notna()]
    have = have.iloc[np.argsort(have["block"] != "main", kind="stable")]
    have = have.drop_duplicates("case_id")
    told = items_by_evidence(have)
    return {case: told[text] for case, text in zip(have["case_id"], have["evidence"], strict=True)}


def items_by_evidence(frame: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Typed evidence by the text that holds it, each different one once."""
    return {text: json.loads(text) for text in frame["evidence"].dropna().unique()}


def write(frame: pd.DataFrame, path: Path) -> str:
    """Write the frame as Parquet and return the digest of the file's bytes."""
    part = path.with_suffix(".part")
    frame.to_parquet(part, index=False, compression="zstd")
    part.replace(path)
    return file_digest(path)


def read(path: Path) -> pd.DataFrame:
    """Read and check a frame.

    Raises:
        FrameError: the file is no Parquet file or not a drafts frame.
    """
    try:
        frame = pd.read_parquet(path)
    except (OSError, ValueError) as err:
        raise FrameError(f"{path}: expected a Parquet drafts frame: {err}") from err
    if "citations" not in frame:
        # Frames from before there were citations stay readable.
        frame["citations"] = None
    check(frame)
    return frame
