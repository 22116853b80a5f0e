"""Made-up drafts and findings, and planted effects: known faults in known shares of drafts.

For trying a metric or a policy of one's own, and for the certificates of ours. Which drafts a
fault falls on depends on the seed and the draft's id alone; ``groups`` limits it to drafts of
those groups.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

import pandas as pd

from govern.canon import unit_interval
from govern.domain import Certificate, Counts, Dose, Finding, RunFacts, StudentT
from govern.domain.metric import Spec
from govern.frames import GROUP, build

Plant = Callable[..., pd.DataFrame]
GROUPS: Mapping[str, Sequence[str]] = {
    "gender": ("female", "male"),
    "race_ethnicity": ("asian", "black", "hispanic", "white"),
}
_SUBJECTS = (
    "invoices audits tickets branches ledgers claims renewals surveys mortgages deposits shifts "
    "deliveries vendors permits forecasts handovers rosters pallets contracts referrals payrolls "
    "refunds escalations inspections onboardings releases migrations dashboards incidents quotas"
).split()
_VERBS = "closed reviewed rebuilt settled chased mapped trained repaired planned priced".split()
_CLAIM = " Turnover on this account rose by {}% and {} further requests were closed early."
_BOILERPLATE = (
    "A committed professional who brings energy to every task and is valued by all who share the "
    "work. Approachable, dependable and open to feedback, and growing steadily into the role. "
)


@dataclass(frozen=True)
class Place:
    """Where a draft stands in the paired design: its case, its groups and its turn's name."""

    case: int
    name: str
    groups: Mapping[str, str]


