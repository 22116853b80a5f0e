"""Makes the decision vectors anew: ``python docs/decision-vectors/make.py [FOLDER]``.

Nothing is drawn by chance and no clock is read, so the same code gives the same bytes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from govern.app.decision_folder import as_text
from govern.canon import digest
from govern.domain import (
    Attempt,
    Attempts,
    Attestation,
    Binomial,
    Certificate,
    Comparison,
    Corrected,
    Counts,
    Deployment,
    Docket,
    Finding,
    Findings,
    Interval,
    Ratio,
    RecordFacts,
    RunFacts,
    Scope,
    Signed,
    Signer,
    StudentT,
    Undefined,
    Waiver,
)
from govern.domain.metric import Shape, Spec
from govern.policy.judge import judge
from govern.policy.reader import read_policy
from govern.testing import certificate_of, trial_of

HERE = Path(__file__).parent
NOW = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
DAY = timedelta(days=1)
ANY_RELEASE = "any"
FINGERPRINT, DRAFTS = "f" * 64, "d" * 64
ANA = Signer(name="ana", roles=("board-chair",), keyid="a" * 64)
BEN = Signer(name="ben", roles=("worker-representative",), keyid="b" * 64)
CYD = Signer(name="cyd", roles=("worker-representative",), keyid="c" * 64)

HEAD = """---
policy: made-up
version: 1.0.0
approved: 2026-01-02
review_by: 2027-01-02
decision_valid_days: 90
declared_only_valid_days: 30
approvals: {threshold: 1, roles: [board-chair, worker-representative]}
attempts: {max_per_lineage: 3}
scope: {use_cases: [review], stage: pilot, languages: [en], human_review: true}
---
# A made-up policy

