"""Any metric over a table of one's own, by hand and against what others compute."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from govern.testing import paired_frame

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "labe"
PEOPLE = "rating=score,group.gender=sex"
RATINGS = ("people.csv", "--measure", "fairness.rating_shift")


@pytest.fixture
def people(project) -> pd.DataFrame:
    """``people.csv``, ``.jsonl`` and ``.parquet``: 200 ratings, women about half a point lower."""
    chance = np.random.default_rng(4)
    sex = chance.choice(["Woman", "Man"], 200)
    score = np.clip(
        chance.integers(2, 6, 200) - (sex == "Woman") * chance.integers(0, 2, 200), 1, 5
    )
    table = pd.DataFrame({"score": score, "sex": sex, "race": chance.choice(["A", "B"], 200)})
    table["hired"] = (table["score"] >= 4).astype(int)
    table.to_csv("people.csv", index=False)
    table.to_json("people.jsonl", orient="records", lines=True)
    table.to_parquet("people.parquet")
    return table


def measured(govern, *args):
    result = govern("measure", *args, "--json")
    assert 0 == result.code, result.err
    return {f"{f['by']}: {f['contrast']}": f for f in result.json["findings"]}


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("confidence", [0.9, 0.95])
def test_a_table_of_people_gets_welchs_interval(govern, people, suffix, confidence):
    found = measured(
        govern,
        f"people.{suffix}",
        "--measure",
        "fairness.rating_shift",
        "--columns",
        PEOPLE,
        "--confidence",
        str(confidence),
    )["gender: man"]
    men = people["sex"] == "Man"
    theirs = stats.ttest_ind(people["score"][men], people["score"][~men], equal_var=False)
    low, high = theirs.confidence_interval(confidence)

    assert (low, high) == pytest.approx((found["lower"], found["upper"]))
    assert "unpaired" == found["design"]
    assert 200 == found["counts"]["cases"]
    assert found["p_value"] == pytest.approx(theirs.pvalue, abs=0.01)


def test_a_paired_table_is_paired(govern, project):
    """Women 3 in each fourth of 12 cases, else 4: the worked example of docs/metrics."""
    frame = paired_frame(
        cases=12,
        rating=lambda at: 4 - (at.groups["gender"] == "female" and at.case % 4 == 0),
    )
    frame.to_parquet("paired.parquet")
    columns = "case=case_id,name=name,rating=rating"
    for attribute in ("gender", "race_ethnicity"):
        columns += f",group.{attribute}=group.{attribute}"
    asked = ("paired.parquet", "--measure", "fairness.rating_shift", "--columns", columns)
    everything, one = measured(govern, *asked), measured(govern, *asked, "--by", "gender")

    assert ["gender: female"] == list(one)
    assert everything["gender: female"] == one["gender: female"]
    assert (-0.25, -0.4845, -0.0155) == pytest.approx(
        tuple(one["gender: female"][k] for k in ("estimate", "lower", "upper")), abs=1e-4
    )
    assert "design" not in one["gender: female"]


def test_a_cross_may_be_named_either_way_round(govern, people):
    asked = ("people.csv", "--measure", "fairness.selection_rate", "--columns")
    columns = "outcome=hired,group.gender=sex,group.race_ethnicity=race"
    found = measured(govern, *asked, columns, "--by", "race_ethnicity*gender")

    assert {"man*a", "man*b", "woman*a", "woman*b"} == {f["contrast"] for f in found.values()}
    for sex, race in (("Man", "A"), ("Woman", "B")):
        mine = people[(people["sex"] == sex) & (people["race"] == race)]
        key = f"gender*race_ethnicity: {sex.lower()}*{race.lower()}"
        assert mine["hired"].mean() == pytest.approx(found[key]["estimate"])


def test_a_level_is_taken_anew_within_each_group(govern, people):
    people.assign(gold=people["score"].clip(2, 4)).to_csv("gold.csv", index=False)
    found = measured(
        govern,
        "gold.csv",
        "--measure",
        "accuracy.leniency",
        "--by",
        "gender",
        "--columns",
        f"{PEOPLE},gold_rating=gold",
    )
    error = people["score"] - people["score"].clip(2, 4)

    for sex in ("Man", "Woman"):
        mine = error[people["sex"] == sex]
        assert mine.mean() == pytest.approx(found[f"gender: {sex.lower()}"]["estimate"])


def test_what_is_shown_fits_a_terminal_and_says_that_rows_are_people(govern, people):
    shown = govern(
        "measure",
        "people.csv",
        "--measure",
        "fairness.impact_ratio",
        "--measure",
        "fairness.ll144_scoring_ratio",
        "--columns",
        f"{PEOPLE},group.race_ethnicity=race",
    )

    assert 0 == shown.code
    assert "How does a group's rate of top ratings" in shown.out
    assert "90 % interval" in shown.out
    assert "Rows are people" in shown.out
    table = [
        line for line in shown.out.splitlines() if not line.startswith(("How", "Rows", "fair"))
    ]
    assert max(map(len, table)) <= 100


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("nowhere.csv", "--measure", "fairness.rating_shift", "--columns", PEOPLE), "nowhere.csv"),
        (("people.csv", "--columns", PEOPLE), "--measure: name a metric"),
        (("people.csv", "--measure", "tone", "--columns", PEOPLE), "unknown metric(s) tone"),
        (
            ("people.csv", "--measure", "fairness.rating_shift", "--columns", "rating=points"),
            "no column points; it has score, sex, race, hired",
        ),
        (
            ("people.csv", "--measure", "fairness.rating_shift", "--columns", "mark=score"),
            "unknown role 'mark'",
        ),
        (
            (*RATINGS, "--columns", PEOPLE, "--by", "age"),
            "--by: no attribute age; the table has gender",
        ),
        (
            (*RATINGS, "--columns", PEOPLE, "--confidence", "95"),
            "--confidence: expected a number between 0 and 1, found 95",
        ),
        (
            ("people.csv", "--measure", "fairness.rating_shift", "--columns", "rating=sex"),
            "column rating, row 1: expected a number",
        ),
        (("empty.csv", "--measure", "fairness.rating_shift", "--columns", PEOPLE), "holds no rows"),
        (
            (*RATINGS, "--columns", PEOPLE, "--kernel", "rouge-l"),
            "--kernel: goes with --measure homogeneity.similarity and no other",
        ),
        (
            (*RATINGS, "--columns", PEOPLE, "--executor", "ray"),
            "--executor ray: needs --columns case=",
        ),
        (
            (*RATINGS, "--columns", PEOPLE, "--executor", "ray", "--by", "gender"),
            "--executor ray: goes without --by, --kernel, --panel and --as-in",
        ),
        (
            (
                *("people.csv", "--measure", "accuracy.leniency", "--executor", "ray"),
                *("--columns", f"{PEOPLE},case=race"),
            ),
            "accuracy.leniency: needs all drafts in one place; block by block there are",
        ),
        (
            (*RATINGS, "--columns", PEOPLE, "--ray-address", "auto"),
            "--ray-address: goes with --executor ray",
        ),
        (("people.parquet", "--as-in", "empty.csv"), "empty.csv: no findings to measure again"),
        (("people.parquet", "--as-in", "nowhere.json"), "nowhere.json: no findings"),
        ((*RATINGS, "--as-in", "empty.csv"), "--as-in: goes without --measure"),
    ],
)
def test_what_cannot_be_used_is_said_with_exit_code_2(govern, people, args, said):
    Path("empty.csv").write_text("score,sex\n", encoding="utf-8")

    result = govern("measure", *args, "--json")

    assert (2, "") == (result.code, result.out)
    assert said in result.err


def test_scores_on_a_scale_of_ones_own_are_scored_and_never_selected(govern, project):
    """Median of 10 … 49 is 29.5: of the women (even numbers) and men 10 of 20 each lie above it."""
    rows = "".join(f"{score},{'f' if score % 2 else 'm'}\n" for score in range(10, 50))
    Path("scores.csv").write_text(f"score,sex\n{rows}", encoding="utf-8")
    measures = ("--measure", "fairness.scoring_rate", "--measure", "fairness.selection_rate")

    result = govern("measure", "scores.csv", *measures, "--columns", PEOPLE, "--json")

    found = result.json["findings"]
    assert {0.5} == {f["estimate"] for f in found if f["metric"] == "fairness.scoring_rate"}
    top = [f["estimate"] for f in found if f["metric"] == "fairness.selection_rate"]
    assert top
    assert all(isinstance(estimate, dict) for estimate in top)


def test_the_biased_scores_say_how_they_are_biased(govern, project):
    Path("texts.csv").write_text(
        "text\n" + "".join(f"case {i} closed its {i} files early\n" for i in range(5)),
        encoding="utf-8",
    )

    result = govern("measure", "texts.csv", "--panel", "--columns", "text=text", "--json")

    assert 0 == result.code
    assert {5} == {row["n"] for row in result.json}
    assert all(row["bias"] for row in result.json)
    both = govern("measure", "texts.csv", "--panel", "--kernel", "bleu", "--columns", "text=text")
    assert (2, "") == (both.code, both.out)
    few = govern("measure", "texts.csv", "--panel", "--columns", "case=text")
    assert (2, "") == (few.code, few.out)


@pytest.mark.skipif(not REAL.is_dir(), reason="no published reviews in ../shared/data")
def test_published_reviews_by_their_20_names_of_each_gender(govern, project):
    """Cases are not crossed where no department is named as one; names are clusters then."""
    path = REAL / "chatgpt_clg_professor.csv"
    texts = pd.read_csv(path)["chatgpt_gen"]
    columns = "text=chatgpt_gen,name=name,group.gender=gender"
    found = measured(govern, str(path), "--measure", "fairness.length_gap", "--columns", columns)

    assert 600 == len(texts) == found["gender: female"]["counts"]["cases"]
    assert 20 == found["gender: female"]["counts"]["names"]
    assert found["gender: female"]["lower"] < found["gender: female"]["estimate"] < 0.05
