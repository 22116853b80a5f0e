"""``govern dataset``: make a split, check a folder, hold it against real reviews."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

SHIPPED = Path(__file__).resolve().parents[2] / "datasets"
PRIVATE = "one private seed for these tests\n"


@pytest.fixture
def seed_file(project: Path) -> Path:
    path = project / "mine.seed"
    path.write_text(PRIVATE)
    path.chmod(0o600)
    return path


def reviews(path: Path, texts: list[str]) -> Path:
    path.write_text("".join(json.dumps({"review": text}) + "\n" for text in texts), "utf-8")
    return path


def test_a_seed_gives_a_folder_that_passes_its_own_check_and_loads(govern, project, monkeypatch):
    made = govern("dataset", "make", "review-core-v1", "--seed", "7", "--out", "mine", "--json")
    assert (0, "") == (made.code, made.err)
    assert {"id": "review-core-s7", "cases": 360, "seed": 7}.items() <= made.json.items()

    checked = govern("dataset", "check", "mine", "--json")
    assert (0, True) == (checked.code, checked.json["ok"])
    assert made.json["digest"] == checked.json["digest"]

    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets")
    loaded = datasets.load_dataset(str(project / "mine"), split="train", cache_dir="cache")
    assert 360 == len(loaded)


def test_the_shipped_seed_gives_the_shipped_cases(govern, project):
    seed = json.loads((SHIPPED / "review-core-v1" / "manifest.json").read_bytes())["seed"]
    out = ("--seed", str(seed), "--out", "again")
    assert govern("dataset", "make", "review-core-v1", *out).code == 0

    shipped = (SHIPPED / "review-core-v1" / "cases.jsonl").read_bytes()
    assert shipped == (project / "again" / "cases.jsonl").read_bytes()


def test_a_private_seed_is_drawn_kept_for_its_owner_and_told_to_nobody(govern, project):
    made = govern("dataset", "make", "review-core-v1", "--private", "--out", "sealed", "--json")
    kept = Path(made.json["seed_file"])

    assert (0, 0o600) == (made.code, kept.stat().st_mode & 0o777)
    seed = kept.read_text().strip()
    assert 64 == len(seed)
    assert seed not in made.out
    for path in (project / "sealed").iterdir():
        assert seed not in path.read_text("utf-8")
    assert "seed" not in json.loads((project / "sealed" / "manifest.json").read_bytes())


def test_the_same_seed_file_gives_the_same_digest(govern, seed_file):
    ask = ("dataset", "make", "review-core-v1", "--seed-file", str(seed_file), "--json", "--out")
    first, second = govern(*ask, "one"), govern(*ask, "two")

    assert 0 == first.code == second.code
    assert first.json["digest"] == second.json["digest"]
    assert first.json["id"].startswith("review-core-sealed-c")


REFUSED = {
    "no seed": ((), "give --seed N"),
    "two seeds": (("--seed", "1", "--private"), "give --seed N"),
    "a stated and a private seed": (("--seed", "1", "--seed-file", "s"), "give --seed N"),
    "an absent seed file": (("--seed-file", "none.seed"), "none.seed: cannot be read"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_seed_is_asked_for_in_one_way(govern, project, what):
    options, said = REFUSED[what]
    result = govern("dataset", "make", "review-core-v1", "--out", "x", *options)

    assert 2 == result.code
    assert said in result.err
    assert not (project / "x").exists()


def test_a_seed_that_others_can_read_is_refused(govern, seed_file):
    seed_file.chmod(0o644)
    asked = ("--seed-file", str(seed_file), "--out", "x")
    result = govern("dataset", "make", "review-core-v1", *asked)

    assert 2 == result.code
    assert "others may read this seed" in result.err


def test_nothing_is_written_over(govern, project, seed_file):
    (project / "used").mkdir()
    (project / "used" / "note.txt").write_text("mine")
    out = govern("dataset", "make", "review-core-v1", "--seed", "1", "--out", "used")
    seed = ("--private", "--seed-file", str(seed_file), "--out", "new")
    kept = govern("dataset", "make", "review-core-v1", *seed)

    assert (2, 2) == (out.code, kept.code)
    assert "not empty" in out.err
    assert "a seed is not overwritten" in kept.err
    assert PRIVATE == seed_file.read_text()
    assert ["note.txt"] == [path.name for path in (project / "used").iterdir()]


def test_a_dataset_without_a_grammar_makes_nothing(govern, project):
    result = govern("dataset", "make", "names-us-v1", "--seed", "1", "--out", "x")

    assert 2 == result.code
    assert "has no grammar" in result.err


@pytest.mark.parametrize("name", ["review-core-v1", "names-us-v1", "markers-v1"])
def test_what_ships_is_what_its_card_says(govern, project, name):
    result = govern("dataset", "check", name)

    assert 0 == result.code, result.err
    assert "NO" not in result.out.split()


def test_every_shipped_dataset_is_listed_with_its_size(govern, project):
    listed = {row["id"]: row["size"] for row in govern("list", "datasets", "--json").json}

    assert {
        "builtin:markers-v1": "13 markers",
        "builtin:names-us-v1": "192 identities",
        "builtin:review-core-v1": "360 cases",
    } == listed


def test_a_changed_byte_ends_with_13(govern, project):
    shutil.copytree(SHIPPED / "review-core-v1", project / "copy")
    cases = project / "copy" / "cases.jsonl"
    cases.write_text(cases.read_text("utf-8").replace('_rating":5', '_rating":4', 1), "utf-8")
    result = govern("dataset", "check", "copy")

    assert 13 == result.code
    assert "cases.jsonl: changed since the manifest was made" in result.err


def test_a_wrong_rating_under_a_right_digest_is_found(govern, project):
    """Whoever rewrites the manifest as well is caught by the rubric."""
    from govern.canon import file_digest

    folder = project / "copy"
    shutil.copytree(SHIPPED / "review-core-v1", folder)
    cases, manifest = folder / "cases.jsonl", folder / "manifest.json"
    cases.write_text(cases.read_text("utf-8").replace('_rating":5', '_rating":4', 1), "utf-8")
    card = json.loads(manifest.read_bytes())
    card["files"]["cases.jsonl"] = file_digest(cases)
    manifest.write_text(json.dumps(card))
    result = govern("dataset", "check", "copy", "--json")

    failed = {row["check"] for row in result.json["checks"] if row["ok"] is False}
    assert {"gold ratings", "balance of prefixes", "croissant.json"} == failed
    assert 2 == result.code
    assert "not as its card says: gold ratings" in result.err


def test_reviews_of_another_kind_are_said_to_differ_and_how(govern, project):
    """Short, praising, alike and without numbers: the packs are none of it."""
    praise = "An excellent and reliable colleague whose kind support is valuable to us all. "
    texts = [praise * 5 + f"Topic {'abcdefghijkl'[i]} was handled well." for i in range(12)]
    path = reviews(project / "reviews.jsonl", texts)
    against = ("--against", str(path), "--columns", "text=review")
    result = govern("dataset", "check", "review-core-v1", *against)

    assert 0 == result.code, result.err
    for words in (
        "The evidence is longer than the reviews",
        "The evidence is richer in words",
        "The evidence is less favourable",
        "The evidence is fuller of numbers",
        "The evidence is less alike among itself",
        "The reference drafts are less alike among themselves",
    ):
        assert words in result.out, words


def test_the_packs_resemble_themselves(govern, project):
    """Half of the evidence texts beside all of them: nothing differs by half a spread."""
    rows = (SHIPPED / "review-core-v1" / "cases.jsonl").read_text("utf-8").splitlines()[:180]
    texts = [" ".join(item["text"] for item in json.loads(row)["evidence"]) for row in rows]
    path = reviews(project / "reviews.jsonl", texts)
    against = ("--against", str(path), "--columns", "text=review", "--json")
    result = govern("dataset", "check", "review-core-v1", *against)

    rows = [row for row in result.json["against"]["compared"] if row["texts"] == "evidence"]
    assert 6 == len(rows)
    assert all(abs(row["difference"]) < 0.5 for row in rows), rows


def test_no_word_of_a_review_is_printed(govern, project):
    texts = [
        f"Xylophonist number {i} quarrelled with Zebedee about the marmalade." for i in range(12)
    ]
    path = reviews(project / "reviews.jsonl", texts)
    against = ("--against", str(path), "--columns", "text=review")
    for more in ((), ("--json",)):
        result = govern("dataset", "check", "review-core-v1", *against, *more)
        assert 0 == result.code, result.err
        assert "zebedee" not in (result.out + result.err).lower()


BAD_REVIEWS = {
    "no such column": (b"a,b\n1,2\n", "text=review", "no column review; it has a, b"),
    "no role": (b"a\nx\n", "case=a", "--columns: needs text="),
    "not UTF-8": (b"text\n\xff\n", "text=text", "expected UTF-8"),
    "too few": (b"text\nGood.\n", "text=text", "needs 10 or more"),
    "empty": (b"text\n", "text=text", "holds no rows"),
}


@pytest.mark.parametrize("what", BAD_REVIEWS)
def test_a_bad_table_of_reviews_is_refused_with_its_reason(govern, project, what):
    data, columns, said = BAD_REVIEWS[what]
    (project / "reviews.csv").write_bytes(data)
    against = ("--against", "reviews.csv", "--columns", columns)
    result = govern("dataset", "check", "review-core-v1", *against)

    assert 2 == result.code
    assert said in result.err


def test_identities_are_not_compared_with_reviews(govern, project):
    path = reviews(project / "reviews.jsonl", ["Fine."] * 12)
    against = ("--against", str(path), "--columns", "text=review")
    result = govern("dataset", "check", "names-us-v1", *against)

    assert 2 == result.code
    assert "holds identities" in result.err
