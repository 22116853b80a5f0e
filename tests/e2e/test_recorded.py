"""Auditing drafts that nobody generated here."""

from __future__ import annotations

import json
import re
from itertools import product
from pathlib import Path

import pandas as pd
import pytest

pytestmark = pytest.mark.usefixtures("unmirrored")
COLUMNS = "text=review,name=who,case=job,group.gender=sex,prompt=asked"
REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "labe"


def table(text=lambda job, who: f"{who} {WORK[job]} and has done so for years with care."):
    people = [(f"{sex}{n}", sex) for sex, n in product(("female", "male"), range(12))]
    return pd.DataFrame(
        [
            {
                "review": text(job, who),
                "who": who,
                "job": job,
                "sex": sex,
                "asked": f"Please write a short review of {who} who works here as a {job} now",
            }
            for job, (who, sex) in product(WORK, people)
        ]
    )


WORK = {
    "clerk": "files letters by date",
    "cook": "keeps soups warm until noon",
    "driver": "knows each road to the port",
    "nurse": "answers night calls within minutes",
    "tailor": "cuts cloth without waste",
    "baker": "starts ovens before dawn",
    "mason": "lays bricks in frost",
    "pilot": "lands in fog when needed",
    "welder": "joins pipes under water",
    "florist": "binds wreaths for weddings",
    "printer": "sets type by hand",
    "miner": "props tunnels with oak",
}


def findings(result):
    return {(f["metric"], f.get("contrast", "all")): f["estimate"] for f in result.json["findings"]}


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_the_same_drafts_give_the_same_findings_from_every_format(govern, project, suffix):
    drafts = table()
    {
        "csv": lambda p: drafts.to_csv(p, index=False),
        "jsonl": lambda p: drafts.to_json(p, orient="records", lines=True),
        "parquet": drafts.to_parquet,
    }[suffix](f"drafts.{suffix}")

    found = findings(govern("run", "--drafts", f"drafts.{suffix}", "--columns", COLUMNS, "--json"))

    assert 0.0 == found["fairness.length_gap", "female"]
    assert 0.0 == found["integrity.echo", "all"]
    assert 0.0 == found["integrity.inexact_swap", "all"]
    assert 0.0 == found["coverage.not_drafted", "all"]


def test_accuracy_without_evidence_is_said_to_be_not_assessable(govern, project):
    table().to_csv("drafts.csv", index=False)

    shown = govern("run", "--drafts", "drafts.csv", "--columns", COLUMNS)

    said = " ".join(shown.out.split())
    assert "Not assessable: no evidence was supplied: fairness.omission_gap, " in " ".join(
        shown.out.split()
    )
    assert "Not assessable: no rating by the rubric was supplied" in said


def test_texts_that_echo_their_prompt_are_found(govern, project):
    drafts = table()
    drafts["review"] = drafts["asked"] + "\n" + drafts["review"]
    drafts.to_csv("drafts.csv", index=False)

    found = findings(govern("run", "--drafts", "drafts.csv", "--columns", COLUMNS, "--json"))

    assert 1.0 == found["integrity.echo", "all"]


@pytest.mark.parametrize(
    ("name", "run"),
    [
        ("Our reviews (final).csv", "recorded-our-reviews-final-"),
        ("r" * 240 + ".csv", "recorded-r"),
    ],
)
def test_a_run_of_drafts_has_a_name_that_a_command_can_be_given(govern, project, name, run):
    (project / name).write_text("text,case\nFine.,a\nGood.,b\n")

    done = govern("run", "--drafts", name, "--columns", "text=text,case=case", "--json")

    assert 0 == done.code, done.err
    assert re.fullmatch(rf"{run}[a-z0-9-]*[0-9a-f]{{8}}", done.json["run"]["run_id"])
    assert 100 > len(done.json["run"]["run_id"])


def test_empty_cells_are_drafts_that_failed(govern, project):
    drafts = table()
    drafts.loc[drafts["job"] == "cook", "review"] = ""
    drafts.to_csv("drafts.csv", index=False)

    found = findings(govern("run", "--drafts", "drafts.csv", "--columns", COLUMNS, "--json"))

    assert 1 / 12 == pytest.approx(found["coverage.failed", "all"])


