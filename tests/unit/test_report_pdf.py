"""The report as PDF: what it declares, what a reading machine finds, what no text can do to it."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
import typst
from pdfua import validate

from govern.domain import Decision, Policy
from govern.errors import InputError
from govern.report.beside import Beside, Excerpts, PairOf
from govern.report.blocks import (
    Claim,
    Column,
    Fact,
    Figure,
    Grid,
    Items,
    Pair,
    Piece,
    Rows,
    Side,
)
from govern.report.page import Page
from govern.report.pdf import render_pdf
from govern.report.view import build

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"
TEMPLATES = ROOT / "reports" / "templates"
MADE = datetime(2026, 11, 25, 12, tzinfo=UTC)
MARKUP = '= H #panic("x") *b* _e_ $1/2$ <a> @b // c \\ `r` #read("/etc/passwd")'
PDFA = "http://www.aiim.org/pdfa/ns/id/"
PDFUA = "http://www.aiim.org/pdfua/ns/id/"


def excerpts(text: str) -> Beside:
    side = Side(
        who=text, measured="rated 2", pieces=(Piece(text=text), Piece(text="x", marked=True))
    )
    pair = Pair(title=text, anchor="pair-1", evidence=(text,), left=side, right=side)
    claim = Claim(who="P1", fault=text, pieces=(Piece(text=text, marked=True),), evidence=text)
    shown = Excerpts(
        pairs=(PairOf(clause="FAIR-1", pair=pair),),
        contradicted=(claim,),
        unsupported=(claim,),
        phrases=(text,),
    )
    return Beside(excerpts=shown)


@pytest.fixture(scope="module")
def decision() -> Decision:
    return Decision.model_validate_json((GOLDEN / "decision.json").read_bytes())


@pytest.fixture(scope="module")
def policy() -> Policy:
    return Policy.model_validate_json((GOLDEN / "policy.json").read_bytes())


@pytest.fixture(scope="module")
def page(decision: Decision, policy: Policy) -> Page:
    return build(decision, policy, beside=excerpts("Led the audit."))


@pytest.fixture(scope="module")
def made(page: Page) -> bytes:
    return render_pdf(page, TEMPLATES, created=MADE)


def opened(made: bytes) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(made))


def elements(pdf: pikepdf.Pdf, kind: str) -> list[pikepdf.Dictionary]:
    """The elements of a kind in the file's structure, in reading order."""
    found: list[pikepdf.Dictionary] = []

    def walk(node: pikepdf.Object) -> None:
        if isinstance(node, pikepdf.Array):
            for one in node:
                walk(one)
        elif isinstance(node, pikepdf.Dictionary):
            if node.get("/S") == kind:
                found.append(node)
            if "/S" in node and "/K" in node:
                walk(node.K)

    walk(pdf.Root.StructTreeRoot.K)
    return found


def page_of(element: pikepdf.Object) -> tuple[int, int]:
    """Which object is the page of an element's first words."""
    while "/Pg" not in element:
        element = element.K[0]
    return element.Pg.objgen


def headings(pdf: pikepdf.Pdf) -> list[str]:
    """All bookmarks, which are the headings in letters, without their numbers."""
    found: list[str] = []

    def walk(items) -> None:
        for item in items:
            found.append(item.title.replace("\xa0", " ").partition(" ")[2])
            walk(item.children)

    with pdf.open_outline() as outline:
        walk(outline.root)
    return found


def first(page: Page, **given) -> Page:
    """``page`` with its first clause otherwise."""
    one = page.clauses[0].model_copy(update=given)
    return page.model_copy(update={"clauses": (one, *page.clauses[1:])})


def titled(page: Page, text: str) -> Page:
    """``page`` with its first clause of another title."""
    return first(page, title=text)


def short(page: Page, sentence: str) -> Page:
    """The first screen of ``page`` alone, with another sentence."""
    answer = page.answer.model_copy(update={"sentence": sentence})
    return page.model_copy(
        update={"answer": answer, "sections": page.sections[:1], "clauses": (), "overview": ()}
    )


def test_the_file_declares_both_standards_and_has_what_they_ask_for(made, page):
    pdf = opened(made)
    told = pdf.open_metadata()

    assert ("3", "A") == (told[f"{{{PDFA}}}part"], told[f"{{{PDFA}}}conformance"])
    assert "1" == told[f"{{{PDFUA}}}part"]
    assert ["/GTS_PDFA1"] == [one.S for one in pdf.Root.OutputIntents]
    assert "en" == pdf.Root.Lang
    assert pdf.Root.MarkInfo.Marked
    assert page.title == told["dc:title"]
    assert pdf.Root.ViewerPreferences.DisplayDocTitle


def test_a_validator_of_accessible_files_finds_nothing(made, tmp_path):
    (tmp_path / "report.pdf").write_bytes(made)

    assert [] == [finding.message for finding in validate(tmp_path / "report.pdf").findings]


