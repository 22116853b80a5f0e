"""What comes on paper: contests, who speaks for whom, and links for people without an account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, NamedTuple
from urllib.parse import urlencode

from fastapi import Query, Response
from fastapi.responses import RedirectResponse

from govern.app import mandates
from govern.app.contest_steps import file
from govern.app.one_time_links import LONGEST_DAYS
from govern.app.paper import PersonFile, let_in, person_file
from govern.domain.contest import Complaint, Drafted, Ground
from govern.domain.contest_store import Mandate
from govern.errors import ContestError
from govern.web.asked import SEE_OTHER, Asked, Page, RefusedError
from govern.web.case_forms import CONFLICT, UNPROCESSABLE
from govern.web.filing import GROUNDS, PAY
from govern.web.forms import Answer, Question, read_answer
from govern.web.render import url
from govern.web.sessions import offer_link

Text = Annotated[str, Query(max_length=200)]
SPEAKER = Question("voice", "line")
GUEST, DAYS = Question("guest", "line"), Question("link_days", "line")
CONTEST = (
    Question("paper_remedy", "text", required=False),
    Question("paper_accommodation", "text", required=False),
    Question("paper_paid", "one", tuple(PAY)),
)
STATEMENT = Question("paper_statement", "text", required=False)
ABOUT = Question("paper_about", "line", required=False)


class PaperForm(NamedTuple):
    """The form: what is said on each ground and about what, and the rest."""

    complaints: Mapping[Ground, tuple[Answer, Answer]]
    rest: tuple[Answer, ...]

    @property
    def wrong(self) -> tuple[Answer, ...]:
        """The answers that have to be put right."""
        answers = [one for pair in (*self.complaints.values(), self.rest) for one in pair]
        return tuple(one for one in answers if one.error)


def paper(asked: Asked, person: Text = "") -> Response:
    """Look somebody up, and what can be done for them."""
    name = " ".join(person.split())
    if not name:
        return asked.page("handling_paper.html.j2", found=None, person="", refused="")
    return _person(asked, name)


def _person(asked: Asked, name: str, refused: str = "", status: int = 200) -> Response:
    try:
        found: PersonFile | None = person_file(asked.contests, asked.actor, name, now=asked.now)
    except ContestError as err:
        found, refused, status = None, str(err), CONFLICT
    return asked.page(
        "handling_paper.html.j2",
        status=status,
        found=found,
        person=name,
        refused=refused,
        longest=LONGEST_DAYS,
    )


def paper_contest(asked: Asked, person: Text, review: Text) -> Response:
    """The form that came on paper, about one review."""
    empty = {ground: (Answer(STATEMENT, ()), Answer(ABOUT, ())) for ground in GROUNDS}
    rest = tuple(Answer(question, ()) for question in CONTEST)
    return _contest(asked, person, review, PaperForm(empty, rest))


def _contest(
    asked: Asked,
    person: str,
    review_id: str,
    form: PaperForm,
    refused: str = "",
) -> Response:
    found = _found(asked, person)
    lines = [line for line in found.reviews if line.review_id == review_id]
    if not lines:
        raise RefusedError(404)
    return asked.page(
        "handling_paper_contest.html.j2",
        status=UNPROCESSABLE if form.wrong else CONFLICT if refused else 200,
        review=lines[0],
        person=person,
        form=form,
        refused=refused,
    )


def _found(asked: Asked, person: str) -> PersonFile:
    try:
        return person_file(asked.contests, asked.actor, person, now=asked.now)
    except ContestError as err:
        raise RefusedError(404) from err


def paper_contest_sent(asked: Asked) -> Response:
    """File the contest that came on paper."""
    texts = asked.parts.renderer.texts
    person, review_id = _one(asked, "person"), _one(asked, "review")
    form = PaperForm(
        {ground: _complaint(asked, ground) for ground in GROUNDS},
        tuple(read_answer(question, asked.sent, texts) for question in CONTEST),
    )
    answers = {one.question.name: one.value for one in form.rest}
    refused = ""
    if not any(said.value for said, _ in form.complaints.values()):
        refused = texts("paper.nothing_said")
    if refused or form.wrong:
        return _contest(asked, person, review_id, form, refused)
    found = _found(asked, person)
    lines = [line for line in found.reviews if line.review_id == review_id]
    if not lines:
        raise RefusedError(404)
    draft = Drafted(
        review_id=review_id,
        review_version=lines[0].version,
        complaints=tuple(
            Complaint(ground=ground, statement=said.value, about=about.value or None)
            for ground, (said, about) in form.complaints.items()
            if said.value
        ),
        remedy_sought=answers["paper_remedy"],
        accommodation=answers["paper_accommodation"] or None,
        pay_already_decided=PAY[answers["paper_paid"]],
        on_behalf_of=person,
        on_paper=True,
    )
    try:
        kept = file(asked.contests, asked.actor, draft, now=asked.now)
    except ContestError as err:
        return _contest(asked, person, review_id, form, str(err))
    return asked.to("handling-case", case_id=kept.case_id)


def _complaint(asked: Asked, ground: Ground) -> tuple[Answer, Answer]:
    """What was said on a ground, and about which passage or evidence."""
    texts = asked.parts.renderer.texts
    said, about = (
        read_answer(one, {one.name: asked.sent.get(f"{one.name}_{ground}", ())}, texts)
        for one in (STATEMENT, ABOUT)
    )
    if about.value and not said.value and not about.error:
        said = Answer(said.question, (), texts("paper.only_about"))
    return said, about


def paper_mandate(asked: Asked) -> Response:
    """Give or end a mandate that somebody sent on paper."""
    texts, person = asked.parts.renderer.texts, _one(asked, "person")
    speaker = read_answer(SPEAKER, asked.sent, texts)
    if speaker.error:
        return _person(asked, person, speaker.error, UNPROCESSABLE)
    case_id = _one(asked, "case") or None
    mandate = Mandate(employee=person, representative=speaker.value, case_id=case_id)
    change = mandates.end if _one(asked, "end") else mandates.give
    try:
        change(asked.contests, asked.actor, mandate, now=asked.now)
    except ContestError as err:
        return _person(asked, person, str(err), CONFLICT)
    return _back(person)


def paper_link(asked: Asked) -> Response:
    """A one-time link, on a page that is the only one to ever show it."""
    texts, person = asked.parts.renderer.texts, _one(asked, "person")
    guest, days = (read_answer(one, asked.sent, texts) for one in (GUEST, DAYS))
    role, _, name = guest.value.partition(" ")
    number = int(days.value) if days.value.isascii() and days.value.isdecimal() else 0
    try:
        found = let_in(
            asked.contests, asked.actor, person, (role, name), days=number, now=asked.now
        )
    except ContestError as err:
        return _person(asked, person, str(err), CONFLICT)
    origin = asked.parts.settings.origin
    link = offer_link(asked.services.doors, found.visitor, origin=origin, until=found.until)
    return asked.page("handling_link.html.j2", link=link, let=found, person=person)


def _one(asked: Asked, name: str) -> str:
    """A field that our own page filled in; RefusedError where it is missing or nothing."""
    value = " ".join("".join(asked.sent.get(name, ())).split())
    if len(value) > 200 or (name in ("person", "review") and not value):
        raise RefusedError(UNPROCESSABLE)
    return value


def _back(person: str) -> Response:
    return RedirectResponse(f"{url('paper')}?{urlencode({'person': person})}", SEE_OTHER)


PAGES: dict[str, Page] = {
    "paper": paper,
    "paper-contest": paper_contest,
    "paper-contest-sent": paper_contest_sent,
    "paper-mandate": paper_mandate,
    "paper-link": paper_link,
}
