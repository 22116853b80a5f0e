"""The reports of the demo's three candidates: ``make golden`` writes them anew.

The two candidates that need no model are drafted and measured again; the local model's drafts
were recorded once (``local/drafts.parquet``) and are measured again. Nobody signed anything
here: the signers are the demo's, and their keys are made up.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

from govern import frames
from govern.app import cards as data_cards
from govern.app import report_tables
from govern.app.beside import cards_of, drafts_of, duties_of
from govern.app.checks import differences
from govern.app.decision_folder import templates
from govern.app.demo import ATTESTED, GATE_KEY, MADE_UP, POLICY, SIGNERS, SUITE
from govern.app.docket import JUDGED
from govern.app.drafting import Manner
from govern.app.in_use import NO_RECORD
from govern.app.loading import load_suite
from govern.app.past import alternatives
from govern.app.progress import Reporter
from govern.app.questions import questions_of
from govern.app.run import start
from govern.canon import digest
from govern.domain import (
    Attestation,
    Decision,
    Docket,
    Findings,
    Policy,
    Signed,
    Signer,
)
from govern.metrics import measure
from govern.policy.judge import judge
from govern.policy.scope import narrowed
from govern.report.beside import Beside, PolicyBefore
from govern.report.finding_sheets import ll144_sheet
from govern.report.html import laid_out, render
from govern.report.nyc_public import LAW, public_page
from govern.report.page import Page
from govern.report.view import build
from govern.sources.legal import legal_tables
from govern.sources.locate import Project, builtin_root, locate
from govern.sources.policies import load_certificates, load_gate_certificate, load_policy
from govern.whole_files import write_whole

HERE = Path(__file__).parent
PROJECT = Project(HERE, configured=False)
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
AGAIN = ("reference", "planted")
NAMES = (*AGAIN, "local")
TABLED = "local"
"""The smallest one: its tables stand there too."""
CARDED = "planted"
"""The one with most to tell: its cards stand there too."""


class Example(NamedTuple):
    """A candidate's decision, what it rests on, and its page."""

    decision: Decision
    findings: Findings
    page: Page


def pages() -> dict[str, Page]:
    """The page of each candidate by name, in the order in which they were judged."""
    return {name: one.page for name, one in examples().items()}


def tables() -> dict[str, str]:
    """What `--tables` and `--for nyc-public` make of ``TABLED``, by file in its folder."""
    one = examples()[TABLED]
    cards = cards_of(PROJECT, one.findings.run)
    law = next(table for table in legal_tables(PROJECT) if table.table == LAW)
    public = public_page(one.decision, one.findings.findings, cards, law, as_of=NOW)
    written = report_tables.tables(one.decision, one.findings, one.page)
    return {f"tables/{name}": text for name, text in written.items()} | {
        "nyc-public.html": laid_out("nyc-public.html.j2", templates(), page=public),
        "nyc-public.csv": ll144_sheet(one.findings.findings).csv,
    }


def cards() -> dict[str, bytes]:
    """What `--cards` makes of ``CARDED``, by file in its folder."""
    one = examples()[CARDED]
    made = data_cards.cards(PROJECT, one.decision, one.page)
    return {f"cards/{name}": data for name, data in made.items()}


def examples() -> dict[str, Example]:
    """Each candidate by name, in the order in which they were judged."""
    policy = load_policy(locate(PROJECT, "policies", POLICY))
    made: dict[str, Example] = {}
    before: list[Decision] = []
    for name in NAMES:
        findings = read(name, "findings.json", Findings)
        docket = _docket(policy, findings, tuple(before))
        decision = judge(policy, findings, docket, now=NOW)
        beside = read(name, "drafts.json", Beside).model_copy(
            update={
                "as_of": NOW,
                "signers": (f"{GATE_KEY} (gate)",),
                "policy_before": PolicyBefore(),
                "questions": questions_of(decision, findings, None),
                "not_in_use": NO_RECORD,
                "cards": cards_of(PROJECT, findings.run),
                "duties": duties_of(PROJECT),
            }
        )
        page = build(decision, policy, docket, findings, beside)
        made[name] = Example(decision, findings, page)
        before.append(decision)
    return made


def html(page: Page) -> str:
    """A page as it stands in ``report.html``."""
    return render(page, templates())


