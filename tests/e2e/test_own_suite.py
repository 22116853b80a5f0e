"""From a spreadsheet to a run of a suite of one's own, as docs/anonymise.md says."""

from __future__ import annotations

import csv
import re
import shlex
from pathlib import Path

import pytest

PAGE = (Path(__file__).resolve().parents[2] / "docs/anonymise.md").read_text("utf-8")
SECTION = PAGE.partition("## 5. Make a suite of it")[2].partition("\n## ")[0]
GIVEN = "Zibbelina Amara Dagny Elif Gustavo Henrike Ingrid Katrin Leopold Olabisi".split()
FAMILY = "Quorn Abernathy Lindqvist".split()
STAFF = [(g, f) for f in FAMILY for g in GIVEN]
WORK = "ledgers invoices audits claims branches tills letters vaults loans cards".split()


def blocks(text, language):
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def spreadsheet(folder: Path) -> None:
    with (folder / "roster.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([("first", "last"), *STAFF])
    for name, line in (("products.txt", "Blue Ledger"), ("clients.txt", "Contoso")):
        (folder / name).write_text(f"{line}\n")
    head = "review employee job score sex years role".split()
    with (folder / "reviews.csv").open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(head)
        for n, (given, family) in enumerate(STAFF):
            she, her = ("She", "her") if n % 2 else ("He", "his")
            text = (
                f"{given} {family} kept the {WORK[n % 10]} in order for Contoso. {she} listens, "
                f"and {her} team trusts {given}. {family}'s {WORK[(n * 3 + 1) % 10]} were tidy."
            )
            rows.writerow((text, f"{given} {family}", n, n % 5 + 1, "mf"[n % 2], 5, "clerk"))


@pytest.mark.usefixtures("started", "unmirrored")
def test_the_page_leads_from_a_spreadsheet_to_findings(govern, project):
    spreadsheet(project)
    anonymise = next(b for b in blocks(PAGE, "sh") if b.startswith("govern anonymise"))
    [suite] = blocks(SECTION, "python")
    (project / "evals/acme.py").write_text(suite)
    commands = "".join([anonymise.replace("\\\n", " "), *blocks(SECTION, "sh")]).splitlines()
    shown = []
    for command in commands:
        done = govern(*shlex.split(command)[1:])
        assert 0 == done.code, (command, done.err)
        shown.append(done.out)

    assert ["anonymise", "dataset", "dataset", "run"] == [c.split()[1] for c in commands]
    assert "30 cases" in shown[1]
    assert "as people gave them" in shown[2]
    assert "216 drafts planned" in shown[3]


def test_what_is_no_anonymised_set_makes_no_cases(govern, project):
    refused = govern("dataset", "cases", "names-us-v1", "--out", "cases")

    assert 2 == refused.code
    assert "reviews.jsonl" in refused.err
    assert not (project / "cases").exists()
