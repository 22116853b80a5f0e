"""Sections 13 to 15: people's oversight, contests, and what happens after the decision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from govern.domain import RecordFacts
from govern.report.beside import InUse
from govern.report.blocks import Block, ClauseLinks, Clauses, Fact, Facts, NotMeasured, Paragraph
from govern.report.material import Material
from govern.report.sections.grids import findings_grid
from govern.report.wording import as_sentence, capital, plain_date

_CONTESTS = (
    "Contests by group and ground (upheld and overturned), deadlines met (in time, late and very "
    "late)"
)
_WATCH = "retaliation watch (later ratings and pay of people who contested)"
_LOOKED_UP = "Looked up when this was written. No clause goes by it."
_WHOLE = "All"


def oversight(material: Material) -> Iterator[Block]:
    """What the policy asks of people, and what they did with drafts in use."""
    stated = {c.id for c in material.decision.clauses if c.kind in ("property", "attested")}
    lines = material.links(stated)
    if lines:
        yield Paragraph(text="Declared by the pipeline's owner, or stated and signed by people:")
        yield ClauseLinks(clauses=lines)
    else:
        yield NotMeasured(
            what="Training and duties of people", why="No clause of the policy asks for them."
        )
    beside = material.beside
    if beside.in_use is None:
        yield NotMeasured(what="Edits and overrides of drafts", why=as_sentence(beside.not_in_use))
    else:
        yield Paragraph(
            text="What people did with drafts by this pipeline's versions. Few changes can mean "
            f"good drafts, or that nobody read them. {_LOOKED_UP}"
        )
        yield findings_grid(
            "edits",
            _over("Drafts in use", beside.in_use),
            beside.in_use.edits,
            beside.questions,
            _WHOLE,
        )
    yield from _stated(
        material, "time", "Time that managers spend on a draft", "Nothing records it."
    )


def _stated(material: Material, word: str, what: str, why: str) -> Iterator[Block]:
    """The clauses that a signed statement about ``word`` decides, or that there is none."""
    ids = {
        c.id
        for c in material.decision.clauses
        if c.kind == "attested" and word in c.subject.split("-")
    }
    lines = material.links(ids)
    if lines:
        yield Paragraph(text=f"{what}: stated and signed by people.")
        yield ClauseLinks(clauses=lines)
    else:
        yield NotMeasured(
            what=what,
            why=f"{why} A clause of the policy that asks for a signed statement about it, such as "
            f"`attest: {word}-looked-at`, supplies what people say of it.",
        )


def _over(what: str, seen: InUse) -> str:
    return f"{what}, over the {seen.window_days} days to {plain_date(seen.as_of.date())}"


def contests(material: Material) -> Iterator[Block]:
    """Statistics of the contest record, and the clauses that go by them."""
    record, beside = material.decision.record, material.beside
    for facts in record:
        yield from _record(facts, beside.questions)
    seen = beside.in_use
    if not record and seen:
        yield Paragraph(text=_LOOKED_UP)
        yield findings_grid(
            "contests-seen",
            _over("The contest record", seen),
            seen.record,
            beside.questions,
            _WHOLE,
        )
    if seen:
        yield findings_grid(
            "retaliation",
            "People who contested, against like colleagues",
            seen.watch,
            beside.questions,
            _WHOLE,
        )
    else:
        what = capital(_WATCH) if record else f"{_CONTESTS} and {_WATCH}"
        yield NotMeasured(what=what, why=as_sentence(beside.not_in_use))
    ids = tuple(c.id for c in material.decision.clauses if c.kind == "record")
    if ids:
        yield Clauses(ids=ids)
    yield Paragraph(
        text="Few contests can mean that little is wrong, or that people fear to contest.",
        aside=True,
    )


def _record(facts: RecordFacts, questions: Mapping[str, str]) -> Iterator[Block]:
    day = plain_date(facts.as_of.date())
    if not facts.findings:
        yield NotMeasured(
            what=f"Contests over the {facts.window_days} days to {day}",
            why="The record gave no statistics.",
        )
        return
    yield findings_grid(
        f"contests-{facts.window_days}",
        f"The contest record over the {facts.window_days} days to {day}",
        facts.findings,
        questions,
        _WHOLE,
    )


def after(material: Material) -> Iterator[Block]:
    """Until when the decision holds, and what happens meanwhile."""
    decision = material.decision
    yield Facts(
        facts=(
            Fact(term="The decision ends", value=plain_date(decision.expires)),
            Fact(term="Review of the policy", value=plain_date(decision.policy.review_by)),
        )
    )
    yield from _stated(
        material, "incidents", "Incidents", "No register of incidents is read for this report."
    )
    seen = material.beside.in_use
    if seen is None:
        yield NotMeasured(
            what="Monitoring of drafts in use",
            why=f"This decision is about drafts made for a test. {material.beside.not_in_use}",
        )
        return
    yield Paragraph(
        text="Whether this pipeline's drafts were used as a decision lets it and with notice to "
        f"people. Contests, upheld and late ones, stand in section 14. {_LOOKED_UP}"
    )
    yield findings_grid(
        "monitored",
        _over("Drafts in use", seen),
        seen.monitored,
        material.beside.questions,
        _WHOLE,
    )
