"""The README of a bundle: what is in it, how to check it, and what it does not show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from govern.app.bundle_kinds import FileKind, kind_of
from govern.app.bundle_parts import PARTS
from govern.app.bundle_reports import CARD, PDF
from govern.app.ledger import Verified
from govern.app.verify_folder import DecisionFolder
from govern.domain.attempts import Attempts
from govern.domain.bundle import Contents
from govern.report.blocks import Command
from govern.report.escaping import code, inline
from govern.report.reproduction import INSTALL, OFFLINE, PROJECT, in_project, install, offline
from govern.report.sentences import verdict_of
from govern.report.wording import counted, visible

MADE_KINDS = (
    FileKind("README.md", "this page", "made again"),
    FileKind(CARD, "the report in short: a model card", "made again"),
    FileKind(PDF, "the report as PDF, its data attached", "made again, by the same Typst"),
    FileKind(
        "record/attempts.json",
        "every intended run of the lineage, abandoned ones too",
        "made again",
    ),
    FileKind(
        "record/proofs/",
        "that the entries of this decision and its run stand under the newest checkpoint, and "
        "that the log only grew since the oldest",
        "made again",
    ),
)
KINDS = (*(kind for part in PARTS for kind in part.kinds), *MADE_KINDS)
LEVELS = (
    (
        "1",
        "the files are those that were signed, by keys that count",
        "your copy of the trust root",
    ),
    ("2", "policy, findings and docket give this very decision", "that the findings are true"),
    ("3", "the drafts give these findings, to 1e-9", "that the pipeline wrote these drafts"),
    ("4", "the pipeline writes such drafts: run it again", "nothing; a hosted model may differ"),
)


@dataclass(frozen=True)
class Told:
    """What the README tells of; ``entries`` is how many the record has of decision and run."""

    contents: Contents
    folder: DecisionFolder
    attempts: Attempts
    log: Verified
    entries: int
    names: tuple[str, ...]


def readme(told: Told) -> str:
    """The page, in Markdown; what people wrote stands in it letter by letter."""
    decision = told.folder.decision
    blocks = [
        f"# Audit bundle of decision {inline(decision.decision_id)}",
        _what(told),
        "## Check it",
        *_check(told),
        _table(("level", "shows", "rests on"), LEVELS),
        "Exit code 0: as far as asked, everything holds; 2: short of the level asked for; 12: "
        "unsigned, or over; 13: something was altered. Ask which level was reached, not whether it "
        "is verified.",
        "## What is in it",
        _table(("file", "what it is", "a change of it shows at"), _files(told.names)),
        "Where nothing is named, only `manifest.json` vouches for the file, which has the SHA-256 "
        "of every other and is signed by nobody: compare the SHA-256 of the whole archive with one "
        "that you were told by another way.",
        "## What is left out, and why",
        _left_out(told),
        "## The record",
        *_record(told),
        "## Reproduce it",
        *_reproduce(told),
        "## What it does not show",
        _not_shown(told),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def annex_readme(contents: Contents) -> str:
    """The page of the annex."""
    return (
        f"# Restricted annex of decision {inline(contents.decision_id)}\n\n"
        "It holds what may be about real people. Give it to nobody who may not read that, and keep "
        "it no longer than you need it.\n\n"
        f"    govern verify bundle-{contents.decision_id}.zip --annex THIS-FILE --trust "
        "my-copy-of-trust.json\n\n"
        "The bundle's `manifest.json` names every file of it by its SHA-256.\n"
    )


def _what(told: Told) -> str:
    decision = told.folder.decision
    run, verdict = decision.run, verdict_of(decision.effective_outcome)
    advisory = " It is advisory: it cannot promote." if decision.advisory else ""
    kind = "made-up cases" if run.synthetic else "cases that are not made up"
    return (
        f"{verdict.word}: pipeline {inline(run.pipeline)} {code(run.pipeline_version)} under "
        f"policy {inline(decision.policy.id)} {code(decision.policy.version)}, judged "
        f"{decision.created.isoformat()}, until {decision.expires}, on "
        f"{counted(run.planned, 'drafts')} over {kind}.{advisory} "
        f"`decision/report.html` says it to people, `{CARD}` in short"
        f"{f', `{PDF}` on paper' if told.contents.pdf_by else ''}."
    )


def _check(told: Told) -> list[str]:
    name = f"bundle-{told.contents.decision_id}.zip"
    drafts = "decision/drafts.parquet" in told.names
    reached = "It goes to level 3, which measures again and takes minutes on a large run."
    if not drafts:
        reached = "It goes to level 2: the drafts are not in it."
    blocks = [
        "No network is needed. `my-copy-of-trust.json` are the keys of board and gate that you "
        "were given by another way than this bundle; whoever made it put those in it there.",
        _commands([f"govern verify {name} --trust my-copy-of-trust.json"]),
        f"{reached} It takes the archive, the first of its numbered files, or the folder that it "
        "was unpacked to.",
    ]
    if any(one.endswith("drafts.parquet") for one in told.contents.annex):
        blocks += [
            "With the restricted annex, which has its own file and its own readers, to level 3:",
            _commands([f"govern verify {name} --annex ANNEX.zip --trust my-copy-of-trust.json"]),
        ]
    return blocks


def _files(names: Sequence[str]) -> Iterable[tuple[str, str, str]]:
    by_kind: dict[FileKind, int] = {}
    for name in names:
        kind = kind_of(KINDS, name)
        if kind is not None:
            by_kind[kind] = by_kind.get(kind, 0) + 1
    yield "`README.md`", "this page", "made again"
    yield "`manifest.json`", "the SHA-256 and size of every other file", "every level"
    for kind in sorted(by_kind, key=lambda kind: kind.name):
        many = f" ({counted(by_kind[kind], 'files')})" if kind.name.endswith("/") else ""
        yield f"`{kind.name}`{many}", kind.what, kind.vouched or ""


def _left_out(told: Told) -> str:
    lines = [f"- {inline(one.what)}: {inline(one.why)}." for one in told.contents.left_out]
    if not told.folder.decision.run.synthetic:
        lines.append(
            "- Not left out: `decision/findings.json` names drafts by their ids and quotes phrases "
            "that the drafts of several people share."
        )
    return "\n".join(lines) or "Nothing."


def _record(told: Told) -> list[str]:
    log = told.log
    blocks = [
        f"`record/` holds all of the record, those entries too that are of other candidates, since "
        f"each names the one before. Entries: {log.entries}, of this decision and its run "
        f"{told.entries}.",
    ]
    if log.newest is None:
        blocks.append(
            "**No checkpoint was signed yet: nothing shows whether the record was written anew.** "
            "**Independent witnesses: 0.**"
        )
    else:
        names = log.witnessed.names
        witnesses = f"{len(names)} ({inline(', '.join(names))})" if names else "0"
        finding = "" if names else " That is a finding: others may have been shown another record."
        blocks += [
            f"Checkpoints: {log.checkpoints}. Leaves under the newest: "
            f"{log.newest.checkpoint.size}; not yet under it: {log.uncovered} leaves, "
            f"{log.pending} entries. **Independent witnesses: "
            f"{witnesses}.**{finding}",
            "A checkpoint that you kept is worth more than those in here. In the unpacked folder:",
            _commands(
                [
                    "govern ledger verify --since my-checkpoint.txt --trust my-copy-of-trust.json",
                    "govern ledger verify --proof record/proofs/entry-N.tlog-proof --trust "
                    "my-copy-of-trust.json",
                ]
            ),
        ]
    return [*blocks, *_attempts(told.attempts)]


def _attempts(attempts: Attempts) -> list[str]:
    lead = f"Intended runs of {inline(attempts.lineage)}: {len(attempts.entered)}."
    if not attempts.entered:
        return [f"{lead} Exploring is free and enters none; a decision on such a run is advisory."]
    rows = [
        (code(a.run_id), a.entered.isoformat(), a.state, a.decision_id or "")
        for a in attempts.entered
    ]
    return [lead, _table(("run", "entered", "what became of it", "decision"), rows)]


def _reproduce(told: Told) -> list[str]:
    decision, findings = told.folder.decision, told.folder.findings
    run = decision.run
    evaluators = sorted({finding.evaluator for finding in findings.findings})
    facts = [
        ("measured by govern", code(run.harness_version)),
        ("judged by govern", code(decision.harness_version)),
        ("bundle made by", code(told.contents.made_by)),
        *([("PDF laid out by", code(by))] if (by := told.contents.pdf_by) else []),
        ("evaluator's code, SHA-256", ", ".join(map(code, evaluators)) or "none"),
        ("pipeline's fingerprint", code(run.fingerprint)),
        ("declared and not digested", ", ".join(map(inline, run.declared_only)) or "nothing"),
        ("seed", str(run.seed)),
        ("cases", f"{inline(run.dataset)}, {code(run.dataset_digest)}"),
        ("names", code(run.identities_digest or "none")),
        ("drafts", code(run.drafts_digest)),
        ("findings", code(decision.findings_digest)),
        ("policy", code(decision.policy.digest)),
        ("docket", code(decision.docket_digest)),
        ("decision", code(told.contents.decision_digest)),
    ]
    blocks = [
        _table(("what", "value"), facts),
        *_block(INSTALL, install(decision)),
        *_block(OFFLINE, offline(decision)),
        *_block(PROJECT, in_project(decision, decision.policy.id)),
    ]
    if run.mode == "decide":
        blocks.append(
            "The fresh cases of a deciding run follow from the chance in the record's `finished` "
            "entry (`drawn`) and the digest of its `intent`."
        )
    return blocks


def _block(lead: str, commands: Sequence[Command]) -> tuple[str, str]:
    return lead, _commands([command.line for command in commands])


def _not_shown(told: Told) -> str:
    lines = [
        "- That the pipeline in use is the one that was run, or that the drafts are what it wrote.",
        "- That a signature is by the person whose key made it.",
        "- That everything was entered in the record, or that what was entered is true.",
        "- Anything about people, languages and uses beyond the decision's scope.",
        "- That any law is kept.",
    ]
    if not told.log.witnessed.names:
        lines.insert(
            3, "- That others were shown the same record: nobody independent witnessed it."
        )
    return "\n".join(lines)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _commands(lines: Sequence[str]) -> str:
    return "\n".join(["```sh", *(" ".join(visible(line).split()) for line in lines), "```"])