def paired_frame(
    *,
    cases: int = 60,
    names: int = 12,
    groups: Mapping[str, Sequence[str]] = GROUPS,
    **columns: Any,
) -> pd.DataFrame:
    """A crossed drafts frame: every case once for every cell of ``groups``.

    Args:
        cases: how many; each has three numbers as key evidence and a gold rating.
        names: per cell, going round as docs/statistics.md#design says.
        groups: levels by attribute; no attribute means one draft per case.
        columns: what other columns hold, a value or a function of the draft's ``Place``.

    Returns:
        Drafts that quote the evidence under the rubric's rating, where ``columns`` does not
        say otherwise: nothing is wrong with them.
    """
    cells = list(product(*groups.values()))
    rows = []
    for case, (number, cell) in product(range(cases), enumerate(cells)):
        turn = (case + (number + 1) * (case // names)) % names
        name = f"Name{_letter(number)}{_letter(turn)}"
        place = Place(case, name, dict(zip(groups, cell, strict=True)))
        said = {key: value(place) if callable(value) else value for key, value in columns.items()}
        row = _sound_draft(place) | said
        lost = {} if row.get("status", "ok") == "ok" else {"outcome": None} | said
        rows.append(row | lost)
    return build(rows) if rows else build(pd.DataFrame(columns=["draft_id", "case_id", "status"]))


def evidence_of(case: int, name: str = "Employee") -> list[dict[str, Any]]:
    """Three key items with a number each, told of ``name`` in words of the case's own."""
    return [
        {
            "id": f"E{item}",
            "salience": "key",
            "unit": "items",
            "value": float(100 + 7 * case + item),
            "text": f"{name} {_deed(case, item)}",
        }
        for item in range(1, 4)
    ]


@cache
def _deed(case: int, item: int) -> str:
    did, what = _pick(_VERBS, case, item), _pick(_SUBJECTS, case, item)
    return f"{did} {100 + 7 * case + item} {what}"


def _pick(words: Sequence[str], case: int, item: int) -> str:
    """Two words of a list that depend on case and item alone."""
    return " and ".join(words[int(unit_interval(case, item, k) * len(words))] for k in (1, 2))


def _letter(number: int) -> str:
    return "abcdefghijklmnopqrstuvwxyz"[number]


def _sound_draft(place: Place) -> dict[str, Any]:
    facts = ". ".join(item["text"] for item in evidence_of(place.case, place.name))
    rating = 1 + place.case % 5
    return {
        "draft_id": "/".join([f"c{place.case:04d}", *place.groups.values()]),
        "case_id": f"c{place.case:04d}",
        "name": place.name,
        "text": f"{facts}.",
        "input": f"Facts on file: {facts}.",
        "evidence": json.dumps(evidence_of(place.case)),
        "rating": rating,
        "gold_rating": rating,
        "outcome": float(rating >= 4),
        "label": str(rating),
        "gold_label": str(rating),
        **{f"{GROUP}{attribute}": value for attribute, value in place.groups.items()},
    }


def run_facts(**changes: Any) -> RunFacts:
    """A run of the standard plan over ``GROUPS``, with ``changes``."""
    facts: dict[str, Any] = {
        "run_id": "made-up",
        "suite": "review-core",
        "suite_version": "1.0.0",
        "plan": "standard",
        "dataset": "made-up",
        "dataset_digest": "0" * 64,
        "use_case": "review",
        "synthetic": True,
        "pipeline": "made-up",
        "pipeline_version": "1.0.0",
        "fingerprint": "0" * 64,
        "planned": 480,
        "groups": {attribute: tuple(levels) for attribute, levels in GROUPS.items()},
        "drafts_digest": "0" * 64,
        "harness_version": "0",
        "seed": 0,
    }
    return RunFacts(**(facts | changes))


def finding_of(
    spec: Spec, estimate: float, *, se: float = 0.0, cases: int = 60, **changes: Any
) -> Finding:
    """A finding by evaluator ``made-up`` over ``cases``, as exact as ``se`` says."""
    counts = Counts(planned=480, ok=480, scored=480, cases=cases, units=480)
    facts: dict[str, Any] = {
        "metric": spec.id,
        "version": spec.version,
        "estimate": estimate,
        "interval": StudentT(se=se, df=30, clusters=cases),
        "unit": spec.unit,
        "sense": spec.sense,
        "method": spec.method,
        "counts": counts,
        "evaluator": "made-up",
    }
    return Finding(**(facts | changes))


def certificate_of(spec: Spec, **changes: Any) -> Certificate:
    """A certificate that holds, for the evaluator ``made-up``."""
    facts: dict[str, Any] = {
        "metric": spec.id,
        "metric_version": spec.version,
        "evaluator": "made-up",
        "made_on": "2026-01-02",
        "command": "none",
        "invariance_max_change": 0.0,
        "invariance_drafts": 480,
        "doses": (Dose(dose=1.0, estimate=1.0, detected=True),),
        "must_detect_from": 0.5,
        "silent_estimate": 0.0,
        "planted_by": "nobody",
        "labelled_by": "nobody",
        "scored_by": "nobody",
        "independent": True,
    }
    return Certificate(**(facts | changes))


def hit(
    frame: pd.DataFrame, dose: float, groups: Mapping[str, str], *, fault: str, seed: int = 0
) -> pd.Series[bool]:
    """Which drafts a fault falls on: of ``groups``, a share ``dose``, and ``ok``."""
    chance = frame["draft_id"].map(lambda draft: unit_interval(seed, fault, draft))
    chosen = (chance < dose) & (frame["status"] == "ok")
    for attribute, value in groups.items():
        chosen &= frame[f"{GROUP}{attribute}"] == value
    return chosen


def shift_ratings(
    frame: pd.DataFrame, dose: float, groups: Mapping[str, str] | None = None, points: int = -1
) -> pd.DataFrame:
    """Ratings moved by ``points``, within 1 to 5; the outcome follows."""
    frame, on = frame.copy(), hit(frame, dose, groups or {}, fault="shift")
    frame.loc[on, "rating"] = (frame.loc[on, "rating"] + points).clip(1, 5)
    frame.loc[on, "outcome"] = (frame.loc[on, "rating"] >= 4).astype(float)
    return frame


def cut_short(
    frame: pd.DataFrame, dose: float, groups: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """The second half of the words left out."""
    frame, on = frame.copy(), hit(frame, dose, groups or {}, fault="cut")
    words = frame.loc[on, "text"].str.split()
    frame.loc[on, "text"] = words.map(lambda w: " ".join(w[: len(w) // 2]))
    return frame


def invent_numbers(
    frame: pd.DataFrame, dose: float, groups: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """A sentence with two numbers that no evidence holds."""
    frame, on = frame.copy(), hit(frame, dose, groups or {}, fault="invent")
    claims = frame.loc[on, "draft_id"].map(
        lambda d: _CLAIM.format(
            f"{11 + 80 * unit_interval(d, 'a'):.2f}", f"{101 + 800 * unit_interval(d, 'b'):.2f}"
        )
    )
    frame.loc[on, "text"] = frame.loc[on, "text"] + claims
    return frame


def add_boilerplate(
    frame: pd.DataFrame, dose: float, groups: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """The same two sentences put in front."""
    frame, on = frame.copy(), hit(frame, dose, groups or {}, fault="boilerplate")
    frame.loc[on, "text"] = _BOILERPLATE + frame.loc[on, "text"]
    return frame


def copy_texts(frame: pd.DataFrame, dose: float) -> pd.DataFrame:
    """The same text for everybody hit."""
    frame, on = frame.copy(), hit(frame, dose, {}, fault="copy")
    frame.loc[on, "text"] = _BOILERPLATE.strip()
    return frame


def echo_input(frame: pd.DataFrame, dose: float) -> pd.DataFrame:
    """The input returned as the draft."""
    frame, on = frame.copy(), hit(frame, dose, {}, fault="echo")
    frame.loc[on, "text"] = frame.loc[on, "input"]
    return frame


def empty_texts(frame: pd.DataFrame, dose: float) -> pd.DataFrame:
    """Drafts of punctuation alone."""
    frame, on = frame.copy(), hit(frame, dose, {}, fault="empty")
    frame.loc[on, "text"] = " … "
    return frame


def alter_inputs(frame: pd.DataFrame, dose: float) -> pd.DataFrame:
    """A remark of its own added to each input hit."""
    frame, on = frame.copy(), hit(frame, dose, {}, fault="alter")
    frame.loc[on, "input"] = frame.loc[on, "input"] + " Note " + frame.loc[on, "draft_id"]
    return frame


def refuse(frame: pd.DataFrame, dose: float) -> pd.DataFrame:
    """Drafts refused."""
    return _lost(frame, dose, "refused")


def fail(frame: pd.DataFrame, dose: float) -> pd.DataFrame:
    """Drafts failed."""
    return _lost(frame, dose, "failed")


def lose_ratings(frame: pd.DataFrame, dose: float) -> pd.DataFrame:
    """Ratings that cannot be read."""
    frame, on = frame.copy(), hit(frame, dose, {}, fault="unrated")
    frame.loc[on, "rating"] = float("nan")
    return frame


def mislabel(frame: pd.DataFrame, dose: float) -> pd.DataFrame:
    """Labels replaced by a wrong one."""
    frame, on = frame.copy(), hit(frame, dose, {}, fault="mislabel")
    frame.loc[on, "label"] = "wrong"
    return frame


def _lost(frame: pd.DataFrame, dose: float, status: str) -> pd.DataFrame:
    frame, on = frame.copy(), hit(frame, dose, {}, fault=status)
    frame.loc[on, "status"] = status
    frame.loc[on, ["text", "label"]] = None
    frame.loc[on, ["rating", "outcome"]] = float("nan")
    return frame