def test_the_page_as_data_is_attached_as_the_source_of_what_is_shown(made, page):
    pdf = opened(made)
    [attached] = pdf.Root.AF

    assert ("report.json", "/Source") == (attached.UF, attached.AFRelationship)
    assert page.as_json() == json.loads(pdf.attachments["report.json"].get_file().read_bytes())


def test_the_same_page_and_day_give_the_same_bytes_and_the_date_is_the_one_given(made, page):
    later = render_pdf(page, TEMPLATES, created=MADE + timedelta(days=1))
    pdf = opened(later)

    assert made == render_pdf(page, TEMPLATES, created=MADE)
    assert made != later
    assert "D:20261126120000Z" == pdf.docinfo["/CreationDate"]


def test_each_table_has_a_caption_and_headers_that_say_they_head_columns(made):
    pdf = opened(made)
    tables = elements(pdf, "/Table")
    heads = elements(pdf, "/TH")
    scopes = [a.Scope for head in heads for a in head.A if "/Scope" in a]

    assert tables
    for table in tables:
        assert ["/Caption", "/THead"] == [str(one.S) for one in table.K][:2]
    assert ["/Column"] * len(heads) == scopes


def test_each_drawing_of_the_html_is_there_and_says_its_finding_in_words(made, page):
    plots = [clause.plot for clause in page.clauses if clause.plot]
    blocks = [block for section in page.sections for block in section.blocks]
    drawn = [*plots, *(block for block in blocks if isinstance(block, Figure))]
    pdf = opened(made)
    alts = [str(one.Alt) for one in elements(pdf, "/Figure")]

    assert len(drawn) > 5
    assert sorted(f"{one.title}. {one.description}" for one in drawn) == sorted(alts)


@pytest.mark.parametrize("rows", [13, 60])
def test_no_drawing_is_cut_by_the_edge_of_a_page_or_stands_on_another_than_its_caption(page, rows):
    plot = page.clauses[0].plot
    group = plot.groups[0].model_copy(update={"rows": plot.groups[0].rows[:1] * rows})
    plot = plot.model_copy(update={"groups": (group,), "omitted": "Drawn: some."})
    pdf = opened(render_pdf(first(page, plot=plot), TEMPLATES, created=MADE))
    figures = elements(pdf, "/Figure")

    for figure in figures:
        left, low, right, high = next(a.BBox for a in figure.A if "/BBox" in a)
        _, _, width, height = figure.Pg.MediaBox
        assert 0 < left < right < width
        assert 0 < low < high < height
    [one] = [one for one in figures if str(one.Alt).startswith(plot.title)]
    [caption] = [beside for beside in one.P.K if beside.S == "/Caption"]
    assert page_of(one) == page_of(caption)


def test_no_table_begins_with_fewer_than_three_rows_at_the_foot_of_a_page(page):
    """A table of twenty rows, begun at many heights of a page."""
    column = Column(name="What"), Column(name="Since")
    rows = Rows(rows=(("A row of the table.", "3 March 2027"),) * 20)
    blocks = tuple(
        block
        for at in range(60)
        for block in (
            Items(items=("A line.",) * (1 + at * 7 % 23)),
            Grid(id=f"t{at}", caption="Twenty rows", columns=column, groups=(rows,)),
        )
    )
    section = page.sections[1].model_copy(update={"blocks": blocks})
    told = short(page, "Short.")
    told = told.model_copy(update={"sections": (*told.sections, section)})
    pdf = opened(render_pdf(told, TEMPLATES, created=MADE))
    begun = [Counter(map(page_of, table.K[2].K)) for table in elements(pdf, "/Table")]

    assert [20] * 60 == [sum(one.values()) for one in begun]
    assert 10 < sum(len(one) > 1 for one in begun)
    assert 3 <= min(next(iter(one.values())) for one in begun)


LONG = "word " * 1_500


@pytest.mark.parametrize(
    "told",
    [
        {"method": (Fact(term="Term", value=LONG),) * 8},
        {"notes": (LONG,) * 4},
        {"table": (LONG,) * 8},
    ],
    ids=["facts", "lines", "rows"],
)
def test_what_would_stay_on_one_page_is_broken_where_it_is_longer_than_one(page, made, told):
    """What does not break and does not fit is lost beyond the edge."""
    if "table" in told:
        table = page.clauses[0].table
        row = table.groups[0].rows[0]
        rows = tuple(row.model_copy(update={"group": text}) for text in told["table"])
        group = table.groups[0].model_copy(update={"rows": rows})
        told = {"table": table.model_copy(update={"groups": (group,)})}
    pages = opened(render_pdf(first(page, **told), TEMPLATES, created=MADE)).pages

    assert len(pages) > len(opened(made).pages) + 5


