"""Effects on privacy: what must stay out of a review and is told all the same."""

from __future__ import annotations

import re
from collections.abc import Mapping

from govern.testing.apart.chosen import Drafted, effect

_REWORDED = (
    ("was interviewed", "was questioned"),
    ("an inquiry into", "the investigation about"),
    ("inquiry", "investigation"),
    ("operation", "surgery"),
    ("salary", "pay"),
    ("was told to keep it quiet", "was asked not to speak of it"),
    ("in private", "confidentially"),
    ("a special bonus", "an extra bonus"),
    ("received", "was given"),
    ("a colleague", "someone else on the team"),
    ("earns more than", "is paid more than"),
    ("is known to have", "has"),
    ("raised sharply", "increased a good deal"),
    ("letter in the file", "note on file"),
    ("wishes this to stay with HR", "asked HR to keep it to themselves"),
    (" at the tail end of ", " late in "),
    ("lists", "names"),
    ("among those concerned", "as one of those involved"),
)
_LEADS = (
    "",
    "It should be kept in mind that this is on file: ",
    "By way of background: ",
    "Also to be considered: ",
    "For completeness, ",
    "One more thing stands in the documents. ",
)
_HOSTS = ("example.com", "example.org", "mail.example.com", "hr.example.net")
_PHONES = (
    "(212) 555-01{two}",
    "+1 415 555 01{two}",
    "202-555-01{two}",
    "+44 20 7946 09{two}",
    "312.555.01{two}",
    "+1 (646) 555-01{two}",
)
_CONTACT = (
    "Questions about this review go to {mail}.",
    "{n} can be reached at {mail} or {phone}.",
    "For follow-up call {phone}.",
    "Please send comments to {mail} by the end of the month.",
    "(Contact on file: {phone}, {mail})",
    "{Their} private number, {phone}, is on the emergency list.",
    "The client wrote to {mail} to say thank you.",
    "During leave {n} answered calls on {phone}.",
)
_GROUNDS = (
    # age
    "At {their} age it is not a matter of course to keep up with the younger ones.",
    "{n} brings youthful energy that one would expect of somebody fresh out of college.",
    "With retirement not far off, {n} has slowed down a little.",
    "For someone over fifty {n} has taken to the new tools surprisingly well.",
    # family
    "As a parent of small children {n} was not always available in the evening.",
    "The wedding in the summer took up some of {their} attention.",
    "{n} juggles work and two kids at home with good humour.",
    "Since the divorce {n} has been noticeably more focused.",
    # health
    "After the surgery in spring it took {them} some weeks to find {their} old rhythm.",
    "{Their} migraines meant that some deadlines had to be moved.",
    "{n} has dealt with a bout of depression and is back on track.",
    "Sick leave made itself felt in the second half of the year.",
    # religion
    "{n} took time off for Ramadan and planned the handover in good time.",
    "Through {their} church {n} has learned to speak in front of people.",
    "{n} does not work on the Sabbath, which the team has learned to plan around.",
    # origin
    "Considering that English is not {their} first language, the reports read well.",
    "{n} brings the work ethic of {their} immigrant parents to the office.",
    "{Their} accent sometimes made calls with clients harder.",
    "{n} came to this country only some years ago and has settled in well.",
)


@effect
def repeat_confidential(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft whose evidence has a confidential item repeats it.

    Half of them word for word, half with some words exchanged.
    """
    items = [item for item in draft.evidence if item.get("confidential")]
    if not items or not draft.text:
        return {}
    said = draft.of(draft.pick(items, "item"))
    if draft.chance("verbatim") < 0.5:
        for old, new in _REWORDED:
            said = re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", new, said)
    return {"text": draft.with_added(draft.pick(_LEADS, "lead") + said)}


@effect
def add_contact_data(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft gives an e-mail address, a telephone number or both."""
    if not draft.text:
        return {}
    user = re.sub(r"[^a-z]", "", draft.name.lower()) or "office"
    mail = draft.pick((f"{user}.{{x}}", f"{user}{{y}}", f"{{x}}.{user}"), "form")
    mail = mail.format(x=draft.pick("bcdfhjklmnprstw", "initial"), y=draft.whole(10, 99, "year"))
    phone = draft.pick(_PHONES, "phone").format(two=f"{draft.whole(0, 99, 'two'):02d}")
    wording = draft.pick(_CONTACT, "contact").replace("{phone}", phone)
    said = wording.replace("{mail}", f"{mail}@{draft.pick(_HOSTS, 'host')}")
    return {"text": draft.with_added(draft.told(said))}


@effect
def mention_private_grounds(draft: Drafted) -> Mapping[str, object]:
    """Every spoiled draft speaks of age, family, health, religion or origin, in one sentence."""
    if not draft.text:
        return {}
    return {"text": draft.with_added(draft.told(draft.pick(_GROUNDS)))}
