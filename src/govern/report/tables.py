"""A clause's slices as a table and, from the same rows, as a forest plot."""

from __future__ import annotations

from collections import Counter

from govern.domain import ClauseOutcome, JudgedClause, SliceOutcome, Undefined
from govern.report.page import Plot, PlotGroup, PlotRow, Row, RowGroup, Table
from govern.report.sentences import (
    behind,
    found_sentence,
    group_name,
    slice_key,
    verdict_of,
)
from govern.report.subjects import PUT_IN, attribute_words, metric_words, reference_of
from govern.report.units import Unit, unit_of
from govern.report.wording import (
    capital,
    counted,
    decimals_for,
    fixed,
    listing,
    places_of,
)

ALL = "All drafts"
PLOT_ROWS = 30
_DESCRIBED = 3


def table_of(clause: JudgedClause, outcome: ClauseOutcome) -> Table | None:
    """Every slice of the clause, grouped by attribute; ``None`` where it has none."""
    if not outcome.slices:
        return None
    unit = unit_of(outcome.unit)
    decimals = min(
        decimals_for(unit.number(v) for s in outcome.slices for v in _numbers(s)),
        max(places_of(unit.number(v)) for v in _allowed(clause)) + 2,
    )
    counted_in = {part.unit_name for part in outcome.slices}
    one_name = len(counted_in) == 1
    return Table(
        caption=f"{clause.id}: {metric_words(outcome.subject)}{_by_group(outcome)}",
        unit=unit.label,
        allowed="Margin" if _is_contrast(clause) else "Threshold",
        n=f"n ({counted_in.pop()})" if one_name else "n",
        groups=tuple(
            RowGroup(
                heading=heading,
                rows=tuple(_row(clause, unit, p, decimals, name_n=not one_name) for p in parts),
            )
            for heading, parts in _grouped(clause, outcome)
        ),
    )


def _by_group(outcome: ClauseOutcome) -> str:
    return " by group" if any(slice_key(part)[0] != "all" for part in outcome.slices) else ""


def _allowed(clause: JudgedClause) -> tuple[float, ...]:
    """The margins or the threshold of a clause."""
    inside = (part.inside for part in clause.slices if part.inside is not None)
    return (clause.pass_if.value,) if clause.pass_if else tuple(inside)


def plot_of(clause: JudgedClause, outcome: ClauseOutcome) -> Plot | None:
    """The forest plot of the slices; ``None`` where no slice has an estimate."""
    drawn = [part for part in outcome.slices if isinstance(part.estimate, float)]
    if not drawn:
        return None
    unit = unit_of(outcome.unit)
    contrast = _is_contrast(clause)
    kept, omitted = _fitting(outcome)
    subject = metric_words(outcome.subject)
    ends = _ends(outcome) if contrast else ("", "")
    return Plot(
        id=f"plot-{clause.id.lower()}",
        title=f"{clause.id}, {subject}: estimate and interval{_by_group(outcome)}",
        description=_description(clause, outcome),
        axis=unit.label or subject,
        rule=0.0 if contrast or clause.pass_if is None else unit.number(clause.pass_if.value),
        lower_end=ends[0],
        upper_end=ends[1],
        n_label="n",
        groups=tuple(
            _plot_group(clause, unit, heading, parts) for heading, parts in _grouped(clause, kept)
        ),
        omitted=omitted,
    )


def _ends(outcome: ClauseOutcome) -> tuple[str, str]:
    """What lies left and right of zero."""
    if any(slice_key(part)[0] not in {"all", *PUT_IN} for part in outcome.slices):
        return "below the others", "above the others"
    reference = reference_of(outcome.subject)
    return f"below {reference}", f"above {reference}"


def _description(clause: JudgedClause, outcome: ClauseOutcome) -> str:
    """How many groups got which verdict, and what the furthest of them show."""
    verdicts = Counter(verdict_of(p.outcome, p.reason).word.lower() for p in outcome.slices)
    tally = listing([f"{count} {word}" for word, count in sorted(verdicts.items())])
    furthest = behind(outcome)[:_DESCRIBED]
    told = " ".join(found_sentence(clause, outcome, part) for part in furthest)
    many = len(outcome.slices) > 1
    return f"{counted(len(outcome.slices), 'rows')}: {tally}. {told}" if many else told


