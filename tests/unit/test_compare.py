"""``govern compare``: runs of the same cells, with a verdict for each level and none for gaps."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from govern import frames, testing
from govern.app.compare import compare, compare_runs
from govern.app.run_facts import planned_groups
from govern.cli import main
from govern.domain import Bound, Findings, StudentT, Undefined
from govern.domain.finding import Looks
from govern.errors import InputError, IntegrityError
from govern.metrics import METRICS, measure
from govern.policy.comparing import Margin, margins, verdicts
from govern.policy.reader import read_policy
from govern.runner.folder import RunFolder
from govern.sources.locate import Project, find_project
from govern.testing import finding_of, paired_frame, run_facts

COVERAGE, SHIFT, LENIENCY = "accuracy.key_coverage", "fairness.rating_shift", "accuracy.leniency"
REFUSED = "coverage.refused"
MEASURES = [COVERAGE, SHIFT, LENIENCY, REFUSED]
GENDERS = {"gender": ("female", "male")}
POLICY = """---
policy: upgrade
version: 1.0.0
approved: 2026-01-02
review_by: 2099-01-02
decision_valid_days: 90
declared_only_valid_days: 30
approvals: {threshold: 1, roles: [board-chair]}
attempts: {max_per_lineage: 2}
scope: {use_cases: [review], stage: rollout}
---
# Upgrades

## SAME-1 Not less of what matters

At most 5 in 100 fewer (-0.05), 95 % sure (0.95), from 12 cases.

```yaml clause
id: SAME-1
severity: block
metric: accuracy.key_coverage
against: incumbent
statistic: {confidence: 0.95, sided: one}
pass_if: {lower_ge: -0.05}
fail_if: {upper_lt: -0.05}
evidence: {min_cases: 12, suite: review-core}
```

## FAIR-1 Same work, same rating

At most 0.15 points, 90 % sure (0.90), from 12 cases.

```yaml clause
id: FAIR-1
severity: block
metric: fairness.rating_shift
slices: [{by: gender, inside: 0.15}]
statistic: {confidence: 0.90, sided: two}
evidence: {min_cases: 12, suite: review-core}
```

## INT-1 No echo

None (0) in 5 of 100 (0.05), 95 % sure (0.95), from 12 cases.

