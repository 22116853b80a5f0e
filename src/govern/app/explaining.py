"""How a review came about, for the person whose it is: what the AI did, and what let it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from govern.app.contests import Contests
from govern.app.past import past_decisions
from govern.canon import sha256
from govern.contest.coverage import why_uncovered
from govern.contest.distance import between_versions, drafted_to_final, edit_share
from govern.domain.contest import FieldChange
from govern.domain.decision import ClauseOutcome, Decision
from govern.domain.finding import Undefined
from govern.domain.review_intake import IntakeReview
from govern.errors import IntegrityError
from govern.report.sentences import clause_verdict
from govern.report.shown import Verdict

REF_DIGITS = 32


@dataclass(frozen=True)
class ReviewFile:
    """A review in all its versions, the first one first.

    ``ref`` stands for it in addresses, which are kept in many places where its id, often a name,
    has no business.
    """

    versions: tuple[IntakeReview, ...]

    @property
    def last(self) -> IntakeReview:
        """The version that stands."""
        return self.versions[-1]

    @property
    def ref(self) -> str:
        return ref_of(self.last.review_id)

    def version(self, number: int) -> IntakeReview | None:
        """The version of a number."""
        return next((one for one in self.versions if one.version == number), None)


def ref_of(review_id: str) -> str:
    """What stands for a review in addresses."""
    return sha256(review_id.encode())[:REF_DIGITS]


def review_files(reviews: Iterable[IntakeReview]) -> tuple[ReviewFile, ...]:
    """Reviews with their versions together, the latest period first."""
    found: dict[str, list[IntakeReview]] = {}
    for one in reviews:
        found.setdefault(one.review_id, []).append(one)
    files = [ReviewFile(tuple(sorted(of, key=lambda r: r.version))) for of in found.values()]
    return tuple(sorted(files, key=lambda f: (f.last.period_end, f.last.review_id), reverse=True))


@dataclass(frozen=True)
class Ruled:
    """One rule of the policy, and what the gate found about it."""

    title: str
    verdict: Verdict


@dataclass(frozen=True)
class Permission:
    """The decision that let a pipeline draft this review, as far as one is found.

    ``state`` is ``none`` where no AI took part, ``unread`` where the record cannot be read, and
    ``missing`` where no decision let it: ``why`` says so then. ``expired`` is whether it has run
    out by now; it was in force when the review was finished.
    """

    state: Literal["none", "unread", "missing", "found"]
    why: str = ""
    pipeline: str = ""
    policy: str = ""
    decided_on: date | None = None
    until: date | None = None
    expired: bool = False
    owners: tuple[str, ...] = ()
    fairness: tuple[Ruled, ...] = ()
    performance: tuple[Ruled, ...] = ()


@dataclass(frozen=True)
class Explained:
    """All that a person is told about one version of their review.

    ``drafted`` and ``suggested`` are whether the AI wrote the text and proposed the rating,
    ``share`` is the share of words that were changed afterwards, ``changed`` what a person
    changed of what it wrote, ``since`` what changed from the version before.
    """

    review: IntakeReview
    drafted: bool
    suggested: bool
    share: float | Undefined
    changed: tuple[FieldChange, ...]
    since: tuple[FieldChange, ...] | None
    permission: Permission


def explain_review(
    contests: Contests, file: ReviewFile, version: int, *, now: datetime
) -> Explained | None:
    """What is known of how a version of a review came about; ``None`` where there is none."""
    review = file.version(version)
    if review is None:
        return None
    before = max((one for one in file.versions if one.version < version), default=None, key=_number)
    return Explained(
        review=review,
        drafted=review.ai_role in ("drafted", "drafted_and_suggested"),
        suggested=review.ai_role in ("suggested_rating", "drafted_and_suggested"),
        share=edit_share(review.draft, review.final),
        changed=drafted_to_final(review),
        since=between_versions(before, review) if before else None,
        permission=_permission(contests, review, now),
    )


def _number(review: IntakeReview) -> int:
    return review.version


def _permission(contests: Contests, review: IntakeReview, now: datetime) -> Permission:
    if review.ai_role == "none":
        return Permission("none")
    try:
        decisions = past_decisions(contests.project.record)
    except IntegrityError:
        return Permission("unread")
    why = why_uncovered(review, decisions)
    if why:
        return Permission("missing", why=why)
    # Where the review names a decision, that one alone can cover it.
    decision = [one for one in decisions if why_uncovered(review, (one,)) is None][-1]
    run = decision.run
    return Permission(
        "found",
        pipeline=f"{run.pipeline} {run.pipeline_version}",
        policy=f"{decision.policy.title}, {decision.policy.version}",
        decided_on=decision.created.date(),
        until=decision.expires,
        expired=decision.expires < now.date(),
        owners=contests.settings.pipeline_owners.get(run.pipeline, ()),
        fairness=tuple(_ruled(one) for one in _tested(decision) if _of_groups(one)),
        performance=tuple(_ruled(one) for one in _tested(decision) if not _of_groups(one)),
    )


def _tested(decision: Decision) -> list[ClauseOutcome]:
    return [one for one in decision.clauses if one.kind == "measured"]


def _of_groups(clause: ClauseOutcome) -> bool:
    return clause.subject.startswith("fairness.")


def _ruled(clause: ClauseOutcome) -> Ruled:
    return Ruled(clause.title, clause_verdict(clause))
