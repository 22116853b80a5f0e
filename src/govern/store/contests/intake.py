"""Reviews and HR outcomes; see ``domain.contest_store.Intake``."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, insert, or_, select, true
from sqlalchemy.exc import IntegrityError as Taken

from govern.canon import canonical_json
from govern.contest.machine import ENDED, UNSENT
from govern.domain.review_intake import HrOutcome, IntakeReview
from govern.errors import ContestError, InputError, IntegrityError
from govern.store.contests.base import Base
from govern.store.contests.rows import review_of, reviews_in
from govern.store.contests.tables import CASE, DATA_KEY, MANDATE, OUTCOME, PARTY, PASS, REVIEW


class SqlIntake:
    """Each review, and each person's outcomes, under a key of their own."""

    def __init__(self, base: Base) -> None:
        self._base = base

    def put_reviews(self, reviews: Sequence[IntakeReview]) -> int:
        try:
            with self._base.writing() as connection:
                return sum(self._put_review(connection, one) for one in reviews)
        except Taken:
            return self.put_reviews(reviews)

    def put_outcomes(self, outcomes: Sequence[HrOutcome]) -> int:
        try:
            with self._base.writing() as connection:
                return sum(self._put_outcome(connection, one) for one in outcomes)
        except Taken:
            return self.put_outcomes(outcomes)

    def reviews(self, employee: str | None = None) -> tuple[IntakeReview, ...]:
        named = None if employee is None else self._base.pseudonym(employee)
        wanted = true() if named is None else REVIEW.c.employee == named
        with self._base.reading() as connection:
            return reviews_in(self._base, connection, wanted)

    def outcomes(self, employee: str | None = None) -> tuple[HrOutcome, ...]:
        wanted = select(OUTCOME).order_by(OUTCOME.c.n)
        if employee is not None:
            wanted = wanted.where(OUTCOME.c.employee == self._base.pseudonym(employee))
        found = []
        with self._base.reading() as connection:
            for row in connection.execute(wanted).all():
                key = self._base.find_key(connection, f"outcomes:{row.employee}")
                if key is None:
                    raise IntegrityError("the key of an outcome is gone, but the outcome is there")
                found.append(HrOutcome.model_validate_json(key.open(row.sealed, row.outcome)))
        return tuple(found)

    def forget(self, employee: str) -> int:
        named = self._base.pseudonym(employee)
        with self._base.deleting() as connection:
            _require_ended(connection, named)
            reviews = select(REVIEW.c.review).where(REVIEW.c.employee == named)
            scopes = [f"review:{one}" for one in connection.execute(reviews).scalars()]
            scopes.append(f"outcomes:{named}")
            gone = 0
            for theirs in (
                delete(DATA_KEY).where(DATA_KEY.c.scope.in_(scopes)),
                delete(REVIEW).where(REVIEW.c.employee == named),
                delete(OUTCOME).where(OUTCOME.c.employee == named),
                delete(MANDATE).where(MANDATE.c.employee == named),
                delete(PASS).where(PASS.c.person == named),
            ):
                gone += connection.execute(theirs).rowcount
        return gone

    def _put_review(self, connection: Connection, review: IntakeReview) -> bool:
        """Whether it was not there."""
        named = self._base.pseudonym("review", review.review_id)
        same = select(REVIEW).where(REVIEW.c.review == named, REVIEW.c.version == review.version)
        row = connection.execute(same).first()
        if row is not None:
            _require_same(review, review_of(self._base, connection, row))
            return False
        employee = self._base.pseudonym(review.employee)
        others = select(REVIEW.c.n).where(REVIEW.c.review == named, REVIEW.c.employee != employee)
        if connection.execute(others).first() is not None:
            raise InputError(
                f"review {review.review_id}, version {review.version}: another version of it is "
                "about another employee; a review stays with the person whose it is"
            )
        key = self._base.data_key(connection, f"review:{named}")
        values = {
            "review": named,
            "version": review.version,
            "employee": employee,
            "sealed": key.seal(canonical_json(review.as_json()), review.version),
        }
        connection.execute(insert(REVIEW).values(values))
        return True

    def _put_outcome(self, connection: Connection, outcome: HrOutcome) -> bool:
        """Whether it was not there."""
        employee = self._base.pseudonym(outcome.employee)
        body = canonical_json(outcome.as_json())
        named = self._base.pseudonym("outcome", body.decode())
        same = select(OUTCOME.c.n).where(OUTCOME.c.outcome == named)
        if connection.execute(same).first() is not None:
            return False
        key = self._base.data_key(connection, f"outcomes:{employee}")
        values = {"outcome": named, "employee": employee, "sealed": key.seal(body, named)}
        connection.execute(insert(OUTCOME).values(values))
        return True


def _require_same(given: IntakeReview, kept: IntakeReview) -> None:
    if given != kept:
        differ = [k for k in IntakeReview.model_fields if getattr(given, k) != getattr(kept, k)]
        raise InputError(
            f"review {given.review_id}, version {given.version}: is here with another "
            f"{', '.join(differ)}; what came in stays, a correction is a new version"
        )


def _require_ended(connection: Connection, person: str) -> None:
    theirs = select(PARTY.c.case_id).where(PARTY.c.person == person, PARTY.c.role == "employee")
    stands = or_(CASE.c.on_hold, CASE.c.state.not_in(ENDED | UNSENT))
    open_cases = select(func.count()).where(CASE.c.case_id.in_(theirs), stands)
    found = connection.execute(open_cases).scalar_one()
    if found:
        raise ContestError(
            f"{found} of this person's cases are open or under a legal hold; what they rest on "
            "cannot be deleted before"
        )
