"""The page that NYC Local Law 144 wants published: what of it was measured, and what was not.

Rates, ratios, counts, data and dates as 6 RCNY 5-301 to 5-303 name them; what is said of the law
comes from the dated legal table. It never says that a duty is met.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import AwareDatetime

from govern.domain import Decision, Finding, Noun, Undefined
from govern.domain.legal import LegalTable
from govern.report import ll144
from govern.report.beside import DataCard
from govern.report.blocks import (
    Block,
    Cell,
    Fact,
    Facts,
    Grid,
    Items,
    NotMeasured,
    Number,
    Paragraph,
    Section,
    grid,
    numeric,
    whole,
)
from govern.report.sections.law import CERTAINTY
from govern.report.shown import Text
from govern.report.subjects import group_words
from govern.report.wording import capital, counted, fixed, listing, plain_date

LAW = "nyc-ll144"
SYNTHETIC = (
    "The cases are made up. They are neither historical data of this tool's use nor test data "
    "about applicants or employees that the rule means, so this page alone is no bias audit and "
    "no summary of one."
)
REAL = (
    "The drafts are about real people. Nothing here says whether they are the historical or the "
    "test data that the rule means: that is for an independent auditor to say."
)
LEFT_OUT = (
    "Left out of the ratios, and of the search for the highest rate, as the rule lets an auditor "
    "do with a category of under 2% of the data. The reason below is ours: the rate of so few "
    "moves with a single person. The rule wants an independent auditor's own."
)


class PublicPage(Noun):
    """The page, in numbered sections."""

    title: Text
    decision: Text
    as_of: AwareDatetime
    sections: tuple[Section, ...]


def public_page(
    decision: Decision,
    findings: Sequence[Finding],
    cards: Sequence[DataCard],
    law: LegalTable | None,
    *,
    as_of: AwareDatetime,
) -> PublicPage:
    """The page about a decision's run.

    Args:
        decision: whose run was measured.
        findings: all that was measured of it; none where they are not at hand.
        cards: of the datasets that the run names.
        law: the dated table of the law.
        as_of: when cards and law were looked up.
    """
    made = (
        ("what", "What this page is", _what(decision, law)),
        ("dates", "The tool and its dates", _dates(decision)),
        ("data", "Source and explanation of the data", _data(decision, findings, cards)),
        *_by_category(findings),
        ("classes", "By class", _classes()),
        ("law", "What the law asks, in our words", _law(law)),
    )
    run = decision.run
    return PublicPage(
        title=f"{run.pipeline} {run.pipeline_version}: rates and impact ratios by sex, race and "
        "ethnicity",
        decision=decision.decision_id,
        as_of=as_of,
        sections=tuple(
            Section(number=number, anchor=anchor, title=title, blocks=tuple(blocks))
            for number, (anchor, title, blocks) in enumerate(made, start=1)
        ),
    )


def _what(decision: Decision, law: LegalTable | None) -> Iterator[Block]:
    yield Paragraph(text=SYNTHETIC if decision.run.synthetic else REAL)
    yield Paragraph(
        text="It gives what the law wants published of a bias audit, as far as the test has it. "
        "What it does not have is called not measured. In a table, a category without a row has "
        "nobody in the data, and one of whom nobody was assessed has a row with 0 and the reason. "
        "No number here decides anything."
    )
    if law:
        yield Paragraph(text=law.note)


def _dates(decision: Decision) -> Iterator[Block]:
    run = decision.run
    yield Facts(
        facts=(
            Fact(term="Tool", value=f"{run.pipeline} {run.pipeline_version}"),
            Fact(term="Fingerprint", value=run.fingerprint, exact=True),
            Fact(term="Tested, and decided about on", value=plain_date(decision.created.date())),
        )
    )
    yield NotMeasured(
        what="Date of the most recent bias audit",
        why="The record holds no audit by an independent auditor; the date above is of a test.",
    )
    yield NotMeasured(
        what="Distribution date of the tool",
        why="The record does not say since when the tool is in use.",
    )


def _data(
    decision: Decision, findings: Sequence[Finding], cards: Sequence[DataCard]
) -> Iterator[Block]:
    run = decision.run
    yield Facts(
        facts=(
            Fact(term="Source", value="made up" if run.synthetic else "drafts about real people"),
            Fact(term="Dataset", value=run.dataset),
            Fact(term="SHA-256 of its manifest", value=run.dataset_digest, exact=True),
            *(fact for card in cards for fact in _card(card)),
        )
    )
    if not cards:
        yield NotMeasured(what="How the data was made", why="No card of the dataset is here.")
    if run.synthetic:
        yield NotMeasured(
            what="Why no historical data was used",
            why="The pipeline was tested on made-up cases before a decision about its use. The "
            "rule lets test data take the place of historical data only where these are too few "
            "for a statistically significant audit; nothing here shows whether they are.",
        )
    assessed = _assessed(findings)
    if not assessed:
        yield NotMeasured(what="Number of applicants or candidates", why=_reason(findings, None))
    elif run.synthetic:
        yield NotMeasured(
            what="Number of applicants or candidates",
            why=f"There were none: {assessed} about made-up cases were assessed, and a case comes "
            "under several names.",
        )
    else:
        yield Paragraph(
            text=f"Applicants or candidates: {assessed} assessed, each counted as one person."
        )


def _assessed(findings: Sequence[Finding]) -> str:
    """How many drafts, for each rate where these differ; nothing where nothing says so."""
    many = {t.rate: t.unknown.assessed for t in ll144.tables(findings) if t.unknown}
    if len(set(many.values())) < 2:
        return "".join(counted(count, "drafts") for count in set(many.values()))
    return listing([f"{counted(count, 'drafts')} for the {rate}" for rate, count in many.items()])


def _card(card: DataCard) -> Iterator[Fact]:
    yield Fact(term=f"{card.id} {card.version}", value=f"{card.holds}. {card.intended_use}")
    if card.limits:
        yield Fact(term=f"{card.id}: limits", value=" ".join(card.limits))


def _classes() -> Iterator[Block]:
    yield NotMeasured(
        what="The same tables for each class that a tool sorts people into",
        why="The drafts have a rating or one outcome and no classes. Where a tool sorts people "
        "into classes, the rule wants every table for each of them.",
    )


def _by_category(findings: Sequence[Finding]) -> Iterator[tuple[str, str, Iterator[Block]]]:
    for kind, by in zip(ll144.KINDS, ll144.asked_for(findings), strict=True):
        yield kind.replace(" ", "-"), f"By {kind}", _tables(kind, by, findings)


def _tables(kind: str, by: str | None, findings: Sequence[Finding]) -> Iterator[Block]:
    mine = {table.rate: table for table in ll144.tables(findings) if table.by == by}
    for rate, _, _ in ll144.RATES:
        table = mine.get(rate)
        if table is None:
            yield NotMeasured(
                what=f"{capital(rate)} and impact ratios by {kind}", why=_reason(findings, by)
            )
            continue
        yield _grid(kind, table)
        yield Paragraph(text=" ".join(_told(table)))
        if small := tuple(_left_out(table)):
            yield Paragraph(text=LEFT_OUT)
            yield Items(items=small)


def _reason(findings: Sequence[Finding], by: str | None) -> str:
    reasons = dict.fromkeys(ll144.missing(findings, by))
    if reasons:
        return f"{capital(listing(list(reasons)))}."
    return "The findings have no such table." if findings else "The findings are not at hand."


def _grid(kind: str, table: ll144.Table) -> Grid:
    what = (
        "share selected: favourable outcome, or without outcomes a rating of 4 or 5"
        if table.rate == "selection rate"
        else "share rated above the median of all"
    )
    return grid(
        f"{table.rate}-{kind}".replace(" ", "-"),
        f"{capital(table.rate)} by {kind} ({what})",
        columns=("Category", *numeric("Assessed", capital(table.rate), "Impact ratio")),
        rows=(
            (group_words(c.label), whole(c.assessed), _shown(c.rate), _shown(c.ratio))
            for c in table.categories
        ),
    )


def _told(table: ll144.Table) -> Iterator[str]:
    if table.unknown:
        yield f"Of unknown category: {table.unknown.people:,} of {table.unknown.assessed:,}."
    else:
        yield "Of unknown category: not measured; the findings do not say."
    if table.highest:
        yield f"Ratios are to the rate of {group_words(table.highest)}, the highest."
    without = [c for c in table.categories if isinstance(c.ratio, Undefined) and not c.left_out]
    if without:
        yield (
            f"Without a ratio, for the reason in the row: "
            f"{listing([group_words(c.label) for c in without])}."
        )
    if table.median:
        yield table.median.sentence("rated drafts")


def _left_out(table: ll144.Table) -> Iterator[str]:
    """Who is left out of the ratios for being few, and what the rule wants told of them."""
    for category in table.categories:
        if small := category.left_out:
            yield (
                f"{group_words(category.label)}: {small.why}. {small.chosen} of "
                f"{counted(small.people, 'drafts')} {small.rated}, a rate of "
                f"{fixed(small.rate, 3)}. One more or one less would move it by "
                f"{fixed(1 / small.people, 3)}."
            )


def _shown(value: float | Undefined) -> Cell:
    if small := ll144.left_out_of(value):
        return f"left out: {small.why}"
    if isinstance(value, Undefined):
        return f"not measured: {value.reason}"
    return Number(shown=fixed(value, 3), exact=value)


def _law(law: LegalTable | None) -> Iterator[Block]:
    if law is None:
        yield NotMeasured(what="The law", why=f"There is no legal table {LAW} here.")
        return
    yield Paragraph(text="This is no legal advice, and no duty is said to be met.")
    yield grid(
        "law-table",
        law.instrument,
        columns=("Where", "What it asks, in our words", "In force from", "Checked on", "Source"),
        rows=(
            (
                duty.clause,
                duty.duty,
                plain_date(duty.in_force_from) if duty.in_force_from else "not known",
                f"{plain_date(duty.checked_on)}, {CERTAINTY[duty.certainty]}",
                duty.source,
            )
            for duty in law.duties
        ),
    )
