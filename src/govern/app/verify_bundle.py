"""``govern verify`` of an audit bundle: the decision in it, and all that was put beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from govern import __version__
from govern.app.acts_entered import require_all_there
from govern.app.bundle_kinds import kind_of
from govern.app.bundle_made import README, entries_of, made_of, proof_of
from govern.app.bundle_parts import TABLES, read_certificate
from govern.app.bundle_readme import KINDS
from govern.app.bundle_reports import PDF, cards_made, cards_there, pdf_made, pdf_maker
from govern.app.checks import Check, checked, failed, note
from govern.app.decision_folder import DRAFTS, TRUST
from govern.app.ledger import Verified, verify_log
from govern.app.opened_bundle import RECORD, Bundle, opened_annex, opened_bundle
from govern.app.report_tables import tables_of
from govern.app.run_again import run_again
from govern.app.verify import Verification, reached, verify
from govern.app.verify_beside import beside_the_record, require_answers
from govern.app.verify_folder import MADE
from govern.attest.acts import load_every_approval
from govern.attest.notes import log_keys
from govern.attest.statements import decision_digest
from govern.attest.trust import TrustRoot, read_trust_file
from govern.canon import digest, file_digest, read_json
from govern.domain.bundle import Contents
from govern.domain.pipeline import Manifest
from govern.domain.suite import Plan, Suite
from govern.errors import GovernError, InputError, IntegrityError, PolicyError
from govern.policy.approvals import approved
from govern.report.beside import NOTHING
from govern.sources.datasets import Card
from govern.sources.packaging import CROISSANT, MANIFEST
from govern.strict_yaml import explain

VOUCHED_PAPERS = ("data/cases", "data/identities")
PAPERS = (README, CROISSANT)
"""What a dataset's manifest vouches for, of what a bundle has of the dataset."""
ALWAYS = (
    *(f"decision/{name}" for name in (*sorted(MADE), TRUST, DRAFTS)),
    *(f"run/{name}.json" for name in ("pipeline", "suite", "plan")),
    *(f"{place}/{MANIFEST}" for place in VOUCHED_PAPERS),
    "requirements.lock",
    "versions.json",
)
_Read = TypeVar("_Read", Manifest, Suite, Plan, Card)
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
    yield from _made_again(bundle)
    yield from _record(bundle, trust, now)
    if bundle.folder.beside != NOTHING:
        yield checked(1, "decision/beside.json", beside_the_record, bundle)
    yield checked(1, "record/approvals", _approvals, bundle, trust, now)
    named = {
        "run/pipeline.json": _pipeline,
        "run/suite.json": _suite,
        "data/cases/manifest.json": _cases,
        "data/identities/manifest.json": _identities,
    }
    for name, check in named.items():
        if name in told.files:
            yield checked(1, name, check, bundle)
    yield from _certificates(bundle)
    if word := ", ".join(name for name in sorted(told.files) if _on_its_word(told, name)):
        yield note(0, "on the bundle's word", word)
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
    for place in VOUCHED_PAPERS:
        if name.startswith(f"{place}/"):
            papers = {f"{place}/{paper}" for paper in (MANIFEST, *PAPERS)}
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


def _made_again(bundle: Bundle) -> Iterator[Check]:
    """README, list of intended runs and proofs, held against what they are made of."""
    try:
        made = made_of(bundle)
    except GovernError as err:
        yield failed(1, "record", err)
        return
    yield _worded(bundle, checked(1, TABLES, _same_tables, bundle))
    yield _worded(bundle, checked(1, "cards", _same_cards, bundle))
    if PDF in bundle.contents.files:
        yield _pdf(bundle)
    there = {name for name in bundle.contents.files if name.startswith("record/proofs/")}
    for name in sorted({*made, *there}):
        found = checked(1, name, _same, bundle, name, made.get(name))
        yield _worded(bundle, found) if name == README else found


def _worded(bundle: Bundle, found: Check) -> Check:
    """What another release may word otherwise: where it does, it stands on the bundle's word."""
    made_by = bundle.contents.made_by
    if found.holds or made_by == f"govern {__version__}":
        return found
    return note(1, found.what, f"on the bundle's word, by which {made_by} wrote it: {found.said}")


