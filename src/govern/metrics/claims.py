"""Stated numbers and key evidence, held against the case's typed evidence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from govern.frames import evidence_items
from govern.metrics.kept import kept
from govern.text.numbers import stated_numbers
from govern.text.tokens import Tokens, tokenise

COVERED_FROM = 0.5
# Words so common that sharing them says nothing about which fact was mentioned; "employee"
# stands in evidence where a draft has a name.
COMMON = frozenset(
    """a about after all also an and are as at be been but by did do employee for from had has
    have her hers him his i in into is it its name not of on one or our over she he so than
    that the their them they this to under up was we were what when where which who with
    would""".split()
)


@kept("block", "case_id", "text", "evidence")
def checked_numbers(drafts: pd.DataFrame) -> pd.DataFrame | None:
    """How many numbers each draft states, and how many of them no evidence supports.

    A number is supported when some item of the case has it as value or target, or states
    it in its text, at the precision the draft gives; a percentage only by a percentage.

    Returns:
        ``stated`` and ``unsupported`` per row of ``drafts`` (NaN where there is no text or
        no evidence), or ``None`` where no case has evidence.
    """
    items = evidence_items(drafts)
    if not items:
        return None
    stated = stated_numbers(drafts["text"])
    stated["case_id"] = drafts["case_id"].to_numpy()[stated["row"]]
    known = _known_numbers(items)
    stated["slack"] = 0.5 * 10.0 ** -_decimals(stated["value"].to_numpy())
    pairs = stated.reset_index().merge(known, on="case_id", suffixes=("", "_known"))
    near = (pairs["value"] - pairs["value_known"]).abs() <= pairs["slack"]
    fits = near & (~pairs["percent"] | pairs["percent_known"])
    supported = stated.index.isin(pairs.loc[fits, "index"])
    scored = drafts["text"].notna() & drafts["case_id"].isin(list(items))
    size = len(drafts)
    result = pd.DataFrame(
        {
            "stated": np.bincount(stated["row"], minlength=size).astype(float),
            "unsupported": np.bincount(stated["row"], (~supported).astype(float), minlength=size),
        },
        index=drafts.index,
    )
    return result.where(scored)


def _known_numbers(items: dict[str, list[dict[str, Any]]]) -> pd.DataFrame:
    rows = [
        (case, float(item[field]), item["unit"] == "%")
        for case, evidence in items.items()
        for item in evidence
        for field in ("value", "target")
        if item.get(field) is not None
    ]
    texts = [(case, item["text"]) for case, evidence in items.items() for item in evidence]
    written = stated_numbers(pd.Series([text for _, text in texts], dtype="str"))
    written["case_id"] = [texts[row][0] for row in written["row"]]
    typed = pd.DataFrame(rows, columns=["case_id", "value", "percent"])
    columns = ["case_id", "value", "percent"]
    return pd.concat([typed, written[columns]], ignore_index=True).drop_duplicates()


def _decimals(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Digits after the point, six at most."""
    code, different = pd.factorize(values)
    texts = (f"{value:.6f}".rstrip("0") for value in different)
    return np.array([len(text.partition(".")[2]) for text in texts], dtype=np.float64)[code]


@kept("block", "case_id", "text", "evidence")
def key_coverage_by_draft(drafts: pd.DataFrame) -> pd.DataFrame | None:
    """Share of the case's key items that each draft mentions.

    A numeric item is mentioned when its value is stated; another one when the draft shares
    at least half of its distinctive words.

    Returns:
        ``share`` and ``items`` per row (NaN where there is no text or no key item), or
        ``None`` where no case has evidence.
    """
    keys = {
        case: [item for item in evidence if item["salience"] == "key"]
        for case, evidence in evidence_items(drafts).items()
    }
    keys = {case: evidence for case, evidence in keys.items() if evidence}
    if not keys:
        return None
    table = (
        pd.DataFrame(
            [
                (case, item["text"], item.get("value"))
                for case, evidence in keys.items()
                for item in evidence
            ],
            columns=["case_id", "text", "value"],
        )
        .rename_axis("item")
        .reset_index()
    )
    rows = drafts[drafts["text"].notna()]
    pairs = pd.DataFrame({"case_id": rows["case_id"], "row": np.arange(len(rows))}).merge(
        table[["case_id", "item", "value"]], on="case_id"
    )
    numeric = pairs["value"].notna().to_numpy()
    covered = np.zeros(len(pairs), dtype=bool)
    covered[numeric] = _states_value(rows, pairs[numeric])
    if not numeric.all():
        shared = _shares_words(rows["text"], table["text"], pairs[~numeric])
        covered[~numeric] = shared >= COVERED_FROM
    by_row = pd.DataFrame({"row": pairs["row"], "covered": covered}).groupby("row")["covered"]
    result = pd.DataFrame({"share": by_row.mean(), "items": by_row.size().astype(float)})
    result.index = rows.index[result.index]
    return result.reindex(drafts.index)


def _states_value(rows: pd.DataFrame, pairs: pd.DataFrame) -> NDArray[Any]:
    stated = stated_numbers(rows["text"])
    code, values = pd.factorize(stated["value"])
    said = stated["row"].to_numpy() * len(values) + code
    asked = pd.Index(values).get_indexer(pd.Index(pairs["value"]))
    key = pairs["row"].to_numpy() * len(values) + asked
    return np.asarray((asked >= 0) & np.isin(key, said))


def _shares_words(
    texts: pd.Series[str], items: pd.Series[str], pairs: pd.DataFrame
) -> NDArray[Any]:
    has = _distinctive(tokenise(texts).beside(tokenise(items)))
    draft, item = has[: len(texts)], has[len(texts) :]
    shared = draft[pairs["row"].to_numpy()].multiply(item[pairs["item"].to_numpy()]).sum(axis=1)
    size = np.asarray(item.sum(axis=1)).ravel()[pairs["item"].to_numpy()]
    return np.asarray(np.asarray(shared).ravel() / np.maximum(size, 1))


def _distinctive(tokens: Tokens) -> sparse.csr_array:
    keep = np.array([word not in COMMON for word in tokens.words])[tokens.codes]
    shape = (len(tokens.offsets) - 1, len(tokens.words))
    cells = (tokens.rows[keep], tokens.codes[keep])
    matrix = sparse.csr_array((np.ones(int(keep.sum())), cells), shape=shape)
    matrix.sum_duplicates()
    matrix.data[:] = 1.0
    return matrix
