"""``govern verify``: how far a decision can be followed back, offline, and what stops it there.

Level 1: digests and signatures. Level 2: the verdicts come out again from policy, findings and
docket. Level 3: the findings come out again from the drafts. Level 4 is for a person to run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from govern import __version__
from govern.app.checks import Check, Level, checked, differences, note
from govern.app.decision_folder import TRUST, decision_texts
from govern.app.run_again import run_again
from govern.app.verify_beside import signers_shown
from govern.app.verify_folder import DecisionFolder, read_folder
from govern.app.verify_signatures import signatures
from govern.attest.trust import TrustRoot, read_trust_file
from govern.canon import same_json
from govern.domain.decision import Decision
from govern.errors import InputError, IntegrityError, PolicyError
from govern.policy.judge import judge
from govern.report.beside import NOTHING

LEVELS = {
    0: "nothing was shown",
    1: "digests and signatures hold",
    2: "the verdicts come out again from policy, findings and docket",
    3: "the findings come out again from the drafts",
}
ON_ITS_WORD = ("certificates", "attempts", "comparison", "record", "gate", "alternatives")


@dataclass(frozen=True)
class Verification:
    """What was checked of a decision, and how far of what was ``asked`` it held.

    ``own_trust`` says that the auditor brought the trust root. ``kept_from`` says what kept it
    from the next level, ``again`` how to run all of it anew.
    """

    folder: Path
    decision: Decision
    trust: Path
    own_trust: bool
    checks: tuple[Check, ...]
    asked: int
    level: Level
    kept_from: str
    again: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """13: altered; 12: unsigned or over; 2: short of the level that was asked for."""
        codes = {check.code for check in self.checks}
        altered, unsigned = IntegrityError.exit_code, PolicyError.exit_code
        worst = altered if altered in codes else unsigned if unsigned in codes else 0
        return worst or (InputError.exit_code if self.level < self.asked else 0)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "decision_id": self.decision.decision_id,
            "folder": str(self.folder),
            "outcome": self.decision.effective_outcome,
            "advisory": self.decision.advisory,
            "expires": self.decision.expires.isoformat(),
            "trust": {"file": str(self.trust), "own": self.own_trust},
            "level": self.level,
            "meaning": LEVELS[self.level],
            "kept_from_next": self.kept_from,
            "run_again": list(self.again),
            "exit_code": self.exit_code,
            "checks": [check.as_json() for check in self.checks],
        }


def verify(
    root: Path,
    *,
    now: datetime,
    trust: Path | None = None,
    level: int = 2,
    drafts: Path | None = None,
    incumbent: Path | None = None,
    approvals: Path | None = None,
) -> Verification:
    """Follow a decision back as far as asked, or as far as it holds.

    Args:
        root: the decision's folder.
        now: when; decisions end.
        trust: the auditor's own trust root; the one beside the decision proves little.
        level: how far to go, 1 to 3.
        drafts: the drafts frame, where the folder has none.
        incumbent: the drafts frame that it was compared with.
        approvals: a record whose approvals are asked for as well.

    Raises:
        InputError: no decision's folder, or one of another release's form.
        IntegrityError: a symbolic link, a missing or a malformed file.
        PolicyError: there is no trust root.
    """
    folder = read_folder(root)
    source = trust or _trust_beside(root)
    checks = [*_about(folder, now)]
    checks += signatures(folder, read_trust_file(source), approvals=approvals, now=now)
    if level >= 2 and not _altered(checks):
        checks += _verdicts(folder, read_trust_file(source), now)
    frame = drafts or folder.drafts
    if level >= 3 and frame is not None and not _altered(checks):
        from govern.app.verify_drafts import measured_again

        checks += measured_again(folder, frame, incumbent)
    return Verification(
        folder=root,
        decision=folder.decision,
        trust=source,
        own_trust=trust is not None,
        checks=tuple(checks),
        asked=level,
        level=reached(checks),
        kept_from=kept_from(checks, level, frame),
        again=run_again(folder.decision, str(folder.root / "policy.md")),
    )


def _trust_beside(root: Path) -> Path:
    """The copy in the folder, or that of the record which the folder lies in."""
    copy = root / TRUST
    return copy if copy.exists() or copy.is_symlink() else root.parent.parent / TRUST


def _about(folder: DecisionFolder, now: datetime) -> Iterator[Check]:
    """What no level depends on, but everybody who relies on the decision."""
    yield checked(0, "expiry", _not_over, folder.decision, now)
    if unexpected := folder.unexpected():
        yield note(0, "other files", f"nothing vouches for {', '.join(unexpected)}")


def _not_over(decision: Decision, now: datetime) -> str:
    if now.date() > decision.expires:
        raise PolicyError(f"it held until {decision.expires}; judge anew before relying on it")
    return f"it holds until {decision.expires}"


def _verdicts(folder: DecisionFolder, trust: TrustRoot, now: datetime) -> Iterator[Check]:
    yield checked(2, "verdicts", _judged_again, folder)
    made = decision_texts(
        folder.decision, folder.docket, folder.policy, folder.findings, folder.beside
    )
    for name in sorted(set(made) & set(folder.files) - set(folder.written)):
        same = made[name].encode() == folder.files[name]
        if same or folder.decision.harness_version == __version__:
            yield checked(2, name, _made_again, same)
        else:
            said = f"not compared: release {folder.decision.harness_version} wrote it"
            yield note(2, name, said)
    given = [name for name in ON_ITS_WORD if getattr(folder.docket, name)]
    if given:
        said = f"{', '.join(given)}: as the docket has them"
        yield note(2, "on the gate's word", said)
    if folder.beside != NOTHING:
        yield signers_shown(folder, trust, now)


def _judged_again(folder: DecisionFolder) -> str:
    stands = folder.decision
    again = judge(folder.policy, folder.findings, folder.docket, now=stands.created)
    other = again.harness_version != stands.harness_version
    comes_out = again.model_copy(update={"harness_version": stands.harness_version})
    mine, anew = stands.as_json(), comes_out.as_json()
    if not same_json(mine, anew):
        found = list(differences(mine, anew)) or ["the last digits"]
        more = f"; and {len(found) - 3} more" if len(found) > 3 else ""
        by = f" by release {__version__}, made by {stands.harness_version}" if other else ""
        raise IntegrityError(f"judged again{by}: {'; '.join(found[:3])}{more}")
    if other:
        return (
            f"the same, made by release {stands.harness_version} and judged again by {__version__}"
        )
    return f"{len(stands.clauses)} clauses judged again, the same to the last byte"


def _made_again(same: bool) -> str:
    if not same:
        raise IntegrityError("not what this release makes of the decision; it was changed")
    return "as this release makes it of the decision"


def _altered(checks: Sequence[Check]) -> bool:
    return any(check.code == IntegrityError.exit_code for check in checks)


def reached(checks: Sequence[Check]) -> Level:
    """The last level up to which everything that was checked holds."""
    so_far: Level = 0
    for level in (1, 2, 3):
        mine = [check for check in checks if check.level == level]
        if not mine or any(check.holds is False for check in mine):
            return so_far
        so_far = level
    return so_far


def kept_from(checks: Sequence[Check], level: int, frame: Path | None) -> str:
    """What kept it from the level after the one reached."""
    level_reached = reached(checks)
    stopped = [c for c in checks if c.level == level_reached + 1 and c.holds is False]
    if stopped:
        return "; ".join(f"{check.what}: {check.said}" for check in stopped)
    if level_reached == 3:
        return "level 4 is to run it again; a hosted model may draft otherwise"
    if level_reached < level and frame is None:
        return "the drafts are not here; name their run with --run"
    return f"it was not asked for; add --level {level_reached + 1}"
