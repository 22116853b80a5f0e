"""A dataset's card for people, written from its manifest, its Croissant file and the record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from govern.canon import file_digest
from govern.domain.ledger import Entry, Seeded
from govern.errors import DatasetError
from govern.ledger.attempts import payload_of
from govern.report.answer import LANGUAGES, USES
from govern.report.escaping import code, inline
from govern.report.wording import plain_words
from govern.sources.datasets import Card
from govern.sources.packaging import CROISSANT, MANIFEST, described
from govern.strict_yaml import explain

README = "README.md"
HELD = {
    "cases": "cases",
    "reviews": "reviews",
    "identities": "names with pronouns",
    "markers": "markers with their controls",
}
_ON_THE_HUB = frozenset(
    {"apache-2.0", "cc-by-4.0", "cc-by-nc-4.0", "cc-by-sa-4.0", "cc0-1.0", "mit", "odc-by", "pddl"}
)
_SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
)


def metadata(card: Card) -> dict[str, Any]:
    """What the head of a card has to say on the Hugging Face Hub, by the Hub's own words."""
    return {
        **_licence(card.licence),
        "language": [card.language],
        "pretty_name": card.id,
        "size_categories": [_size(card)],
        "task_categories": ["text-generation"],
        "tags": ["evaluation", "synthetic" if card.synthetic else "anonymised"],
    }


def written(folder: Path, entries: Iterable[Entry]) -> str:
    """A card without a head, for a dataset that brings none of its own.

    Args:
        folder: where manifest and Croissant file are.
        entries: the record's, for what it has of where fresh cases came from.

    Raises:
        DatasetError: the manifest is malformed.
        DatasetError, IntegrityError: as ``described``, or the record does not hold.
    """
    card = _manifest(folder)
    digest = file_digest(folder / MANIFEST)
    croissant = described(folder, card)
    seeded = _seeded(entries, digest)
    blocks = [
        f"# {inline(card.id)} {inline(card.version)}",
        _lead(card, seeded),
        *([inline(str(croissant.fields.get("description", "")))] if croissant else []),
        _table(_facts(card, digest, seeded)),
        "## Intended use",
        inline(card.intended_use),
        *(["## How it was made", _made(seeded)] if seeded else []),
        *(_responsible(croissant.fields) if croissant else []),
        "## Limits",
        _list(map(inline, card.limits)) or "The manifest names none.",
        "## Croissant",
        f"[{CROISSANT}]({CROISSANT}), SHA-256 {code(croissant.sha256)}, conforms to "
        f"{code(croissant.conforms_to)}."
        if croissant
        else "This dataset has no Croissant file.",
        "## Files",
        "By their SHA-256, as the manifest names them:",
        _list(f"{code(name)}: {code(sha)}" for name, sha in sorted(card.files.items())),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def brings_one(folder: Path) -> bool:
    """Whether a dataset has a card that its manifest vouches for.

    Raises:
        DatasetError: the manifest is malformed.
    """
    return README in _manifest(folder).files


def _manifest(folder: Path) -> Card:
    path = folder / MANIFEST
    try:
        return Card.model_validate_json(path.read_bytes())
    except ValidationError as err:
        raise DatasetError(f"{path}: {explain(err)}") from err


def _seeded(entries: Iterable[Entry], digest: str) -> Seeded | None:
    """What the record has of fresh cases with this manifest."""
    seeds = (payload_of(entry, Seeded) for entry in entries if entry.kind == "seed")
    return next((one for one in seeds if one.dataset_digest == digest), None)


def _lead(card: Card, seeded: Seeded | None) -> str:
    kind = "Made up: it is about no real person." if card.synthetic else "From real people's data."
    fresh = " Sealed: made for one deciding run, when nobody could have tuned to it any more."
    return (
        f"{kind}{fresh if seeded else ''} Written by govern from the dataset's manifest, which "
        "names no card of its own."
    )


def _facts(card: Card, digest: str, seeded: Seeded | None) -> Iterator[tuple[str, str]]:
    holds = [f"{size:,} {what}" for name, what in HELD.items() if (size := getattr(card, name))]
    yield "Holds", ", ".join(holds) or "not said"
    yield "For drafting", inline(USES.get(card.use_case, plain_words(card.use_case)))
    yield "Language", inline(LANGUAGES.get(card.language, card.language))
    yield "Licence", inline(card.licence)
    yield f"SHA-256 of {MANIFEST}", code(digest)
    if seeded:
        yield "Commitment to the seed", code(seeded.commitment)
        yield "Made for run", code(seeded.run_id)
    elif card.seed is not None:
        yield "Seed", str(card.seed)
    if card.grammar:
        yield "SHA-256 of the grammar", code(card.grammar)
    yield "Canary", code(card.canary) if card.canary else "none"


def _made(seeded: Seeded) -> str:
    return (
        "A seeded generator wrote the cases from phrase banks. The seed follows from the run's "
        "intent in the record and from chance that was drawn once it stood there; before the first "
        f"draft the record had a commitment to that chance, {code(seeded.commitment)}. The "
        "`finished` entry of the run opens it: with intent, chance and grammar anybody makes the "
        "same cases again."
    )


def _responsible(croissant: Mapping[str, Any]) -> Iterator[str]:
    """The responsible-AI fields that the manifest does not have."""
    told = {
        key.removeprefix("rai:"): str(value)
        for key, value in sorted(croissant.items())
        if key.startswith("rai:") and key not in ("rai:dataLimitations", "rai:dataUseCases")
    }
    if told:
        yield "## What its Croissant file says"
        yield _list(f"**{inline(name)}**: {inline(said)}" for name, said in told.items())


def _licence(name: str) -> dict[str, str]:
    lower = name.lower()
    if lower in _ON_THE_HUB:
        return {"license": lower}
    return {"license": "other", "license_name": "-".join(lower.split())}


def _size(card: Card) -> str:
    rows = card.reviews or max(card.cases or 0, card.identities or 0, card.markers or 0)
    return next((name for most, name in _SIZES if rows < most), "n>1M")


def _table(rows: Iterable[tuple[str, str]]) -> str:
    return "\n".join(["| what | value |", "|---|---|", *(f"| {a} | {b} |" for a, b in rows)])


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
