"""Section 7: group by group, then the legal tables, then the drafts behind the gaps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from govern.domain import Finding, Undefined
from govern.report.blocks import (
    Block,
    Cell,
    Grid,
    Heading,
    Items,
    NotMeasured,
    Number,
    Paragraph,
    grid,
    numeric,
    whole,
)
from govern.report.ll144 import (
    SCORING_RATE,
    SCORING_RATIO,
    SELECTION_RATE,
    SELECTION_RATIO,
    UNKNOWN,
    left_out_of,
    median_in,
    tables,
)
from govern.report.material import Material
from govern.report.sections.excerpts import pairs_of
from govern.report.sections.family import beyond_the_policy, clauses_of_family
from govern.report.sections.grids import group_of
from govern.report.subjects import attribute_words, group_words
from govern.report.wording import anchors, capital, fixed, listing

_SHORTFALL = "fairness.shortfall"
_TABLES = (SELECTION_RATE, SELECTION_RATIO, SCORING_RATE, SCORING_RATIO, _SHORTFALL)


def fairness(material: Material) -> Iterator[Block]:
    """The clauses, New York City's tables beside what the Uniform Guidelines want, and pairs."""
    yield from clauses_of_family(material, "fairness")
    yield from pairs_of(material)
    yield Heading(text="Tables as NYC Local Law 144 words them", anchor="ll144")
    yield from _legal(material)
    yield from beyond_the_policy(material, "fairness")


def _legal(material: Material) -> Iterator[Block]:
    found = {(f.metric, f.by, f.contrast): f for f in material.found(*_TABLES)}
    attributes = list(dict.fromkeys(by for metric, by, _ in found if metric == SELECTION_RATIO))
    if not found or attributes == ["all"]:
        only = next(iter(found.values()), None)
        undefined = only.estimate if only else None
        reason = undefined.reason if isinstance(undefined, Undefined) else ""
        yield NotMeasured(
            what="Selection rates, scoring rates and impact ratios",
            why=f"{capital(reason)}." if reason else "The findings do not hold them.",
        )
        return
    yield Paragraph(
        text="Point rates and ratios to the highest rate, per category (6 RCNY 5-300, 5-301). "
        "Selected is who has the favourable outcome, where outcomes are known, else a rating of 4 "
        "or 5. The rule names no pass mark, and these decide nothing. A category under 2% of the "
        "data may be left out of the ratios; where one is, its row says so. The shortfall is what "
        "the Uniform Guidelines (29 CFR 1607.4(D)) want beside a ratio."
    )
    yield Items(items=_notes(material, list(found.values())))
    names = anchors([by.replace("_", "-") for by in attributes])
    for name, by in zip(names, attributes, strict=True):
        yield _table(name, by, found)


def _notes(material: Material, found: list[Finding]) -> tuple[str, ...]:
    source = (
        "synthetic test data; the rule wants historical data unless it is not enough for a "
        "statistically significant audit, so this alone is no annual audit"
        if material.decision.run.synthetic
        else "the drafts that were supplied"
    )
    notes = [f"Source of the data: {source}."]
    if unknown := _unknown(found):
        notes.append(f"Of unknown category: {unknown}.")
    if median := median_in(found):
        notes.append(median.sentence("drafts"))
    if not any(f.p_value is not None for f in found):
        notes.append(f"Fisher's exact test: not measured. {_no_p(material.found(_SHORTFALL))}")
    return tuple(notes)


def _no_p(shortfalls: Sequence[Finding]) -> str:
    """Why no group's selections could be held against those of the most selected group."""
    if not shortfalls:
        return "The findings do not hold it."
    if any(one.by != "all" and one.contrast != one.baseline for one in shortfalls):
        return "The groups hold the same cases under other names, so they are not independent."
    return "No attribute has a second known group of whom anybody was assessed."


def _unknown(found: list[Finding]) -> str:
    """How many have no known category, by attribute and rate where that makes a difference."""
    told: dict[str, dict[str, str]] = {}
    for one in tables(found):
        if one.unknown:
            said = f"{one.unknown.people:,} of {one.unknown.assessed:,}"
            told.setdefault(attribute_words(one.by), {})[said] = one.rate
    every = {said for counts in told.values() for said in counts}
    if len(every) < 2:
        return "".join(every)
    return listing(
        [
            f"{said} by {by}" + (f" ({rate})" if len(counts) > 1 else "")
            for by, counts in told.items()
            for said, rate in counts.items()
        ]
    )


def _table(name: str, by: str, found: dict[tuple[str, str, str], Finding]) -> Grid:
    labels = list(dict.fromkeys(c for metric, b, c in found if b == by and metric in _TABLES))
    return grid(
        f"ll144-{name}",
        f"By {attribute_words(by)}",
        columns=(
            "Category",
            *numeric(
                "Assessed",
                "Selection rate",
                "Impact ratio, selection",
                "Scoring rate",
                "Impact ratio, scoring",
                "Shortfall, selections",
                "Fisher p",
            ),
        ),
        rows=(_row(by, label, found) for label in labels),
        notes=tuple(_apart(by, labels, found)),
    )


def _apart(by: str, labels: list[str], found: dict[tuple[str, str, str], Finding]) -> Iterator[str]:
    """Where numbers of one row are not of the same people, or not against the same group."""

    def of(metric: str) -> dict[str, Finding]:
        return {label: one for label in labels if (one := found.get((metric, by, label)))}

    selected, scored = of(SELECTION_RATE), of(SCORING_RATE)
    others = [
        f"{group_words(label)} {one.counts.units:,}"
        for label, one in scored.items()
        if label in selected and selected[label].counts.units != one.counts.units
    ]
    if others:
        yield f"Assessed is of the selection rate; of the scoring rate it is {listing(others)}."
    short, ratio = ({f.baseline for f in of(m).values()} for m in (_SHORTFALL, SELECTION_RATIO))
    if most := sorted(group_words(one) for one in short - ratio if one):
        yield (
            f"Shortfalls are against {listing(most)}, with the highest rate of all; ratios leave "
            "out who is under 2% of the data before the highest is sought."
        )


def _row(by: str, label: str, found: dict[tuple[str, str, str], Finding]) -> tuple[Cell, ...]:
    def one(metric: str) -> Finding | None:
        return found.get((metric, by, label))

    def rate(level: str, ratio: str) -> Cell:
        """As measured; of a category that is left out of the ratios, as its reason counts it."""
        found, beside = one(level), one(ratio)
        small = left_out_of(beside.estimate) if beside else None
        if small and not (found and isinstance(found.estimate, float)):
            return Number(shown=fixed(small.rate, 3), exact=small.rate)
        return _shown(found, 3, label)

    some = next(f for f in map(one, _TABLES) if f is not None)
    short = one(_SHORTFALL)
    p = short.p_value if short else None
    return (
        group_of(some),
        whole(some.counts.units),
        rate(SELECTION_RATE, SELECTION_RATIO),
        _shown(one(SELECTION_RATIO), 3, label),
        rate(SCORING_RATE, SCORING_RATIO),
        _shown(one(SCORING_RATIO), 3, label),
        _shown(short, 1, label),
        "–" if p is None else Number(shown=fixed(p, 4), exact=p),
    )


def _shown(finding: Finding | None, decimals: int, label: str) -> Cell:
    if finding is None:
        unknown = UNKNOWN in label.split("*")
        return f"not measured: {'of unknown category' if unknown else 'no finding of it'}"
    if isinstance(finding.estimate, Undefined):
        return f"not measured: {finding.estimate.reason}"
    return Number(shown=fixed(finding.estimate, decimals), exact=finding.estimate)
