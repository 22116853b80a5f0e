"""OSCAL 1.2.1: how a decision was reached as an assessment plan, what came out as results.

Both are written through the models of compliance-trestle, which is in the extra ``oscal``: a
field that OSCAL does not know, or a value that is not of its datatype, is an error there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from govern.canon import sha256
from govern.errors import InputError, with_extra
from govern.report.oscal.parts import PLAN, RESULTS, Told
from govern.report.oscal.plan import assessment_plan
from govern.report.oscal.results import assessment_results

if TYPE_CHECKING:
    from trestle.core.base_model import OscalBaseModel


def documents(told: Told) -> dict[str, bytes]:
    """Both documents by their file's name; the same decision gives the same bytes.

    Raises:
        InputError: compliance-trestle is not installed.
    """
    try:
        from trestle.oscal.assessment_plan import AssessmentPlan
        from trestle.oscal.assessment_results import AssessmentResults
    except ImportError as err:
        raise InputError(
            f"OSCAL needs the package compliance-trestle; install the extra: {with_extra('oscal')}"
        ) from err
    plan = _written(AssessmentPlan.model_validate(assessment_plan(told)))
    results = assessment_results(told, sha256(plan))
    return {PLAN: plan, RESULTS: _written(AssessmentResults.model_validate(results))}


def _written(document: OscalBaseModel) -> bytes:
    return document.oscal_serialize_json_bytes(pretty=True) + b"\n"
