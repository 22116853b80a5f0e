"""Anonymised reviews as cases: each sentence an item of evidence, the person a slot.

A text that people wrote holds no slots. The swap of ``govern.text.swap`` finds what names the
person, and a slot takes the place of each find; a case is kept only if filling the slots with
the person gives the text again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import zip_longest

import pandas as pd

from govern.domain.case import Case, Evidence, Identity, Rubric
from govern.errors import GovernError
from govern.text.slots import PRONOUNS, SPOUSES, fill
from govern.text.swap import Span, swap

MOST_ITEMS = 99
# More of the other gender's pronouns than this: two people, and no telling whose text it is.
MOST_OTHER = 1 / 3
_STAND_IN = "Xalquor"
_GENDERED = {"she": {"she", "her", "hers", "herself"}, "he": {"he", "him", "his", "himself"}}
_WORD = re.compile(r"[A-Za-z]+")
_SENTENCE = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[A-Z{\"'(\[])|\s*\n\s*")
_VERB = re.compile(r"[A-Za-z']+")
_PLAIN = str.maketrans({"{": "(", "}": ")", "’": "'", "‘": "'"})

RUBRIC = Rubric(
    id="as-given",
    text="Rate the work from 1, far below what was agreed, to 5, far above it; 3 is what was "
    "agreed. Weigh everything that the notes say.",
    attainment_points=((0.0, 0),),
    polarity_points={"positive": 0, "negative": 0, "mixed": 0, "neutral": 0},
    rating_from_mean=((-99.0, 3),),
)


@dataclass(frozen=True)
class Taken:
    """Cases, ratings going round, and how many reviews were left out for which reason."""

    cases: tuple[Case, ...]
    left_out: Mapping[str, int]


def cases_of(reviews: pd.DataFrame) -> Taken:
    """One case a person: their first review that can be one.

    Args:
        reviews: as ``govern.sources.reviews.read_reviews`` gives them.
    """
    left_out: Counter[str] = Counter()
    seen: set[str] = set()
    by_rating: dict[int, list[Case]] = {}
    for row in reviews.to_dict("records"):
        if row["identity_id"] in seen:
            left_out["another review of the same person"] += 1
            continue
        made = _case({str(k): v for k, v in row.items()})
        if isinstance(made, str):
            left_out[made] += 1
            continue
        seen.add(row["identity_id"])
        by_rating.setdefault(made.gold_rating, []).append(made)
    rounds = zip_longest(*(by_rating[rating] for rating in sorted(by_rating)))
    return Taken(tuple(c for turn in rounds for c in turn if c is not None), dict(left_out))


def slotted(text: str, *, name: str, pronouns: str) -> str | None:
    """``text`` with slots in place of a person; ``None`` where filling them gives another text.

    Args:
        text: a review that calls the person ``name``, given name and surname.
        name: the pseudonym.
        pronouns: the person's, ``she`` or ``he``.
    """
    given = name.split(maxsplit=1)[0]
    plain = _one_name(text.translate(_PLAIN), name)
    person = _identity(given, pronouns)
    try:
        swapped = swap(plain, from_identity=person, to_identity=_identity(_STAND_IN, "they"))
    except GovernError:
        return None
    slots, expected, at = [], [], 0
    for span in swapped.spans:
        slot, filled = _slot(span, given, pronouns)
        slots += [plain[at : span.start], slot]
        expected += [plain[at : span.start], filled]
        at = span.end
    found = "".join([*slots, plain[at:]])
    wanted = "".join([*expected, plain[at:]])
    same = fill(found, name=given, pronouns=pronouns).lower() == wanted.lower()
    return found if same and not _named(found, name) else None


def _case(row: Mapping[str, object]) -> Case | str:
    """The case, or why there is none."""
    rating = row["rating"]
    if not isinstance(rating, float) or rating not in (1, 2, 3, 4, 5):
        return "no whole rating from 1 to 5"
    pronouns = _pronouns(str(row["text"]))
    if pronouns is None:
        return "pronouns of two people"
    text = slotted(str(row["text"]), name=str(row["name"]), pronouns=pronouns)
    if text is None:
        return "a mention that no slot can take"
    stratum = row.get("stratum")
    return Case(
        id=str(row["id"]),
        use_case="review",
        role=str(stratum) if isinstance(stratum, str) else "employee",
        function="not said",
        level="experienced",
        period="the period under review",
        richness="narrative",
        goals=(),
        evidence=tuple(_evidence(_sentences(text))),
        gold_rating=int(rating),
    )


def _evidence(sentences: Iterable[str]) -> Iterable[Evidence]:
    for number, sentence in enumerate(sentences, start=1):
        yield Evidence(
            id=f"E{number}",
            source="manager_note",
            quarter="Q4",
            text=sentence,
            polarity="neutral",
            salience="key",
        )


def _sentences(text: str) -> list[str]:
    found = [part.strip() for part in _SENTENCE.split(text) if part.strip()]
    return [*found[: MOST_ITEMS - 1], " ".join(found[MOST_ITEMS - 1 :])][: len(found)]


def _pronouns(text: str) -> str | None:
    words = Counter(word.lower() for word in _WORD.findall(text))
    she, he = (sum(words[w] for w in _GENDERED[p]) for p in ("she", "he"))
    if min(she, he) > MOST_OTHER * (she + he):
        return None
    return "he" if he > she else "she"


def _one_name(text: str, name: str) -> str:
    """Every form of the pseudonym as the given name alone."""
    given, _, family = name.partition(" ")
    if not family:
        return text
    g, f, initial = re.escape(given), re.escape(family), re.escape(given[0])
    forms = rf"{g}\s+{f}|{f},\s*{g}|{initial}\.?\s+{f}|{f},\s*{initial}\.|{f}"
    return re.sub(rf"(?<![^\W_])(?:{forms})(?![^\W_])", given, text, flags=re.IGNORECASE)


def _named(text: str, name: str) -> bool:
    return any(part.lower() in text.lower() for part in name.split())


def _identity(name: str, pronouns: str) -> Identity:
    return Identity.model_validate(
        {"id": name, "first_name": name, "pronouns": pronouns, "groups": {}, "source": "pseudonym"}
    )


def _slot(span: Span, given: str, pronouns: str) -> tuple[str, str]:
    """What stands in the case, and what it becomes for the person."""
    after = span.after
    if span.kind == "name":
        bare = re.split(_STAND_IN, after, flags=re.IGNORECASE)
        return "{name}".join(bare), given.join(bare)
    if span.kind == "pronoun" and after.lower() in PRONOUNS["they"]:
        word = after.lower()
        return "{" + (word.capitalize() if after[0].isupper() else word) + "}", span.before
    if span.kind == "verb" and _VERB.fullmatch(span.before) and _VERB.fullmatch(after):
        return f"{{{span.before}/{after}}}", span.before
    if span.kind == "relative":
        for slot, word in SPOUSES[pronouns].items():
            if span.before == word:
                return f"{{{slot}}}", span.before
    return after, after
