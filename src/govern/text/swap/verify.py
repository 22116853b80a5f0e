"""Whether a variant differs from its original in the identity alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from govern.domain.case import Identity
from govern.errors import IntegrityError
from govern.text.swap.names import TITLES_OF
from govern.text.swap.nouns import ADJECTIVES, KIN, ROLES, SPOUSES
from govern.text.swap.person import PRONOUN_WORDS, Kind, name_parts
from govern.text.swap.verbs import NEVER_VERBS, plain, third

_PRONOUNS = frozenset(word for words in PRONOUN_WORDS.values() for word in words)
_TITLES = frozenset(title for titles in TITLES_OF.values() for title in titles)
_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f]|[-'’ .])*")
_LONGEST_NAME = 80


@dataclass(frozen=True)
class Span:
    """One change: where in the original, what stood there, what stands in its place, and why."""

    start: int
    end: int
    before: str
    after: str
    kind: Kind


def verify(
    original: str,
    variant: str,
    spans: Sequence[Span],
    *,
    from_identity: Identity | None = None,
    to_identity: Identity | None = None,
) -> None:
    """Pass where ``variant`` is ``original`` with exactly these spans changed, each lawfully.

    A change is lawful where both sides are of its kind: two pronouns, two numbers of one verb, two
    titles, two words for one relative or post, two names. With the identities, names must be
    theirs. Anything else, one character outside a span included, is refused.

    Raises:
        IntegrityError: the place of the first difference that is not accounted for.
    """
    at, read = 0, 0
    for span in spans:
        if not at <= span.start < span.end <= len(original):
            raise IntegrityError(f"span {span.start} to {span.end} overlaps or leaves the text")
        _same(original[at : span.start], variant[read : read + span.start - at], at)
        read += span.start - at
        if original[span.start : span.end] != span.before:
            raise IntegrityError(f"at {span.start}: the original does not read {span.before!r}")
        if variant[read : read + len(span.after)] != span.after:
            raise IntegrityError(f"at {span.start}: the variant does not read {span.after!r}")
        if not _lawful(span, from_identity, to_identity):
            raise IntegrityError(
                f"at {span.start}: {span.before!r} to {span.after!r} is no change of {span.kind}"
            )
        at, read = span.end, read + len(span.after)
    _same(original[at:], variant[read:], at)


def _same(before: str, after: str, at: int) -> None:
    if before == after:
        return
    pairs = zip(before, after, strict=False)
    off = next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(before), len(after)))
    raise IntegrityError(
        f"changed outside the identity at {at + off}: expected {before[off : off + 20]!r}, "
        f"found {after[off : off + 20]!r}"
    )


def _lawful(span: Span, source: Identity | None, target: Identity | None) -> bool:
    before, after = span.before.lower(), span.after.lower()
    if span.kind == "name":
        return _names(span.before, source) and _names(span.after, target)
    if span.kind == "pronoun":
        return _pronouns(before) and (_pronouns(after) or _stands_in(span.after, target))
    if span.kind == "verb":
        return _verbs(before.replace("’", "'"), after.replace("’", "'"))
    if span.kind == "title":
        return before in _TITLES and after in _TITLES
    rows = (*SPOUSES, *KIN) if span.kind == "relative" else (*ROLES, *ADJECTIVES)
    return any(before in row and after in row for row in rows)


def _names(word: str, identity: Identity | None) -> bool:
    if not _NAME.fullmatch(word) or len(word) > _LONGEST_NAME:
        return False
    if identity is None:
        return True
    bare = re.sub(r"['’]s?$", "", word, flags=re.IGNORECASE) or word
    known = [n for n in (identity.first_name, identity.surname) if n]
    whole = [name_parts(name) for name in known]
    joined = ["".join(parts) for parts in whole]
    initial = len(bare) == 1 and bare == identity.first_name[:1].upper()
    found = {tuple(name_parts(bare)), tuple(name_parts(word))}
    return initial or bool(found & {tuple(p) for p in whole}) or "".join(name_parts(bare)) in joined


def _pronouns(word: str) -> bool:
    return word == "no pronouns" or all(part in _PRONOUNS for part in word.split("/"))


def _stands_in(word: str, target: Identity | None) -> bool:
    """The name of somebody who has no pronouns."""
    if target is not None and target.pronouns != "none":
        return False
    return _names(word, target)


def _verbs(before: str, after: str) -> bool:
    if before in ("s", "re", "ve"):
        return after in ("s", "re", "ve")
    if before in ("'ll", "'d"):
        return after in (" will", " would", " had")
    known = before not in NEVER_VERBS and after not in NEVER_VERBS
    return known and after in (plain(before), third(before))
