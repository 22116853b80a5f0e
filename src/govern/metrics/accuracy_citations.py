"""Citations: do they lead to the evidence that a draft rests on, and is that evidence cited?

Definitions and worked examples: docs/metrics/accuracy.md.
"""

from __future__ import annotations

import json

import pandas as pd

from govern.domain.finding import Finding
from govern.domain.metric import Spec
from govern.frames import main_block
from govern.metrics.accuracy import case_level
from govern.metrics.checker import checked_claims, per_draft
from govern.metrics.spec import Metric, undefined
from govern.metrics.verdicts import SUPPORTED

PRECISION = Spec(
    id="accuracy.citation_precision",
    version="1",
    question="Of the evidence that drafts cite, what share do they rest on?",
    unit="share of citations",
    sense="higher_is_better",
    shape="level",
    method="mean share per case, Student t over cases",
)
COVERAGE = Spec(
    id="accuracy.citation_coverage",
    version="1",
    question="Of the evidence that drafts rest on, what share do they cite?",
    unit="share of evidence items used",
    sense="higher_is_better",
    shape="level",
    method="mean share per case, Student t over cases",
)


def citation_precision(drafts: pd.DataFrame) -> list[Finding]:
    """Share of a draft's citations that a supported claim of it rests on.

    Undefined where no draft cites anything or no evidence was supplied. A draft without a
    citation has no precision and counts as missing.
    """
    return _share(PRECISION, drafts, of="cited")


def citation_coverage(drafts: pd.DataFrame) -> list[Finding]:
    """Share of the items a draft's supported claims rest on that it cites.

    Undefined where no draft cites anything or no evidence was supplied. A draft that rests
    on nothing has no coverage and counts as missing.
    """
    return _share(COVERAGE, drafts, of="used")


def _share(spec: Spec, drafts: pd.DataFrame, *, of: str) -> list[Finding]:
    main = main_block(drafts)
    cited = _cited(main)
    found = checked_claims(main)
    if found is None:
        return [undefined(spec, main, "no evidence was supplied", "not_supplied")]
    if cited.empty:
        return [undefined(spec, main, "no draft cites any evidence", "not_supplied")]
    rests = found[(found["verdict"] == SUPPORTED) & found["evidence_id"].notna()]
    used = rests[["row", "evidence_id"]].drop_duplicates()
    sets = {"cited": cited, "used": used}
    other = sets["used" if of == "cited" else "cited"].assign(both=1.0)
    joined = sets[of].merge(other, how="left", on=["row", "evidence_id"])
    share = joined["both"].fillna(0.0).groupby(joined["row"]).mean()
    values = per_draft(share, main)
    step = 1 / max(len(joined) / max(len(share), 1), 1.0)
    return [case_level(spec, main, values, step=step, limits=(0.0, 1.0))]


def _cited(main: pd.DataFrame) -> pd.DataFrame:
    """Each citation once: ``row`` and ``evidence_id``. What is no JSON list cites nothing."""
    given = main["citations"].where(main["text"].notna())
    lists = {text: _ids(text) for text in given.dropna().unique()}
    pairs = [(row, id_) for row, text in enumerate(given) for id_ in lists.get(text, ())]
    table = pd.DataFrame(pairs, columns=["row", "evidence_id"])
    return table.astype({"row": "int64", "evidence_id": "str"})


def _ids(text: str) -> list[str]:
    try:
        found = json.loads(text)
    except ValueError:
        return []
    return sorted({str(id_) for id_ in found}) if isinstance(found, list) else []


METRICS = (
    Metric(PRECISION, citation_precision),
    Metric(COVERAGE, citation_coverage),
)
