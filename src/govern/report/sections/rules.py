"""Section 3: which policy, who approved it, where its words stand, what changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from textwrap import shorten
from types import MappingProxyType

from govern.domain import Policy
from govern.policy.diff import ADDED, REMOVED, Change
from govern.policy.order import Effect
from govern.report.beside import PolicyBefore
from govern.report.blocks import Block, Fact, Facts, Grid, Heading, NotMeasured, Paragraph, grid
from govern.report.material import Material
from govern.report.standing import last_policy
from govern.report.wording import (
    as_sentence,
    counted,
    field_words,
    listing,
    plain_date,
    plain_words,
)

_CHANGES = "Changes of the policy since the last decision"
_SHOWN = 200  # characters of a field; the whole of it stands in the two policies
_EFFECTS: Mapping[Effect, str] = MappingProxyType(
    {
        "looser": "looser",
        "stricter": "stricter",
        "both": "another demand, looser in part",
        "other": "words alone",
    }
)
_COUNTED: tuple[tuple[str, tuple[Effect, ...]], ...] = (
    ("looser", ("looser",)),
    ("stricter", ("stricter",)),
    ("to another demand", ("both",)),
    ("of words alone", ("other",)),
)


def rules(material: Material) -> Iterator[Block]:
    """The policy's identity, and links to its clauses, whose prose stands with their verdicts."""
    ref, policy = material.decision.policy, material.policy
    signed = listing(ref.signed_by) if ref.signed_by else "nobody"
    yield Facts(
        facts=(
            Fact(term="Policy", value=f"{ref.title} ({ref.id})"),
            Fact(term="Version", value=ref.version),
            Fact(term="Approved", value=plain_date(policy.approved)),
            Fact(term="Signed by", value=signed),
            Fact(term="To be reviewed by", value=plain_date(ref.review_by)),
            Fact(term="Attempts allowed", value=str(policy.attempts.max_per_lineage)),
            Fact(term="Digest", value=ref.digest, exact=True),
        )
    )
    yield Paragraph(
        text="The words that people signed stand whole beside each verdict, with how the gate "
        "reads them. Section 4 lists all clauses."
    )
    yield Heading(text="Changes since the last decision", anchor="policy-changes")
    yield from _changes(material)


def _changes(material: Material) -> Iterator[Block]:
    before = last_policy(material.decision, material.beside)
    if before is None:
        yield NotMeasured(what=_CHANGES, why="Nobody looked the last decision up in the record.")
    elif before.decision_id is None:
        yield Paragraph(
            text="The record has no earlier decision about this pipeline for this use: this is "
            "the first."
        )
    else:
        yield Facts(facts=tuple(_last(before)))
        yield from _compared(material.policy, before)


def _last(before: PolicyBefore) -> Iterator[Fact]:
    made = f", {plain_date(before.made)}" if before.made else ""
    yield Fact(term="The decision before", value=f"{before.decision_id}{made}")
    if before.policy:
        yield Fact(term="Its policy", value=f"{before.policy} {before.version}")
        yield Fact(term="Digest of that policy", value=before.digest, exact=True)


def _compared(policy: Policy, before: PolicyBefore) -> Iterator[Block]:
    if before.why:
        yield NotMeasured(what=_CHANGES, why=as_sentence(before.why))
    elif before.digest == policy.digest:
        yield Paragraph(text="Nothing changed: the policy is the same to the byte.")
    elif not before.changes:
        yield Paragraph(text="The bytes changed, and nothing that binds people or the gate.")
    else:
        yield Paragraph(text=_summary(policy, before))
        yield _grid(before.changes)


def _summary(policy: Policy, before: PolicyBefore) -> str:
    """Which clauses came and went, and how many changes loosen or tighten what is asked."""
    parts = []
    for what in (ADDED, REMOVED):
        named = [str(c.clause) for c in before.changes if c.field == what]
        if named:
            parts.append(f"{counted(len(named), 'clauses')} {what} ({listing(named)})")
    changed = [c for c in before.changes if c.field not in (ADDED, REMOVED)]
    for words, effects in _COUNTED:
        many = sum(c.effect in effects for c in changed)
        if many:
            parts.append(f"{counted(many, 'changes')} {words}")
    other = "" if before.policy == policy.policy else "That was a policy of another name. "
    loosens = any(c.loosens for c in before.changes)
    end = (
        "Some of it is looser: a candidate may pass now that did not before."
        if loosens
        else "None of it is looser."
    )
    return f"{other}Since then: {listing(parts)}. {end}"


def _grid(changes: tuple[Change, ...]) -> Grid:
    return grid(
        "policy-changes-table",
        "What the policy asks otherwise than at the decision before",
        columns=("Clause", "What", "Before", "Now", "Effect"),
        rows=(
            (
                change.clause or "whole policy",
                plain_words(change.field),
                _short(change.before),
                _short(change.after),
                _EFFECTS[change.effect],
            )
            for change in changes
        ),
    )


def _short(value: object) -> str:
    return shorten(field_words(value), _SHOWN, placeholder=" …")
