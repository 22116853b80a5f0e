"""The report in a bundle in other forms: the model card, cards of the data, and the PDF.

Cards are always there and need no extra: they have no head for the Hugging Face Hub. The PDF is
there where it was asked for, since its bytes hang on a release of Typst.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from govern.app.dataset_cards import README, brings_one, written
from govern.app.decision_folder import templates
from govern.app.opened_bundle import Bundle
from govern.app.verify_folder import DecisionFolder
from govern.errors import InputError, with_extra
from govern.report.model_card import model_card
from govern.report.page import Page
from govern.report.pdf import render_pdf
from govern.report.view import build
from govern.sources.packaging import MANIFEST

CARD = "model-card.md"
PDF = "report.pdf"


def cards_made(bundle: Bundle) -> dict[str, str]:
    """The model card, and a card for each dataset that brings none, by name.

    Raises:
        DatasetError, IntegrityError: a paper of a dataset, or the record, is damaged.
    """
    names = bundle.contents.files
    made: dict[str, str] = {}
    for folder in data_in(bundle):
        if not brings_one(bundle.root / folder):
            made[f"{folder}/{README}"] = written(bundle.root / folder, bundle.entries)
    papers = {name for name in (*names, *made) if name.startswith("data/")}
    return {CARD: model_card(bundle.folder.decision, page_in(bundle.folder), papers)} | made


def cards_there(bundle: Bundle) -> set[str]:
    """Of the files in a bundle those that ``cards_made`` makes, by what they are called."""
    own = {f"{folder}/{README}" for folder in data_in(bundle) if brings_one(bundle.root / folder)}
    cards = {f"{folder}/{README}" for folder in data_in(bundle)} | {CARD}
    return {name for name in bundle.contents.files if name in cards - own}


def data_in(bundle: Bundle) -> list[str]:
    """The folders of datasets' papers."""
    ends = f"/{MANIFEST}"
    return sorted(
        name.removesuffix(ends)
        for name in bundle.contents.files
        if name.startswith("data/") and name.endswith(ends)
    )


def pdf_made(folder: DecisionFolder) -> bytes:
    """The report of a decision's folder as PDF; raises as ``render_pdf``."""
    return render_pdf(page_in(folder), templates(), created=folder.decision.created)


def pdf_maker() -> str:
    """What lays out PDFs here.

    Raises:
        InputError: nothing does; the extra ``pdf`` is not installed.
    """
    try:
        return f"typst {version('typst')}"
    except PackageNotFoundError as err:
        raise InputError(
            f"a PDF needs the package typst; install the extra: {with_extra('pdf')}"
        ) from err


def page_in(folder: DecisionFolder) -> Page:
    """The page that ``report.html`` in a decision's folder shows."""
    return build(folder.decision, folder.policy, folder.docket, folder.findings, folder.beside)
