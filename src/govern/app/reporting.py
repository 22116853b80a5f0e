"""``govern report``: a decision's report made anew, with what stands in the record by now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from govern.app.beside import (
    answers_to,
    cards_of,
    drafts_of,
    duties_of,
    frame_at_hand,
    log_seen,
    policy_before,
    trust_of,
)
from govern.app.board_page import write_file, write_page
from govern.app.decision_folder import BESIDE, DRAFTS, as_text, templates
from govern.app.in_use import used
from govern.app.opened_decision import Opened, named, open_decision
from govern.app.questions import questions_of
from govern.app.verify import LEVELS, kept_from, reached, verify
from govern.app.verify_folder import MADE
from govern.attest.files import read_signed
from govern.attest.trust import TrustRoot, trust_path
from govern.canon import digest
from govern.domain.base import Noun
from govern.domain.docket import Docket
from govern.domain.finding import Findings
from govern.errors import GovernError, IntegrityError, PolicyError
from govern.report.beside import NOTHING, Beside, Followed
from govern.report.employees import Leaflet, leaflet_of
from govern.report.finding_sheets import ll144_sheet
from govern.report.html import laid_out, render
from govern.report.nyc_public import LAW, PublicPage, public_page
from govern.report.page import Page
from govern.report.pdf import render_pdf
from govern.report.sheets import Sheet
from govern.report.view import build
from govern.sources.legal import legal_tables
from govern.sources.locate import Project
from govern.strict_yaml import explain
from govern.whole_files import write_text

_Read = TypeVar("_Read", bound=Noun)
MEASURED = "for this, nothing was measured again; `govern verify --level 3` does it"
NO_TRUST = "the record has no trust root"


@dataclass(frozen=True)
class Reported:
    """A decision opened with what lies beside it, and the page that comes of it."""

    opened: Opened
    beside: Beside
    page: Page
    findings: Findings | None

    def write(self) -> Path:
        """Write ``report.html`` and ``beside.json`` in the decision's folder anew."""
        path = self.opened.folder / "report.html"
        write_text(self.opened.folder / BESIDE, as_text(self.beside))
        write_text(path, render(self.page, templates()))
        return path

    def write_pdf(self, out: Path) -> Path:
        """Write the page as one PDF, dated as the decision is.

        Raises:
            InputError: the extra ``pdf`` is not installed, or ``out`` cannot be written.
        """
        made = render_pdf(self.page, templates(), created=self.opened.decision.created)
        return write_file(out, made)


@dataclass(frozen=True)
class NycPublic:
    """The public page and its tables."""

    page: PublicPage
    tables: Sheet


def report(project: Project, which: str, *, now: datetime, drafts: bool = True) -> Reported:
    """The report of a decision as things stand now.

    Args:
        project: whose record, datasets and legal tables are looked at.
        which: a decision's folder, or its id in the record.
        now: when.
        drafts: whether excerpts of drafts are shown; of real people's they never are.

    Raises:
        InputError, IntegrityError: as ``open_decision``, or a file beside the decision is not
            the one that it names.
        PolicyError: a legal table or an answer in the record is malformed.
    """
    opened = open_decision(project.record, which)
    docket, findings = docket_and_findings(opened)
    trust = trust_of(project)
    signers, unsigned = _signers(opened, trust, now)
    shown = drafts_of(
        frame_at_hand(project, opened.decision.run, opened.folder / DRAFTS),
        opened.decision,
        findings or Findings(run=opened.decision.run, findings=()),
        shown=drafts,
    )
    in_use, not_in_use = used(project, project.record, opened.decision, now=now)
    beside = Beside(
        as_of=now,
        signers=signers,
        unsigned=unsigned,
        followed=_followed(opened, trust_path(project.record) if trust else None, now),
        log=log_seen(project, now),
        answers=answers_to(project, opened.decision, trust, now),
        policy_before=policy_before(project.record, opened.decision, opened.policy),
        questions=questions_of(opened.decision, findings, in_use),
        in_use=in_use,
        not_in_use=not_in_use,
        cards=cards_of(project, opened.decision.run),
        duties=duties_of(project),
        shapes=shown.shapes,
        excerpts=shown.excerpts,
        without=shown.without,
    )
    page = build(opened.decision, opened.policy, docket, findings, beside)
    return Reported(opened, beside, page, findings)


