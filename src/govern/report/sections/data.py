"""Section 5: which data, made by whom, what it speaks for, and how much of it was used."""

from __future__ import annotations

from collections.abc import Iterator

from govern.domain import Decision, Finding, Undefined
from govern.domain.finding import Looks
from govern.report.beside import DataCard
from govern.report.blocks import (
    Block,
    Fact,
    Facts,
    Figure,
    Heading,
    Items,
    NotMeasured,
    Number,
    Paragraph,
    grid,
    numeric,
    whole,
)
from govern.report.drawings import Bar, Funnel
from govern.report.material import Material
from govern.report.subjects import attribute_words, group_words
from govern.report.wording import capital, counted, duration, listing

_NEARLY = 0.995
_USED_AS = {
    "cases": "the cases",
    "source": "what the cases were made from",
    "identities": "the names",
    "markers": "what was put into cases",
}
_SCORED = (
    ("accuracy.rating_agreement", "… rated, and held against the rubric"),
    ("accuracy.unsupported_claim_share", "… with claims held against the file"),
    ("homogeneity.similarity", "… compared across people"),
)


def data(material: Material) -> Iterator[Block]:
    """The run's facts, the datasets' cards, who is represented, the funnel."""
    yield Facts(facts=_facts(material.decision))
    yield Paragraph(text=_limits(material.decision))
    yield Heading(text="Where the data comes from", anchor="cards")
    if not material.beside.cards:
        yield NotMeasured(
            what="Provenance, intended use and limits of the data",
            why="No dataset with the digest that the run names was found when this was written.",
        )
    for card in material.beside.cards:
        yield from _card(card)
    yield Heading(text="Who is represented", anchor="represented")
    yield from _represented(material.decision)
    yield NotMeasured(
        what="Likeness to a particular workforce",
        why="No workforce's numbers were supplied to compare the data with.",
    )
    if material.decision.run.synthetic:
        yield Paragraph(text="Anonymity was not tested: the cases are of nobody.")
    else:
        yield NotMeasured(
            what="Anonymity",
            why="The risk report of `govern anonymise` is no part of a decision's folder.",
        )
    yield Heading(text="From planned cells to scored drafts", anchor="funnel")
    yield from _funnel(material)


def _facts(decision: Decision) -> tuple[Fact, ...]:
    run, spend = decision.run, decision.run.spend
    mode = "exploring (advisory)" if run.mode == "explore" else "deciding"
    return (
        Fact(term="Suite", value=f"{run.suite} {run.suite_version}"),
        Fact(term="Plan", value=run.plan),
        Fact(term="Dataset", value=run.dataset),
        Fact(term="Cases", value="synthetic" if run.synthetic else "from real reviews"),
        Fact(term="Run", value=f"{run.run_id}, {mode}"),
        Fact(term="Seed", value=str(run.seed)),
        Fact(term="Cells planned", value=f"{run.planned:,}"),
        *([Fact(term="Looks", value=_looks(run.looks))] if run.looks else []),
        Fact(
            term="Drafted", value=f"{counted(spend.drafts, 'drafts')} in {duration(spend.seconds)}"
        ),
        *(
            [Fact(term="From earlier runs", value=f"{counted(run.reused, 'drafts')} of its cells")]
            if run.reused
            else []
        ),
        Fact(term="Tokens", value=f"{spend.input_tokens:,} in, {spend.output_tokens:,} out"),
        *(
            [Fact(term="Cost", value=f"{spend.cost_usd:,.2f} USD")]
            if spend.cost_usd is not None
            else []
        ),
    )


def _looks(looks: Looks) -> str:
    """How far a run went that was to stop once it was decided."""
    planned = ", ".join(map(str, looks.cases[:-1]))
    return (
        f"after {planned} and all {looks.cases[-1]} cases, planned beforehand; "
        f"it stopped at {looks.cases[looks.taken - 1]}"
    )


def _limits(decision: Decision) -> str:
    if decision.run.synthetic:
        return (
            "The cases are synthetic. What was found holds for the kind of case and the names "
            "in this suite. It says nothing certain about a particular workforce."
        )
    return (
        "What was found holds for the drafts that were supplied. "
        "It says nothing certain about other people or other periods."
    )


