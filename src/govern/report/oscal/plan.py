"""The assessment plan: what was to be judged, on which cells, by which measures and evaluators."""

from __future__ import annotations

from collections.abc import Iterator

from govern.canon import digest
from govern.domain.certificate import Certificate
from govern.domain.decision import ClauseOutcome
from govern.domain.metric import Spec
from govern.domain.policy import Clause, Kind
from govern.report.oscal.datatypes import Json, kept, line, prop, props, text, uuid_of
from govern.report.oscal.parts import (
    METHODS,
    Told,
    began,
    candidate,
    controls,
    harness,
    metadata,
    objective,
    reference,
    resources,
    reviewed,
)
from govern.report.standing import attempts_words
from govern.report.wording import counted, paragraphs, plain_words

_ACTIVITIES: dict[Kind, tuple[str, str]] = {
    "measured": (
        "Draft and measure",
        "Every cell of the plan is drafted once; the drafts are measured by the metrics below.",
    ),
    "property": (
        "Examine stated properties",
        "What the pipeline's manifest says of its use is held against the policy.",
    ),
    "attested": (
        "Examine signed statements",
        "Statements that people signed about duties which no metric can show are examined.",
    ),
    "record": (
        "Examine the contest record",
        "Statistics of the contest record over the window that each clause asks for are examined.",
    ),
}
_OBJECTS: dict[Kind, str] = {
    "measured": "The candidate's drafts",
    "property": "The pipeline's manifest",
    "attested": "Signed statements",
    "record": "The contest record",
}


def assessment_plan(told: Told) -> Json:
    """The plan as OSCAL; it is written with the decision, from what the decision names."""
    run = told.decision.run
    return {
        "uuid": told.uuid("plan"),
        "metadata": metadata(told, f"How {told.named} was judged by {told.policy.title}", ()),
        "import-ssp": {
            "href": reference(told, "decision.json"),
            "remarks": text(
                "There is no system security plan. The decision says under run what was judged: "
                f"{told.named}, by its fingerprint {run.fingerprint}."
            ),
        },
        "local-definitions": {"components": [candidate(told)]}
        | kept(objectives_and_methods=list(_objectives(told)), activities=list(_activities(told))),
        "terms-and-conditions": {"parts": list(_terms(told))},
        "reviewed-controls": reviewed(told),
        "assessment-subjects": _subjects(told),
        "assessment-assets": _assets(told),
        "tasks": [_task(told)],
        "back-matter": {"resources": resources(told, "policy.md", "decision.json")},
    }


def _objectives(told: Told) -> Iterator[Json]:
    clauses = {clause.id: clause for clause in told.policy.clauses}
    for outcome in told.decision.clauses:
        yield _objective(clauses[outcome.id], outcome)


def _objective(clause: Clause, outcome: ClauseOutcome) -> Json:
    method = f"{outcome.id}_method"
    return {
        "control-id": outcome.id,
        "description": line(outcome.title),
        "props": props(
            severity=outcome.severity,
            kind=outcome.kind,
            subject=outcome.subject,
            legal_map=clause.maps,
        ),
        "parts": [
            {
                "id": objective(outcome.id),
                "name": "assessment-objective",
                "title": line(outcome.title),
                "props": [prop("method-id", method)],
                "prose": text(*paragraphs(clause.prose)),
            },
            {
                "id": method,
                "name": "assessment-method",
                "props": [prop("method", METHODS[outcome.kind])],
                "prose": text(f"The gate reads this as: {outcome.reading}"),
                "parts": [
                    {
                        "id": f"{outcome.id}_objects",
                        "name": "assessment-objects",
                        "prose": text(f"{_OBJECTS[outcome.kind]}: {outcome.subject}."),
                    }
                ],
            },
        ],
    }


def _activities(told: Told) -> Iterator[Json]:
    for kind in dict.fromkeys(clause.kind for clause in told.decision.clauses):
        title, description = _ACTIVITIES[kind]
        mine = [clause for clause in told.decision.clauses if clause.kind == kind]
        yield {
            "uuid": told.uuid("activity", kind),
            "title": title,
            "description": text(description),
            "props": [prop("method", METHODS[kind])],
            "steps": list(_steps(told, mine)),
            "related-controls": controls(clause.id for clause in mine),
        }


