"""What a bundle holds that is made of other files in it, made again and held against them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from govern import __version__
from govern.app.bundle_files import TABLES
from govern.app.bundle_made import README, made_of
from govern.app.bundle_reports import PDF, cards_made, cards_there, pdf_made, pdf_maker
from govern.app.checks import Check, checked, failed, note
from govern.app.opened_bundle import Bundle
from govern.app.report_tables import tables_of
from govern.errors import GovernError, InputError, IntegrityError


def made_again(bundle: Bundle) -> Iterator[Check]:
    """Tables, cards, PDF, README, list of intended runs and proofs, each as it comes out here."""
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
    said = f"on the bundle's word, by which {made_by} wrote it: {found.said}"
    return note(1, found.what, said)


def _same_tables(bundle: Bundle) -> str:
    made = {f"{TABLES}{name}": text for name, text in tables_of(bundle.folder).items()}
    there = [name for name in bundle.contents.files if name.startswith(TABLES)]
    _require_same(bundle, made, there, "the decision's folder")
    return f"{len(there)} files come out again from the decision's folder"


def _same_cards(bundle: Bundle) -> str:
    there = cards_there(bundle)
    _require_same(bundle, cards_made(bundle), there, "decision, papers and record")
    return f"{', '.join(sorted(there))} come out again"


def _require_same(
    bundle: Bundle, made: Mapping[str, str], there: Iterable[str], source: str
) -> None:
    """IntegrityError where files that are there differ from what comes out of their source."""
    held = {name: (bundle.root / name).read_bytes() for name in there}
    comes_out = {name: text.encode() for name, text in made.items()}
    if differing := sorted(n for n in {*made, *held} if comes_out.get(n) != held.get(n)):
        raise IntegrityError(f"{', '.join(differing)}: not what comes out of {source}")


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
