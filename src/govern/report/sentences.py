"""What was asked, what was found and what is allowed, in a sentence read once."""

from __future__ import annotations

from itertools import islice

from govern.domain import ClauseOutcome, JudgedClause, SliceOutcome, Undefined
from govern.policy.open_points import settled_by_more
from govern.report.shown import Verdict
from govern.report.subjects import (
    PUT_IN,
    attribute_words,
    group_words,
    reference_of,
    slice_words,
    subject_of,
)
from govern.report.units import Unit, unit_of
from govern.report.wording import (
    as_sentence,
    as_written,
    counted,
    listing,
    lower_end,
    plain_date,
    two_digits,
    upper_end,
)

SEVERITIES = {"block": "blocks", "warn": "warns", "report": "is reported only"}
_WORDS = {
    "pass": Verdict(word="Pass", mark="pass"),
    "fail": Verdict(word="Fail", mark="fail"),
    "insufficient_evidence": Verdict(word="Not enough evidence", mark="thin"),
}
_PAIR = 2
_NOT_ASSESSABLE = Verdict(word="Not assessable", mark="none")


def verdict_of(outcome: str, reason: str | None = None) -> Verdict:
    """The word for an outcome; what could not be assessed is told from what was too thin."""
    return _NOT_ASSESSABLE if reason == "not_assessable" else _WORDS[outcome]


def clause_verdict(outcome: ClauseOutcome) -> Verdict:
    """The word for a clause: as measured, and that it is waived where it is."""
    measured = verdict_of(outcome.outcome, outcome.reason)
    if outcome.effective != "waived":
        return measured
    return Verdict(word=f"Waived ({measured.word.lower()})", mark="thin")


def waiver_sentence(outcome: ClauseOutcome) -> str:
    """Who set the clause aside, why, what is done meanwhile and until when; or nothing."""
    waiver = outcome.waiver
    if waiver is None:
        return ""
    by = listing([f"{s.name} ({listing(s.roles)})" for s in waiver.approvers])
    ticket = f" Ticket {waiver.ticket}." if waiver.ticket else ""
    return (
        f"Waived until {plain_date(waiver.expires)} by {by}, asked for by {waiver.requester}. "
        f"Reason: {as_sentence(waiver.reason)} Meanwhile: {as_sentence(waiver.mitigation)}{ticket}"
    )


def explained(outcome: ClauseOutcome) -> str:
    """The gate's explanation as a sentence."""
    return as_sentence(outcome.explanation)


def slice_key(part: SliceOutcome) -> tuple[str, str]:
    """``by`` and ``contrast`` of a slice, from its finding or else from its readable key."""
    if part.finding is not None:
        return part.finding.by, part.finding.contrast
    return split_key(part.slice)


def split_key(readable: str) -> tuple[str, str]:
    """``gender: female`` as its attribute and contrast, ``all`` as that of all drafts."""
    by, colon, contrast = readable.partition(": ")
    return by, contrast if colon else "all"


def group_name(part: SliceOutcome) -> str:
    """Whom the slice is about: ``All drafts``, ``Female × Black``, ``Female against Male``."""
    return whom(*slice_key(part))


def whom(by: str, contrast: str) -> str:
    """The same of an attribute and a contrast of its groups."""
    if contrast == "all":
        return "All drafts" if by == "all" else f"Every {attribute_words(by)}"
    return " against ".join(slice_words(by, label) for label in contrast.split(" / "))


def found_sentence(clause: JudgedClause, outcome: ClauseOutcome, part: SliceOutcome) -> str:
    """What one slice shows: group, amount, direction, interval, and what the policy allows.

    A slice without an estimate gives its reason and never a number.
    """
    if isinstance(part.estimate, Undefined):
        return f"{group_name(part)}: no estimate; {part.estimate.reason.rstrip('.')}."
    if part.estimate is None:
        return f"{group_name(part)}: no finding. {as_sentence(part.explanation)}"
    unit = unit_of(outcome.unit)
    if part.margin is not None:
        return _contrast(outcome, unit, part, part.estimate, part.margin)
    return _level(clause, outcome, unit, part, part.estimate)


def more_sentence(outcome: ClauseOutcome) -> str:
    """How many cases would settle the clause or that none would, where its reason says neither."""
    unsettled = [part for part in outcome.slices if part.outcome == "insufficient_evidence"]
    if outcome.outcome != "insufficient_evidence" or all(
        part.explanation == outcome.explanation for part in unsettled
    ):
        return ""
    if settled_by_more(outcome):
        most = max(unsettled, key=lambda part: part.cases_needed or 0)
        count = counted(most.cases_needed or 0, "cases")
        return f"About {count} in all would settle this clause; {group_name(most)} needs the most."
    if any(part.reason == "straddles" or _is_wide(part) for part in unsettled):
        return "More cases alone would not settle this clause, whatever some groups need."
    return ""