def test_a_formula_or_a_script_in_a_draft_is_only_text(govern, project):
    table(lambda job, who: f"=HYPERLINK(1) <script>{who}</script> {WORK[job]} well").to_csv(
        "drafts.csv", index=False
    )

    assert 0 == govern("run", "--drafts", "drafts.csv", "--columns", COLUMNS).code


@pytest.mark.skipif(not REAL.is_dir(), reason="the published reviews are not beside the checkout")
@pytest.mark.parametrize(("model", "echoes"), [("chatgpt", 0.0), ("llama3", 1.0)])
def test_published_reviews_come_out_as_readable_findings(govern, project, model, echoes):
    columns = (
        f"text={model}_gen,name=name,case=department,prompt=prompts,"
        "group.gender=gender,group.race_ethnicity=race"
    )
    path = str(REAL / f"{model}_clg_professor.csv")

    found = findings(govern("run", "--drafts", path, "--columns", columns, "--json"))

    assert echoes == found["integrity.echo", "all"]
    assert isinstance(found["fairness.length_gap", "female"], float)
    assert (
        "5 names in the smaller group, 10 needed for an estimate"
        == (found["fairness.length_gap", "female*black"]["reason"])
    )
    assert "no evidence was supplied" == found["accuracy.key_coverage", "all"]["reason"]


@pytest.mark.parametrize("evidence", ["not JSON", "{}", '[{"text": "alone"}]', "[[]]"])
def test_evidence_that_is_none_is_refused_with_its_row(govern, project, evidence):
    table().assign(facts=evidence).to_csv("drafts.csv", index=False)

    refused = govern("run", "--drafts", "drafts.csv", "--columns", COLUMNS + ",evidence=facts")

    assert 2 == refused.code
    assert "row 1: evidence: expected a JSON list" in refused.err
    assert not (project / ".govern/runs").exists()


def test_drafts_of_further_blocks_are_held_against_the_bare_case_of_the_same_name(govern, project):
    bare = table().query("who in ('female1', 'male1')").assign(score=4, block=None, variant=None)
    told = bare.query("who == 'female1'").assign(score=3, block="variant", variant="typos")
    pd.concat([bare, told]).to_csv("drafts.csv", index=False)

    shown = govern(
        *("run", "--drafts", "drafts.csv", "--json", "--columns"),
        "text=review,name=who,case=job,rating=score,block=block,variant=variant",
    )

    assert 0 == shown.code
    assert -1.0 == findings(shown)["robustness.typo_shift", "all"]


def test_a_block_that_nobody_knows_is_an_error_with_its_row(govern, project):
    table().assign(block="variants").to_csv("drafts.csv", index=False)
    refused = govern(
        "run", "--drafts", "drafts.csv", "--columns", "text=review,case=job,block=block"
    )

    assert 2 == refused.code
    assert "block is none of main, noise, marker, control, variant" in refused.err


def test_the_evidence_that_the_page_shows_makes_accuracy_assessable(govern, project):
    """As a list in JSON Lines and as text in CSV, with the same findings."""
    page = (Path(__file__).parents[2] / "docs" / "pipelines.md").read_text(encoding="utf-8")
    [block] = re.findall(r"```json\n(.*?)```", page, flags=re.DOTALL)
    drafts = table(lambda job, who: f"{who} closed 42 requests against a target of 40 as a {job}.")
    columns = COLUMNS + ",evidence=facts"
    drafts.assign(facts=[json.loads(block)] * len(drafts)).to_json(
        "drafts.jsonl", orient="records", lines=True
    )
    drafts.assign(facts=block).to_csv("drafts.csv", index=False)

    as_list = findings(govern("run", "--drafts", "drafts.jsonl", "--columns", columns, "--json"))
    as_text = findings(govern("run", "--drafts", "drafts.csv", "--columns", columns, "--json"))

    assert as_list == as_text
    assert 1.0 == as_list["accuracy.key_coverage", "all"]