def _row(
    clause: JudgedClause, unit: Unit, part: SliceOutcome, decimals: int, *, name_n: bool
) -> Row:
    def shown(value: float | None) -> str:
        return "–" if value is None else fixed(unit.number(value), decimals)

    n = f"{part.n:,} {part.unit_name}" if name_n else f"{part.n:,}"
    verdict = verdict_of(part.outcome, part.reason)
    allowed = _allowed_cell(clause, unit, part)
    if not isinstance(part.estimate, float):
        return Row(
            group=group_name(part), missing=_missing(part), allowed=allowed, n=n, verdict=verdict
        )
    return Row(
        group=group_name(part),
        estimate=shown(part.estimate),
        low=shown(part.lower),
        high=shown(part.upper),
        allowed=allowed,
        n=n,
        verdict=verdict,
    )


def _plot_group(
    clause: JudgedClause, unit: Unit, heading: str, parts: tuple[SliceOutcome, ...]
) -> PlotGroup:
    low, high = allowed_range(clause, unit, parts[0])
    return PlotGroup(
        heading="" if heading == ALL else heading,
        allowed=f"allowed: {_allowed_cell(clause, unit, parts[0])}",
        allowed_low=low,
        allowed_high=high,
        rows=tuple(_plot_row(unit, part) for part in parts),
    )


def _plot_row(unit: Unit, part: SliceOutcome) -> PlotRow:
    def scaled(value: float | None) -> float | None:
        return None if value is None else unit.number(value)

    defined = isinstance(part.estimate, float)
    return PlotRow(
        label=group_name(part),
        estimate=scaled(part.estimate) if isinstance(part.estimate, float) else None,
        low=scaled(part.lower) if defined else None,
        high=scaled(part.upper) if defined else None,
        missing="" if defined else "no estimate",
        n=f"{part.n:,}",
        verdict=verdict_of(part.outcome, part.reason),
    )


def allowed_range(
    clause: JudgedClause, unit: Unit, part: SliceOutcome
) -> tuple[float | None, float | None]:
    """What the policy allows a slice, in the reader's unit; an end of ``None`` is open."""
    if part.margin is not None:
        return -unit.number(part.margin), unit.number(part.margin)
    if clause.pass_if is None:
        return None, None
    edge = unit.number(clause.pass_if.value)
    return (None, edge) if clause.pass_if.on_upper else (edge, None)


def _allowed_cell(clause: JudgedClause, unit: Unit, part: SliceOutcome) -> str:
    if clause.pass_if is None:
        by = slice_key(part)[0]
        margin = next((s.inside for s in clause.slices if s.by == by), part.margin)
        return "–" if margin is None else f"±{unit.allowed(margin)}"
    sign = "≤" if clause.pass_if.on_upper else "≥"
    return f"{sign} {unit.allowed(clause.pass_if.value)}"


def _grouped(
    clause: JudgedClause, outcome: ClauseOutcome
) -> tuple[tuple[str, tuple[SliceOutcome, ...]], ...]:
    """Slices by attribute in the clause's order, inside by estimate, missing ones last."""
    groups: dict[str, list[SliceOutcome]] = {part.by: [] for part in clause.slices}
    for part in outcome.slices:
        groups.setdefault(slice_key(part)[0], []).append(part)
    return tuple(
        (heading_of(by), tuple(sorted(parts, key=_order))) for by, parts in groups.items() if parts
    )


def heading_of(by: str) -> str:
    """What stands over the rows of an attribute."""
    return ALL if by == "all" else capital(attribute_words(by))


def _fitting(outcome: ClauseOutcome) -> tuple[ClauseOutcome, str]:
    """The clause with the slices that fit one plot: those with an estimate, the worst first."""
    if len(outcome.slices) <= PLOT_ROWS:
        return outcome, ""
    drawn = [part for part in outcome.slices if isinstance(part.estimate, float)][:PLOT_ROWS]
    note = f"Drawn: {len(drawn)} of {len(outcome.slices):,} rows, the worst first."
    return outcome.model_copy(update={"slices": tuple(drawn)}), note


def _order(part: SliceOutcome) -> tuple[bool, float]:
    if isinstance(part.estimate, float):
        return False, part.estimate
    return True, 0.0


def _missing(part: SliceOutcome) -> str:
    if isinstance(part.estimate, Undefined):
        return f"No estimate: {part.estimate.reason}"
    return f"No finding: {part.explanation}"


def _is_contrast(clause: JudgedClause) -> bool:
    return clause.pass_if is None


def _numbers(part: SliceOutcome) -> tuple[float, ...]:
    values = (part.estimate, part.lower, part.upper)
    return tuple(value for value in values if isinstance(value, float))