These clauses bind nobody. They are here to be judged.
"""


def spec(name: str, shape: Shape, **changes: Any) -> Spec:
    sense = {"contrast": "centred", "ratio": "centred"}.get(shape, "lower_is_better")
    facts = {
        "id": f"example.{name}",
        "version": "1",
        "question": "What?",
        "unit": "points",
        "sense": sense,
        "shape": shape,
        "method": "made up",
    }
    return Spec.model_validate(facts | changes)


GAP, RATIO = spec("gap", "contrast"), spec("ratio", "ratio", neutral=1.0)
SHARE, HITS = spec("share", "level"), spec("hits", "event")
AGREEMENT = spec("agreement", "level", sense="higher_is_better")
OVERDUE = spec("overdue", "level")
SPECS = (GAP, RATIO, SHARE, HITS, AGREEMENT, OVERDUE)

EVIDENCE = "evidence: {min_cases: 60, suite: example}"
MARGIN = f"""metric: example.gap
slices: [{{by: gender, inside: 0.25}}, {{by: team, inside: 0.4}}]
statistic: {{confidence: 0.9, sided: two}}
{EVIDENCE}"""
CEILING = f"""metric: example.share
statistic: {{confidence: 0.95, sided: one}}
pass_if: {{upper_le: 0.05}}
fail_if: {{lower_gt: 0.05}}
{EVIDENCE}"""
FLOOR = f"""metric: example.agreement
statistic: {{confidence: 0.95, sided: one}}
pass_if: {{lower_ge: 0.7}}
fail_if: {{upper_lt: 0.7}}
{EVIDENCE}"""
NEVER = f"""metric: example.hits
statistic: {{confidence: 0.95, sided: one}}
pass_if: {{upper_le: 0.0125}}
fail_if: {{lower_gt: 0}}
{EVIDENCE}"""
PAIRS = f"""metric: example.ratio
slices: [{{by: gender}}]
statistic: {{confidence: 0.95, sided: one}}
pass_if: {{lower_ge: 0.8}}
fail_if: {{upper_lt: 0.8}}
{EVIDENCE}"""
WAIVER = "waiver: {allowed: true, approvers: [board-chair], max_days: 30}"
COUNCIL = """attest: works-council
role: worker-representative
answers: [agreed, consulted]
max_age_days: 180"""
REVIEWED = """property: human_review
must: {equals: required}"""
RECORD = """record: example.overdue
statistic: {confidence: 0.95, sided: one}
pass_if: {upper_le: 0.25}
fail_if: {lower_gt: 0.25}
evidence: {min_cases: 20, window_days: 90}"""


def student(se: float, **more: Any) -> StudentT:
    return StudentT(**({"se": se, "df": 59, "clusters": 360} | more))


def finding(
    of: Spec, estimate: float | Undefined, interval: Interval | None, **changes: Any
) -> Finding:
    facts = {
        "metric": of.id,
        "version": of.version,
        "estimate": estimate,
        "interval": interval,
        "unit": of.unit,
        "sense": of.sense,
        "method": of.method,
        "counts": Counts(planned=2160, ok=2160, scored=2160, cases=360, units=2160),
        "evaluator": "made-up",
    }
    return Finding(**(facts | changes))


def gaps(*, female: float = 0.02, teams: Sequence[float] = (0.05, -0.08, 0.03), se: float = 0.04):
    return (
        finding(GAP, female, student(se), by="gender", contrast="female"),
        *(
            finding(GAP, gap, student(1.5 * se), by="team", contrast=team)
            for team, gap in zip("abc", teams, strict=True)
        ),
    )


def share(estimate: float, **more: Any) -> Finding:
    interval = student(0.12, scale="log", step=1 / 12, least=0.0, most=1.0)
    return finding(SHARE, estimate, **({"interval": interval} | more))


def run(**changes: Any) -> RunFacts:
    facts = {
        "run_id": "one",
        "suite": "example",
        "suite_version": "1.0.0",
        "plan": "standard",
        "dataset": "made-up",
        "dataset_digest": "0" * 64,
        "use_case": "review",
        "synthetic": True,
        "pipeline": "drafter",
        "pipeline_version": "1.0.0",
        "fingerprint": FINGERPRINT,
        "planned": 2160,
        "groups": {"gender": ("female", "male"), "team": ("a", "b", "c")},
        "deployment": Deployment(human_review="required"),
        "drafts_digest": DRAFTS,
        "harness_version": ANY_RELEASE,
        "seed": 0,
    }
    return RunFacts.model_validate(facts | changes)


def certificate(of: Spec, **changes: Any) -> Certificate:
    return certificate_of(of, **changes)


def signed(act: Any, *by: Signer) -> Any:
    return Signed[type(act)](act=act, signers=by, digest=digest(act.as_json()))


def says(who: Signer, answer: str, **changes: Any) -> Signed[Attestation]:
    facts = {
        "attestation": "works-council",
        "answer": answer,
        "statement": "We heard the plan.",
        "policy": "made-up",
        "role": who.roles[0],
        "made": NOW - 10 * DAY,
        "expires": date(2026, 9, 1),
    }
    return signed(Attestation.model_validate(facts | changes), who)


def waiver(*by: Signer, **changes: Any) -> Signed[Waiver]:
    facts = {
        "clause": "COV-1",
        "fingerprint": FINGERPRINT,
        "requester": "dora",
        "reason": "The service was down for a day.",
        "mitigation": "People write by hand.",
        "created": NOW - 2 * DAY,
        "expires": date(2026, 3, 30),
    }
    return signed(Waiver.model_validate(facts | changes), *by)


def tries(*runs: str, policy_digest: str) -> Attempts:
    return Attempts(
        lineage="drafter/review",
        known=True,
        entered=tuple(
            Attempt(
                run_id=run_id,
                entered=NOW - (len(runs) - number) * DAY,
                fingerprint=FINGERPRINT,
                policy_digest=policy_digest,
                state="finished",
            )
            for number, run_id in enumerate(runs)
        ),
    )


def contests(estimate: float, **changes: Any) -> RecordFacts:
    late = finding(OVERDUE, estimate, Binomial(hits=round(estimate * 80), n=80))
    facts = {"as_of": NOW - DAY, "window_days": 90, "findings": (late,)}
    return RecordFacts.model_validate(facts | changes)


def compared(estimate: float) -> Comparison:
    incumbent = run(run_id="before", fingerprint="e" * 64, drafts_digest="c" * 64)
    paired = finding(SHARE, estimate, student(0.004), against="incumbent")
    return Comparison(candidate=DRAFTS, incumbent=incumbent, cells=2160, findings=(paired,))


@dataclass(frozen=True)
class Vector:
    """A case: clauses as blocks, the findings, and what else lies before the judge.

    ``waivers`` are made for the digests of policy and findings, with changes. ``intended`` is the
    digest of the policy that the attempts named; by default this very one.
    """

    about: str
    clauses: Mapping[str, str]
    findings: Sequence[Finding] = ()
    run: RunFacts = field(default_factory=run)
    docket: Mapping[str, Any] = field(default_factory=dict)
    waivers: Sequence[tuple[Sequence[Signer], Mapping[str, Any]]] = ()
    tried: Sequence[str] = ()
    intended: str | None = None

    def policy(self) -> str:
        parts = [HEAD]
        for name, block in self.clauses.items():
            severity = "warn" if name.startswith("WARN") else "block"
            parts.append(
                f"## {name} A clause\n\nIt is here to be judged.\n\n"
                f"```yaml clause\nid: {name}\nseverity: {severity}\n{block}\n```\n"
            )
        return "\n".join(parts)

    def files(self) -> dict[str, str]:
        text = self.policy()
        policy = read_policy(text.encode(), where="policy.md")
        found = Findings(run=self.run, findings=tuple(self.findings))
        digests = {"policy_digest": policy.digest, "findings_digest": digest(found.as_json())}
        named = {clause.subject for clause in policy.clauses}
        facts = {
            "scope": policy.scope,
            "signed_by": ("ana (board-chair)",),
            "specs": tuple(one for one in SPECS if one.id in named),
            "certificates": tuple(certificate(one) for one in SPECS if one.id in named),
            "waivers": tuple(
                waiver(*by, **(digests | dict(changes))) for by, changes in self.waivers
            ),
        }
        if self.tried:
            intended = self.intended or policy.digest
            facts["attempts"] = tries(*self.tried, policy_digest=intended)
        docket = Docket(**(facts | dict(self.docket)))
        decision = judge(policy, found, docket, now=NOW)
        expected = decision.model_copy(update={"harness_version": ANY_RELEASE})
        return {
            "policy.md": text,
            "findings.json": as_text(found),
            "docket.json": as_text(docket),
            "decision.json": as_text(expected),
        }


DECIDE = run(mode="decide")
PROVISIONAL = certificate(SHARE, trials=(trial_of("authors"),))
VECTORS = {
    "01-pass": Vector(
        "Every kind of interval clears its threshold; a deciding run, its second attempt.",
        {
            "FAIR-1": MARGIN,
            "FAIR-2": PAIRS,
            "COV-1": CEILING,
            "ACC-1": FLOOR,
            "INT-1": NEVER.replace("0.0125", "0.02"),
            "USE-1": REVIEWED,
            "WORK-1": COUNCIL,
            "REC-1": RECORD,
        },
        (
            *gaps(),
            *(
                finding(
                    RATIO,
                    0.97,
                    Ratio(
                        numerator=0.388,
                        denominator=0.4,
                        variances=((0.0004, -0.0005, 0.0004), (0.0003, -0.0002, 0.0003)),
                        df=59,
                        clusters=360,
                        step=1 / 12,
                    ),
                    by="gender",
                    contrast=pair,
                )
                for pair in ("female / male", "male / female")
            ),
            share(0.02),
            finding(AGREEMENT, 0.84, student(0.06, scale="fisher_z", least=-1.0, most=1.0)),
            finding(HITS, 0.0, Binomial(hits=0, n=360)),
        ),
        run=DECIDE,
        docket={
            "attestations": (says(BEN, "agreed"),),
            "record": (contests(0.05),),
        },
        tried=("zero", "one"),
    ),
    "02-fail-by-holm": Vector(
        "Team b fails at a quarter of the level, team a then at a third, team c at none.",
        {"FAIR-1": MARGIN},
        gaps(teams=(0.66, -0.7, 0.43), se=0.06),
    ),
    "03-straddles": Vector(
        "Alone at the level of the clause the margin would be cleared, at a third of it not.",
        {"FAIR-1": MARGIN, "COV-1": CEILING},
        (*gaps(female=0.13, se=0.06), share(0.045)),
    ),
    "04-one-hit": Vector(
        "Where nothing is tolerated one hit fails, though the upper end clears its threshold.",
        {"INT-1": NEVER.replace("0.0125", "0.05")},
        (finding(HITS, 1 / 360, Binomial(hits=1, n=360)),),
    ),
    "05-missing-slice": Vector(
        "No finding for team c, none at all by gender, and one with a reason instead of a number.",
        {"FAIR-1": MARGIN, "COV-1": CEILING, "ACC-1": FLOOR},
        (
            *gaps()[1:3],
            finding(SHARE, Undefined(reason="no evidence supplied"), None),
        ),
    ),
    "06-thin": Vector(
        "Too few cases cannot pass; they can fail. Groups compared over other cases do neither.",
        {
            "COV-1": CEILING,
            "COV-2": CEILING.replace("example.share", "example.overdue"),
            "FAIR-1": MARGIN,
        },
        (
            share(0.01, counts=Counts(planned=300, ok=300, scored=300, cases=59, units=300)),
            finding(
                OVERDUE,
                0.5,
                student(0.1, scale="log"),
                counts=Counts(planned=99, ok=99, scored=99, cases=12, units=99),
            ),
            *(one.model_copy(update={"design": "unpaired"}) for one in gaps()),
        ),
    ),
    "07-uncertified": Vector(
        "None for this evaluator; one that failed its own test; a provisional one, asked for more.",
        {
            "FAIR-1": MARGIN,
            "ACC-1": FLOOR,
            "COV-1": CEILING.replace("suite: example", "suite: example, certificate: independent"),
            "COV-2": CEILING,
        },
        (*gaps(), finding(AGREEMENT, 0.9, student(0.02)), share(0.02)),
        docket={
            "certificates": (
                certificate(GAP, evaluator="another"),
                certificate(AGREEMENT, invariance_max_change=0.5),
                PROVISIONAL,
            )
        },
    ),
    "08-does-not-fit": Vector(
        "Another plan than the clause asks for, another suite, baseline, version of the metric.",
        {
            "COV-2": CEILING.replace("suite: example", "suite: another"),
            "COV-1": CEILING.replace("suite: example", "suite: example, plan: full"),
            "ACC-1": FLOOR.replace("suite: example", "suite: example, baseline: people"),
            "FAIR-1": MARGIN,
        },
        (
            share(0.01),
            finding(AGREEMENT, 0.9, student(0.02), baseline="reference"),
            *(one.model_copy(update={"version": "0"}) for one in gaps()),
        ),
        docket={
            "certificates": (
                certificate(SHARE),
                certificate(AGREEMENT),
                certificate(GAP, metric_version="0"),
            )
        },
    ),
    "09-waived": Vector(
        "Measured, the clause fails; in effect it is waived, by the longer of two waivers.",
        {"COV-1": f"{CEILING}\n{WAIVER}", "FAIR-1": MARGIN},
        (share(0.2), *gaps()),
        waivers=(((ANA,), {}), ((ANA, BEN), {"expires": date(2026, 3, 20)})),
    ),
    "10-waiver-refused": Vector(
        "By who asked for it, for other findings, for too long, expired, yet to come.",
        {"COV-1": f"{CEILING}\n{WAIVER}"},
        (share(0.2),),
        waivers=(
            ((ANA,), {"requester": "ana"}),
            ((ANA,), {"findings_digest": "1" * 64}),
            ((ANA,), {"expires": date(2026, 5, 1)}),
            ((ANA,), {"expires": date(2026, 3, 3)}),
            ((ANA,), {"created": NOW + DAY}),
            ((BEN,), {"ticket": "HR-7"}),
        ),
    ),
    "11-objection": Vector(
        "One of two worker representatives objects. Nobody can outvote that.",
        {"WORK-1": COUNCIL},
        docket={"attestations": (says(BEN, "agreed"), says(CYD, "objected"))},
    ),
    "12-statements": Vector(
        "Too old; taken back by a later one; by another role; of another lineage; yet to come.",
        {
            "WORK-1": COUNCIL,
            "WORK-2": COUNCIL.replace("works-council", "training"),
            "WORK-3": COUNCIL.replace("works-council", "impact-assessment"),
        },
        docket={
            "attestations": (
                says(BEN, "agreed", made=NOW - 181 * DAY),
                says(BEN, "agreed", attestation="training", made=NOW - 20 * DAY),
                says(BEN, "not_applicable", attestation="training"),
                says(ANA, "agreed", attestation="training"),
                says(BEN, "agreed", attestation="impact-assessment", lineage="another"),
                says(CYD, "agreed", attestation="impact-assessment", made=NOW + DAY),
            )
        },
    ),
    "13-properties": Vector(
        "Not stated; stated otherwise; stated as it must be, in each way there is.",
        {
            "USE-1": "property: disclosure\nmust: {stated: true}",
            "USE-2": "property: automatic_submission\nmust: {equals: false}",
            "USE-3": "property: provider_regions\nmust: {one_of: [EU, UK]}",
            "USE-4": "property: data_sources\nmust: {none_of: [chat, e-mail]}",
            "USE-5": "property: purposes\nmust: {includes: [reviews]}",
            "USE-6": "property: retention_days\nmust: {at_most: 30}",
            "USE-7": "property: owner\nmust: {stated: true}",
        },
        run=run(
            deployment=Deployment(
                automatic_submission=True,
                provider_regions=("EU",),
                data_sources=("goals", "chat"),
                purposes=("reviews", "goals"),
                retention_days=31,
                owner="  ",
            )
        ),
    ),
    "14-record": Vector(
        "Statistics over another window, and of the right one a week and a second old.",
        {"REC-1": RECORD, "REC-2": RECORD.replace("window_days: 90", "window_days: 30")},
        docket={
            "record": (
                contests(0.0, as_of=NOW - 7 * DAY - timedelta(seconds=1)),
                contests(0.05, window_days=30, as_of=NOW),
            )
        },
    ),
    "15-attempts-used-up": Vector(
        "The fourth attempt, where the policy allows three. A failure stays one.",
        {"COV-1": CEILING, "ACC-1": FLOOR},
        (share(0.01), finding(AGREEMENT, 0.4, student(0.02))),
        run=DECIDE,
        tried=("zero", "two", "three", "one"),
    ),
    "16-attempts-unknown": Vector(
        "A deciding run whose record could not be reached. No waiver helps.",
        {"COV-1": f"{CEILING}\n{WAIVER}"},
        (share(0.01),),
        run=DECIDE,
        docket={
            "attempts": Attempts(lineage="drafter/review", known=False, why="no connection"),
        },
        waivers=(((ANA,), {}),),
    ),
    "17-not-applied": Vector(
        "Clauses for another place, use and stage, one for a part of the place, one for none.",
        {
            "COV-1": f"{CEILING}\napplies_if: {{jurisdictions: [EU]}}",
            "COV-2": f"{CEILING}\napplies_if: {{jurisdictions: [US-NY-NYC]}}",
            "COV-3": f"{CEILING}\napplies_if: {{stages: [rollout]}}",
            "COV-4": f"{CEILING}\napplies_if: {{use_cases: [goal]}}",
            "COV-5": CEILING,
        },
        (share(0.01),),
        docket={"scope": Scope(use_cases=("review",), stage="pilot", jurisdictions=("US-NY",))},
    ),
    "18-out-of-scope": Vector(
        "The decision is to hold for a rollout, the policy for a pilot.",
        {"COV-1": CEILING},
        (share(0.01),),
        docket={"scope": Scope(use_cases=("review",), stage="rollout")},
    ),
    "19-incumbent": Vector(
        "No worse than the incumbent, by the paired difference and not by levels.",
        {"COV-1": f"{CEILING}\nagainst: incumbent", "COV-2": CEILING},
        (share(0.2),),
        docket={"comparison": compared(0.01)},
    ),
    "20-no-incumbent": Vector(
        "The incumbent was compared with other drafts than these.",
        {"COV-1": f"{CEILING}\nagainst: incumbent"},
        (share(0.01),),
        docket={"comparison": compared(0.01).model_copy(update={"candidate": "1" * 64})},
    ),
    "21-judged-by-a-model": Vector(
        "A share of verdicts corrected for the errors of who gave them; parts declared only.",
        {"COV-1": CEILING, "WARN-1": FLOOR},
        (
            finding(
                SHARE,
                0.01,
                Corrected(
                    share=0.03,
                    n=1900.0,
                    clusters=360,
                    found=188,
                    spoiled=200,
                    cleared=196,
                    sound=200,
                ),
            ),
            finding(AGREEMENT, 0.4, student(0.02)),
        ),
        run=run(declared_only=("the model's weights",)),
    ),
    "22-rejudged": Vector(
        "A policy that came after the result; the intent had named another.",
        {"COV-1": CEILING},
        (share(0.01),),
        run=DECIDE,
        tried=("one",),
        intended="0" * 64,
    ),
    "23-failed-in-doubt": Vector(
        "The only clause failed, and nobody knows the attempts: its waiver does not count.",
        {"COV-1": f"{CEILING}\n{WAIVER}"},
        (share(0.2),),
        run=DECIDE,
        docket={
            "attempts": Attempts(lineage="drafter/review", known=False, why="no connection"),
        },
        waivers=(((ANA, BEN), {}),),
    ),
    "24-union": Vector(
        "A law of the union binds in its member state, one of another state does not.",
        {
            "COV-1": f"{CEILING}\napplies_if: {{jurisdictions: [EU]}}",
            "COV-2": f"{CEILING}\napplies_if: {{jurisdictions: [DE-BY]}}",
            "COV-3": f"{CEILING}\napplies_if: {{jurisdictions: [FR, GB]}}",
        },
        (share(0.01),),
        docket={"scope": Scope(use_cases=("review",), stage="pilot", jurisdictions=("DE",))},
    ),
}


def main(target: Path) -> None:
    for name, vector in VECTORS.items():
        folder = target / name
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in vector.files().items():
            (folder / file).write_text(text, encoding="utf-8", newline="\n")
    about = [{"name": name, "about": vector.about} for name, vector in VECTORS.items()]
    text = json.dumps({"now": NOW.isoformat(), "vectors": about}, indent=1)
    (target / "vectors.json").write_text(f"{text}\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
