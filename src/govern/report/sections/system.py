"""Section 2: the candidate, what it is for, who runs it, where."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from govern.domain import Deployment
from govern.report.answer import LANGUAGES, USES
from govern.report.blocks import Block, Fact, Facts, Items, NotMeasured, Paragraph
from govern.report.material import Material
from govern.report.wording import capital, listing, plain_words

_NAMES = {
    "owner": "Who answers for it",
    "human_review": "Review by a person",
    "automatic_submission": "Submits by itself",
    "disclosure": "What readers are told",
    "provider_regions": "Where drafts are made and kept",
    "data_sources": "What it reads of a person",
    "purposes": "What the data is used for",
    "objectives": "What it is tuned for",
    "participation": "Taking part",
    "third_parties": "Outsiders in the evidence",
    "access": "Who may use it",
    "trains_on_data": "Trains on the data",
    "retention_days": "Days that data is kept",
}
_FREE = frozenset({"owner", "disclosure"})


def system(material: Material) -> Iterator[Block]:
    """The candidate as it was fingerprinted, and what its owner declares."""
    run, scope = material.decision.run, material.decision.scope
    yield Facts(
        facts=(
            Fact(term="Pipeline", value=run.pipeline),
            Fact(term="Version", value=run.pipeline_version),
            Fact(term="Fingerprint", value=run.fingerprint, exact=True),
            Fact(term="Drafts", value=USES.get(run.use_case, plain_words(run.use_case))),
            Fact(term="Language", value=LANGUAGES.get(run.language, run.language)),
            Fact(term="AI's role", value=_role(material)),
        )
    )
    if run.declared_only:
        yield Paragraph(
            text="The following is declared by whoever supplied it. Its bytes could not be "
            "reached, so the fingerprint does not cover it:"
        )
        yield Items(items=run.declared_only)
    else:
        yield Paragraph(
            text="The fingerprint covers every byte the candidate names. No part of it could only "
            "be declared."
        )
    yield from _declared(run.deployment)
    if scope.jurisdictions:
        yield Facts(facts=(Fact(term="Jurisdictions", value=listing(scope.jurisdictions)),))
        yield NotMeasured(
            what="Why these jurisdictions",
            why="The policy names them without a reason.",
        )
    else:
        yield NotMeasured(
            what="Jurisdictions",
            why="Neither the policy nor the decision names any; section 16 lists the laws that "
            "the policy's clauses relate to.",
        )


def _role(material: Material) -> str:
    rated = material.found("coverage.unrated")
    gives = "drafts a text and suggests a rating" if rated else "drafts a text"
    keeps = (
        "a person must check, finish and own it"
        if material.decision.scope.human_review
        else "the policy does not require that a person checks it"
    )
    return f"{capital(gives)}; {keeps}."


def _declared(deployment: Deployment | None) -> Iterator[Block]:
    if deployment is None:
        yield NotMeasured(
            what="Deployer, provider and how it is used",
            why="The pipeline's manifest does not declare its deployment.",
        )
        return
    given = deployment.as_json()
    yield Paragraph(
        text="Its owner declares how it is used. No draft can show whether this is so.",
    )
    yield Facts(
        facts=tuple(
            Fact(
                term=_NAMES[name],
                value=_said(given[name], free=name in _FREE) if name in given else "not declared",
            )
            for name in _NAMES
        )
    )


def _said(value: Any, *, free: bool) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return listing([str(one).replace("-", " ") for one in value]) or "nothing"
    return str(value) if free else plain_words(str(value))
