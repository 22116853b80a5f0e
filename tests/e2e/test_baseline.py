"""A run beside a baseline: the reference drafter's drafts, or reviews that people wrote."""

from __future__ import annotations

import json

import pytest

from govern.canon import file_digest

pytestmark = pytest.mark.usefixtures("unmirrored")
METRIC = "homogeneity.excess_over_baseline"


def found(done):
    [finding] = [f for f in done.json["findings"] if f["metric"] == METRIC]
    return finding


def run(govern, baseline):
    return govern(
        *("run", "homogeneity", "--pipeline", "reference", "--plan", "smoke"),
        *("--baseline", baseline, "--json"),
    )


def reviews(project):
    """An anonymised dataset of 20 reviews by 20 people, with nothing in common."""
    folder = project / "datasets" / "acme"
    folder.mkdir(parents=True)
    rows = [
        {
            "id": f"r{i}",
            "text": f"Robin made{i} and sold{i} well{i}.",
            "case": "j",
            "person": f"p{i}",
        }
        | {"name": "Robin"}
        for i in range(20)
    ]
    path = folder / "reviews.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    card = {
        "id": "acme",
        "version": "1",
        "licence": "none",
        "use_case": "review",
        "language": "en",
        "synthetic": False,
        "reviews": 20,
        "files": {path.name: file_digest(path)},
        "intended_use": "a test",
        "limits": [],
    }
    (folder / "manifest.json").write_text(json.dumps(card))
    return folder


def test_the_reference_beside_itself_exceeds_nothing(govern):
    done = run(govern, "reference")

    assert 0 == done.code, done.err
    assert ("reference", pytest.approx(0)) == (found(done)["baseline"], found(done)["estimate"])


def test_anonymised_reviews_are_other_people_and_widen_the_interval(govern, project):
    """Their names are masked: twenty texts about Robin share nothing else."""
    done = run(govern, str(reviews(project)))
    finding = found(done)

    assert 0 == done.code, done.err
    assert "anonymised" == finding["baseline"]
    assert finding["estimate"] > 0.02
    assert finding["interval"]["widen"] > 0.05
    assert 20 == finding["interval"]["clusters"]


def test_a_resumed_run_keeps_its_baseline_and_refuses_another(govern, project):
    folder = reviews(project)
    run_id = run(govern, str(folder)).json["run"]["run_id"]
    again = govern("run", "--resume", run_id, "--json")
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"a test"', '"another"'))
    changed = govern("run", "--resume", run_id)

    assert "anonymised" == found(again)["baseline"]
    assert (13, True) == (changed.code, "the baseline changed since it began" in changed.err)


def test_a_baseline_goes_with_a_suite(govern):
    done = govern("run", "--drafts", "x.csv", "--baseline", "reference")

    assert (2, True) == (done.code, "--baseline goes with a new run of a suite" in done.err)