def _is_wide(part: SliceOutcome) -> bool:
    """Whether the cases that it lacks would leave it undecided."""
    return part.reason == "too_few_cases" and part.cases_needed is None


def behind(outcome: ClauseOutcome) -> tuple[SliceOutcome, ...]:
    """The slices behind the clause's outcome, the worst first; none where the doubt is another."""
    return tuple(part for part in outcome.slices if part.outcome == outcome.outcome)


def _contrast(
    outcome: ClauseOutcome, unit: Unit, part: SliceOutcome, estimate: float, margin: float
) -> str:
    found = _side(unit, estimate, others_of(outcome, part))
    between = _between(unit, part.lower, part.upper)
    by, contrast = slice_key(part)
    group = slice_words(by, contrast.partition(" / ")[0])
    if by in PUT_IN:
        over = f"{PUT_IN[by]} {group.lower()}"
    else:
        over = "Over all drafts" if by == "all" else f"For the group {group}"
    # The unit is told once: with the estimate, or where that is none with what is allowed.
    told = f" {unit.name}" if unit.name and _is_level(unit, estimate) else ""
    allowed = f"the policy allows {unit.allowed(margin)}{told} either way"
    return f"{over}, {subject_of(outcome.subject)} was {found}{between}; {allowed}."


def others_of(outcome: ClauseOutcome, part: SliceOutcome) -> str:
    """What the slice's estimate is held against."""
    by, contrast = slice_key(part)
    if by == "all" or by in PUT_IN:
        return reference_of(outcome.subject)
    second = contrast.partition(" / ")[2]
    if second:
        return group_words(second)
    alike = (other for other in outcome.slices if slice_key(other)[0] == by)
    more = next(islice(alike, _PAIR, None), None)
    return "the other group" if more is None else "the mean of the other groups"


def _is_level(unit: Unit, value: float) -> bool:
    return two_digits(unit.number(value)) == "0"


def _side(unit: Unit, value: float, others: str) -> str:
    if _is_level(unit, value):
        return f"level with {others}"
    return f"{unit.amount(value)} {_direction(value)} {others}"


def _between(unit: Unit, lower: float | None, upper: float | None) -> str:
    """The interval in words; both ends on one side share the direction."""
    if lower is None or upper is None:
        return " (no interval)"
    low = lower_end(unit.number(lower)).removeprefix("-")
    high = upper_end(unit.number(upper)).removeprefix("-")
    if lower < 0 < upper:
        return f" (between {low} below and {high} above)"
    near, far = (high, low) if upper <= 0 else (low, high)
    return f" (between {near} and {far} {_direction(lower + upper)})"


def _direction(value: float) -> str:
    return "below" if value < 0 else "above"


def _level(
    clause: JudgedClause, outcome: ClauseOutcome, unit: Unit, part: SliceOutcome, estimate: float
) -> str:
    by, contrast = slice_key(part)
    groups = ", against ".join(group_words(label) for label in contrast.split(" / "))
    whom = f"every {attribute_words(by)}" if contrast == "all" else f"the group {groups}"
    over = "Over all drafts" if by == "all" else f"For {whom}"
    found = f"{subject_of(outcome.subject)} was {_signed(unit.amount(estimate), estimate)}"
    return f"{over}, {found}{_bound_words(clause, unit, part)}{_asked(clause, unit)}."


def _asked(clause: JudgedClause, unit: Unit) -> str:
    if clause.pass_if is None:
        return ""
    limit = unit.allowed(clause.pass_if.value)
    if clause.pass_if.on_upper:
        return f"; the policy allows at most {limit}"
    return f"; the policy asks for at least {limit}"


def _signed(amount: str, value: float) -> str:
    return f"minus {amount}" if value < 0 else amount


def _bound_words(clause: JudgedClause, unit: Unit, part: SliceOutcome) -> str:
    """The interval, or for a one-sided clause the one bound that its outcome rests on."""

    def low(value: float) -> str:
        return _signed(lower_end(unit.number(value)).removeprefix("-"), value)

    def high(value: float) -> str:
        return _signed(upper_end(unit.number(value)).removeprefix("-"), value)

    sided, bound = clause.statistic.sided, clause.pass_if
    if sided == "two" and part.lower is not None and part.upper is not None:
        return f" (between {low(part.lower)} and {high(part.upper)})"
    if part.outcome == "fail":
        bound = clause.fail_if
    if bound is None:
        return ""
    value = part.upper if bound.on_upper else part.lower
    if value is None:
        return ""
    end = f"at most {high(value)}" if bound.on_upper else f"at least {low(value)}"
    sure = as_written(round(clause.statistic.confidence * 100, 1))
    return f" ({end}, with {sure}% confidence)"
