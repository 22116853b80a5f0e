"""Who stands where around a review: from what came in, the decisions, and ``govern.toml``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cached_property

from govern.app.contest_settings import Settings
from govern.app.past import past_decisions
from govern.attest.acts import load_approvals
from govern.attest.trust import TrustRoot, read_trust
from govern.contest.case import CaseView
from govern.contest.distance import between_versions
from govern.contest.facts import Facts
from govern.domain.contest_store import WITHHELD, CaseReader, ContestStore, Mandate
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
    mandates = store.mandates.of(review.employee) if review else ()
    return facts_from(mandates, review, case_id, employee)


def facts_from(
    mandates: Iterable[Mandate],
    review: IntakeReview | None,
    case_id: str,
    employee: str | None = None,
) -> Facts:
    """As ``facts_of``, with all mandates that the employee gave."""
    if review is None:
        return Facts(employee=employee or WITHHELD, author=WITHHELD, manager=WITHHELD)
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


class Company:
    """All that is weighed around reviews, read once for as many of them as there are.

    ``everybody`` are all reviews that came in: they say who is above whom. Of somebody whose
    own line never came in, nobody knows whom they report to.
    """

    def __init__(
        self,
        project: Project,
        everybody: Sequence[IntakeReview],
        settings: Settings,
        *,
        now: datetime,
    ) -> None:
        self._record = project.record
        self._settings = settings
        self._now = now
        self._lines = _lines(everybody)
        self._led: dict[str, set[str]] = {}
        for review in everybody:
            for above in (review.manager, *review.line):
                self._led.setdefault(above, set()).add(review.employee)
        self._signed: dict[str, frozenset[str]] = {}

    def weighed(self, facts: Facts, review: IntakeReview, *, person: str) -> Facts:
        """The facts, with what it takes to show that ``person`` can decide.

        Raises:
            PolicyError, IntegrityError: a decision or approval in the record does not hold.
        """
        owners, approvers = self._of_pipeline(review)
        reports = self._led.get(review.author, set()) | self._led.get(review.manager, set())
        return facts.model_copy(
            update={
                "lines": self._lines,
                "reports": tuple(sorted(reports)) if person in self._lines else None,
                "pipeline_owners": owners,
                "gate_approvers": approvers,
            }
        )

    def _of_pipeline(
        self, review: IntakeReview
    ) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
        """Who answers for the pipeline, and who signed what let it draft; ``None`` if not known."""
        if review.ai_role == "none":
            return (), ()
        decisions = [d for d in self._decisions if _lets(d, review)]
        if not decisions:
            return None, None
        owners = [self._settings.pipeline_owners.get(d.run.pipeline) for d in decisions]
        named = [self._settings.signers.get(name) for d in decisions for name in self._signers(d)]
        return _all_known(person for of in owners for person in (of or (None,))), _all_known(named)

    @cached_property
    def _decisions(self) -> tuple[Decision, ...]:
        return past_decisions(self._record)

    @cached_property
    def _trust(self) -> TrustRoot:
        return read_trust(self._record)

    def _signers(self, decision: Decision) -> frozenset[str]:
        """Names of the keys that approved a decision, or waived a clause of it."""
        named = decision.decision_id
        if named not in self._signed:
            approvals = load_approvals(self._record, self._trust, named, now=self._now)
            waivers = [clause.waiver for clause in decision.clauses if clause.waiver]
            signed = [*(a.signers for a in approvals), *(w.approvers for w in waivers)]
            self._signed[named] = frozenset(one.name for signers in signed for one in signers)
        return self._signed[named]


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


def _lets(decision: Decision, review: IntakeReview) -> bool:
    return decision.decision_id == review.decision_id or (
        review.fingerprint is not None and decision.run.fingerprint == review.fingerprint
    )


def _all_known(people: Iterable[str | None]) -> tuple[str, ...] | None:
    found: Sequence[str | None] = list(people)
    known = sorted({person for person in found if person is not None})
    return None if None in found else tuple(known)
