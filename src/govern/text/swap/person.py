"""The two people of a swap as its rules see them: pronouns by case, gendered words, edits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from govern.domain.case import Identity
from govern.errors import DatasetError
from govern.text.swap.tokens import CLITICS, Token, fold, tokenise

Case = Literal["subject", "object", "possessive", "absolute", "reflexive"]
Kind = Literal["name", "pronoun", "verb", "title", "relative", "role"]

FORMS: dict[str, dict[Case, str]] = {
    "she": {
        "subject": "she",
        "object": "her",
        "possessive": "her",
        "absolute": "hers",
        "reflexive": "herself",
    },
    "he": {
        "subject": "he",
        "object": "him",
        "possessive": "his",
        "absolute": "his",
        "reflexive": "himself",
    },
    "they": {
        "subject": "they",
        "object": "them",
        "possessive": "their",
        "absolute": "theirs",
        "reflexive": "themself",
    },
}
#: Every word that is a pronoun of a set, the second reflexive of *they* included.
PRONOUN_WORDS: dict[str, frozenset[str]] = {
    "she": frozenset(FORMS["she"].values()),
    "he": frozenset(FORMS["he"].values()),
    "they": frozenset(FORMS["they"].values()) | {"themselves"},
    "none": frozenset(),
}


@dataclass(frozen=True)
class Edit:
    """What to put in the place of ``start`` to ``end``."""

    start: int
    end: int
    after: str
    kind: Kind


@dataclass(frozen=True)
class Swap:
    """A text's words and the two identities, with what both rules and verifier need."""

    text: str
    tokens: list[Token]
    source: Identity
    target: Identity

    @property
    def gendered(self) -> bool:
        """Whether pronouns, verbs, titles and gendered nouns change at all."""
        return self.source.pronouns != self.target.pronouns

    def pronoun(self, case: Case) -> str:
        """The target's pronoun, or its name where it has none."""
        if self.target.pronouns == "none":
            owned = case in ("possessive", "absolute")
            return self.target.first_name + ("'s" if owned else "")
        return FORMS[self.target.pronouns][case]

    def is_pronoun(self, i: int) -> bool:
        """Whether token ``i`` is written like a pronoun of the source."""
        inside = 0 <= i < len(self.tokens)
        return inside and self.tokens[i].low in PRONOUN_WORDS[self.source.pronouns]


def read(text: str, source: Identity, target: Identity) -> Swap:
    """Text and identities, checked.

    Raises:
        DatasetError: the text is no string, or a name holds no letter or more than a name.
    """
    if not isinstance(text, str):
        raise DatasetError(f"expected a text to swap names in, found {type(text).__name__}")
    for identity in (source, target):
        for name in (identity.first_name, identity.surname):
            if name is None:
                continue
            if not name_parts(name) or name != name.strip() or any(c in name for c in "\n\t{}"):
                raise DatasetError(f"identity {identity.id}: {name!r} cannot stand in a text")
    return Swap(text, tokenise(text), source, target)


def name_parts(name: str) -> list[str]:
    """The words of a name as they are compared: ``Hye-Jin`` gives hye and jin."""
    parts = []
    for token in tokenise(name):
        parts.append(fold(token.text))
        if token.clitic and token.clitic.lower() in CLITICS:
            parts.append(fold(token.clitic))
    return parts
