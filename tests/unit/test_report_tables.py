"""The tables of a report as CSV, and New York's public page."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from govern.app.decision_folder import templates
from govern.app.report_tables import tables, write_tables
from govern.domain import (
    Attempt,
    Attempts,
    Decision,
    Findings,
    Policy,
)
from govern.domain.legal import LegalTable
from govern.errors import InputError
from govern.metrics import METRICS
from govern.report.blocks import NotMeasured, Paragraph
from govern.report.column_meanings import UNEXPLAINED, meaning_of
from govern.report.csv_text import csv_text, inert
from govern.report.finding_sheets import ll144_sheet
from govern.report.html import laid_out
from govern.report.ll144 import RATES
from govern.report.nyc_public import REAL, SYNTHETIC, PublicPage, public_page
from govern.report.view import build
from govern.sources.legal import read_table
from govern.testing import build as frame_of

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"
EXAMPLE = ROOT / "reports" / "examples" / "planted" / "findings.json"
NOW = datetime(2026, 12, 2, 9, 30, tzinfo=UTC)
HOSTILE = '=HYPERLINK("x")\r\n\u202e,"\''
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@pytest.fixture
def decision() -> Decision:
    return Decision.model_validate_json((GOLDEN / "decision.json").read_bytes())


@pytest.fixture
def policy() -> Policy:
    return Policy.model_validate_json((GOLDEN / "policy.json").read_bytes())


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text, newline="")))


def people(groups: dict[str, list[int]], races: dict[str, str], **columns: list) -> Findings:
    """One person a row; ``groups`` has the ratings of each gender."""
    rows = [(sex, rating) for sex, ratings in groups.items() for rating in ratings]
    frame = frame_of(
        pd.DataFrame(
            {
                "draft_id": [f"d{n}" for n in range(len(rows))],
                "case_id": [f"c{n}" for n in range(len(rows))],
                "group.gender": [sex for sex, _ in rows],
                "group.race_ethnicity": [races[sex] for sex, _ in rows],
                "status": "ok",
                "rating": [float(rating) for _, rating in rows],
                **columns,
            }
        )
    )
    decision = Decision.model_validate_json((GOLDEN / "decision.json").read_bytes())
    names = (*(name for _, *two in RATES for name in two), "fairness.shortfall")
    found = [f for name in names for f in METRICS[name].measure(frame)]
    return Findings(run=decision.run, findings=tuple(found))


def law() -> LegalTable:
    return read_table(ROOT / "policies" / "legal" / "nyc-ll144.yaml")


def absent(page: PublicPage) -> dict[str, str]:
    every = [block for section in page.sections for block in section.blocks]
    return {block.what: block.why for block in every if isinstance(block, NotMeasured)}


class TestCsv:
    @given(st.text())
    def test_no_text_becomes_a_formula_and_all_of_it_is_read_back(self, text):
        [row] = read(csv_text(["a", "b"], [[text, "x"]]))

        assert not row["a"].lstrip().startswith(FORMULA)
        assert "x" == row["b"]
        assert row["a"] == inert(text)

    @given(st.floats(allow_nan=False, allow_infinity=False))
    def test_a_number_is_read_back_to_its_last_digit_with_its_sign(self, number):
        [row] = read(csv_text(["n"], [[number]]))

        assert number == float(row["n"])

    def test_lines_end_and_quotes_double_as_rfc_4180_has_it(self):
        assert '"a","b"\r\n"x ""y""\nz",""\r\n' == csv_text(["a", "b"], [['x "y"\nz', None]])


class TestTables:
    @pytest.fixture
    def made(self, decision, policy) -> dict[str, str]:
        """With a table of attempts, which the demo's reports do not have."""
        other = Attempt(
            run_id="r", entered=NOW, fingerprint="f" * 64, policy_digest="0" * 64, state="finished"
        )
        own = other.model_copy(update={"run_id": decision.run.run_id})
        attempts = Attempts(lineage="l", known=True, entered=(other, own))
        judged = decision.model_copy(update={"attempts": attempts})
        findings = Findings.model_validate_json(EXAMPLE.read_bytes())
        return tables(judged, findings, build(judged, policy, findings=findings))

    def test_the_dictionary_explains_every_column_of_every_table_and_no_other(self, made):
        told = [(row["table"], row["column"]) for row in read(made["dictionary.csv"])]
        there = [
            (name, column)
            for name, text in made.items()
            if name != "README.md"
            for column in next(csv.reader(StringIO(text, newline="")))
        ]

        assert sorted(there) == sorted(told)
        assert len(set(told)) == len(told)

    def test_every_column_has_a_meaning_of_its_own_and_every_bare_number_a_unit(self, made):
        numbers = ("number", "whole number")
        for row in read(made["dictionary.csv"]):
            assert row["meaning"] not in ("", UNEXPLAINED), row
            assert bool(row["unit"]) or row["type"] not in numbers, row

    def test_both_impact_ratios_are_told_by_one_pattern(self):
        selection, scoring = (
            meaning_of("ll144-gender", f"Impact ratio, {rate}") for rate in ("selection", "scoring")
        )

        assert scoring == (selection[0].replace("selection", "scoring"), selection[1])

    def test_the_tables_have_the_types_that_the_dictionary_tells(self, made):
        for told in read(made["dictionary.csv"]):
            for row in read(made[told["table"]]):
                value = row[told["column"]]
                if value and told["type"] in ("number", "whole number"):
                    assert float(value) == float(value), told
                if value and told["type"] == "whole number":
                    int(value)

    def test_attempts_and_every_finding_are_there(self, made, decision):
        findings = Findings.model_validate_json(EXAMPLE.read_bytes()).findings
        rows = read(made["findings.csv"])

        assert [
            ("r", "finished", ""),
            (decision.run.run_id, "decided here", decision.decision_id),
        ] == [
            (row["Run"], row["What became of it"], row["Decision"])
            for row in read(made["attempts-table.csv"])
        ]
        assert len(findings) == len(rows)
        assert [f.estimate for f in findings if isinstance(f.estimate, float)] == [
            float(row["estimate"]) for row in rows if row["estimate"]
        ]
        assert all(bool(row["estimate"]) != bool(row["no_estimate_because"]) for row in rows)

    def test_numbers_are_those_before_rounding(self, made):
        """The report shows 0.906."""
        women = read(made["ll144-gender.csv"])[0]

        assert ("Female", "0.9062499999999999") == (
            women["Category"],
            women["Impact ratio, selection"],
        )

    def test_the_readme_names_every_file(self, made):
        assert all(f"[{name}]({name})" in made["README.md"] for name in made if name != "README.md")

    def test_foreign_words_stay_words(self, decision, policy):
        [first, *others] = decision.clauses
        judged = decision.model_copy(
            update={"clauses": (first.model_copy(update={"explanation": HOSTILE}), *others)}
        )
        made = tables(judged, None, build(judged, policy))

        for name, text in made.items():
            assert "\u202e" not in text
            cells = [cell for row in csv.reader(StringIO(text, newline="")) for cell in row]
            assert name == "README.md" or not any(cell.startswith("=") for cell in cells)
        assert read(made["clauses.csv"])[0]["explanation"].startswith("'=HYPERLINK")

    def test_without_findings_it_says_so(self, decision, policy):
        made = tables(decision, None, build(decision, policy))

        assert "findings.csv" not in made
        assert "not measured. The findings are not at hand." in made["README.md"]

    def test_a_folder_with_something_in_it_is_left_alone(self, tmp_path):
        write_tables({"README.md": "new", "a.csv": "ä"}, tmp_path / "out")
        with pytest.raises(InputError, match="new or empty folder"):
            write_tables({"README.md": "other"}, tmp_path / "out")

        assert "new" == (tmp_path / "out" / "README.md").read_text()
        assert "ä".encode() == (tmp_path / "out" / "a.csv").read_bytes()