def _same_tables(bundle: Bundle) -> str:
    made = {f"{TABLES}{name}": text.encode() for name, text in tables_of(bundle.folder).items()}
    there = {
        n: (bundle.root / n).read_bytes() for n in bundle.contents.files if n.startswith(TABLES)
    }
    if differing := sorted(n for n in {*made, *there} if made.get(n) != there.get(n)):
        raise IntegrityError(f"{', '.join(differing)}: not what comes out of the decision's folder")
    return f"{len(there)} files come out again from the decision's folder"


def _same_cards(bundle: Bundle) -> str:
    made = {name: text.encode() for name, text in cards_made(bundle).items()}
    there = {name: (bundle.root / name).read_bytes() for name in cards_there(bundle)}
    if differing := sorted(n for n in {*made, *there} if made.get(n) != there.get(n)):
        raise IntegrityError(
            f"{', '.join(differing)}: not what comes out of decision, papers and record"
        )
    return f"{', '.join(sorted(there))} come out again"


def _pdf(bundle: Bundle) -> Check:
    """Other releases of Typst lay the same page out in other bytes."""
    makers = (bundle.contents.made_by, bundle.contents.pdf_by)
    try:
        here = (f"govern {__version__}", pdf_maker())
    except InputError:
        here = (f"govern {__version__}", "no Typst")
    if makers != here:
        said = f"{' with '.join(map(str, makers))} made it, here is {' with '.join(here)}"
        return note(1, PDF, f"not compared, on the bundle's word: {said}")
    return checked(1, PDF, _same_pdf, bundle)


def _same_pdf(bundle: Bundle) -> str:
    if pdf_made(bundle.folder) != (bundle.root / PDF).read_bytes():
        raise IntegrityError("not what comes out of the decision's folder")
    return f"comes out again from the decision's folder, by {bundle.contents.pdf_by}"


def _same(bundle: Bundle, name: str, made: str | None) -> str:
    path = bundle.root / name
    if made is None or not path.is_file() or path.read_bytes() != made.encode():
        raise IntegrityError("does not come out again from decision and record in the bundle")
    return "comes out again from decision and record"


def _record(bundle: Bundle, trust: TrustRoot, now: datetime) -> Iterator[Check]:
    try:
        _require_known(bundle, trust)
        mine = [entry.seq for entry in entries_of(bundle) if entry.kind == "decision"]
        log = verify_log(bundle.entries, bundle.leaves, trust, now=now)
    except GovernError as err:
        yield failed(1, "record/ledger.jsonl", err)
        return
    said = f"{log.entries} entries hold together, that of the decision among them"
    yield Check(1, "record/ledger.jsonl", True, said)
    yield _checkpoint(log, all(proof_of(seq) in bundle.contents.files for seq in mine))
    yield _witnesses(bundle, log)


def _require_known(bundle: Bundle, trust: TrustRoot) -> None:
    known = {*log_keys(bundle.trust)} & {*log_keys(trust)}
    if bundle.leaves.checkpoints() and not known:
        names = ", ".join(key.name for key in trust.keys)
        raise PolicyError(f"signed by no key of the trust root, of {names}; is it the right one?")


def _checkpoint(log: Verified, proven: bool) -> Check:
    """Level 0: what was never signed is a finding about the record, not an alteration."""
    if log.newest is None:
        said = "none: nothing shows whether the record was written anew"
        return Check(0, "checkpoints", False, said)
    said = (
        f"{log.checkpoints}, the newest over {log.newest.checkpoint.size} leaves; "
        f"{log.uncovered} leaves and {log.pending} entries came after it"
    )
    if not proven:
        said += "; the decision's own entry is under none and could be written anew unseen"
    return Check(0, "checkpoints", proven, said)


def _witnesses(bundle: Bundle, log: Verified) -> Check:
    """By the trust root that is checked with; README and report count by the record's own."""
    names = log.witnessed.names
    said = "0 independent: whoever runs the record could have shown others another one"
    if names:
        said = f"{len(names)} independent: {', '.join(names)}"
    seen = bundle.folder.beside.log
    told = {*_counted_there(bundle), *(seen.witnesses if seen else ())}
    if more := sorted(told - set(names)):
        said += f"; README or report name {', '.join(more)} as well, who count for nothing here"
    if log.witnessed.set_aside:
        said += f"; set aside: {'; '.join(log.witnessed.set_aside)}"
    return Check(0, "witnesses", bool(names), said)


