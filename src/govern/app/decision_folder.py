"""The folder of a decision: all that it rests on, and how it reads."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from govern.app.opened_decision import DECISION_ENVELOPE
from govern.app.outputs import outputs
from govern.attest.envelopes import envelope_digest, read_envelope, sign
from govern.attest.files import MOST_BYTES
from govern.attest.keys import PrivateKey
from govern.attest.statements import decision_statement, summary_statement
from govern.domain.acts import Signed
from govern.domain.base import Noun
from govern.domain.decision import Decision
from govern.domain.docket import Docket
from govern.domain.finding import Findings, RunFacts
from govern.domain.policy import Policy
from govern.errors import InputError
from govern.report.beside import NOTHING, Beside
from govern.report.html import render
from govern.report.view import build
from govern.sources.locate import builtin_root
from govern.whole_files import write_text

SUMMARY_ENVELOPE = "summary.dsse.json"
POLICY_ENVELOPE = "envelopes/policy.dsse.json"
TRUST = "trust.json"
DRAFTS = "drafts.parquet"
BESIDE = "beside.json"
MOST_DRAFTS = 50_000_000
"""Bytes of drafts that a decision's folder takes along."""


def decision_texts(
    decision: Decision,
    docket: Docket,
    policy: Policy,
    findings: Findings,
    beside: Beside = NOTHING,
) -> dict[str, str]:
    """The files of a decision's folder that are made of the decision, by name."""
    page = build(decision, policy, docket, findings, beside)
    return {
        "decision.json": as_text(decision),
        "docket.json": as_text(docket),
        "report.html": render(page, templates()),
    } | outputs(decision, policy)


def decision_envelopes(decision: Decision, key: PrivateKey | None) -> dict[str, str]:
    """The decision signed, and on a pass its summary for deployers; nothing without a key."""
    if key is None:
        return {}
    statements = {DECISION_ENVELOPE: decision_statement(decision)}
    if decision.effective_outcome == "pass":
        statements[SUMMARY_ENVELOPE] = summary_statement(decision)
    return {
        name: f"{json.dumps(sign(statement, [key], now=decision.created), indent=2)}\n"
        for name, statement in statements.items()
    }


def act_sources(record: Path, docket: Docket) -> dict[str, Path]:
    """The signed files behind a docket's attestations and waivers, by their name in the folder."""
    acts: tuple[Signed[Any], ...] = (*docket.attestations, *docket.waivers)
    wanted = {signed.digest for signed in acts}
    files = [p for kind in ("attestations", "waivers") for p in (record / kind).glob("*.dsse.json")]
    found = {envelope_digest(read_envelope(path)): path for path in sorted(files)}
    return {act_envelope(digest): found[digest] for digest in sorted(wanted)}


def act_envelope(digest: str) -> str:
    """Where a decision's folder has the envelope of an act, by its SHA-256."""
    return f"envelopes/{digest[:16]}.dsse.json"


def drafts_source(frame: Path, run: RunFacts) -> dict[str, Path]:
    """The drafts frame, unless it is large or may hold what was written about real people."""
    small = frame.stat().st_size <= MOST_DRAFTS
    return {DRAFTS: frame} if run.synthetic and small else {}


def as_text(noun: Noun) -> str:
    """A noun's JSON as it stands in a file."""
    text = json.dumps(noun.as_json(), indent=1, ensure_ascii=False, sort_keys=True)
    return f"{text}\n"


def write_decision(target: Path, texts: Mapping[str, str], sources: Mapping[str, Path]) -> None:
    """The whole decision folder or nothing of it: texts, and copies of other files.

    Raises:
        InputError: the folder exists, or a file is larger than anybody could read again.
    """
    if target.exists():
        raise InputError(f"{target}: exists already; a decision is never overwritten")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=".decision-", dir=target.parent))
    try:
        for name, text in texts.items():
            (part / name).parent.mkdir(parents=True, exist_ok=True)
            write_text(part / name, text)
        for name, source in sources.items():
            (part / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, part / name)
        _require_readable(part)
        part.chmod(0o755)
        part.rename(target)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _require_readable(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.name != DRAFTS and path.is_file() and path.stat().st_size > MOST_BYTES:
            name = path.relative_to(folder).as_posix()
            raise InputError(
                f"{name}: the decision would have a file of {path.stat().st_size:,} bytes, more "
                f"than the {MOST_BYTES:,} that are read again; judge fewer groups at a time"
            )


def templates() -> Path:
    """The folder of the shipped report templates."""
    return builtin_root() / "reports" / "templates"
