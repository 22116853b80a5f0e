"""What a decider reads and writes, at first and on appeal: the same pages, for two offices."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fastapi import Response

from govern.app.case_history import history
from govern.app.checked_review import checked_review
from govern.app.contest_steps import act
from govern.app.contests import Contests, Shown, list_
from govern.app.deciding import waiting_case, waiting_for
from govern.app.gate_bearing import bearing
from govern.app.steps import said_plainly
from govern.domain.contest import AppealStarted, Decided, Final, ReviewStarted
from govern.errors import ConflictError, ContestError
from govern.web.asked import Asked, Page, RefusedError
from govern.web.case_forms import CONFLICT, UNPROCESSABLE, CaseId, case_of, seen_of
from govern.web.decision_form import DecisionForm, decision, empty_form, read_form, standing
from govern.web.steps import Trouble, forms, possible_steps, take_step

BESIDE = ("gathering", "evidence_added", "interim_relief", "paused", "resumed")
"""What a decider does beside opening a case and deciding it."""


@dataclass(frozen=True)
class Seat:
    """One of the two offices: the beginning of its pages' names, and its two events."""

    area: str
    opens: type[ReviewStarted] | type[AppealStarted]
    decides: type[Decided] | type[Final]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The steps with a form on the page of a case."""
        return (*BESIDE, self.opens.model_fields["kind"].default)

    @property
    def decided(self) -> str:
        return str(self.decides.model_fields["kind"].default)

    def queue(self, asked: Asked) -> Response:
        """The cases that they opened, and those that wait for somebody."""
        mine = list_(asked.own_contests, asked.actor, now=asked.now)
        return asked.page(
            "deciding_queue.html.j2",
            area=self.area,
            mine=mine,
            # Which cases wait is in none that they opened; nothing that is said in one is told.
            waiting=waiting_for(asked.contests, asked.actor, now=asked.now),
        )

    def open(self, asked: Asked, case_id: CaseId) -> Response:
        """Who is in a case, and whether something ties the reader to it."""
        return self._open(asked, case_id)

    def _open(self, asked: Asked, case_id: str, refused: str = "", status: int = 200) -> Response:
        """``refused`` says why it was not opened just now; then there may be nothing to open."""
        try:
            found = waiting_case(asked.contests, asked.actor, case_id, now=asked.now)
        except ContestError as err:
            if not refused:
                raise RefusedError(404) from err
            found = None
        return asked.page(
            "deciding_open.html.j2", status=status, area=self.area, found=found, refused=refused
        )

    def opened(self, asked: Asked, case_id: CaseId) -> Response:
        """Open a case, having said that nothing ties them to it."""
        texts, actor = asked.parts.renderer.texts, asked.actor
        if asked.sent.get("no_conflict") != ("yes",):
            return self._open(asked, case_id, texts("deciding.say_no_conflict"), UNPROCESSABLE)
        try:
            # A case that never was is answered as one that somebody else opened.
            waiting_case(asked.contests, actor, case_id, now=asked.now)
        except ContestError:
            return self._open(asked, case_id, texts("deciding.open_conflict"), CONFLICT)
        payload = self.opens(decider=actor.person, no_conflict=True)
        try:
            act(asked.contests, actor, case_id, payload, now=asked.now, seen=seen_of(asked))
        except ConflictError:
            return self._open(asked, case_id, texts("deciding.open_conflict"), CONFLICT)
        except ContestError as err:
            why = said_plainly(err, case_id, payload.kind)
            return self._open(asked, case_id, why, CONFLICT)
        return asked.to(f"{self.area}-case", case_id=case_id)

    def case(self, asked: Asked, case_id: CaseId) -> Response:
        """All that a decider needs to decide, side by side."""
        return self._case(asked, asked.own_contests, case_id, None)

    def step(self, asked: Asked, case_id: CaseId) -> Response:
        """Take a step beside deciding."""
        contests = asked.own_contests
        trouble = take_step(asked, contests, case_id, self.kinds)
        if trouble is None:
            return asked.to(f"{self.area}-case", case_id=case_id)
        return self._case(asked, contests, case_id, trouble)

    def _case(
        self, asked: Asked, contests: Contests, case_id: str, trouble: Trouble | None
    ) -> Response:
        shown = case_of(asked, contests, case_id)
        found = possible_steps(asked, contests, shown, (*self.kinds, self.decided))
        own = replace(found, open=tuple(kind for kind in found.open if kind in self.kinds))
        grounds = shown.view.draft.complaints if shown.view.draft else ()
        return asked.page(
            "deciding_case.html.j2",
            status=trouble.status if trouble else 200,
            area=self.area,
            shown=shown,
            view=shown.view,
            review=shown.review,
            checked=shown.review and checked_review(shown.review),
            bearing=shown.review
            and bearing(contests.project, shown.review, [one.ground for one in grounds]),
            can_decide=self.decided in found.open,
            steps=own,
            forms=forms(own, {}, trouble),
            trouble=trouble,
            history=history(contests, shown),
        )

    def form(self, asked: Asked, case_id: CaseId) -> Response:
        """The form of the decision."""
        shown = case_of(asked, asked.own_contests, case_id)
        if (
            self.decided
            not in possible_steps(asked, asked.own_contests, shown, (self.decided,)).open
        ):
            return asked.to(f"{self.area}-case", case_id=case_id)
        return self._form(asked, shown, empty_form(shown, asked.contests.settings.external_routes))

    def _form(
        self, asked: Asked, shown: Shown, form: DecisionForm, refused: str = "", status: int = 200
    ) -> Response:
        return asked.page(
            "deciding_form.html.j2",
            status=status,
            area=self.area,
            shown=shown,
            view=shown.view,
            review=standing(shown),
            form=form,
            refused=refused,
        )

    def decided_now(self, asked: Asked, case_id: CaseId) -> Response:
        """Decide; what was written is shown again where that cannot be done."""
        contests, texts = asked.own_contests, asked.parts.renderer.texts
        shown = case_of(asked, contests, case_id)
        form = read_form(shown, asked.sent, texts)
        if form.wrong:
            return self._form(asked, shown, form, status=UNPROCESSABLE)
        payload = decision(shown, form, self.decides)
        try:
            act(contests, asked.actor, case_id, payload, now=asked.now, seen=seen_of(asked))
        except ConflictError:
            again = case_of(asked, contests, case_id)
            return self._form(asked, again, form, texts("handling.conflict"), CONFLICT)
        except ContestError as err:
            return self._form(
                asked, shown, form, said_plainly(err, case_id, self.decided), CONFLICT
            )
        return asked.to(f"{self.area}-case", case_id=case_id)

    @property
    def pages(self) -> dict[str, Page]:
        """What answers on each of its routes."""
        return {
            self.area: self.queue,
            f"{self.area}-open": self.open,
            f"{self.area}-opened": self.opened,
            f"{self.area}-case": self.case,
            f"{self.area}-step": self.step,
            f"{self.area}-form": self.form,
            f"{self.area}-decided": self.decided_now,
        }


PAGES: dict[str, Page] = {
    **Seat("deciding", ReviewStarted, Decided).pages,
    **Seat("appeals", AppealStarted, Final).pages,
}