def _steps(told: Told, clauses: list[ClauseOutcome]) -> Iterator[Json]:
    """One step for each subject: metric, property, statement or statistic."""
    specs = {spec.id: spec for spec in told.docket.specs} if told.docket else {}
    for subject in dict.fromkeys(clause.subject for clause in clauses):
        mine = [clause for clause in clauses if clause.subject == subject]
        yield {
            "uuid": told.uuid("step", mine[0].kind, subject),
            "title": line(subject),
            "reviewed-controls": controls(clause.id for clause in mine),
        } | _measure(specs.get(subject), mine[0])


def _measure(spec: Spec | None, clause: ClauseOutcome) -> Json:
    if spec is None:
        return {"description": text(f"{_OBJECTS[clause.kind]}: {plain_words(clause.subject)}.")}
    return {
        "description": text(spec.question, f"Method: {spec.method}."),
        "props": props(
            metric=spec.id, metric_version=spec.version, unit=spec.unit, sense=spec.sense
        ),
    }


def _terms(told: Told) -> Iterator[Json]:
    decision, run = told.decision, told.decision.run
    groups = [f"{plain_words(by)}: {', '.join(of)}" for by, of in run.groups.items()]
    yield {
        "name": "methodology",
        "title": "The cells",
        "props": props(
            suite=run.suite,
            suite_version=run.suite_version,
            plan=run.plan,
            cells=run.planned,
            mode=run.mode,
            seed=run.seed,
            dataset=run.dataset,
            dataset_digest=run.dataset_digest,
            identities_digest=run.identities_digest,
            synthetic=run.synthetic,
            group=groups,
        ),
        "prose": text(
            f"Suite {run.suite} {run.suite_version}, plan {run.plan}: "
            f"{counted(run.planned, 'cells')}, each drafted once.",
            attempts_words(decision),
        ),
    }
    yield {
        "name": "assessment-inclusions",
        "title": "For what a decision holds",
        "prose": text(*told.answer.scope),
    }
    apart = [f"{c.id} {c.title}: does not apply, {c.why}." for c in decision.not_applied]
    if decision.not_tested or apart:
        yield {
            "name": "assessment-exclusions",
            "title": "What was not tested",
            "prose": text(*decision.not_tested, *apart),
        }
    if run.declared_only:
        yield {
            "name": "assumptions",
            "title": "What could only be declared",
            "prose": text(*run.declared_only),
        }


def _subjects(told: Told) -> list[Json]:
    return [
        {
            "type": "component",
            "include-subjects": [{"subject-uuid": told.candidate, "type": "component"}],
        }
    ]


def _assets(told: Told) -> Json:
    certificates = told.docket.certificates if told.docket else ()
    evaluators = {one["uuid"]: one for one in map(_evaluator, certificates)}
    tools = [harness(told), *evaluators.values()]
    return {
        "components": tools,
        "assessment-platforms": [
            {
                "uuid": told.uuid("platform"),
                "title": line(f"govern {told.decision.harness_version}"),
                "uses-components": [{"component-uuid": tool["uuid"]} for tool in tools],
            }
        ],
    }


def _evaluator(one: Certificate) -> Json:
    """What scores a metric, with the evidence that it can."""
    silence = one.silence
    return {
        "uuid": uuid_of("certificate", digest(one.as_json())),
        "type": "software",
        "title": line(f"Evaluator of {one.metric}"),
        "description": text(
            f"Tried on {one.made_on}, scored by {one.scored_by}. Command: {one.command}",
            "Effects planted by its authors that it found: "
            f"{one.found_by_dose('authors')}; by others: {one.found_by_dose('apart')}.",
            f"Alarms over clean drafts: {silence.alarms} of {silence.runs} runs.",
        ),
        "props": [
            prop("version", one.metric_version),
            *props(
                metric=one.metric,
                evaluator=one.evaluator,
                certificate_holds=one.holds,
                certificate_independent=one.independent,
                certificate_made_on=str(one.made_on),
            ),
        ],
        "status": {"state": "operational"},
    }


def _task(told: Told) -> Json:
    run = told.decision.run
    kinds = dict.fromkeys(clause.kind for clause in told.decision.clauses)
    return {
        "uuid": told.uuid("task"),
        "type": "action",
        "title": line(f"Judge run {run.run_id}"),
        "timing": _timing(told),
    } | kept(
        associated_activities=[
            {"activity-uuid": told.uuid("activity", kind), "subjects": _subjects(told)}
            for kind in kinds
        ],
    )


def _timing(told: Told) -> Json:
    """From the entry of the run's intent in the record; without one, when it was judged."""
    start = began(told.decision)
    if start == told.decision.created:
        return {"on-date": {"date": told.made}}
    return {"within-date-range": {"start": start.isoformat(), "end": told.made}}
