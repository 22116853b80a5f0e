"""``govern report --tables``: every table of a decision's report as CSV, with what columns mean."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from govern.app.verify_folder import DecisionFolder
from govern.domain.decision import Decision
from govern.domain.finding import Findings
from govern.errors import InputError
from govern.report.escaping import code
from govern.report.finding_sheets import clauses_sheet, findings_sheet, ll144_sheet, slices_sheet
from govern.report.page import Page
from govern.report.page_sheets import grid_sheet, grids_of
from govern.report.sheets import README, files
from govern.report.view import build
from govern.whole_files import write_whole

ABSENT = "findings.csv and nyc-ll144.csv: not measured. The findings are not at hand."


def tables(decision: Decision, findings: Findings | None, page: Page) -> dict[str, str]:
    """The files of the folder by name; the same decision and page give the same bytes."""
    sheets = [clauses_sheet(decision), slices_sheet(decision)]
    if findings:
        sheets += [findings_sheet(findings.findings), ll144_sheet(findings.findings)]
    sheets += map(grid_sheet, grids_of(page))
    about = f"Decision {code(decision.decision_id)}, made {page.made}."
    return files(about, sheets, () if findings else (ABSENT,))


def tables_of(folder: DecisionFolder) -> dict[str, str]:
    """The same of a decision's folder as it stands."""
    page = build(folder.decision, folder.policy, folder.docket, folder.findings, folder.beside)
    return tables(folder.decision, folder.findings, page)


def write_tables(made: Mapping[str, str], folder: Path) -> Path:
    """Write the tables into a folder, and say where to begin; raises as ``write_files``."""
    return write_files({name: text.encode() for name, text in made.items()}, folder) / README


def write_files(made: Mapping[str, bytes], folder: Path) -> Path:
    """Write files by name into a folder that is new or empty.

    Raises:
        InputError: there is something in it, or it cannot be written.
    """
    try:
        if folder.exists() and any(folder.iterdir()):
            raise InputError(
                f"{folder}: expected a new or empty folder, found one with files in it"
            )
        for name, data in made.items():
            write_whole(folder / name, data)
    except OSError as err:
        raise InputError(f"{folder}: cannot be written: {err.strerror}") from err
    return folder