def test_only_fonts_that_typst_brings_are_in_the_file(made):
    fonts = {
        str(font.BaseFont).partition("+")[2]
        for one in opened(made).pages
        for font in one.Resources.get("/Font", {}).values()
    }

    assert fonts
    assert all(name.startswith(("Libertinus", "DejaVuSansMono", "NewCM")) for name in fonts)


def test_text_is_never_markup(decision, policy):
    page = titled(build(decision, policy, beside=excerpts(MARKUP)), MARKUP)

    assert f"{page.clauses[0].id} {MARKUP}" in headings(
        opened(render_pdf(page, TEMPLATES, created=MADE))
    )


def test_characters_that_no_font_has_stand_as_numbers_and_are_whole_in_the_data(page):
    """The keycap is one word with the letter before it; no font has both."""
    hostile = titled(page, "😀 日 \U000f0000x a\u20e3 é →")
    pdf = opened(render_pdf(hostile, TEMPLATES, created=MADE))
    shown = f"{page.clauses[0].id} [U+1F600] [U+65E5] [U+F0000]x a[U+20E3] é →"

    assert shown in headings(pdf)
    assert hostile.as_json() == json.loads(pdf.attachments["report.json"].get_file().read_bytes())


@pytest.mark.parametrize(
    "sentence",
    [
        "W" * 20_000,
        " ".join(chr(0x800 + at) for at in range(0x60)),
        "".join(chr(at) for at in range(0x590, 0x800)),
        "".join(chr(at) for at in range(0x900, 0x1000)),
        "e" + "\u0301" * 500,
        "\u05d0\u0651\u0915\u093f \ufffe \u0301",
        "日本語" * 700,
        "",
    ],
    ids=["gigantic", "samaritan", "right to left", "indic", "stacked", "mixed", "long", "empty"],
)
def test_no_text_makes_a_report_fail(page, sentence):
    assert opened(render_pdf(short(page, sentence), TEMPLATES, created=MADE)).pages


@pytest.mark.parametrize("text", ["W" * 40_000, "w " * 20_000, "é " * 20_000, "日 " * 20_000])
def test_what_is_longer_than_a_pdf_can_hold_is_cut_visibly_and_whole_in_the_data(
    decision, policy, text
):
    """A title becomes a bookmark, and with a plot's description what is read aloud for it."""
    page = titled(build(decision, policy, beside=excerpts(text)), text)
    plot = page.clauses[0].plot.model_copy(update={"title": text, "description": text})
    page = first(page, plot=plot)
    pdf = opened(render_pdf(page, TEMPLATES, created=MADE))
    [said] = [one for one in headings(pdf) if one.startswith(page.clauses[0].id)]

    assert re.search(r" \[and [\d,]+ characters more\]$", said)
    assert page.as_json() == json.loads(pdf.attachments["report.json"].get_file().read_bytes())


class PanicException(BaseException):
    """As what Typst's Rust raises when it panics, which cannot be imported."""

    __module__ = "pyo3_runtime"


def test_where_typst_falls_over_every_foreign_character_is_told_as_its_number(page, monkeypatch):
    """The first layout panics, the second is of a page without such characters."""
    compiled, seen = typst.compile, []

    def compile_or_panic(source, **given):
        if "told" in given["sys_inputs"]:
            seen.append(json.loads(given["sys_inputs"]["told"])["page"]["answer"]["sentence"])
            if len(seen) == 1:
                raise PanicException("index out of bounds")
        return compiled(source, **given)

    monkeypatch.setattr(typst, "compile", compile_or_panic)

    assert opened(render_pdf(short(page, "é"), TEMPLATES, created=MADE)).pages
    assert ["é", "[U+00E9]"] == seen


def test_a_report_that_typst_never_takes_is_refused_in_one_line(page, monkeypatch):
    def panic(*_, **__):
        raise PanicException("index out of bounds\nat line 1")

    monkeypatch.setattr(typst, "compile", panic)

    with pytest.raises(InputError, match=r"^Typst cannot .*\(it fell over: index out of bounds\);"):
        render_pdf(page, TEMPLATES, created=MADE)


def test_whoever_stops_the_program_meanwhile_stops_it(page, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(typst, "compile", stop)

    with pytest.raises(KeyboardInterrupt):
        render_pdf(page, TEMPLATES, created=MADE)


def test_without_the_extra_the_error_names_it_in_one_line(page, monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)

    with pytest.raises(InputError, match=r"^a PDF needs .*'govern\[pdf\]'$"):
        render_pdf(page, TEMPLATES, created=MADE)


def test_a_folder_without_templates_is_named(page, tmp_path):
    with pytest.raises(InputError, match=r"expected look\.css in this folder"):
        render_pdf(page, tmp_path, created=MADE)