def for_employees(project: Project, which: str, *, now: datetime) -> Leaflet:
    """The page for employees about a decision as of now; raises as ``open_decision``."""
    opened = open_decision(project.record, which)
    return leaflet_of(opened.decision, opened.policy, now)


def write_leaflet(leaflet: Leaflet, out: Path) -> Path:
    """Write the page for employees as one HTML file.

    Raises:
        InputError: it cannot be written.
    """
    return write_page(out, laid_out("employees.html.j2", templates(), leaflet=leaflet))


def for_nyc(project: Project, which: str, *, now: datetime) -> NycPublic:
    """What New York City's Local Law 144 wants published about a decision's run.

    Raises:
        InputError, IntegrityError: as ``open_decision``, or the findings are not those that it
            names.
        PolicyError: a legal table is malformed.
    """
    opened = open_decision(project.record, which)
    _, findings = docket_and_findings(opened)
    found = findings.findings if findings else ()
    law = next((one for one in legal_tables(project) if one.table == LAW), None)
    cards = cards_of(project, opened.decision.run)
    page = public_page(opened.decision, found, cards, law, as_of=now)
    return NycPublic(page, ll144_sheet(found))


def write_nyc(public: NycPublic, out: Path) -> tuple[Path, Path]:
    """Write the page as one HTML file, and its tables beside it as CSV.

    Raises:
        InputError: they cannot be written.
    """
    page = laid_out("nyc-public.html.j2", templates(), page=public.page)
    return write_page(out, page), write_page(out.with_suffix(".csv"), public.tables.csv)


def page_of(opened: Opened, *, now: datetime) -> Page:
    """The page of a decision as it reads now, of what stands in its folder and no more.

    Raises:
        InputError, IntegrityError: a file beside the decision is not the one that it names.
    """
    docket, findings = docket_and_findings(opened)
    beside = _beside(opened, BESIDE, Beside) or NOTHING
    return build(opened.decision, opened.policy, docket, findings, beside, read=now)


def docket_and_findings(opened: Opened) -> tuple[Docket | None, Findings | None]:
    """Docket and findings beside a decision, where they are there; those that it names."""
    docket = _beside(opened, "docket.json", Docket)
    findings = _beside(opened, "findings.json", Findings)
    expected = {
        "docket.json": (docket, opened.decision.docket_digest),
        "findings.json": (findings, opened.decision.findings_digest),
    }
    for name, (noun, asked) in expected.items():
        if noun is not None and digest(noun.as_json()) != asked:
            raise IntegrityError(
                f"{opened.folder / name}: not what the decision names: expected SHA-256 {asked}"
            )
    return docket, findings


def _beside(opened: Opened, name: str, noun: type[_Read]) -> _Read | None:
    path = opened.folder / name
    try:
        return noun.model_validate_json(read_signed(path))
    except FileNotFoundError:
        return None
    except ValidationError as err:
        raise IntegrityError(f"{path}: {explain(err)}") from err


def _signers(opened: Opened, trust: TrustRoot | None, now: datetime) -> tuple[tuple[str, ...], str]:
    if trust is None:
        return (), NO_TRUST
    try:
        return tuple(map(named, opened.signers(trust, now=now))), ""
    except PolicyError as err:
        return (), str(err).partition(": ")[2] or str(err)


def _followed(opened: Opened, trust: Path | None, now: datetime) -> Followed:
    """How far ``govern verify`` gets at level 2 by the record's keys.

    The made files are left aside: they are made anew.
    """
    if trust is None:
        return Followed(level=0, meaning=LEVELS[0], kept_from=NO_TRUST)
    try:
        found = verify(opened.folder, now=now, trust=trust)
    except GovernError as err:
        return Followed(level=0, meaning=LEVELS[0], kept_from=str(err))
    checks = [check for check in found.checks if check.what not in MADE]
    level = reached(checks)
    stopped = MEASURED if level == found.asked else kept_from(checks, found.asked, None)
    return Followed(level=level, meaning=LEVELS[level], kept_from=stopped)
