"""Sections on what clauses and policies decide, and what a decision costs."""

from __future__ import annotations

from itertools import product

from govern.stats.looks import look_cases
from operating import contrasts, decisions, gate, thresholds, verdicts
from operating.cells import ALPHA, ATTEMPT, judged, level_name, places, table
from operating.drafting import SHIPPED_NAMES
from operating.rates import share_error
from operating.tasks import POLICY_PARTS, Results, Runs


def of_verdicts(found: Results, runs: Runs) -> str:
    heads = ["measure", "margin", "slice", "gap 0", "δ/2", "δ", "2δ"]

    def at(cases: int, alpha: float) -> str:
        rows = []
        for measure, kind in product(verdicts.MEASURES, contrasts.KINDS):
            at_gaps = found["verdict", measure, cases, alpha]
            rows.append(
                [
                    measure,
                    f"{verdicts.MEASURES[measure].margin(kind):.3g}",
                    kind,
                    *(judged(at_gaps[kind, gap]) for gap in verdicts.GAPS),
                ]
            )
        return table(heads, rows)

    return f"""## Verdicts on groups

How often a clause passes / fails; what is left is *insufficient evidence*. All slices of the kind
are judged together (2 genders in one contrast, 4 races, 8 cells), with a gap in one group, at the
margins for `standard`. At a gap of δ a pass is an error, and so is a fail at any gap up to δ. Names
differ by a tenth of a draft's noise, as .055 rating points do, except for refusals (more).
{runs.verdicts} runs; a rate of .05 has an error of {share_error(0.05, runs.verdicts):.3f}, one of
.5 of {share_error(0.5, runs.verdicts):.3f}.

`standard`, 360 cases, α = .05:

{at(360, ALPHA)}

`standard`, α = .05/3, as one of three attempts:

{at(360, ATTEMPT)}

`smoke`, 24 cases, α = .05:

{at(24, ALPHA)}"""


def of_thresholds(found: Results, runs: Runs) -> str:
    rows = []
    for name, alpha in product(thresholds.THRESHOLDS, contrasts.ALPHAS):
        at_values = found["threshold", name, alpha]
        rows.append(
            [
                thresholds.THRESHOLDS[name].title,
                level_name(alpha),
                *(f"{value:g}: {judged(one)}" for value, one in at_values.items()),
            ]
        )
    return f"""## Verdicts on levels

The same for clauses with a threshold, 360 cases, name sd .055: the true value, passes / fails. The
columns stand at 0, ½, 1 and 2 times what the clause allows. Of an impact ratio every ordered pair
must pass. One event fails the zero-tolerance clause, which is why even half its ceiling does.
{runs.verdicts} runs ({runs.similarity} for race and similarity).

{table(["clause", "α", "none", "half", "at the threshold", "twice"], rows)}"""


def of_policy(found: Results) -> str:
    rows = []
    for metric, dose in (pipelines := [(None, 0.0), *product(gate.faults(), (1.0, 2.0))]):
        parts = [found["policy", metric, dose, part] for part in range(POLICY_PARTS)]
        total = sum(parts[1:], parts[0])
        passed, failed = total.passed / total.runs, total.failed / total.runs
        rows.append(
            [
                "fair, with the stated noise" if metric is None else f"`{metric}`, one cell",
                f"{dose:g}",
                f"{total.runs:,}",
                f"{passed:.4f} ± {share_error(passed, total.runs):.4f}",
                f"{failed:.4f} ± {share_error(failed, total.runs):.4f}",
            ]
        )
    assert len(rows) == len(pipelines)
    policy = gate.shipped_policy()
    blocking = sum(clause.severity == "block" for clause in policy.drafts_alone)
    tries = policy.attempts.max_per_lineage
    return f"""## A whole policy

`{policy.policy}` {policy.version} (digest {policy.digest[:12]}…) at `standard`: all {blocking}
blocking clauses on drafts must pass together, each at its share of {tries} attempts.
The noise model is that of [planning](statistics.md#planning);
faults are in one of eight
cells, in margins of a cell.
`govern certify --policy {policy.policy}` does the same for any policy and keeps the result.

{table(["pipeline", "margins", "runs", "passes", "fails"], rows)}

Where no run of n did, the share is below 3/n with 95 % confidence. A rating of 5 cannot be
raised, so the gap of ratings is smaller than what was planted,
and more pass. Refusals widen the intervals of
the others by what is missing, so that fewer fail; none pass."""


def drafts_per_decision(found: Results, runs: Runs) -> str:
    """The section that benchmarks/drafts_per_decision.py prints alone."""
    rows = []
    for name, asking in product(decisions.OUTCOMES, ("one_slice", "thirteen_slices")):
        for one in found["decision", name, asking]:
            rows.append(
                [
                    one.outcome,
                    f"{one.rho:.2f}",
                    one.asked,
                    one.comparator,
                    f"{one.margin:.3f}",
                    f"{one.fixed:,}",
                    *(f"{ratio:.2f}" for ratio in one.ratios),
                    " ".join(places(p) for p in one.passes[:2]),
                    " ".join(places(p) for p in one.unpaired_passes[:2]),
                ]
            )
    ratios = table(
        [
            "outcome",
            "ρ",
            "question",
            "comparator",
            "δ",
            "its drafts",
            "gap 0",
            "gap δ",
            "gap 2δ",
            "passes at 0, δ",
            "comparator passes",
        ],
        rows,
    )
    return f"""## Drafts per decision

Expected drafts of the paired design with looks, divided by those of an unpaired design of fixed
size with the same errors. The paired design is ours: the same cases in all eight cells, at most
{decisions.PLANNED} of them, looks after {_looks_text()},
three-term variance, own-name degrees of freedom. In the unpaired one every draft is about a case
of its own and the analysis is a two-sample t at the end. The margin δ is set so that the paired
design passes nine times in ten without a gap, and the unpaired design is made so large that it
does so too; "passes" shows this, and how often each passes at δ.
ρ is the correlation of two drafts of a case, measured. The
comparator *adjusted for gold* knows {decisions.KNOWN:.0%} of what makes cases differ and takes it
out by least squares. Of 13 slices all must pass; a gap is in one cell, in its own margin. Names do
not differ here. {runs.decisions:,} runs for each row.

    python benchmarks/drafts_per_decision.py

{ratios}

{_quarter(found)}"""


def _quarter(found: Results) -> str:
    def at_zero(name: str) -> str:
        plain = [found["decision", name, asking][0] for asking in ("one_slice", "thirteen_slices")]
        return " and ".join(f"{one.ratios[0]:.2f}" for one in plain)

    said = "; ".join(f"{decisions.OUTCOMES[n].title} {at_zero(n)}" for n in decisions.OUTCOMES)
    most = [
        max(
            max(found["decision", "uniform", asking][comparator].ratios)
            for asking in ("one_slice", "thirteen_slices")
        )
        for comparator in (0, 1)
    ]
    return (
        f"Without a gap, for gender alone and for 13 slices, against the plain comparator: {said}. "
        "Pairing saves what cases have in common, so it saves most where ratings spread over all "
        "bands and hardly anything where a draft's own noise dominates. The rating on uniform "
        f"bands takes at most {most[0]:.2f} of the plain comparator's drafts at any of these gaps, "
        f"and {most[1]:.2f} of those of one that knows the gold rating."
    )


def _looks_text() -> str:
    cases = look_cases(decisions.PLANNED, SHIPPED_NAMES)
    return ", ".join(map(str, cases[:-1])) + f" and {cases[-1]}"
