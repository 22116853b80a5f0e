"""A decision's folder as an auditor gets it: read once, whole, and trusted in nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from govern.app.archive import DEEPEST
from govern.app.decision_folder import (
    BESIDE,
    DRAFTS,
    POLICY_ENVELOPE,
    SUMMARY_ENVELOPE,
    TRUST,
    act_envelope,
)
from govern.app.opened_decision import DECISION_ENVELOPE
from govern.attest.files import read_signed, require_unlinked
from govern.canon import read_json
from govern.domain.acts import Attestation, Signed, Waiver
from govern.domain.base import Noun
from govern.domain.decision import Decision
from govern.domain.docket import Docket
from govern.domain.finding import Findings
from govern.domain.policy import Policy
from govern.errors import InputError, IntegrityError, PolicyError
from govern.policy.reader import read_policy
from govern.report.beside import NOTHING, Beside
from govern.strict_yaml import explain

NEEDED = ("decision.json", "policy.md", "findings.json", "docket.json")
MADE = frozenset({"report.html", "junit.xml", "sarif.json", "summary.md"})

_Read = TypeVar("_Read", bound=Noun)


@dataclass(frozen=True)
class DecisionFolder:
    """What stands in a decision's folder; ``written`` is the JSON of a file as it stands there."""

    root: Path
    files: Mapping[str, bytes]
    written: Mapping[str, Any]
    decision: Decision
    docket: Docket
    findings: Findings
    policy: Policy
    beside: Beside

    @property
    def drafts(self) -> Path | None:
        """The drafts frame, where the folder has it."""
        path = self.root / DRAFTS
        return path if path.exists() else None

    @property
    def acts(self) -> tuple[Signed[Attestation] | Signed[Waiver], ...]:
        """What the docket says was signed by people."""
        return (*self.docket.attestations, *self.docket.waivers)

    def unexpected(self) -> list[str]:
        """Files that belong to no decision."""
        expected = {
            *NEEDED,
            *MADE,
            BESIDE,
            TRUST,
            DECISION_ENVELOPE,
            SUMMARY_ENVELOPE,
            POLICY_ENVELOPE,
            DRAFTS,
            *(act_envelope(signed.digest) for signed in self.acts),
        }
        return sorted(set(self.files) - expected)


def read_folder(root: Path) -> DecisionFolder:
    """Read every file of a decision's folder.

    Raises:
        InputError: this is no decision's folder, or one of another release's form.
        IntegrityError: a symbolic link, a file that is missing, unreadable or malformed.
    """
    require_unlinked(root)
    if not (root / "decision.json").exists():
        raise InputError(f"{root}: no decision.json; expected a decision's folder")
    files = {path.relative_to(root).as_posix(): _bytes(path) for path in walk(root)}
    missing = [name for name in NEEDED if name not in files]
    if missing:
        raise IntegrityError(f"{root}: {' and '.join(missing)} missing; ask for the whole folder")
    written = {name: json_of(files[name], name) for name in NEEDED if name.endswith(".json")}
    forms: dict[str, type[Noun]] = {
        "decision.json": Decision,
        "docket.json": Docket,
        "findings.json": Findings,
    }
    for name, noun in forms.items():
        require_form(written[name], noun, name)
    if BESIDE in files:
        require_form(json_of(files[BESIDE], BESIDE), Beside, BESIDE)
    return DecisionFolder(
        root=root,
        files=files,
        written=written,
        decision=_noun(Decision.model_validate_json, files, "decision.json"),
        docket=_noun(Docket.model_validate_json, files, "docket.json"),
        findings=_noun(Findings.model_validate_json, files, "findings.json"),
        policy=_policy(files["policy.md"]),
        beside=_noun(Beside.model_validate_json, files, BESIDE) if BESIDE in files else NOTHING,
    )


def walk(root: Path, deepest: int = DEEPEST) -> Iterator[Path]:
    """All that is no folder below a folder, whatever it is.

    Raises:
        IntegrityError: a symbolic link, or folders more than ``deepest`` deep.
    """
    if not deepest:
        raise IntegrityError(f"{root}: more than {DEEPEST} folders deep; nothing of ours is")
    for entry in sorted(os.scandir(root), key=lambda entry: entry.name):
        path = Path(entry.path)
        require_unlinked(path)
        if entry.is_dir(follow_symlinks=False):
            yield from walk(path, deepest - 1)
        else:
            yield path


def _bytes(path: Path) -> bytes:
    """A file's bytes; drafts are large and are read where their findings are measured again."""
    return b"" if path.name == DRAFTS else read_signed(path)


def json_of(raw: bytes, name: str) -> Any:
    """The JSON of a file; IntegrityError if it is none."""
    try:
        return read_json(raw, where=name)
    except InputError as err:
        raise IntegrityError(str(err)) from err


def require_form(written: Any, noun: type[Noun], name: str) -> None:
    """InputError where a file is as another release writes it, which is no alteration."""
    found = written.get("schema_version") if isinstance(written, dict) else None
    known = noun.model_fields["schema_version"].default
    if isinstance(found, int) and found != known:
        raise InputError(
            f"{name} is of form {found}, this release reads form {known}; "
            "verify it with the release that made it"
        )


def _noun(read: Callable[[bytes], _Read], files: Mapping[str, bytes], name: str) -> _Read:
    try:
        return read(files[name])
    except ValidationError as err:
        raise IntegrityError(f"{name}: {explain(err)}") from err


def _policy(raw: bytes) -> Policy:
    try:
        return read_policy(raw, where="policy.md")
    except PolicyError as err:
        raise IntegrityError(str(err)) from err
