"""The drafts behind a finding, or why none are shown."""

from __future__ import annotations

from collections.abc import Iterator

from govern.report.blocks import Block, Claim, Claims, Heading, Items, NotMeasured, Paragraph
from govern.report.material import Material

CODES = (
    "Drafts of made-up people, a few of many. Codes stand in place of names; what is marked "
    "is what matters."
)


def pairs_of(material: Material) -> Iterator[Block]:
    """Pairs of drafts of one case that lie furthest apart in what a clause measures."""
    yield Heading(text="Drafts behind the gaps", anchor="pairs")
    excerpts = material.beside.excerpts
    if excerpts is None or not excerpts.pairs:
        why = (
            material.beside.without
            if excerpts is None
            else "No two drafts of one case differ in what the clauses measure."
        )
        yield NotMeasured(what="Pairs of drafts", why=why)
        return
    yield Paragraph(text=CODES)
    for one in excerpts.pairs:
        yield one.pair


def claims_of(material: Material) -> Iterator[Block]:
    """Claims that the file contradicts, then claims that nothing in it supports."""
    yield Heading(text="Claims behind the shares", anchor="claims")
    excerpts = material.beside.excerpts
    if excerpts is None:
        yield NotMeasured(
            what="Claims that the file does not bear out", why=material.beside.without
        )
        return
    yield Paragraph(text=CODES)
    yield from _claims("Contradicted by the file", "contradicted", excerpts.contradicted)
    yield from _claims("Supported by nothing in it", "unsupported", excerpts.unsupported)


def phrases_of(material: Material) -> Iterator[Block]:
    """The wording that most people's drafts share."""
    yield Heading(text="Wording that many drafts share", anchor="phrases")
    excerpts = material.beside.excerpts
    if excerpts is None:
        yield NotMeasured(what="Shared phrases", why=material.beside.without)
    elif not excerpts.phrases:
        yield Paragraph(text="No run of four words stands in over a tenth of the people's drafts.")
    else:
        yield Items(items=tuple(f"“{phrase}”" for phrase in excerpts.phrases))


def _claims(title: str, anchor: str, claims: tuple[Claim, ...]) -> Iterator[Block]:
    yield Heading(text=title, anchor=f"claims-{anchor}")
    if claims:
        yield Claims(claims=claims)
    else:
        yield Paragraph(text="The checker found none in the drafts of the main design.")
