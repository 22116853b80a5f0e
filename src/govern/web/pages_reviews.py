"""Reviews, and how each came about."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response

from govern.app.contests import Shown
from govern.app.explaining import explain_review
from govern.contest.machine import ENDED
from govern.contest.texts import HEADINGS
from govern.web.asked import Asked, Page, RefusedError
from govern.web.own import ReviewRef, cases_of, may_begin, review_of, reviews_of, side_of


def reviews(asked: Asked) -> Response:
    """A person's own reviews."""
    return asked.page(
        "reviews.html.j2", side=side_of(asked), files=reviews_of(asked), cases=by_review(asked)
    )


def review(
    asked: Asked, review_ref: ReviewRef, version: Annotated[int | None, Query(ge=1)] = None
) -> Response:
    """One review: what the AI did, what it was shown, why, and who answers for it."""
    file = review_of(asked, review_ref)
    explained = explain_review(asked.contests, file, version or file.last.version, now=asked.now)
    if explained is None:
        raise RefusedError(404)
    return asked.page(
        "review.html.j2",
        side=side_of(asked),
        file=file,
        explained=explained,
        review=explained.review,
        ended=ENDED,
        headings=HEADINGS,
        routes=asked.contests.settings.external_routes,
        may_begin=may_begin(asked, explained.review.employee),
        cases=by_review(asked).get(file.last.review_id, []),
    )


def by_review(asked: Asked) -> dict[str, list[Shown]]:
    """The contests of each review; those that go on stand first."""
    found: dict[str, list[Shown]] = {}
    for one in sorted(cases_of(asked), key=lambda c: c.view.state in ENDED):
        if one.view.draft:
            found.setdefault(one.view.draft.review_id, []).append(one)
    return found


PAGES: dict[str, Page] = {
    "own-reviews": reviews,
    "own-review": review,
    "represent-review": review,
}
