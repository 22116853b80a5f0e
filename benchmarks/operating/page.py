"""docs/operating-characteristics.md, from the results of ``operating.tasks``."""

from __future__ import annotations

from operating import decision_tables, error_tables, levels, separation
from operating.cells import level_name, places, wrapped
from operating.drafting import NAME_SDS, OUTCOMES, SHIPPED_NAMES, SIZES
from operating.rates import SLACK, WIDEST, Misses
from operating.tasks import PEEKING, Key, Results, Runs


def page(found: Results, runs: Runs) -> str:
    """The whole page as Markdown."""
    sections = [
        _head(found, runs),
        error_tables.of_contrasts(found, runs),
        error_tables.of_levels(found, runs),
        error_tables.of_ratios(found, runs),
        error_tables.of_similarity(found, runs),
        error_tables.of_looks(found, runs),
        error_tables.of_told(found, runs),
        decision_tables.of_verdicts(found, runs),
        decision_tables.of_thresholds(found, runs),
        decision_tables.of_policy(found),
        decision_tables.drafts_per_decision(found, runs),
        _limits(),
    ]
    return wrapped("\n\n".join(sections)) + "\n"


def policy_section(found: Results) -> str:
    """The section on the shipped policy alone."""
    return wrapped(decision_tables.of_policy(found)) + "\n"


def _head(found: Results, runs: Runs) -> str:
    beyond, near = _beyond(found, sure=True), _beyond(found, sure=False)
    return f"""# Operating characteristics

How often our intervals and verdicts err, from seeded simulations of suites whose truth is known.
They make drafts of a few numbers each and hand them to the functions that measure real ones. One
command makes this page anew:

    python benchmarks/operating_characteristics.py --write docs/operating-characteristics.md

`--effort` scales the runs. `make bench` repeats them, and a few hundred runs of each kind are part
of `make test`, where an interval that forgets the names is caught. The recipes themselves are on
the page on [statistics](statistics.md).

**The standard**: at {_sizes()} cases, with name effects of standard deviation
{_sds()}, each end of an interval misses the truth at most {SLACK * 100:.0f} points more often
than its level says, and where names
do not differ it is at most {WIDEST} times as wide as an oracle's that
knows the variance. Name effects are on the scale on which a rating's own noise is .5, so .17 is an
intraclass correlation of .1. Names are drawn anew in every run. Unless a table says otherwise the
level is α = .05 for each end, each group has {SHIPPED_NAMES} names, as shipped, and a miss rate is
that of the worse end. Monte-Carlo errors stand beside the number of runs.

Of {_rates(found):,} conditions, beyond the standard by more than three Monte-Carlo errors:

{_listed(beyond)}

Beyond it by less than that:

{_listed(near)}

A width marked *f* is set by the floor: so few cases, all alike, could say no more."""


def _listed(lines: list[str]) -> str:
    return "\n".join(f"- {line}" for line in lines or ["none"])


def _rates(found: Results) -> int:
    return sum(len(_misses_of(value)) for key, value in found.items() if key != PEEKING)


def _beyond(found: Results, *, sure: bool) -> list[str]:
    """What misses the standard, beyond the errors of so many runs or within them."""
    lines = []
    for key in sorted(found.keys() - {PEEKING}, key=str):
        for kind, misses in _misses_of(found[key]):
            title = f"{_title(key)}{kind}, α = {level_name(misses.alpha)}"
            errors = 3 if sure else 0
            if not misses.keeps_its_level(errors) and (sure or misses.keeps_its_level(3)):
                lines.append(f"{title}: misses {places(misses.worst)} ± {places(misses.error)}")
            if not misses.is_narrow(errors) and (sure or misses.is_narrow(3)):
                lines.append(f"{title}: {misses.width:.2f} times as wide as the oracle's")
    return lines


def _misses_of(value: object) -> list[tuple[str, Misses]]:
    """What is held against the standard in a result, with its kind of slice."""
    if isinstance(value, Misses):
        return [("", value)]
    if isinstance(value, separation.Told):
        return _misses_of(value.misses)
    if not isinstance(value, dict):
        return []
    return [
        (f", {key[0]}" if isinstance(key, tuple) else "", misses)
        for key, misses in value.items()
        if isinstance(misses, Misses)
    ]


def _title(key: Key) -> str:
    match key:
        case ("contrast", outcome, cases, sd, names):
            what, rest = f"contrast of {OUTCOMES[outcome].title}", f", {names} names"
        case ("level", name, cases, sd):
            what, rest = levels.LEVELS[name].title, ""
        case ("ratio", kind, cases, sd, rate, case_sd):
            what, rest = f"impact ratio, {kind}", f", rate {rate:g}, case sd {case_sd:g}"
        case ("looks", cases, sd, names):
            what, rest = "looks", f", {names} names"
        case ("told", cases, sd, tell):
            what, rest = f"AUC, tell {tell:g}", ""
        case (what, cases, sd, *_):
            rest = ""
    return f"{what}, {cases} cases, name sd {sd:g}{rest}"


def _limits() -> str:
    return """## Limits

- The models are ours. Real drafts have other shapes of noise, and names of a real workforce may
  differ more than .17.
- Rates that are the worse of two ends read a little high, being the larger one.
- Levels are clustered by case alone. How much names differ is not in their intervals, which begins
  to show where names differ by .17 and many cases leave little other doubt.
- Verdicts and sizes beyond these tables are not covered: flip rates, homogeneity of texts other
  than by vectors, and whatever a policy asks that the noise model does not speak of.
- The AUC is tried with features that carry the tell in one direction; a tell spread thinly over
  many words is harder to learn, and the bound speaks of this classifier at this size only."""


def _sizes() -> str:
    return ", ".join(map(str, SIZES[:-1])) + f" and {SIZES[-1]}"


def _sds() -> str:
    return ", ".join(f"{sd:g}" for sd in NAME_SDS[:-1]) + f" and {NAME_SDS[-1]:g}"
