"""The papers that a bundle took along: of pipeline, suite and data, and the certificates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from pydantic import ValidationError

from govern.app.bundle_made import README
from govern.app.checks import Check, checked
from govern.app.opened_bundle import Bundle
from govern.canon import digest, file_digest, read_json
from govern.domain.pipeline import Manifest
from govern.domain.suite import Plan, Suite
from govern.errors import IntegrityError, PolicyError
from govern.sources.datasets import Card
from govern.sources.packaging import CROISSANT, MANIFEST
from govern.sources.policies import read_certificate
from govern.strict_yaml import explain

CASES, IDENTITIES = "data/cases", "data/identities"
VOUCHED = (README, CROISSANT)
"""What a dataset's manifest vouches for, of what a bundle has of the dataset."""
_Read = TypeVar("_Read", Manifest, Suite, Plan, Card)


def papers_in(bundle: Bundle) -> Iterator[Check]:
    """What the decision names by digest or by name, each paper that is there."""
    named = {
        "run/pipeline.json": _pipeline,
        "run/suite.json": _suite,
        f"{CASES}/{MANIFEST}": _cases,
        f"{IDENTITIES}/{MANIFEST}": _identities,
    }
    for name, check in named.items():
        if name in bundle.contents.files:
            yield checked(1, name, check, bundle)
    yield from _certificates(bundle)


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
    return _papers(bundle, CASES, bundle.folder.decision.run.dataset_digest)


def _identities(bundle: Bundle) -> str:
    return _papers(bundle, IDENTITIES, bundle.folder.decision.run.identities_digest or "")


def _papers(bundle: Bundle, place: str, expected: str) -> str:
    """That the manifest is the one that was drafted from, and the papers beside it are its own."""
    said = _named(expected, file_digest(bundle.root / place / MANIFEST), "SHA-256")
    card = _read(bundle, f"{place}/{MANIFEST}", Card)
    for name in VOUCHED:
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
