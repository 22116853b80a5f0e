"""Every kind of page and file about a decision in which all free text is hostile."""

from __future__ import annotations

import csv
import json
import re
import shlex
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from html.parser import HTMLParser
from io import BytesIO, StringIO
from itertools import groupby
from pathlib import Path

import pikepdf
import pytest
from hostile import HOSTILE, MARK, poisoned

from govern.app.report_tables import tables, write_tables
from govern.domain import Decision, Findings, Policy
from govern.report.beside import Beside, Excerpts, PairOf
from govern.report.blocks import Claim, Pair, Piece, Side
from govern.report.board import board_page
from govern.report.decision_diff import decision_diff
from govern.report.employees import leaflet_of
from govern.report.html import laid_out, render, render_diff
from govern.report.nyc_public import public_page
from govern.report.page import Page
from govern.report.pdf import render_pdf
from govern.report.reproduction import in_project, install, offline
from govern.report.view import build
from govern.report.wording import visible

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"
TEMPLATES = ROOT / "reports" / "templates"
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
FORMULA = tuple("=+-@＝＋－＠")
TAGS = frozenset(
    "html head meta title style body a header main footer nav section article div p span strong "
    "br h1 h2 h3 h4 h5 ul ol li dl dt dd table caption thead tbody tr th td blockquote figure "
    "figcaption code mark svg desc g path rect circle line text polygon".split()
)