def _card(card: DataCard) -> Iterator[Block]:
    yield Facts(
        facts=(
            Fact(term="Dataset", value=f"{card.id}, version {card.version} of its card"),
            Fact(term="Used as", value=_USED_AS[card.used_as]),
            Fact(term="Holds", value=card.holds),
            Fact(term="Made up", value="yes" if card.synthetic else "no"),
            Fact(term="Licence", value=card.licence),
            Fact(term="Made for", value=card.intended_use),
            Fact(term="Canary", value="yes" if card.canary else "none"),
            Fact(term="Digest", value=card.digest, exact=True),
            *_croissant(card),
        )
    )
    if card.limits:
        yield Items(items=card.limits)


def _croissant(card: DataCard) -> Iterator[Fact]:
    if card.croissant is None:
        yield Fact(term="Croissant file", value="none")
        return
    version = card.croissant.conforms_to or "no version that it names"
    yield Fact(term="Croissant file", value=f"croissant.json, conforms to {version}")
    yield Fact(term="Digest of croissant.json", value=card.croissant.sha256, exact=True)


def _represented(decision: Decision) -> Iterator[Block]:
    run = decision.run
    facts = [
        Fact(
            term=capital(attribute_words(by)),
            value=listing([group_words(label) for label in labels]),
        )
        for by, labels in run.groups.items()
    ]
    if run.role_families:
        facts.append(Fact(term="Roles", value=listing(run.role_families)))
    for kind, levels in run.alterations.items():
        name = "Put into cases" if kind == "marker" else "Cases altered"
        facts.append(
            Fact(
                term=name,
                value=listing([one.replace("-", " ").replace("_", " ") for one in levels]),
            )
        )
    if facts:
        yield Facts(facts=tuple(facts))
    else:
        yield NotMeasured(what="Groups", why="The run planned no groups.")


def _funnel(material: Material) -> Iterator[Block]:
    drafted = _level(material, "coverage.not_drafted")
    if drafted is None:
        yield NotMeasured(
            what="How many planned cells were drafted and scored",
            why="The findings that count them were not at hand for this report.",
        )
        return
    bars = [
        Bar(label="Cells planned", count=drafted.counts.planned),
        Bar(label="… drafted", count=drafted.counts.ok, within=True),
    ]
    steps = [(label, one) for name, label in _SCORED if (one := _level(material, name))]
    scored = [(label, one.counts.scored) for label, one in steps if not _lacking(one)]
    if scored:
        main = steps[0][1].counts
        bars.append(Bar(label="Cells of the main design", count=main.planned))
        bars.append(Bar(label="… drafted", count=main.ok, within=True))
        bars += [Bar(label=label, count=count, within=True) for label, count in scored]
    yield _figure(bars)
    for label, one in steps:
        if lacking := _lacking(one):
            what = f"Drafts {label.removeprefix('… ')}"
            yield NotMeasured(what=what, why=f"{capital(lacking)}.")


def _lacking(finding: Finding) -> str:
    """What was not supplied, so that nothing could be counted; nothing where it was."""
    one = finding.estimate
    return one.reason if isinstance(one, Undefined) and one.code == "not_supplied" else ""


def _figure(bars: list[Bar]) -> Figure:
    return Figure(
        id="funnel-figure",
        title="What became of the cells",
        description=" ".join(_told(bar) for bar in bars),
        drawing=Funnel(bars=tuple(bars)),
        table=grid(
            "funnel-table",
            "Cells and drafts",
            columns=("Step", *numeric("Count", "Of those planned")),
            rows=(
                (bar.label, whole(bar.count), _share(bar, bars, place))
                for place, bar in enumerate(bars)
            ),
        ),
    )


def _level(material: Material, metric: str) -> Finding | None:
    judged = (
        part.finding
        for clause in material.decision.clauses
        if clause.subject == metric
        for part in clause.slices
        if part.finding is not None
    )
    return next((f for f in (*material.found(metric), *judged) if f.by == "all"), None)


def _base(bars: list[Bar], place: int) -> int:
    """What was planned of the step at ``place``."""
    return next(bar.count for bar in reversed(bars[: place + 1]) if not bar.within)


def _share(bar: Bar, bars: list[Bar], place: int) -> str | Number:
    planned = _base(bars, place)
    if not planned:
        return "–"
    share = bar.count / planned
    # Nearly all is not all.
    shown = f"{share:.0%}" if share == 1 or share < _NEARLY else f"{share:.2%}"
    return Number(shown=shown, exact=share)


def _told(bar: Bar) -> str:
    if not bar.within:
        return f"{bar.label}: {bar.count:,}."
    return f"Of these {bar.label.removeprefix('… ')}: {bar.count:,}."
