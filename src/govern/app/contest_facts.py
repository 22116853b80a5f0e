"""Who stands where around a review: from what came in, the decisions, and ``govern.toml``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from govern.app.contest_settings import Settings
from govern.app.past import past_decisions
from govern.attest.acts import load_approvals
from govern.attest.trust import read_trust
from govern.contest.case import CaseView
from govern.contest.distance import between_versions
from govern.contest.facts import Facts
from govern.domain.contest_store import WITHHELD, CaseReader, ContestStore
from govern.domain.decision import Decision
from govern.domain.review_intake import IntakeReview
from govern.errors import ContestError
from govern.sources.locate import Project


def contested_review(reader: CaseReader, view: CaseView) -> IntakeReview | None:
    """The version of the review that a case is about; ``None`` where either was erased."""
    draft = view.draft
    return None if draft is None else reader.review(draft.review_id, draft.review_version)


def known_review(reader: CaseReader, review_id: str, version: int) -> IntakeReview:
    """A review that came in; ContestError where it did not."""
    found = reader.review(review_id, version)
    if found is None:
        raise ContestError(
            f"review {review_id}, version {version}: not among what came in; take it in with "
            "`govern intake`, then nobody has to guess who wrote it"
        )
    return found


def require_put_right(reader: CaseReader, review_id: str, stood: int, version: int) -> None:
    """That a version came in, and reads otherwise than the one that stood before a remedy.

    Raises:
        ContestError: it did not, or it does not.
    """
    before, after = (known_review(reader, review_id, one) for one in (stood, version))
    if not between_versions(before, after):
        raise ContestError(
            f"review {review_id}: version {version} reads as version {stood} did, so nothing was "
            "put right"
        )


def facts_of(
    store: ContestStore, review: IntakeReview | None, case_id: str, employee: str | None = None
) -> Facts:
    """The people around a review; of one that was erased, ``employee`` at most."""
    if review is None:
        return Facts(employee=employee or WITHHELD, author=WITHHELD, manager=WITHHELD)
    mandates = store.mandates.of(review.employee)
    # Who wrote it, or leads the employee, does not speak for them, whatever mandate there is.
    leads = {review.author, review.manager}
    return Facts(
        employee=review.employee,
        author=review.author,
        manager=review.manager,
        line=_line(review),
        representatives=tuple(
            m.representative
            for m in mandates
            if m.case_id in (None, case_id) and m.representative not in leads
        ),
    )


def weighed(
    facts: Facts,
    project: Project,
    everybody: Sequence[IntakeReview],
    settings: Settings,
    review: IntakeReview,
    *,
    person: str,
    now: datetime,
) -> Facts:
    """The facts, with what it takes to show that ``person`` can decide.

    ``everybody`` are all reviews that came in: they say who is above whom. Of somebody whose
    own line never came in, nobody knows whom they report to.

    Raises:
        PolicyError, IntegrityError: a decision or approval in the record does not hold.
    """
    lines = _lines(everybody)
    owners, approvers = _of_pipeline(project, settings, review, now)
    led = {review.author, review.manager}
    reports = tuple(sorted({r.employee for r in everybody if led & {r.manager, *r.line}}))
    return facts.model_copy(
        update={
            "lines": lines,
            "reports": reports if person in lines else None,
            "pipeline_owners": owners,
            "gate_approvers": approvers,
        }
    )


def _line(review: IntakeReview) -> tuple[str, ...]:
    """The people above, the manager among them; empty where the line did not come in."""
    if not review.line or review.manager in review.line:
        return review.line
    return (review.manager, *review.line)


def _lines(reviews: Iterable[IntakeReview]) -> dict[str, tuple[str, ...]]:
    """Who is above whom by the last review of each, and of those above them by that line."""
    own: dict[str, tuple[str, ...]] = {}
    above: dict[str, tuple[str, ...]] = {}
    for review in sorted(reviews, key=lambda r: (r.finalised, r.version)):
        line = _line(review)
        if not line:
            continue
        own[review.employee] = line
        above |= {person: line[n + 1 :] for n, person in enumerate(line)}
    return above | own


def _of_pipeline(
    project: Project, settings: Settings, review: IntakeReview, now: datetime
) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
    """Who answers for the pipeline, and who signed what let it draft; ``None`` if not known."""
    if review.ai_role == "none":
        return (), ()
    decisions = [d for d in past_decisions(project.record) if _lets(d, review)]
    if not decisions:
        return None, None
    owners = [settings.pipeline_owners.get(d.run.pipeline) for d in decisions]
    named = [settings.signers.get(name) for d in decisions for name in _signers(project, d, now)]
    return _all_known(person for of in owners for person in (of or (None,))), _all_known(named)


def _lets(decision: Decision, review: IntakeReview) -> bool:
    return decision.decision_id == review.decision_id or (
        review.fingerprint is not None and decision.run.fingerprint == review.fingerprint
    )


def _signers(project: Project, decision: Decision, now: datetime) -> set[str]:
    """Names of the keys that approved a decision, or waived a clause of it."""
    trust = read_trust(project.record)
    approvals = load_approvals(project.record, trust, decision.decision_id, now=now)
    waivers = [clause.waiver for clause in decision.clauses if clause.waiver]
    signed = [*(a.signers for a in approvals), *(w.approvers for w in waivers)]
    return {signer.name for signers in signed for signer in signers}


def _all_known(people: Iterable[str | None]) -> tuple[str, ...] | None:
    found: Sequence[str | None] = list(people)
    known = sorted({person for person in found if person is not None})
    return None if None in found else tuple(known)
