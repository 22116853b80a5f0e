"""The commands that make a decision's findings again, to be copied as they stand."""

from __future__ import annotations

from shlex import join, quote

from govern.domain import Decision
from govern.report.blocks import Command

RECORDED = "recorded"
INSTALL = (
    "On a machine with Python 3.11 or later, in a new folder with the bundle in it. This alone "
    "needs a package index, or a folder of packages named with `--find-links`. GOVERN is the "
    "wheel or checkout of the release that measured."
)
OFFLINE = (
    "In that folder, without a network, a project or keys. `govern bundle` writes the bundle in "
    "the project."
)
PROJECT = "In the project, with its pipeline; a hosted model may draft otherwise."


def install(decision: Decision) -> tuple[Command, ...]:
    """What sets up a clean machine."""
    top = _top(decision)
    return (
        Command(line=f"python3 -m zipfile -e {_bundle(decision)} .", shows="unpacks the bundle"),
        Command(line="python3 -m venv clean", shows="keeps it apart from what is installed"),
        Command(line=". clean/bin/activate", shows="makes it the Python of this terminal"),
        Command(
            line=f"pip install --require-hashes -r {top}/requirements.lock",
            shows="installs every library as it was",
        ),
        Command(
            line='pip install --no-deps "$GOVERN"',
            shows=f"installs govern {decision.run.harness_version}",
        ),
    )


def offline(decision: Decision) -> tuple[Command, ...]:
    """What gives the same findings from the bundle; of real people with its annex."""
    top, apart = _top(decision), not decision.run.synthetic
    annex = quote(f"annex-{decision.decision_id}.zip")
    drafts = f"{top}/decision/drafts.parquet"
    if apart:
        drafts = quote(f"govern-annex-{decision.decision_id}/drafts.parquet")
    unpacked = (
        Command(line=f"python3 -m zipfile -e {_bundle(decision)} .", shows="unpacks the bundle"),
        *(
            [Command(line=f"python3 -m zipfile -e {annex} .", shows="unpacks the annex")]
            if apart
            else []
        ),
    )
    return (
        *unpacked,
        Command(
            line=f"govern verify {_bundle(decision)}{f' --annex {annex}' if apart else ''} "
            "--level 3",
            shows="measures the drafts again and says of each metric whether it comes out the "
            "same, to 1e-9; judges again. Exit code 12: all of it holds, and the decision has run "
            "out. With --trust and your own copy of the keys it says whose signatures count",
        ),
        Command(
            line=f"govern measure {drafts} --as-in {top}/decision/findings.json --json > "
            "again.json",
            shows="writes the findings that come out, to hold against findings.json yourself",
        ),
        Command(
            line=f"sha256sum {top}/decision/policy.md", shows="prints the policy's digest above"
        ),
        Command(
            line=f"cd {top} && govern ledger verify",
            shows="checks the record's chain, tree and checkpoints, and counts the witnesses",
        ),
    )


def in_project(decision: Decision, policy: str) -> tuple[Command, ...]:
    """What judges the recorded findings again, and what drafts anew; ``policy`` is its name."""
    run = decision.run
    judged = Command(
        line=join(["govern", "gate", run.run_id, "--policy", policy, "--out", "judged-again"]),
        shows="judges the recorded findings again, without a single new draft",
    )
    if run.suite == RECORDED:
        return (judged,)
    candidate = ["--pipeline", run.pipeline, "--plan", run.plan, "--no-cache"]
    early = ["--until-decided", "--policy", policy] if run.looks else []
    drafted = Command(
        line=join(["govern", "run", run.suite, *candidate, "--id", "again", *early]),
        shows="drafts and measures anew",
    )
    return (judged, drafted)


def _bundle(decision: Decision) -> str:
    return quote(f"bundle-{decision.decision_id}.zip")


def _top(decision: Decision) -> str:
    return quote(f"govern-bundle-{decision.decision_id}")
