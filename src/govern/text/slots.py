"""Identity slots: a name, pronouns in all cases, and verbs that agree with them.

``{name}``, ``{they}``, ``{them}``, ``{their}``, ``{theirs}``, ``{themself}``, each also
capitalised, and ``{is/are}`` for the form that goes with one person or with *they*.
``{same-spouse}`` and ``{other-spouse}`` are a wife or a husband by the person's pronouns. Pronouns
``none`` put the name in every pronoun's place: ``Alex's`` for ``{their}``.
"""

from __future__ import annotations

import re

from govern.errors import DatasetError

PRONOUNS = {
    "she": {"they": "she", "them": "her", "their": "her", "theirs": "hers", "themself": "herself"},
    "he": {"they": "he", "them": "him", "their": "his", "theirs": "his", "themself": "himself"},
    "they": {w: w for w in ("they", "them", "their", "theirs", "themself")},
}
#: The spouse of the same gender, and of the other; neutral where the gender is not said.
SPOUSES = {
    "she": {"same-spouse": "wife", "other-spouse": "husband"},
    "he": {"same-spouse": "husband", "other-spouse": "wife"},
}
_NEUTRAL = {"same-spouse": "spouse", "other-spouse": "spouse"}
_SLOT = re.compile(r"\{([^{}]*)\}")
_VERB = re.compile(r"^[A-Za-z']+/[A-Za-z']+$")


def _named(name: str) -> dict[str, str]:
    """The name in every case, for somebody without pronouns."""
    owned = f"{name}'s"
    return {"they": name, "them": name, "their": owned, "theirs": owned, "themself": name}


def fill(text: str, *, name: str, pronouns: str) -> str:
    """``text`` with every slot filled.

    Raises:
        DatasetError: a slot is none of the known ones.
    """
    forms = _named(name) if pronouns == "none" else PRONOUNS[pronouns]

    def one(match: re.Match[str]) -> str:
        slot = match.group(1)
        if slot == "name":
            return name
        if slot.lower() in forms:
            word = forms[slot.lower()]
            return word[:1].upper() + word[1:] if slot[0].isupper() else word
        if slot in _NEUTRAL:
            return SPOUSES.get(pronouns, _NEUTRAL)[slot]
        if _VERB.match(slot):
            return slot.split("/")[pronouns == "they"]
        raise DatasetError(
            f"unknown slot {{{slot}}} in {text[:60]!r}; known: name, "
            f"{', '.join(forms)} and verb pairs such as is/are"
        )

    return _SLOT.sub(one, text)