class Tags(HTMLParser):
    """The tags and attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


@pytest.fixture(scope="module")
def sound() -> tuple[Decision, Policy]:
    return (
        Decision.model_validate_json((GOLDEN / "decision.json").read_bytes()),
        Policy.model_validate_json((GOLDEN / "policy.json").read_bytes()),
    )


@pytest.fixture(params=HOSTILE)
def text(request) -> str:
    return HOSTILE[request.param]


@pytest.fixture
def bad(sound, text) -> tuple[Decision, Policy]:
    decision, policy = (poisoned(one, text) for one in sound)
    groups = {f"{text}{by}": levels for by, levels in decision.run.groups.items()}
    run = decision.run.model_copy(update={"groups": groups})
    return decision.model_copy(update={"run": run}), policy


def found(decision: Decision) -> Findings:
    """What its clauses rest on, and an impact ratio by each attribute."""
    judged = [s.finding for c in decision.clauses for s in c.slices if s.finding is not None]
    ratio = judged[0].model_copy(update={"metric": "fairness.ll144_selection_ratio"})
    legal = (ratio.model_copy(update={"by": by}) for by in decision.run.groups)
    return Findings(run=decision.run, findings=(*judged, *legal))


def beside(text: str) -> Beside:
    side = Side(who=text, measured=text, pieces=(Piece(text=text), Piece(text=text, marked=True)))
    pair = Pair(title=text, anchor="pair", evidence=(text,), left=side, right=side)
    claim = Claim(who=text, fault=text, pieces=side.pieces, evidence=text)
    return Beside(
        signers=(text,),
        excerpts=Excerpts(
            pairs=(PairOf(clause="FAIR-1", pair=pair),),
            contradicted=(claim,),
            unsupported=(claim,),
            phrases=(text,),
        ),
    )


def page_of(decision: Decision, policy: Policy, text: str) -> Page:
    return build(decision, policy, findings=found(decision), beside=beside(text))


def board_of(decision: Decision) -> str:
    """Two versions of each of two pipelines whose names differ in what is no letter."""
    runs = [
        decision.run.model_copy(update={"pipeline": f"{decision.run.pipeline}{name}"})
        for name in (" a", "/a", " a", "/a")
    ]
    every = [
        decision.model_copy(update={"decision_id": f"d{place}", "run": run})
        for place, run in enumerate(runs)
    ]
    return laid_out("board.html.j2", TEMPLATES, page=board_page(every, {}, as_of=NOW))


def nyc_of(decision: Decision) -> str:
    page = public_page(decision, found(decision).findings, (), None, as_of=NOW)
    return laid_out("nyc-public.html.j2", TEMPLATES, page=page)


PAGES: dict[str, Callable[[Decision, Policy, Decision, Policy, str], str]] = {
    "report": lambda d, p, _, __, text: render(page_of(d, p, text), TEMPLATES),
    "board": lambda d, *_: board_of(d),
    "nyc": lambda d, *_: nyc_of(d),
    "employees": lambda d, p, *_: laid_out(
        "employees.html.j2", TEMPLATES, leaflet=leaflet_of(d, p)
    ),
    "diff": lambda d, p, old, rules, _: render_diff(decision_diff(old, rules, d, p), TEMPLATES),
}


def hidden(text: str) -> set[str]:
    """Characters that hide or reorder others; joiners, which scripts and emoji need, do not."""
    bad = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    return {c for c in text if unicodedata.category(c) in bad} - set("\n\t\u200c\u200d")


def highest(text: str) -> int:
    """Most marks on one letter."""
    of_marks = groupby(text, key=lambda c: unicodedata.category(c) in {"Mn", "Me"})
    return max((len(list(run)) for marks, run in of_marks if marks), default=0)


@pytest.mark.parametrize("kind", PAGES)
def test_a_page_runs_nothing_fetches_nothing_hides_nothing_and_stays_small(sound, bad, text, kind):
    made = PAGES[kind](*bad, *sound, text)
    tags = Tags(made)
    ids = [value for name, value in tags.attributes if name == "id"]

    assert set() == tags.tags - TAGS
    assert [] == [name for name, _ in tags.attributes if name.startswith("on") or name == "src"]
    assert all(value.startswith("#") for name, value in tags.attributes if name == "href")
    assert len(set(ids)) == len(ids)
    assert [] == [one for one in ids if re.search(r"\s", one)]
    assert set() == hidden(made)
    assert highest(made) <= 8
    assert MARK in made
    assert len(made) < 1_000_000


def test_the_tables_hold_no_formula_and_stay_in_their_folder(bad, text, tmp_path):
    decision, policy = bad
    made = tables(decision, found(decision), page_of(decision, policy, text))
    write_tables(made, tmp_path / "a" / "b")
    cells = [
        cell
        for name, whole in made.items()
        if name.endswith(".csv")
        for row in csv.reader(StringIO(whole, newline=""))
        for cell in row
    ]

    assert set(made) == {p.name for p in (tmp_path / "a" / "b").iterdir()}
    assert [] == [c for c in cells if c.startswith(FORMULA) and not re.fullmatch(r"-?[\d.e-]+", c)]
    assert set() == hidden("".join(cells))
    assert highest("".join(cells)) <= 8
    assert MARK in "".join(cells)


def test_marks_that_writing_needs_stay_and_a_pile_of_them_is_counted():
    tibetan = "\u0f67\u0f90\u0fb5\u0fa8\u0fb3\u0fba\u0fbc\u0fbb\u0f82"
    needed = f"{tibetan} \u05d1\u05bc\u05b8\u0591 {HOSTILE['emoji'] * 5}"

    assert needed == visible(needed)
    assert f"e{8 * chr(0x301)}[and 392 marks more]" == visible(HOSTILE["stacked"])
    assert f"e{8 * chr(0x301)}[and 1 mark more]x" == visible(f"e{9 * chr(0x301)}x")
    # A joiner between marks starts no new pile.
    assert visible("e" + "\u0301\u200d" * 300).endswith("[and 592 marks more]")


def test_the_page_as_data_is_read_back_whole(bad, text):
    page = page_of(*bad, text)

    assert page == Page.model_validate(json.loads(json.dumps(page.as_json())))


def test_a_name_in_a_command_to_copy_is_one_word_of_it(sound):
    bad = poisoned(sound[0], "x; rm -rf ~ #")
    judged, drafted = (shlex.split(one.line) for one in in_project(bad, bad.policy.id))

    assert [bad.run.run_id, "--policy", bad.policy.id] == judged[2:5]
    assert [bad.run.suite, "--pipeline", bad.run.pipeline, "--plan", bad.run.plan] == drafted[2:7]
    other = bad.model_copy(update={"decision_id": "x; rm -rf ~ #"})
    lines = [shlex.split(one.line) for one in (*install(other), *offline(other))]
    assert set() == {";", "#", "rm"} & {word for line in lines for word in line}


@pytest.mark.parametrize("name", ["script", "gigantic", "control"])
def test_the_pdf_is_made_and_has_the_data_whole(sound, name):
    decision, policy = (poisoned(one, HOSTILE[name]) for one in sound)
    page = page_of(decision, policy, HOSTILE[name])
    pdf = pikepdf.open(BytesIO(render_pdf(page, TEMPLATES, created=NOW)))

    assert page.as_json() == json.loads(pdf.attachments["report.json"].get_file().read_bytes())
