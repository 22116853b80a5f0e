"""What comes in: whole files or nothing, each bad row with its line and reason."""

from __future__ import annotations

import json

import pytest

from govern.app.case_store import KEY, KEY_FILE, STORE, open_case_store
from govern.app.intake import read_mapping, read_rows, take_in
from govern.domain.review_intake import HrOutcome, IntakeReview
from govern.errors import InputError
from govern.sources.locate import Project
from govern.testing.contests import review

HEAD = "review_id,version,employee,author,manager,period_start,period_end,finalised,ai_role,final"
ROW = "r1,1,emp,auth,mgr,2025-01-01,2025-12-31,2026-02-01T09:00:00Z,drafted,=1+1 <b>good</b>"


@pytest.fixture
def project(tmp_path, monkeypatch):
    for name in (STORE, KEY, KEY_FILE):
        monkeypatch.delenv(name, raising=False)
    return Project(tmp_path, configured=False)


def lines(path, *rows):
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return path


def table(tmp_path, text):
    path = tmp_path / "reviews.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_reviews_come_in_once_however_often_they_are_sent(project, tmp_path):
    store = open_case_store(project)
    path = lines(tmp_path / "r.jsonl", review().as_json(), review(review_id="r2").as_json())
    first = take_in(project, store, reviews=path)
    again = take_in(project, store, reviews=path)
    assert (first.reviews, first.new_reviews, again.new_reviews) == (2, 2, 0)
    assert store.intake.reviews() == (review(), review(review_id="r2"))


def test_another_text_under_the_same_version_is_refused_with_all_that_came_along(project, tmp_path):
    store = open_case_store(project)
    take_in(project, store, reviews=lines(tmp_path / "r.jsonl", review().as_json()))
    changed = lines(
        tmp_path / "s.jsonl",
        review(review_id="r2").as_json(),
        review(final="You did nothing.").as_json(),
    )
    with pytest.raises(InputError, match="review r1, version 1: is here with another final"):
        take_in(project, store, reviews=changed)
    assert store.intake.reviews() == (review(),)


def test_bad_rows_are_told_by_line_and_nothing_is_taken(project, tmp_path):
    store = open_case_store(project)
    path = tmp_path / "r.jsonl"
    good = json.dumps(review().as_json())
    bad = json.dumps({**review(review_id="r2").as_json(), "version": 0})
    path.write_text(f"{good}\n\n{bad}\nnot json\n[1]\n" + '{"a": 1, "a": 2}\n' + "[" * 50_000)
    with pytest.raises(InputError) as caught:
        take_in(project, store, reviews=path)
    said = str(caught.value)
    assert "5 of 6 rows" in said
    for part in ("line 3: version", "line 4: no JSON", "line 5:", "line 6: no JSON object: a name"):
        assert part in said
    assert store.intake.reviews() == ()


def test_what_reviews_say_is_refused_together_with_bad_outcomes(project, tmp_path):
    store = open_case_store(project)
    reviews = lines(tmp_path / "r.jsonl", review().as_json())
    outcomes = lines(tmp_path / "o.jsonl", {"employee": "emp", "kind": "bonus"})
    with pytest.raises(InputError, match="line 1: kind"):
        take_in(project, store, reviews=reviews, outcomes=outcomes)
    assert store.intake.reviews() == ()


def test_a_csv_says_the_same_as_json_lines(tmp_path):
    evidence = '[{""id"": ""e1"", ""kind"": ""goal"", ""text"": ""12""}]'
    path = table(
        tmp_path,
        f"{HEAD},line,evidence,group.gender,draft\n"
        f'{ROW},mgr; head,"{evidence}",female,"two\nlines"\n',
    )
    [read] = read_rows(path, IntakeReview, {})
    assert read.line == ("mgr", "head")
    assert read.evidence is not None
    assert read.evidence[0].text == "12"
    assert read.groups == {"gender": "female"}
    assert read.draft == "two\nlines"
    assert read.final == "=1+1 <b>good</b>"
    assert read.final_rating is None


def test_columns_of_other_names_are_mapped_and_the_rest_is_left(tmp_path):
    path = table(tmp_path, f"{HEAD.replace('review_id', 'Id')},Salary,Sex\n{ROW},70000,female\n")
    fields = [n for n in HEAD.split(",") if n != "review_id"]
    asked = read_mapping(f"review_id=Id,group.gender=Sex,{','.join(f'{n}={n}' for n in fields)}")
    [read] = read_rows(path, IntakeReview, asked)
    assert (read.review_id, read.groups) == ("r1", {"gender": "female"})


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ("review_id", "expected field=column"),
        ("pay=Pay", "unknown field 'pay'"),
        ("final=a,final=b", "given twice"),
    ],
)
def test_a_mapping_that_nobody_can_follow_is_refused(asked, why):
    with pytest.raises(InputError, match=why):
        read_mapping(asked)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"{HEAD}\n{ROW},more\n", "line 2: more cells than columns"),
        (f"{HEAD}\nr1,1\n", "line 2: fewer cells than columns"),
        (f"{HEAD},pay\n{ROW},3\n", "line 2: pay"),
        (f"{HEAD},final\n{ROW},again\n", "two columns have the same name"),
        (f'{HEAD}\n{ROW}"\n"', "cannot be read|cells"),
        (f"{HEAD}\n{ROW.replace('Z', '')}\n", "line 2: finalised"),
        (f"{HEAD},final_rating\n{ROW},nan\n", "line 2: final_rating"),
        (f"{HEAD},evidence\n{ROW},[\n", "line 2: evidence"),
    ],
)
def test_a_csv_that_is_not_what_it_should_be_is_refused(tmp_path, text, why):
    with pytest.raises(InputError, match=why):
        read_rows(table(tmp_path, text), IntakeReview, {})


def test_files_that_are_no_tables_are_refused(tmp_path):
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "x.xlsx").touch()
    for name in ("b.csv", "missing.csv", "x.xlsx"):
        with pytest.raises(InputError, match=name):
            read_rows(tmp_path / name, IntakeReview, {})
    with pytest.raises(InputError, match="missing_column"):
        read_rows(table(tmp_path, f"{HEAD}\n{ROW}\n"), IntakeReview, {"final": "missing_column"})


def test_outcomes_come_in_the_same_way(project, tmp_path):
    store = open_case_store(project)
    path = tmp_path / "o.csv"
    path.write_text("employee,kind,on,value,group.gender\nemp,rating,2026-05-01,2,female\n")
    taken = take_in(project, store, outcomes=path)
    assert (taken.outcomes, taken.new_outcomes) == (1, 1)
    assert take_in(project, store, outcomes=path).new_outcomes == 0
    [kept] = store.intake.outcomes()
    assert kept == HrOutcome.model_validate(
        {
            "employee": "emp",
            "kind": "rating",
            "on": "2026-05-01",
            "value": 2.0,
            "groups": {"gender": "female"},
        }
    )


def test_a_pipeline_that_no_decision_lets_draft_is_a_finding(project, tmp_path):
    path = lines(tmp_path / "r.jsonl", review(fingerprint="a" * 64).as_json())
    taken = take_in(project, open_case_store(project), reviews=path)
    assert [(u.fingerprint, u.why, u.reviews) for u in taken.uncovered] == [
        ("a" * 64, "no decision on this pipeline", 1)
    ]
    assert taken.undisclosed == 1