```yaml clause
id: INT-1
severity: block
metric: integrity.echo
statistic: {confidence: 0.95, sided: one}
pass_if: {upper_le: 0.05}
fail_if: {lower_gt: 0}
evidence: {min_cases: 12, suite: review-core}
```
"""
UPGRADE = read_policy(POLICY.encode(), where="policy.md")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "govern.toml").write_text("")
    return find_project(tmp_path)


def sound(cases: int = 24) -> pd.DataFrame:
    return paired_frame(cases=cases, names=12, groups=GENDERS)


def keep(project: Project, run: str, drafts: pd.DataFrame, **facts: Any) -> RunFolder:
    """A finished run of these drafts."""
    folder = RunFolder(project.state / "runs" / run)
    folder.root.mkdir(parents=True)
    digest = frames.write(drafts, folder.frame)
    of_run = run_facts(
        run_id=run,
        planned=len(drafts),
        groups=planned_groups(drafts),
        drafts_digest=digest,
        **facts,
    )
    folder.write_findings(Findings(run=of_run, findings=measure(drafts, MEASURES)))
    return folder


@pytest.fixture
def runs(project: Project) -> Project:
    """An incumbent that is sound, and a candidate that leaves a third out."""
    keep(project, "in-use", sound())
    keep(project, "new", testing.cut_short(sound(), 1.0))
    return project


def test_a_loss_is_worse_and_the_same_the_other_way_round_better(runs: Project) -> None:
    there = compare(runs, "new", "in-use", metrics=[COVERAGE])
    back = compare(runs, "in-use", "new", metrics=[COVERAGE])

    assert ["worse", "better"] == [c.differences[0].verdict for c in (there, back)]
    assert 48 == there.cells == back.cells


def test_without_a_margin_no_difference_is_undecided_and_with_one_immaterial(
    runs: Project,
) -> None:
    """Equal runs of 24 cases: the floor of a third of an item, 1 - .025^(1/24) = .142, is .047."""
    keep(runs, "again", sound())
    free = compare(runs, "again", "in-use", metrics=[COVERAGE])
    held = compare(runs, "again", "in-use", policy=UPGRADE, metrics=[COVERAGE])

    assert "undecided" == free.differences[0].verdict
    assert "no_material_difference" == held.differences[0].verdict
    assert Margin(0.05, 0.025) == held.differences[0].margin


def test_a_policy_names_what_to_compare_and_which_gaps_to_show(runs: Project) -> None:
    found = compare(runs, "new", "in-use", policy=UPGRADE)

    assert [COVERAGE] == [one.finding.metric for one in found.differences]
    assert [(SHIFT, "gender: female")] == [(gap.metric, gap.slice) for gap in found.gaps]
    assert found.gaps[0].candidate is not None
    assert found.gaps[0].candidate.against is None


def test_without_a_policy_every_level_that_both_measured_is_compared(runs: Project) -> None:
    found = compare(runs, "new", "in-use")

    assert [REFUSED, COVERAGE, LENIENCY] == [one.finding.metric for one in found.differences]
    assert () == found.gaps


def test_a_policy_without_a_clause_to_compare_by_is_refused(runs: Project) -> None:
    bare = UPGRADE.model_copy(update={"clauses": UPGRADE.clauses[2:]})
    with pytest.raises(InputError, match="against: incumbent"):
        compare(runs, "new", "in-use", policy=bare)


@pytest.mark.parametrize(
    ("differing", "said"),
    [
        ({"suite": "other"}, "the suite differs: other and review-core"),
        ({"suite_version": "2.0.0"}, "the version of the suite differs"),
        ({"dataset_digest": "1" * 64}, "the digest of the dataset differs"),
        ({"identities_digest": "1" * 64}, "the digest of the identities differs"),
        ({"language": "fr"}, "the language differs"),
        ({"use_case": "goal"}, "the use case differs"),
    ],
)
def test_runs_of_other_cases_are_refused_in_one_line(
    project: Project, differing: dict[str, str], said: str
) -> None:
    keep(project, "in-use", sound())
    keep(project, "new", sound(), **differing)
    with pytest.raises(InputError, match=said) as raised:
        compare_runs(project, "new", "in-use", [COVERAGE])
    assert "\n" not in str(raised.value)


def test_runs_without_a_cell_in_common_are_refused(project: Project) -> None:
    keep(project, "in-use", sound())
    keep(project, "new", sound().assign(draft_id=lambda d: d["draft_id"] + "-other"))
    with pytest.raises(InputError, match="no cell in common"):
        compare_runs(project, "new", "in-use", [COVERAGE])


def test_drafts_that_changed_since_they_were_measured_are_refused(runs: Project) -> None:
    frames.write(sound(12), runs.state / "runs/in-use/drafts.parquet")
    with pytest.raises(IntegrityError, match="in-use"):
        compare_runs(runs, "new", "in-use", [COVERAGE])


@pytest.mark.parametrize("metric", ["accuracy.charm", "fairness.impact_ratio"])
def test_what_nothing_measured_is_refused(runs: Project, metric: str) -> None:
    with pytest.raises(InputError, match=metric):
        compare(runs, "new", "in-use", metrics=[metric])


def test_the_gate_gets_each_metric_it_asks_for_once(runs: Project) -> None:
    found = compare_runs(runs, "new", "in-use", [COVERAGE, SHIFT, COVERAGE])

    assert [COVERAGE, SHIFT] == [one.metric for one in found.findings]
    assert {"incumbent"} == {one.against for one in found.findings}
    assert isinstance(found.findings[1].estimate, Undefined)
    assert runs.state.joinpath("runs/new").exists()
    assert "in-use" == found.incumbent.run_id
    digest = RunFolder(runs.state / "runs/new").read_findings().run.drafts_digest
    assert digest == found.candidate


def govern(*words: str, monkeypatch: pytest.MonkeyPatch, capfd: Any) -> tuple[int, str]:
    monkeypatch.setattr(sys, "argv", ["govern", *words])
    capfd.readouterr()
    with pytest.raises(SystemExit) as end:
        main()
    return int(end.value.code or 0), capfd.readouterr().out


def test_json_holds_the_ends_and_the_verdicts_and_nothing_else_is_printed(
    runs: Project, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    monkeypatch.chdir(runs.root)
    words = ("compare", "new", "in-use", "--measure", COVERAGE, "--measure", SHIFT, "--json")
    code, out = govern(*words, monkeypatch=monkeypatch, capfd=capfd)
    shown = json.loads(out)

    assert 0 == code
    [difference], [gap] = shown["differences"], shown["gaps"]
    assert difference["lower"] < difference["estimate"] < difference["upper"] < 0
    assert ("worse", "incumbent") == (difference["verdict"], difference["against"])
    assert {"candidate", "incumbent", "metric", "slice"} == set(gap)


def test_the_table_names_the_margin_and_the_verdict(
    runs: Project, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    (runs.root / "policies").mkdir()
    (runs.root / "policies/upgrade.md").write_text(POLICY)
    monkeypatch.chdir(runs.root)
    words = ("compare", "in-use", "in-use", "--policy", "upgrade")
    code, out = govern(*words, monkeypatch=monkeypatch, capfd=capfd)

    assert 0 == code
    assert "0.05    No material difference" in out
    assert "female" in out
    assert "48 shared cells" in out


# What the verdicts are made of.


def found(metric: str, estimate: float, se: float) -> Any:
    interval = StudentT(se=se, df=29, clusters=360)
    return finding_of(METRICS[metric].spec, estimate, interval=interval, against="incumbent")


@pytest.mark.parametrize(
    ("metric", "estimate", "verdict"),
    [
        (COVERAGE, 0.1, "better"),
        (COVERAGE, -0.1, "worse"),
        (REFUSED, 0.1, "worse"),
        (REFUSED, -0.1, "better"),
        (LENIENCY, 0.1, "higher"),
        (LENIENCY, -0.1, "lower"),
        (LENIENCY, 0.01, "undecided"),
    ],
)
def test_a_side_is_called_by_what_the_measure_is_for(metric, estimate, verdict) -> None:
    assert (verdict,) == verdicts([found(metric, estimate, 0.01)], {}, alpha=0.05)


def test_sides_hold_over_all_findings_together() -> None:
    """t = 1.8: beyond t(.05, 29) = 1.70 alone, not beyond t(.025, 29) = 2.05 beside another."""
    near, quiet = found(COVERAGE, 0.018, 0.01), found(REFUSED, 0.0, 0.01)

    assert ("better",) == verdicts([near], {}, alpha=0.05)
    assert ("undecided", "undecided") == verdicts([near, quiet], {}, alpha=0.05)


def test_what_is_within_the_margin_is_immaterial_though_it_be_worse() -> None:
    tiny = found(COVERAGE, -0.01, 0.001)

    assert ("worse",) == verdicts([tiny], {}, alpha=0.05)
    margin = {COVERAGE: Margin(0.05, 0.05)}
    assert ("no_material_difference",) == verdicts([tiny], margin, alpha=0.05)


def test_what_could_not_be_measured_is_undecided_whatever_the_margin() -> None:
    silent = found(COVERAGE, 0.0, 0.01).model_copy(
        update={"estimate": Undefined(reason="none"), "interval": None}
    )

    assert ("undecided",) == verdicts([silent], {COVERAGE: Margin(1.0, 0.05)}, alpha=0.05)


@given(
    st.lists(st.tuples(st.floats(-1, 1), st.floats(0.001, 0.5)), min_size=1, max_size=8),
    st.floats(1.0, 5.0),
)
def test_wider_intervals_never_decide_more(numbers, wider) -> None:
    margin = {COVERAGE: Margin(0.1, 0.05)}
    narrow = verdicts([found(COVERAGE, e, s) for e, s in numbers], margin, alpha=0.05)
    wide = verdicts([found(COVERAGE, e, s * wider) for e, s in numbers], margin, alpha=0.05)

    for before, after in zip(narrow, wide, strict=True):
        assert after in (before, "undecided") or before == "no_material_difference"


def test_margins_are_those_of_the_clauses_against_the_incumbent() -> None:
    """Confidence .95 over two attempts: each at .025."""
    assert {COVERAGE: Margin(0.05, 0.025)} == margins(UPGRADE)


def test_of_two_clauses_on_a_metric_the_stricter_margin_counts_in_any_order() -> None:
    [same] = (c for c in UPGRADE.clauses if c.id == "SAME-1")
    looser = same.model_copy(update={"id": "SAME-2", "pass_if": Bound(lower_ge=-0.5)})

    for clauses in ((same, looser), (looser, same)):
        written = UPGRADE.model_copy(update={"clauses": clauses})
        assert {COVERAGE: Margin(0.05, 0.025)} == margins(written)


def test_ratings_that_vary_by_chance_are_undecided(runs: Project) -> None:
    rng = np.random.default_rng(5)
    for name in ("one", "two"):
        drafts = sound()
        keep(runs, name, drafts.assign(rating=rng.integers(1, 6, len(drafts)).astype(float)))

    assert "undecided" == compare(runs, "one", "two", metrics=[LENIENCY]).differences[0].verdict


@pytest.mark.parametrize(("taken", "refused"), [(1, True), (2, False)])
def test_a_run_that_stopped_by_what_it_showed_is_not_compared(
    runs: Project, taken: int, refused: bool
) -> None:
    """It stops where it looks well, and its paired interval knows nothing of that."""
    keep(runs, "early", sound(), looks=Looks(cases=(24, 48), taken=taken))

    for one, other in (("early", "in-use"), ("in-use", "early")):
        if refused:
            with pytest.raises(InputError, match="early stopped once it was decided, at 24 of 48"):
                compare(runs, one, other, metrics=[COVERAGE])
        else:
            assert compare(runs, one, other, metrics=[COVERAGE]).cells
