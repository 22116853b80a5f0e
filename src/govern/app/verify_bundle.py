"""``govern verify`` of an audit bundle: the decision in it, and all that was put beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from govern.app.bundle_kinds import kind_of
from govern.app.bundle_readme import KINDS
from govern.app.checks import Check, checked, note
from govern.app.decision_folder import DRAFTS, TRUST
from govern.app.opened_bundle import Bundle, opened_annex, opened_bundle
from govern.app.run_again import run_again
from govern.app.verify import Verification, reached, verify
from govern.app.verify_beside import beside_the_record
from govern.app.verify_folder import MADE
from govern.app.verify_made import made_again
from govern.app.verify_papers import CASES, IDENTITIES, VOUCHED, papers_in
from govern.app.verify_record import approvals_in, record_in
from govern.attest.statements import decision_digest
from govern.attest.trust import TrustRoot, read_trust_file
from govern.domain.bundle import Contents
from govern.errors import IntegrityError
from govern.report.beside import NOTHING
from govern.sources.packaging import MANIFEST

ALWAYS = (
    *(f"decision/{name}" for name in (*sorted(MADE), TRUST, DRAFTS)),
    *(f"run/{name}.json" for name in ("pipeline", "suite", "plan")),
    *(f"{place}/{MANIFEST}" for place in (CASES, IDENTITIES)),
    "requirements.lock",
    "versions.json",
)
NO_DRAFTS = "the drafts are left out of the bundle; ask for its annex and name it with --annex"


def verify_bundle(
    source: Path,
    *,
    now: datetime,
    trust: Path | None = None,
    level: int | None = None,
    annex: Path | None = None,
    drafts: Path | None = None,
    incumbent: Path | None = None,
    approvals: Path | None = None,
) -> Verification:
    """Follow a bundle's decision back as far as asked; by default as far as what it holds goes.

    Args:
        source: the archive, the first of its numbered files, or the unpacked folder.
        annex: its restricted annex, with drafts that may be about real people.
        now, trust, level, drafts, incumbent, approvals: as of ``verify``.

    Raises:
        InputError: there is no such file, or one of another release's form.
        IntegrityError: the archive is none of ours, or not what its manifest says.
        PolicyError: there is no trust root.
    """
    with ExitStack() as stack:
        bundle = stack.enter_context(opened_bundle(source))
        if annex:
            held_apart = stack.enter_context(opened_annex(annex, bundle)) / DRAFTS
            drafts = drafts or (held_apart if held_apart.is_file() else None)
        frame = drafts or bundle.drafts
        asked = level or (3 if frame else 2)
        trusted = read_trust_file(trust) if trust else bundle.trust
        checks = tuple(_checks(bundle, trusted, now))
        found = verify(
            bundle.folder.root,
            now=now,
            trust=trust,
            level=asked,
            drafts=frame,
            incumbent=incumbent,
            approvals=approvals,
        )
    whole = (*checks, *found.checks)
    stopped = [c for c in checks if c.level == 1 and c.holds is False]
    kept_from = "; ".join(f"{c.what}: {c.said}" for c in stopped) or found.kept_from
    if not stopped and found.level == 2 and frame is None:
        kept_from = NO_DRAFTS
    return replace(
        found,
        folder=source,
        trust=trust or source / "decision" / "trust.json",
        checks=whole,
        level=reached(whole),
        kept_from=kept_from,
        again=run_again(found.decision, "decision/policy.md"),
    )


def _checks(bundle: Bundle, trust: TrustRoot, now: datetime) -> Iterator[Check]:
    told = bundle.contents
    yield note(1, "files", f"{len(told.files)} files, as manifest.json names them")
    yield checked(1, "decision", _is_the_decision, bundle)
    yield from made_again(bundle)
    yield from record_in(bundle, trust, now)
    if bundle.folder.beside != NOTHING:
        yield checked(1, "decision/beside.json", beside_the_record, bundle)
    yield checked(1, "record/approvals", approvals_in, bundle, trust, now)
    yield from papers_in(bundle)
    if word := [name for name in sorted(told.files) if _on_its_word(told, name)]:
        yield note(0, "on the bundle's word", ", ".join(word))
    if lacking := list(_unexplained(bundle)):
        said = f"neither here nor said to be left out: {', '.join(lacking)}"
        yield Check(0, "missing", False, said)
    if told.left_out:
        yield note(0, "left out", "; ".join(f"{one.what}: {one.why}" for one in told.left_out))


def _unexplained(bundle: Bundle) -> Iterator[str]:
    """What every bundle has or says why not, and this one does neither."""
    told = bundle.contents
    apart = [*told.annex, *(one.what.partition(":")[0] for one in told.left_out)]
    for name in ALWAYS:
        explained = any(name.startswith(one) or name.endswith(f"/{one}") for one in apart)
        if name not in told.files and not explained:
            yield name
    docket = bundle.folder.docket
    relied_on = len(docket.certificates) + (docket.gate is not None)
    if sum(name.startswith("certificates/") for name in (*told.files, *apart)) < relied_on:
        yield "certificates that the docket has"


def _on_its_word(told: Contents, name: str) -> bool:
    """Whether nothing but the manifest vouches for a file."""
    for place in (CASES, IDENTITIES):
        if name.startswith(f"{place}/"):
            papers = {f"{place}/{paper}" for paper in (MANIFEST, *VOUCHED)}
            return name not in papers or f"{place}/{MANIFEST}" not in told.files
    kind = kind_of(KINDS, name)
    return kind is None or kind.vouched is None


def _is_the_decision(bundle: Bundle) -> str:
    decision, told = bundle.folder.decision, bundle.contents
    expected = (told.decision_id, told.decision_digest)
    if (decision.decision_id, decision_digest(decision)) != expected:
        raise IntegrityError(
            f"manifest.json is of decision {told.decision_id}, SHA-256 {told.decision_digest}; "
            f"here is {decision.decision_id}, SHA-256 {decision_digest(decision)}"
        )
    return f"SHA-256 {told.decision_digest[:12]}… as manifest.json names it"
