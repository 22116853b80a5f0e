"""Every text of a notice, in plain English, by key; another language is another such table.

A text knows a link, a day and nothing about the person: it may be read by whoever opens the mail.
Placeholders are ``{link}`` and ``{due}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from string import Formatter
from types import MappingProxyType
from typing import NamedTuple

from govern.errors import ContestError


class Text(NamedTuple):
    """The subject and body of a notice, or the heading and lead of a page."""

    subject: str
    body: str

    @property
    def fields(self) -> frozenset[str]:
        """The placeholders it has to be given."""
        parsed = Formatter().parse(self.subject + self.body)
        return frozenset(name for _, name, _, _ in parsed if name is not None)


TEXTS: Mapping[str, Text] = MappingProxyType(
    {
        "explanation": Text(
            "How your review came about",
            "What the AI did, what it was shown about you, and who is responsible, in plain "
            "words: {link}",
        ),
        "acknowledgement": Text(
            "We have your contest",
            "Somebody is taking care of it. Where it stands, what happens next and by when: "
            "{link}. The contested rating is not to be used while the contest is open.",
        ),
        "appeal_acknowledgement": Text(
            "We have your appeal",
            "Somebody who had no part in the first decision will decide it. Where it stands and "
            "by when: {link}",
        ),
        "reopened": Text(
            "Your contest goes on",
            "It was opened again. What happens next and by when: {link}",
        ),
        "closed": Text(
            "Your contest is closed",
            "How it ended, and what you can still do: {link}",
        ),
        "referred": Text(
            "Your contest goes on outside",
            "To whom it went. If that is not what you want, you can open it here again: {link}",
        ),
        "withdrawn": Text(
            "Your contest was withdrawn",
            "It was withdrawn by you or by whoever speaks for you. If you did not want that, you "
            "can open it again: {link}",
        ),
        "paused": Text(
            "A deadline in your contest stands still",
            "The reason, and where it stands: {link}",
        ),
        "delay": Text(
            "We are late",
            "We should have done our part by {due} and did not. It was passed on to somebody "
            "above; it does not count as a rejection. Where it stands: {link}",
        ),
        "escalation": Text(
            "A deadline in a contest was missed",
            "Something was due on {due} and has not been done. Please see to it: {link}",
        ),
        "not_admitted": Text(
            "Your contest was not admitted",
            "The reason, how to appeal and until when, and where else you can go: {link}",
        ),
        "decision": Text(
            "Your contest was decided",
            "The decision with its reasons, how to appeal and until when, and where else you can "
            "go: {link}",
        ),
        "appeal_decision": Text(
            "Your appeal was decided",
            "The decision with its reasons, and where else you can go: {link}",
        ),
        "remedy": Text(
            "Your review was put right",
            "What was changed, field by field: {link}",
        ),
        "remedy_leader": Text(
            "A review was changed after a contest",
            "What was changed, field by field: {link}. The version before is not to be used.",
        ),
        "relief": Text(
            "What happens until your contest is decided",
            "Somebody answered what is to happen to your pay meanwhile: {link}",
        ),
        "no_retaliation": Text(
            "You are protected",
            "Nobody may treat you worse for contesting a review. Later ratings, pay and leaving "
            "are compared for twelve months. If something happens, say so: {link}",
        ),
        "no_retaliation_leader": Text(
            "A review that you had part in is contested",
            "Contesting is a right. Nobody may be treated worse for it; later ratings, pay and "
            "leaving are compared for twelve months. What you may see of it: {link}",
        ),
    }
)

HEADINGS: Mapping[str, Text] = MappingProxyType(
    {
        "rationale": Text("Why", "What the AI did in this review, and what it rested on."),
        "responsibility": Text("Who", "Who is responsible, and whom you can ask."),
        "data": Text("What data", "What the AI was shown about you, and where that came from."),
        "fairness": Text(
            "Fairness",
            "What was tested about groups of people. It does not say that this review is right.",
        ),
        "safety_performance": Text(
            "How well it works", "What was tested of its accuracy, with what result."
        ),
        "impact": Text("What it means for you", "What this review is used for, and what not."),
    }
)
"""The six kinds of explanation. Source: ICO and The Alan Turing Institute, Explaining decisions
made with AI, part 1."""


def render(
    key: str, *, link: str, due: date | None = None, texts: Mapping[str, Text] = TEXTS
) -> Text:
    """A notice, ready to be sent.

    Raises:
        ContestError: there is no such text, or it needs a day and got none.
    """
    text = texts.get(key)
    if text is None:
        raise ContestError(f"no text {key!r} in the catalogue; it has {', '.join(sorted(texts))}")
    if "due" in text.fields and due is None:
        raise ContestError(f"the text {key!r} names a day; give it one")
    return Text(text.subject.format(link=link, due=due), text.body.format(link=link, due=due))