def read(name: str, file: str, noun: type[Findings] | type[Beside]):
    """What stands in a candidate's folder."""
    return noun.model_validate_json((HERE / name / file).read_bytes())


def _docket(policy: Policy, findings: Findings, before: tuple[Decision, ...]) -> Docket:
    folders = [builtin_root() / "evals" / "certificates"]
    named = {clause.subject for clause in policy.clauses}
    return Docket(
        scope=narrowed(policy.scope, findings.run),
        signed_by=tuple(f"{name} ({role})" for name, role in SIGNERS.items()),
        specs=tuple(JUDGED[one] for one in sorted(named & set(JUDGED))),
        certificates=tuple(c for c in load_certificates(folders) if c.metric in named),
        attestations=tuple(_attested(policy, name, role) for name, role in SIGNERS.items()),
        gate=load_gate_certificate(folders, policy),
        alternatives=alternatives(before, policy, findings.run),
    )


def _attested(policy: Policy, name: str, role: str) -> Signed[Attestation]:
    kind, answer = ATTESTED[role]
    act = Attestation(
        attestation=kind,
        answer=answer,
        statement=MADE_UP,
        policy=policy.policy,
        role=role,
        made=NOW,
        expires=date(2027, 11, 25),
    )
    signer = Signer(name=name, roles=(role,), keyid=digest(name))
    return Signed[Attestation](act=act, signers=(signer,), digest=digest(act.as_json()))


def make() -> None:
    """Draft and measure what can be, and write whatever comes out other than it stands."""
    with tempfile.TemporaryDirectory() as place:
        project = Project(Path(place), configured=False)
        for name in AGAIN:
            folder = start(
                project,
                SUITE,
                pipeline=f"builtin:{name}",
                plan="standard",
                now=NOW,
                reporter=Reporter(),
                run_id=f"demo-{name}-standard",
                manner=Manner(mirrored=False),
            )
            _keep(name, folder.read_findings(), folder.frame)
    recorded = HERE / "local" / "drafts.parquet"
    run = read("local", "findings.json", Findings).run
    measures = load_suite(PROJECT, SUITE).measures
    measured = measure(frames.read(recorded), measures)
    _keep("local", Findings(run=run, findings=measured), recorded)
    for name, page in pages().items():
        (HERE / name / "report.html").write_text(html(page), encoding="utf-8", newline="\n")
    shutil.rmtree(HERE / TABLED / "tables", ignore_errors=True)
    (HERE / TABLED / "tables").mkdir()
    for name, text in tables().items():
        (HERE / TABLED / name).write_bytes(text.encode())
    for name, data in cards().items():
        write_whole(HERE / CARDED / name, data)


def _keep(name: str, findings: Findings, frame: Path) -> None:
    """Write findings that differ; how long drafting took, and thus its digest, always does."""
    path = HERE / name / "findings.json"
    stands = read(name, "findings.json", Findings) if path.exists() else None
    if stands is not None:
        spent = {"spend": stands.run.spend, "drafts_digest": stands.run.drafts_digest}
        same = findings.model_copy(update={"run": findings.run.model_copy(update=spent)})
        if not any(differences(stands.as_json(), same.as_json())):
            findings = stands
    path.parent.mkdir(exist_ok=True)
    path.write_text(lines(findings), encoding="utf-8", newline="\n")
    policy = load_policy(locate(PROJECT, "policies", POLICY))
    decision = judge(policy, findings, _docket(policy, findings, ()), now=NOW)
    shown = drafts_of(frame, decision, findings, shown=True)
    beside = Beside(shapes=shown.shapes, excerpts=shown.excerpts, without=shown.without)
    text = beside.model_dump_json(indent=1, exclude_none=True)
    (HERE / name / "drafts.json").write_text(f"{text}\n", encoding="utf-8", newline="\n")


def lines(findings: Findings) -> str:
    """Findings as JSON, one on a line, so that a difference can be read."""
    told = ",\n".join(one.model_dump_json(exclude_none=True) for one in findings.findings)
    run = findings.run.model_dump_json(exclude_none=True)
    return f'{{"schema_version": 1, "run": {run}, "findings": [\n{told}\n]}}\n'


if __name__ == "__main__":
    sys.exit(make())
