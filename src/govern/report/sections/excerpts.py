"""The drafts behind a finding, or why none are shown."""

from __future__ import annotations

from collections.abc import Iterator

from govern.domain import Undefined
from govern.report.blocks import Block, Claims, Heading, Items, NotMeasured, Paragraph
from govern.report.material import Material
from govern.report.wording import as_sentence

_BEHIND = {
    "contradicted": "accuracy.contradicted_share",
    "unsupported": "accuracy.unsupported_claim_share",
}
"""The metrics whose drafts the claims are taken from."""

CODES = (
    "Drafts of made-up people, a few of many. Codes stand in place of names; what is marked "
    "is what matters."
)
ALIKE = (
    "Nothing is marked in this pair: as far as they are shown, the two drafts have the same words, "
    "pronouns and capital letters aside."
)


def pairs_of(material: Material) -> Iterator[Block]:
    """Pairs of drafts of one case that lie furthest apart in what a clause measures."""
    yield Heading(text="Drafts behind the gaps", anchor="pairs")
    excerpts = material.beside.excerpts
    if excerpts is None or not excerpts.pairs:
        why = (
            material.beside.without
            if excerpts is None
            else "No clause about groups that did not pass has an estimate with a pair behind it."
        )
        yield NotMeasured(what="Pairs of drafts", why=why)
        return
    yield Paragraph(text=CODES)
    for one in excerpts.pairs:
        yield one.pair
        sides = (one.pair.left, one.pair.right)
        if not any(piece.marked for side in sides for piece in side.pieces):
            yield Paragraph(text=ALIKE)


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
    for title, name, claims in (
        ("Contradicted by the file", "contradicted", excerpts.contradicted),
        ("Supported by nothing in it", "unsupported", excerpts.unsupported),
    ):
        yield Heading(text=title, anchor=f"claims-{name}")
        if claims:
            yield Claims(claims=claims)
        else:
            yield from _none(
                material,
                _BEHIND[name],
                what=f"Claims {title.lower()}",
                none="The checker found none in the drafts of the main design.",
            )


def phrases_of(material: Material) -> Iterator[Block]:
    """The wording that most people's drafts share."""
    yield Heading(text="Wording that many drafts share", anchor="phrases")
    excerpts = material.beside.excerpts
    if excerpts is None:
        yield NotMeasured(what="Shared phrases", why=material.beside.without)
    elif not excerpts.phrases:
        yield from _none(
            material,
            "homogeneity.boilerplate",
            what="Shared phrases",
            none="No run of four words stands in over a tenth of the people's drafts.",
        )
    else:
        yield Items(items=tuple(f"“{phrase}”" for phrase in excerpts.phrases))


def _none(material: Material, metric: str, *, what: str, none: str) -> Iterator[Block]:
    """That there is none, unless the number behind it could not be had."""
    for finding in material.found(metric):
        if isinstance(finding.estimate, Undefined):
            why = as_sentence(finding.estimate.reason)
            yield NotMeasured(what=what, why=f"The share of them was not measured: {why}")
            return
    yield Paragraph(text=none)