class TestNewYork:
    GROUPS = {"female": [5, 3, 3, 1] * 10, "male": [5, 5, 4, 3] * 10, "unknown": [3] * 10, "x": [5]}
    RACES = {"female": "black", "male": "white", "unknown": "white", "x": "white"}

    def test_the_table_is_the_one_made_by_hand(self):
        """91 ratings: 10 of 1, 20 + 10 + 10 of 3, 10 of 4, 10 + 20 + 1 of 5; the 46th is 3.

        Above 3: 10 of 40 women, 30 of 40 men, so .25 / .75. One x of 91 is 1.1 %, under 2 %, and
        is not the reference although all of it is above.
        """
        rows = read(ll144_sheet(people(self.GROUPS, self.RACES).findings).csv)
        mine = {r["category"]: r for r in rows if (r["by"], r["kind"]) == ("sex", "scoring rate")}

        assert {"female", "male", "x"} == set(mine)
        women = mine["female"]
        assert (40, 0.25, 0.25 / 0.75) == (
            int(women["assessed"]),
            float(women["rate"]),
            float(women["impact_ratio"]),
        )
        assert ("male", "91", "10") == (
            women["highest"], women["assessed_in_all"], women["unknown"],
        )  # fmt: skip
        assert (3.0, 40, 91) == tuple(
            float(women[name]) for name in ("median", "at_median", "rated")
        )
        assert ("", "1.1% of 91 assessed, under 2%; 1 of 1 above the median") == (
            mine["x"]["impact_ratio"], mine["x"]["no_ratio_because"],
        )  # fmt: skip
        both = {r["category"] for r in rows if r["by"] == "sex with race and ethnicity"}
        assert {"female*black", "male*white", "x*white"} == both

    @pytest.mark.parametrize("known", ["female", "unknown"])
    def test_a_category_of_whom_all_were_refused_has_a_row_and_nobody_is_denied(
        self, decision, policy, known
    ):
        """30 were rated; all 30 men were refused: 0 assessed, also where no other sex is known."""
        groups = {known: [5, 3, 1] * 10, "male": [0] * 30}
        found = people(
            groups,
            {known: "black", "male": "white"},
            status=["ok"] * 30 + ["refused"] * 30,
            rating=[5.0, 3.0, 1.0] * 10 + [float("nan")] * 30,
        )
        rows = [r for r in read(ll144_sheet(found.findings).csv) if r["category"][:4] == "male"]
        page = self.page(decision, found.findings, synthetic=False)
        [sex] = [one for one in page.sections if one.anchor == "sex"]
        told = [r for b in sex.blocks if b.kind == "grid" for r in b.groups[0].rows]
        report = build(decision, policy, findings=found)
        [grid] = [
            b for one in report.sections for b in one.blocks
            if b.kind == "grid" and b.id == "ll144-gender"
        ]  # fmt: skip
        why = "0 scored cases of the group male, 2 needed for an estimate"

        assert [
            (by, kind, "0", "", "")
            for by in ("sex", "sex with race and ethnicity")
            for kind in ("selection rate", "scoring rate")
        ] == [tuple(r[c] for c in ("by", "kind", "assessed", "rate", "impact_ratio")) for r in rows]
        assert why == rows[0]["no_rate_because"] == rows[0]["no_ratio_because"]
        assert 2 == sum(r[0] == "Male" and f"not measured: {why}" in r[2:] for r in told)
        assert {r[0] for r in told} <= {r[0] for r in grid.groups[0].rows}

    def page(self, decision, findings, *, synthetic=True, table=None) -> PublicPage:
        run = decision.run.model_copy(update={"synthetic": synthetic})
        judged = decision.model_copy(update={"run": run})
        return public_page(judged, findings, (), table or law(), as_of=NOW)

    def test_the_page_tells_unknown_ties_and_who_was_left_out(self, decision):
        found = people(self.GROUPS, self.RACES).findings
        text = laid_out("nyc-public.html.j2", templates(), page=self.page(decision, found))

        assert "Of unknown category: 10 of 91." in text
        assert "the median rating is 3, and 40 of 91 rated drafts (44%) are at it" in text
        assert "left out: 1.1% of 91 assessed, under 2%" in text
        assert "0.333" in text
        assert "<script" not in text

    def test_as_many_are_told_as_were_assessed_for_each_rate(self, decision):
        """Outcomes of some, ratings of all: neither number is that of the other rate."""
        found = people(self.GROUPS, self.RACES).findings
        other = tuple(
            one.model_copy(
                update={"method": one.method.replace("of 91 of unknown", "of 80 of unknown")}
            )
            if one.metric == "fairness.ll144_selection_ratio"
            else one
            for one in found
        )
        said = " ".join(
            block.text
            for one in self.page(decision, other, synthetic=False).sections
            for block in one.blocks
            if block.kind == "paragraph"
        )

        assert (
            "Applicants or candidates: 80 drafts for the selection rate and 91 drafts for the "
            "scoring rate assessed"
        ) in said

    def test_who_is_left_out_has_number_rate_and_reason_though_it_is_one_person(self, decision):
        """6 RCNY 5-301(d). The one x is above the median: 1 of 1, and one less makes it 0."""
        found = people(self.GROUPS, self.RACES).findings
        page = self.page(decision, found)
        sex = next(one for one in page.sections if one.anchor == "sex")
        rows = {r[0]: r for b in sex.blocks if b.kind == "grid" for r in b.groups[0].rows}
        said = [text for b in sex.blocks if b.kind == "items" for text in b.items]

        assert (1, 1.0) == (rows["X"][1].exact, rows["X"][2].exact)
        assert (
            "X: 1.1% of 91 assessed, under 2%. 1 of 1 draft above the median, a rate of 1.000. "
            "One more or one less would move it by 1.000."
        ) in said
        assert any(
            "independent auditor's own" in b.text for b in sex.blocks if "text" in b.as_json()
        )
        [rate] = [
            row["rate"]
            for row in read(ll144_sheet(found).csv)
            if (row["by"], row["kind"], row["category"]) == ("sex", "scoring rate", "x")
        ]
        assert 1.0 == float(rate)

    def test_the_report_has_the_rate_of_who_is_left_out_as_well(self, decision, policy):
        found = people(self.GROUPS, self.RACES)
        page = build(decision, policy, findings=found)
        [grid] = [
            b for one in page.sections for b in one.blocks
            if b.kind == "grid" and b.id == "ll144-gender"
        ]  # fmt: skip
        [row] = [r for r in grid.groups[0].rows if r[0] == "X"]

        assert (1.0, 1.0) == (row[2].exact, row[4].exact)

    def test_one_group_of_different_people_is_not_called_the_same_cases(self, decision, policy):
        """Fisher's test has nobody to hold the women against; all 30 are people of their own."""
        found = people({"female": [5, 3, 1] * 10}, {"female": "black"})
        page = build(decision, policy, findings=found)
        [section] = [one for one in page.sections if one.anchor == "fairness"]
        [notes] = [b.items for b in section.blocks if b.kind == "items"]

        assert (
            "Fisher's exact test: not measured. No attribute has a second known group of whom "
            "anybody was assessed."
        ) in notes

    def test_what_is_not_there_is_not_measured(self, decision):
        told = absent(self.page(decision, people(self.GROUPS, self.RACES).findings))

        assert {
            "Date of the most recent bias audit",
            "Distribution date of the tool",
            "How the data was made",
            "Why no historical data was used",
            "Number of applicants or candidates",
            "The same tables for each class that a tool sorts people into",
        } == set(told)
        assert "made-up cases" in told["Number of applicants or candidates"]

    def test_without_findings_no_rate_is_told(self, decision):
        told = absent(self.page(decision, ()))

        assert 6 == sum("rate and impact ratios by" in what for what in told)
        assert "The findings are not at hand." == told["Scoring rate and impact ratios by sex"]

    def test_where_every_category_is_unknown_that_is_the_reason(self, decision):
        found = people({"unknown": [1, 5, 5]}, {"unknown": "white"}).findings
        told = absent(self.page(decision, found))

        assert "Every category is unknown." == told["Scoring rate and impact ratios by sex"]
        assert "Scoring rate and impact ratios by race and ethnicity" not in told

    @pytest.mark.parametrize("synthetic", [True, False])
    def test_it_says_whose_data_it_is_and_never_that_a_duty_is_met(self, decision, synthetic):
        found = people(self.GROUPS, self.RACES).findings
        page = self.page(decision, found, synthetic=synthetic)
        words = [b.text for s in page.sections for b in s.blocks if isinstance(b, Paragraph)]
        text = laid_out("nyc-public.html.j2", templates(), page=page)

        assert (SYNTHETIC if synthetic else REAL) in words
        assert synthetic != any("91 drafts assessed" in one for one in words)
        assert "complian" not in text.lower()
        assert "complies" not in text.lower()

    def test_each_fact_of_law_stands_with_its_source_and_date(self, decision):
        table = law()
        changed = table.duties[0].model_copy(
            update={"source": "<b>another</b>", "checked_on": date(2027, 1, 2)}
        )
        table = table.model_copy(update={"duties": (changed, *table.duties[1:])})
        page = self.page(decision, (), table=table)
        text = laid_out("nyc-public.html.j2", templates(), page=page)

        assert "&lt;b&gt;another&lt;/b&gt;" in text
        assert "2 January 2027" in text
        assert all(duty.clause in text for duty in table.duties)
