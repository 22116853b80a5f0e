"""``govern dataset check``: is a dataset folder what its card says?"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from govern.canon import file_digest
from govern.domain.case import Case
from govern.errors import DatasetError
from govern.sources.datasets import (
    Card,
    CaseSet,
    IdentitySet,
    MarkerSet,
    read_card,
    read_cases,
    read_identities,
    read_markers,
)
from govern.sources.generate.variety import variety
from govern.sources.packaging import CROISSANT
from govern.sources.reviews import REVIEWS, Reviews, read_review_set
from govern.text.slots import PRONOUNS, fill

Data = CaseSet | IdentitySet | MarkerSet | Reviews


@dataclass(frozen=True)
class Check:
    """One thing looked at; ``ok`` is ``None`` where the card sets no bound."""

    name: str
    ok: bool | None
    found: str


@dataclass(frozen=True)
class Checked:
    """All checks of a folder, and its data."""

    card: Card
    digest: str
    data: Data
    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing failed."""
        return all(check.ok is not False for check in self.checks)


def check(folder: Path, *, cache: Path) -> Checked:
    """Everything that can be checked of a folder without other data.

    Raises:
        IntegrityError: a byte was changed since the manifest was made.
        DatasetError: the manifest or a line of the data is malformed.
    """
    card, digest = read_card(folder)
    found = [Check("digests", True, f"{len(card.files)} files as in the manifest")]
    data: Data
    if (folder / "cases.jsonl").is_file():
        data = read_cases(folder, cache=cache)
        found += _case_checks(data)
    elif (folder / "markers.jsonl").is_file():
        data = read_markers(folder, cache=cache)
        found += _marker_checks(data)
    elif (folder / REVIEWS).is_file():
        data = read_review_set(folder)
        found += _review_checks(data)
    else:
        data = read_identities(folder, cache=cache)
        found += _identity_checks(data)
    found += _paper_checks(folder, card)
    return Checked(card, digest, data, tuple(found))


def _case_checks(data: CaseSet) -> Iterator[Check]:
    cases, card = data.cases, data.card
    yield Check("schema", True, f"{len(cases)} cases, each of them valid")
    yield Check("number of cases", len(cases) == card.cases, f"{len(cases)}, card: {card.cases}")
    if card.synthetic:
        wrong = [c.id for c in cases if _rating(data, c) != c.gold_rating]
        yield Check("gold ratings", not wrong, _listed(wrong, "as the rubric gives them"))
    else:
        yield Check("gold ratings", None, "as people gave them; no rubric determines them")
    yield _slots({c.id: [g.text for g in c.goals] + [e.text for e in c.evidence] for c in cases})
    yield _balance(card, cases)
    if len(cases) < 2:
        return
    bounds = card.bounds or {}
    for name, figure in variety(cases).items():
        bound = bounds.get(name)
        shown = f"{figure:.4f}" if isinstance(figure, float) else str(figure)
        if bound is not None:
            shown += f", at most {bound:g}"
        yield Check(name, None if bound is None else figure <= bound, shown)


def _rating(data: CaseSet, case: Case) -> int | None:
    try:
        return data.rubric.rating(case.evidence)
    except ValueError:
        return None


def _slots(texts: Mapping[str, list[str]]) -> Check:
    unknown = []
    for name, mine in texts.items():
        try:
            for text, pronouns in product(mine, PRONOUNS):
                fill(text, name="Somebody", pronouns=pronouns)
        except DatasetError:
            unknown.append(name)
    return Check("slots", not unknown, _listed(unknown, "every slot is known"))


def _balance(card: Card, cases: tuple[Case, ...]) -> Check:
    """Prefixes: as plans take the first cases, ratings and roles have to go round."""
    uneven = 0
    for size in range(5, len(cases) + 1, 5):
        count = Counter(case.gold_rating for case in cases[:size])
        uneven = max(uneven, max(count.values()) - min(count.get(r, 0) for r in range(1, 6)))
    roles = len({case.role for case in cases})
    blocks = [cases[i : i + roles] for i in range(0, len(cases) - roles + 1, roles)]
    whole = sum(len({case.role for case in block}) == roles for block in blocks)
    ok = uneven <= 1 and whole == len(blocks)
    found = f"ratings differ by at most {uneven}, {whole} of {len(blocks)} rounds hold all roles"
    return Check("balance of prefixes", ok if card.bounds else None, found)


def _identity_checks(data: IdentitySet) -> Iterator[Check]:
    names, card = data.identities, data.card
    yield Check("schema", True, f"{len(names)} identities, each of them valid")
    same = len(names) == card.identities
    yield Check("number of identities", same, f"{len(names)}, card: {card.identities}")
    groups = Counter(tuple(sorted(identity.groups.items())) for identity in names)
    sizes = sorted(set(groups.values()))
    found = f"{len(groups)} groups of {' or '.join(map(str, sizes))} names"
    yield Check("balance of groups", len(sizes) == 1, found)


def _marker_checks(data: MarkerSet) -> Iterator[Check]:
    count, card = len(data.markers), data.card
    yield Check("schema", True, f"{count} markers, each with a control of the same length")
    yield Check("number of markers", count == card.markers, f"{count}, card: {card.markers}")
    texts = [t for m in data.markers for i in m.inserts for t in (i.text, i.control)]
    yield _slots({f"insert {n}": [text] for n, text in enumerate(texts, start=1)})


def _review_checks(data: Reviews) -> Iterator[Check]:
    count, card = len(data.table), data.card
    yield Check("schema", True, f"{count} reviews, each with text, case and person")
    yield Check("number of reviews", count == card.reviews, f"{count}, card: {card.reviews}")
    cases = data.table["case_id"].nunique()
    yield Check("number of cases", cases == card.cases, f"{cases}, card: {card.cases}")


def _paper_checks(folder: Path, card: Card) -> Iterator[Check]:
    path = folder / CROISSANT
    if path.is_file():
        try:
            named = json.loads(path.read_text(encoding="utf-8"))["distribution"]
            other = [f["name"] for f in named if file_digest(folder / f["name"]) != f["sha256"]]
        except (ValueError, KeyError, TypeError) as err:
            raise DatasetError(f"{path}: expected Croissant: {err!r}") from err
        yield Check(CROISSANT, not other, _listed(other, f"{len(named)} files as described"))
    if card.canary:
        yield _canary(folder, card.canary)


def _canary(folder: Path, canary: str) -> Check:
    """In the papers, so that a copy can be found; nowhere in what a pipeline is shown."""
    papers = [folder / name for name in ("README.md", CROISSANT)]
    absent = [p.name for p in papers if not p.is_file() or canary not in p.read_text("utf-8")]
    data = [p.name for p in folder.glob("*.jsonl") if canary in p.read_text("utf-8")]
    found = f"missing in {', '.join(absent)}" if absent else "in README.md and croissant.json"
    return Check("canary", not absent and not data, f"{found}; in the data: {len(data)} times")


def _listed(wrong: list[str], fine: str) -> str:
    if not wrong:
        return fine
    more = f" and {len(wrong) - 5} more" if len(wrong) > 5 else ""
    return f"not: {', '.join(wrong[:5])}{more}"
