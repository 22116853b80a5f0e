"""Section 6: what was to be measured, whether the evaluators can, and how often the gate errs."""

from __future__ import annotations

from collections.abc import Iterator

from govern.domain import Agreement, Certificate, MeasuredClause, RecordClause
from govern.report.blocks import (
    Block,
    Heading,
    Items,
    NotMeasured,
    Paragraph,
    grid,
    numeric,
    whole,
)
from govern.report.gate_errors import gate_blocks
from govern.report.material import Material
from govern.report.standing import attempts_words, state_words
from govern.report.subjects import metric_words
from govern.report.wording import as_written, capital, listing, plain_date


def method(material: Material) -> Iterator[Block]:
    """Metrics as the policy fixed them, evaluators on trial, attempts, the gate on trial."""
    yield Heading(text="Metrics fixed before the run", anchor="metrics")
    yield from _metrics(material)
    yield Heading(text="Whether the evaluators can be trusted", anchor="evaluators")
    yield from _certificates(material)
    yield Heading(text="Many comparisons", anchor="multiplicity")
    yield Paragraph(
        text="A clause fails if one of its groups does, and passes only if all of them do. The "
        "doubt that a clause allows is shared among the attempts that the policy allows: "
        f"{material.policy.attempts.max_per_lineage} here."
    )
    yield Heading(text="Attempts", anchor="attempts")
    yield from _attempts(material)
    yield Heading(text="Deviations from the plan", anchor="deviations")
    if material.decision.bar_set_after:
        yield Paragraph(text="The policy came after the result that it was applied to.")
    else:
        yield NotMeasured(
            what="Deviations",
            why="The run keeps to its plan or ends; what people did around it is not recorded.",
        )
    yield Heading(text="How often the gate errs", anchor="gate")
    yield from gate_blocks(material.decision)


def _metrics(material: Material) -> Iterator[Block]:
    asked = [c for c in material.clauses.values() if isinstance(c, MeasuredClause | RecordClause)]
    specs = {spec.id: spec for spec in material.docket.specs} if material.docket else {}
    subjects = {c.id: c.subject for c in material.decision.clauses}
    rows = tuple(
        (
            clause.id,
            capital(metric_words(subjects[clause.id])),
            spec.question if (spec := specs.get(subjects[clause.id])) else "–",
            f"{as_written(round(clause.statistic.confidence * 100, 1))}%, "
            f"{clause.statistic.sided}-sided",
            whole(clause.evidence.min_cases),
        )
        for clause in asked
        if clause.id in subjects
    )
    if not rows:
        yield NotMeasured(what="Metrics", why="No clause of the policy is decided by a number.")
        return
    yield grid(
        "metrics-table",
        "What the policy measures, and how sure it wants to be in each attempt",
        columns=("Clause", "Metric", "Question", "Confidence", *numeric("Fewest cases")),
        rows=rows,
    )


def _certificates(material: Material) -> Iterator[Block]:
    certificates = material.docket.certificates if material.docket else ()
    if not certificates:
        yield NotMeasured(
            what="Whether the evaluators find what is planted",
            why="No certificate lay before the judge.",
        )
        return
    from_dose = listing(sorted({f"{one.must_detect_from:g}" for one in certificates}))
    yield Paragraph(
        text="Each evaluator was given the same text under other names (it must not move), drafts "
        "spoiled on purpose (it must find what its authors planted), and clean drafts (it must be "
        f"silent). A dose of 1 spoils all that there is to spoil; from {from_dose} on it must find "
        "it. What others planted and it did not find leaves its clauses provisional."
    )
    made = {one.made_on for one in certificates}
    one_day = f", made on {plain_date(made.pop())}" if len(made) == 1 else ""
    yield grid(
        "certificates",
        f"Evaluators on trial{one_day}: found of those planted, at each dose",
        columns=(
            "Metric",
            "Holds",
            "Found, planted by its authors",
            "Found, planted by others",
            *numeric("False alarms"),
            *(() if one_day else ("Made on",)),
        ),
        rows=(
            (*_certificate(one), *(() if one_day else (plain_date(one.made_on),)))
            for one in certificates
        ),
    )
    agreements: dict[str, list[str]] = {}
    for one in certificates:
        if one.agreement is not None:
            names = agreements.setdefault(_agreement(one.agreement), [])
            names.append(capital(metric_words(one.metric)))
    if agreements:
        yield Items(items=tuple(f"{listing(who)} {said}" for said, who in agreements.items()))
    else:
        yield NotMeasured(
            what="Agreement with people", why="No certificate holds labels that people gave."
        )


def _certificate(one: Certificate) -> tuple[str, ...]:
    return (
        capital(metric_words(one.metric)),
        "yes" if one.holds else "no",
        one.found_by_dose("authors"),
        one.found_by_dose("apart"),
        f"{one.silence.alarms:,} of {one.silence.runs:,}",
    )


def _agreement(said: Agreement) -> str:
    return (
        f"beside {said.n:,} labels by {said.labelled_by} ({said.labels}): finds "
        f"{said.sensitivity:.0%} of what they marked, and {said.precision:.0%} of what it finds "
        "they marked."
    )


def _attempts(material: Material) -> Iterator[Block]:
    decision = material.decision
    yield Paragraph(text=attempts_words(decision))
    tries = decision.attempts
    if tries is None or not tries.entered:
        return
    yield grid(
        "attempts-table",
        f"Every intent in the record: {tries.lineage}",
        columns=("Run", "Entered", "What became of it", "Candidate", "Decision"),
        rows=(
            (
                one.run_id,
                plain_date(one.entered.date()),
                state_words(decision, one),
                one.fingerprint[:12],
                one.decision_id
                or (decision.decision_id if one.run_id == decision.run.run_id else "–"),
            )
            for one in tries.entered
        ),
    )