def _counted_there(bundle: Bundle) -> tuple[str, ...]:
    try:
        return bundle.log(bundle.trust).witnessed.names
    except GovernError:
        return ()


def _approvals(bundle: Bundle, trust: TrustRoot, now: datetime) -> str:
    decision = bundle.folder.decision
    given = load_every_approval(bundle.root / RECORD, trust, now=now)
    others = sorted({a.act.decision_id for a in given} - {decision.decision_id})
    if others:
        raise IntegrityError(f"of another decision: {', '.join(others)}")
    require_answers(bundle, given)
    require_all_there(
        bundle.entries,
        "approval",
        given,
        trust,
        record=Path(RECORD),
        about=decision.decision_id,
    )
    if not given:
        return "nobody has answered to the decision"
    state = approved(bundle.folder.policy, decision, given)
    if state.set_aside:
        raise IntegrityError("; ".join(state.set_aside))
    sides = {"approved by": state.approving, "objected to by": state.objecting}
    told = [f"{how} {', '.join(s.name for s in who)}" for how, who in sides.items() if who]
    return "; ".join([*told, *(f"missing: {what}" for what in state.missing)])


def _pipeline(bundle: Bundle) -> str:
    found = digest(_read(bundle, "run/pipeline.json", Manifest).as_json())
    return _named(bundle.folder.decision.run.fingerprint, found, "fingerprint")


def _suite(bundle: Bundle) -> str:
    run = bundle.folder.decision.run
    suite = _read(bundle, "run/suite.json", Suite)
    plan = _read(bundle, "run/plan.json", Plan)
    if (suite.id, suite.version, plan.id) != (run.suite, run.suite_version, run.plan):
        raise IntegrityError(
            f"{suite.id} {suite.version}, plan {plan.id}: the decision is by others"
        )
    if plan not in suite.plans:
        raise IntegrityError(f"the suite has another plan {plan.id} than run/plan.json")
    return f"{suite.id} {suite.version}, plan {plan.id}, by their names"


def _cases(bundle: Bundle) -> str:
    return _papers(bundle, "data/cases", bundle.folder.decision.run.dataset_digest)


def _identities(bundle: Bundle) -> str:
    return _papers(bundle, "data/identities", bundle.folder.decision.run.identities_digest or "")


def _papers(bundle: Bundle, place: str, expected: str) -> str:
    """That the manifest is the one that was drafted from, and the papers beside it are its own."""
    said = _named(expected, file_digest(bundle.root / place / "manifest.json"), "SHA-256")
    card = _read(bundle, f"{place}/manifest.json", Card)
    for name in PAPERS:
        held = bundle.contents.files.get(f"{place}/{name}")
        written = name == README and name not in card.files
        if held and not written and held.sha256 != card.files.get(name):
            raise IntegrityError(f"{name} is not the one that the manifest names")
    return said


def _certificates(bundle: Bundle) -> Iterator[Check]:
    names = [name for name in bundle.contents.files if name.startswith("certificates/")]
    others = [check for name in names if (check := checked(1, name, _relied_on, bundle, name)).code]
    if names and not others:
        yield Check(1, "certificates", True, f"{len(names)}, as the docket has them")
    yield from others


def _relied_on(bundle: Bundle, name: str) -> str:
    docket = bundle.folder.docket
    try:
        found = read_certificate((bundle.root / name).read_bytes())
    except PolicyError as err:
        raise IntegrityError(str(err)) from err
    if found not in (*docket.certificates, docket.gate):
        raise IntegrityError("not one that the docket has")
    return "as the docket has it"


def _named(expected: str, found: str, what: str) -> str:
    if expected != found:
        raise IntegrityError(f"the decision names {what} {expected}, this one is {found}")
    return f"{what} {found[:12]}… as the decision names it"


def _read(bundle: Bundle, name: str, noun: type[_Read]) -> _Read:
    try:
        return noun.model_validate(read_json((bundle.root / name).read_bytes(), where=name))
    except (OSError, ValidationError) as err:
        why = explain(err) if isinstance(err, ValidationError) else err.strerror
        raise IntegrityError(f"{name}: {why}") from err
