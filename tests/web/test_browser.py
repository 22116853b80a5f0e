"""The pages in a real Chromium: read aloud, by keyboard, on a phone, in the dark, on paper; and
with texts that try to run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright import sync_api

from govern.app.board import ActsInForce
from govern.app.served import ProjectRecords

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PAYLOADS = (
    "<script>window.ran = 1</script>",
    "<img src=x onerror='window.ran = 1'>",
    "</td></table><svg onload=window.ran=1>",
    "javascript:window.ran=1",
    "{{ 7 * 7 }}${7*7}",
    '" autofocus onfocus=window.ran=1 x="',
    "\u202etxt.exe",
)


@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator[sync_api.Browser]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Open:
    """A site that a browser can reach, and ways to open it."""

    site: object
    browser: sync_api.Browser
    contexts: list

    def page(self, *roles, name="Invented Person", **context):
        """A page of a browser of its own, somebody signed in on it."""
        opened = self.browser.new_context(base_url=self.site.settings.origin, **context)
        self.contexts.append(opened)
        page = opened.new_page()
        if roles:
            page.goto(self.site.link(*roles, name=name))
            page.get_by_role("button", name="Continue as").click()
            page.wait_for_url("**/")
        return page


@pytest.fixture
def opened(make_site, listener, serve, chromium) -> Iterator[Open]:
    site = make_site(port=listener.getsockname()[1])
    contexts: list = []
    with serve(site.app, listener):
        yield Open(site, chromium, contexts)
        for context in contexts:
            context.close()


READERS = ("board", "auditor", "data-protection-officer", "employee")


def paths_of(site) -> list[str]:
    acorn = site.decision("acorn")
    [closed] = [line.case_id for line in site.contests.store.cases(states=("closed",))]
    return [
        "/",
        "/board",
        "/board/acts",
        f"/board/decisions/{acorn}",
        "/audit",
        f"/audit/decisions/{acorn}",
        "/audit/record",
        "/board/contests",
        "/audit/cases",
        f"/audit/cases/{closed}",
        "/privacy",
        f"/privacy/cases/{closed}",
        "/privacy/people",
        "/held",
        "/nowhere",
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_and_nothing_runs_off_the_side(opened, scheme, width):
    size = {"width": width, "height": 900}
    page = opened.page(*READERS, color_scheme=scheme, viewport=size, bypass_csp=True)
    wrong = []
    for path in paths_of(opened.site):
        page.goto(path)
        found = Axe().run(page).response
        assert found["passes"]
        for one in found["violations"]:
            wrong.append((path, one["id"], [node["html"] for node in one["nodes"]]))
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
            wrong.append((path, "wider than the window", wide))

    assert not wrong


@pytest.mark.parametrize("path", ["/sign-in", "/enter/" + "t" * 43])
def test_axe_finds_nothing_at_the_door(opened, path):
    page = opened.page(bypass_csp=True)
    page.goto(path)

    assert not Axe().run(page).response["violations"]


def test_all_of_it_works_without_scripts(opened):
    page = opened.page("board", java_script_enabled=False)
    page.get_by_role("link", name="Decisions").first.click()
    page.get_by_role("link", name="acorn-drafter 1.0.0").first.click()
    assert "Still missing" in page.content()
    page.get_by_role("button", name="Sign out").click()

    assert page.url.endswith("/sign-in")


def test_all_of_it_works_by_keyboard(opened):
    page = opened.page("board")
    page.goto("/board")
    page.keyboard.press("Tab")
    assert "Skip to the content" == page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    assert "content" == page.evaluate("document.activeElement.id")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('main a')")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert "3px" == outline
    page.keyboard.press("Enter")
    page.wait_for_url("**/board/decisions/*")


def test_every_page_has_one_heading_at_its_top_and_skips_no_level(opened):
    page = opened.page(*READERS)
    for path in paths_of(opened.site):
        page.goto(path)
        levels = page.evaluate(
            "[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])"
        )
        assert 1 == levels[0]
        assert 1 == levels.count(1)
        assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_table_has_a_caption_and_headers_with_a_scope(opened):
    page = opened.page(*READERS)
    for path in paths_of(opened.site):
        page.goto(path)
        assert page.evaluate(
            "[...document.querySelectorAll('table')].every(t => t.caption && "
            "[...t.querySelectorAll('th')].every(h => h.scope))"
        )


def test_paper_shows_the_content_and_not_the_controls(opened):
    page = opened.page("board")
    page.goto("/board")
    page.emulate_media(media="print")

    assert not page.locator("nav").is_visible()
    assert not page.get_by_role("button").first.is_visible()
    assert page.locator("table").is_visible()


def test_the_browser_loads_nothing_from_elsewhere_and_keeps_to_the_policy(opened):
    page = opened.page(*READERS)
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    for path in paths_of(opened.site)[:-1]:
        page.goto(path)
    page.goto(f"/board/decisions/{opened.site.decision('acorn')}/report")

    assert all(url.startswith(opened.site.settings.origin) for url in asked)
    assert not said


def test_what_an_auditor_downloads_is_what_the_page_says(opened):
    page = opened.page("auditor")
    page.goto(f"/audit/decisions/{opened.site.decision('acorn')}")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download the folder").click()
    data = downloading.value.path().read_bytes()

    assert hashlib.sha256(data).hexdigest() in page.content()


class Hostile(ProjectRecords):
    """A record whose every text tries to run; what people sign is theirs to write."""

    def decisions(self, *, now):
        lines = super().decisions(now=now)
        return tuple(replace(line, candidate=p) for p in PAYLOADS for line in lines)

    def acts(self, *, now):
        acts = super().acts(now=now)
        waivers = tuple(
            replace(one, act=one.act.model_copy(update={"reason": p, "ticket": p}), signers=(p,))
            for p in PAYLOADS
            for one in acts.waivers
        )
        said = tuple(
            replace(one, act=one.act.model_copy(update={"statement": p, "attestation": p}))
            for p in PAYLOADS
            for one in acts.attestations
        )
        return ActsInForce(waivers, said)


@pytest.mark.parametrize("csp", [True, False], ids=["policy on", "policy off"])
def test_texts_that_try_to_run_are_shown_and_stay_texts(opened, csp):
    """With the policy off, escaping alone has to hold."""
    hostile = Hostile(opened.site.project)
    object.__setattr__(opened.site.services, "records", hostile)
    for name in PAYLOADS:
        page = opened.page("board", name=name, bypass_csp=not csp)
        dialogs = []
        page.on("dialog", lambda dialog, dialogs=dialogs: dialogs.append(dialog))
        for path in ("/", "/board", "/board/acts"):
            page.goto(path)
            assert page.evaluate("window.ran") is None
            assert 0 == page.locator("main img, main script, main [onload], main [onfocus]").count()
        assert "<img src=x onerror" in page.locator("main").inner_text()
        assert "49" not in page.locator("header").inner_text()
        assert not dialogs
