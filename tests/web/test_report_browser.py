"""The reports in a real Chromium: on a screen, on a phone, read aloud, on paper; as pictures."""

from __future__ import annotations

import os
from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from accessible import violations
from hostile import HOSTILE, poisoned
from PIL import Image
from playwright import sync_api

from govern.app.decision_folder import templates
from govern.domain import Decision, Policy
from govern.report.board import board_page
from govern.report.decision_diff import decision_diff
from govern.report.employees import leaflet_of
from govern.report.html import laid_out, render, render_diff
from govern.report.view import build

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "reports" / "examples"
GOLDEN = ROOT / "tests" / "golden"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
WIDTHS = (1280, 390)
HEIGHT = 800
# Of 255 shades of grey, over cells of 10 by 10 pixels: fonts are smoothed otherwise elsewhere.
CELL, SHADES, FAR, MOST_FAR = 10, 4.0, 48, 0.02


@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator[sync_api.Browser]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, Path]:
    """Every kind of page, as a file."""
    folder = tmp_path_factory.mktemp("pages")
    decision = Decision.model_validate_json((GOLDEN / "decision.json").read_bytes())
    policy = Policy.model_validate_json((GOLDEN / "policy.json").read_bytes())
    leaflet = leaflet_of(decision, policy)
    later = decision.model_copy(update={"decision_id": "later"})
    board = board_page([decision, later], {}, as_of=decision.created)
    bad = [poisoned(one, HOSTILE["gigantic"]) for one in (decision, policy)]
    made = {
        "employees": laid_out("employees.html.j2", templates(), leaflet=leaflet),
        "board": laid_out("board.html.j2", templates(), page=board),
        "diff": render_diff(decision_diff(decision, policy, *bad), templates()),
        "hostile": render(build(*bad), templates()),
    }
    for name, text in made.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    shown = {name: folder / f"{name}.html" for name in made}
    shown["nyc"] = EXAMPLES / "local" / "nyc-public.html"
    return shown | {name: EXAMPLES / name / "report.html" for name in ("planted", "local")}


@pytest.fixture
def opened(chromium, files):
    contexts: list[sync_api.BrowserContext] = []

    def page(name: str, width: int = 1280, **context) -> sync_api.Page:
        size = {"width": width, "height": HEIGHT}
        contexts.append(chromium.new_context(viewport=size, bypass_csp=True, **context))
        shown = contexts[-1].new_page()
        shown.goto(files[name].as_uri())
        return shown

    yield page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", ["planted", "employees", "board", "diff", "nyc"])
def test_axe_finds_nothing_and_no_two_elements_have_one_id(opened, name):
    """In the light and in the dark."""
    page = opened(name)
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")

    assert [] == violations(page)
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("name", "width"),
    [
        *product(["planted", "local", "employees", "board"], [320, 390, 1280]),
        *product(["diff", "nyc", "hostile"], [320]),
    ],
)
def test_nothing_runs_off_the_side(opened, name, width):
    assert width >= opened(name, width).evaluate("document.documentElement.scrollWidth")


def test_the_ring_around_a_link_with_the_focus_is_whole_in_a_table(opened):
    """It is 5 pixels wide, and what scrolls cuts off what stands out of it."""
    cut = opened("planted").evaluate(
        """[...document.querySelectorAll('.scroll a')].filter(a => {
          const [link, box] = [a, a.closest('.scroll')].map(e => e.getBoundingClientRect());
          return link.left - box.left < 5 || box.right - link.right < 5;
        }).map(a => a.textContent)"""
    )

    assert [] == cut


@pytest.mark.parametrize("name", ["planted", "board", "diff"])
def test_nothing_runs_off_a_sheet_of_paper(opened, name):
    """A4 less its margins, 178 mm, has 673 pixels."""
    page = opened(name, 673)
    page.emulate_media(media="print")

    assert page.evaluate("document.documentElement.scrollWidth") <= 673


def test_the_report_asks_for_nothing_and_says_all_without_scripts(chromium, files):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(files["planted"].as_uri())
    headings = page.locator("h2").all_inner_texts()
    context.close()

    assert [files["planted"].as_uri()] == asked
    assert "For the auditor" in headings


def test_headings_skip_no_level_and_what_is_marked_is_said_to_be(opened):
    page = opened("planted")
    levels = page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4,h5')].map(h => +h.tagName[1])"
    )

    assert 1 == levels.count(1)
    assert all(deeper - level <= 1 for level, deeper in pairwise(levels))
    assert "[marked: " in page.locator("mark").first.aria_snapshot()


def test_headers_of_tables_repeat_on_paper_and_the_page_for_employees_is_one_sheet(opened):
    report = opened("planted")
    report.emulate_media(media="print")
    kinds = report.evaluate(
        "[...document.querySelectorAll('thead')].map(h => getComputedStyle(h).display)"
    )
    sheet = opened("employees").pdf(prefer_css_page_size=True)

    assert {"table-header-group"} == set(kinds)
    assert 1 == sheet.count(b"/Type /Page\n") + sheet.count(b"/Type /Page ")


def picture(page: sync_api.Page) -> bytes:
    return page.screenshot(animations="disabled")


def apart(one: bytes, other: bytes) -> tuple[float, float]:
    """Mean difference in shades of grey, and the share of cells that are far apart."""
    images = [Image.open(BytesIO(raw)).convert("L") for raw in (one, other)]
    assert images[0].size == images[1].size
    small = [i.resize((i.width // CELL, i.height // CELL), Image.Resampling.BOX) for i in images]
    first, second = (np.asarray(image, dtype=float) for image in small)
    difference = np.abs(first - second)
    return float(difference.mean()), float((difference > FAR).mean())


@pytest.mark.parametrize("width", WIDTHS)
def test_the_first_screen_looks_as_it_did(opened, width):
    """Regenerate with GOVERN_GOLDEN=1 and look at it before it is committed."""
    golden = EXAMPLES / "planted" / f"screen-{width}.png"
    shown = picture(opened("planted", width))
    if os.environ.get("GOVERN_GOLDEN") == "1":
        golden.write_bytes(shown)
    shades, far = apart(golden.read_bytes(), shown)

    assert shades < SHADES
    assert far < MOST_FAR


@pytest.mark.parametrize("width", WIDTHS)
def test_another_reports_first_screen_does_not_pass_for_it(opened, width):
    """The tolerance is not so wide that nothing could fail."""
    golden = EXAMPLES / "planted" / f"screen-{width}.png"
    shades, far = apart(golden.read_bytes(), picture(opened("local", width)))

    assert shades >= SHADES or far >= MOST_FAR
