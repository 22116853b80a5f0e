"""What a model said of the drafts, corrected for how it errs on labelled ones.

Definition and worked example: docs/metrics/accuracy.md. How verdicts get into a frame:
docs/judge.md.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pydantic import ValidationError

from govern.canon import digest
from govern.domain.finding import Finding, UndefinedCode
from govern.domain.judging import EVERYBODY, Errors, JudgeFacts, group_key
from govern.domain.metric import Spec
from govern.errors import FrameError
from govern.frames import GROUP, JUDGE, JUDGED, group_attributes, main_block
from govern.metrics.reasons import short_of, too_many_lack
from govern.metrics.spec import Metric, counts, finding, undefined
from govern.stats.contrasts import MAX_MISSING, MIN_CASES
from govern.stats.corrected import corrected_share

# Labelled drafts of either kind for each share that is corrected.
MIN_LABELLED = 30
UNSUPPORTED = Spec(
    id="accuracy.judged_unsupported_share",
    version="1",
    question="In what share of drafts does a model see a claim that no evidence supports, "
    "its own errors taken out?",
    unit="share of drafts",
    sense="lower_is_better",
    shape="level",
    method="Rogan-Gladen, Lang-Reiczigel interval over cases and labelled drafts",
)


def judged_unsupported_share(drafts: pd.DataFrame) -> list[Finding]:
    """Corrected share of drafts with an unsupported claim: overall and for each group.

    ``judged`` is 1 where the model saw such a claim, 0 where it saw none, and missing where
    there is no verdict. Undefined without verdicts or calibration, with over 5 % of planned or
    of labelled drafts unscored, under 12 judged cases, under 30 labelled drafts of either kind,
    or where sensitivity and specificity add up to 1 or less.
    """
    main = main_block(drafts)
    facts = _facts(main)
    if facts is None:
        return [
            undefined(
                UNSUPPORTED, main, "no verdict of a judging model was supplied", "not_supplied"
            )
        ]
    whole = [("all", EVERYBODY, EVERYBODY, main)]
    groups = [
        (attribute, str(group), group_key(attribute, str(group)), part)
        for attribute in group_attributes(main)
        for group, part in main.groupby(f"{GROUP}{attribute}")
    ]
    stamp = {"evaluator": digest([facts.model, facts.asked])}
    return [
        _share(part, facts, key, by=by, contrast=group).model_copy(update=stamp)
        for by, group, key, part in whole + groups
    ]


def _facts(drafts: pd.DataFrame) -> JudgeFacts | None:
    """The facts that all rows carry.

    Raises:
        FrameError: the rows do not agree on them, or they cannot be read.
    """
    if JUDGED not in drafts or drafts[JUDGE].isna().all():
        return None
    told = drafts[JUDGE].dropna().unique()
    if len(told) > 1:
        raise FrameError(f"column {JUDGE}: verdicts of {len(told)} judges in one frame")
    try:
        return JudgeFacts.model_validate_json(str(told[0]))
    except ValidationError as err:
        raise FrameError(f"column {JUDGE}: cannot be read: {err}") from err


def _share(drafts: pd.DataFrame, facts: JudgeFacts, key: str, *, by: str, contrast: str) -> Finding:
    verdicts = drafts[JUDGED]
    scored = int(verdicts.notna().sum())
    by_case = np.asarray(verdicts.dropna().groupby(drafts["case_id"]).mean(), dtype=np.float64)
    stop = _too_little(drafts, scored, len(by_case)) or _uncalibrated(facts, key)
    if stop:
        reason, code = stop
        return undefined(UNSUPPORTED, drafts, reason, code, scored=scored, by=by, contrast=contrast)
    estimate, interval = corrected_share(by_case, scored, facts.errors[key])
    spoiled = drafts.loc[verdicts == 1, "draft_id"]
    return finding(
        UNSUPPORTED,
        estimate,
        counts(drafts, scored, cases=len(by_case)),
        interval=interval,
        by=by,
        contrast=contrast,
        method=f"{UNSUPPORTED.method}; sensitivity {interval.found}/{interval.spoiled}, "
        f"specificity {interval.cleared}/{interval.sound}",
        examples=tuple(spoiled[:5]),
    )


Stop = tuple[str, UndefinedCode]


def _too_little(drafts: pd.DataFrame, scored: int, cases: int) -> Stop | None:
    missing = 1 - scored / len(drafts)
    if not scored:
        return "no draft was judged", "missing_drafts"
    if missing > MAX_MISSING:
        reason = too_many_lack(missing, "planned drafts have no verdict")
        return reason, "too_many_missing"
    if cases < MIN_CASES:
        return short_of(cases, "judged cases", MIN_CASES), "too_few"
    return None


def _uncalibrated(facts: JudgeFacts, key: str) -> Stop | None:
    if not facts.errors:
        return "the judging model was not tried on labelled drafts", "not_supplied"
    unscored = facts.unscored / max(facts.labelled, 1)
    if unscored > MAX_MISSING:
        reason = too_many_lack(unscored, "labelled drafts have no verdict")
        return reason, "too_many_missing"
    errors = facts.errors.get(key, Errors(found=0, spoiled=0, cleared=0, sound=0))
    if min(errors.spoiled, errors.sound) < MIN_LABELLED:
        reason = (
            f"{errors.spoiled} spoiled and {errors.sound} sound drafts labelled, "
            f"{MIN_LABELLED} of each needed for an estimate"
        )
        return reason, "too_few"
    if errors.found / errors.spoiled + errors.cleared / errors.sound <= 1:
        return "on labelled drafts the model did no better than chance", "not_assessable"
    return None


METRICS = (Metric(UNSUPPORTED, judged_unsupported_share),)
