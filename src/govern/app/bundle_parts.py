"""What goes into an audit bundle: one list of its parts, and what finds the files of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from govern.app import bundle_files
from govern.app.bundle_files import TABLES, Gathered, Source
from govern.app.bundle_kinds import FileKind
from govern.app.decision_folder import DRAFTS


@dataclass(frozen=True)
class Part:
    """Some files of a bundle: what they are, and what finds them."""

    kinds: tuple[FileKind, ...]
    gather: Callable[[Source], Gathered]


LEVEL_1 = "level 1"
PARTS: tuple[Part, ...] = (
    Part(
        (
            FileKind("decision/decision.json", "the decision", f"{LEVEL_1}: signed by the gate"),
            FileKind("decision/policy.md", "the policy, byte for byte as it was signed", LEVEL_1),
            FileKind("decision/findings.json", "every finding, and the facts of the run", LEVEL_1),
            FileKind("decision/docket.json", "what else lay before the judge", LEVEL_1),
            FileKind(
                "decision/envelopes/", "what people signed: policy, statements, waivers", LEVEL_1
            ),
            FileKind("decision/trust.json", "the trust root then", "your own copy"),
            FileKind("decision/decision.dsse.json", "the gate's signature", LEVEL_1),
            FileKind("decision/summary.dsse.json", "of a pass, what a deployer checks", LEVEL_1),
            FileKind(
                "decision/beside.json", "what the report tells beside the decision", "level 2"
            ),
            FileKind(
                "decision/",
                "the report, and the decision for CI: as the release makes them of it",
                "level 2",
            ),
        ),
        bundle_files.of_decision,
    ),
    Part(
        (FileKind(TABLES, "the report's tables as CSV, every column explained", "made again"),),
        bundle_files.of_tables,
    ),
    Part(
        (FileKind(f"decision/{DRAFTS}", "the per-draft table: all that was measured", "level 3"),),
        bundle_files.of_drafts,
    ),
    Part(
        (
            FileKind("record/trust.json", "the trust root of the record now", "your own copy"),
            FileKind("record/ledger.jsonl", "every entry of the record, a chain", LEVEL_1),
            FileKind("record/leaves.jsonl", "the leaves of the tree over it", LEVEL_1),
            FileKind("record/checkpoints.jsonl", "the signed checkpoints, cosigned too", LEVEL_1),
            FileKind("record/approvals/", "who approved the decision, and who objected", LEVEL_1),
        ),
        bundle_files.of_record,
    ),
    Part(
        (
            FileKind("run/pipeline.json", "the pipeline's manifest", f"{LEVEL_1}: fingerprint"),
            FileKind("run/", "the suite and the plan that were run", None),
        ),
        bundle_files.of_run,
    ),
    Part(
        (FileKind("run/logs/", "Inspect's transcripts of the drafting", None),),
        bundle_files.of_logs,
    ),
    Part(
        (
            FileKind("data/cases/", "manifest, card, Croissant of the cases", LEVEL_1),
            FileKind("data/identities/", "the same of the names", LEVEL_1),
            FileKind("data/", "the same of what cases were made from, and of the markers", None),
        ),
        bundle_files.of_data,
    ),
    Part(
        (FileKind("certificates/", "the certificates relied on", f"{LEVEL_1}: the docket"),),
        bundle_files.of_certificates,
    ),
    Part(
        (
            FileKind("requirements.lock", "every library of this release, with its hashes", None),
            FileKind("versions.json", "what was installed where the bundle was made", None),
        ),
        bundle_files.of_environment,
    ),
)
"""Every part of a bundle. Another one, such as more formats of the report, is a row here."""
