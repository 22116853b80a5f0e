"""The pages of a person and of who speaks for them, in a real Chromium."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from govern.app.explaining import ref_of
from govern.app.mandates import give
from govern.domain.contest import Actor
from govern.domain.contest_store import Mandate

WHO, DECIDED, REP = "invented-employee", "invented-employee-5", "invented-representative"
REVIEW = f"/reviews/{ref_of(f'review-of-{WHO}')}"
HOSTILE = (
    "<script>window.ran = 1</script><img src=x onerror='window.ran = 1'>"
    "</textarea><svg onload=window.ran=1>{{ 7 * 7 }}javascript:window.ran=1 "
    '" autofocus onfocus=window.ran=1 x="\u202etxt.exe ../../etc/passwd =1+1'
)


def begun(page):
    """The questions of a contest that was just begun."""
    page.goto(f"{REVIEW}/contest")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("heading", name="What is wrong?")).to_be_visible()
    return re.sub(r"/ask/.*", "", page.url)


def onward(page, text=""):
    if text:
        page.get_by_role("textbox").fill(text)
    page.get_by_role("button", name="Save and continue").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_contest_goes_from_the_first_page_to_sent(opened, scripts):
    page = opened.page("employee", person=WHO, java_script_enabled=scripts)
    page.get_by_role("link", name="My reviews").first.click()
    page.get_by_role("link", name="1 January 2026 to 30 June 2026").click()
    page.get_by_role("link", name="Start another contest").click()
    page.get_by_role("button", name="Start").click()
    page.get_by_label("Something in it is not true").check()
    onward(page)
    onward(page, "It says 41 tickets. It was 14.")
    onward(page, "closed 41 tickets")
    onward(page, "Put it right.")
    page.get_by_label("No", exact=True).check()
    onward(page)
    onward(page)
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    page.get_by_role("link", name="Change What should happen?").click()
    onward(page, "Put the number right.")
    page.get_by_role("link", name="Leave for now").click()
    page.get_by_role("button", name="Send it").click()

    expect(page.get_by_text("It was sent. Nobody has confirmed it yet.")).to_be_visible()
    expect(page.get_by_text("What should happen: Put the number right.")).to_be_visible()


def test_what_is_typed_is_kept_without_a_click_and_the_button_still_works(opened):
    page = opened.page("employee", person=WHO)
    begun(page)
    page.get_by_label("The rules for writing reviews were not kept").check()
    onward(page)
    page.get_by_role("textbox").fill("No talk took place.")
    page.get_by_text("Saved.").wait_for()
    last = opened.site.contests.store.events(opened.site.contests.store.cases()[-1].case_id)[-1]
    assert "No talk took place." == last.payload.complaints[0].statement
    onward(page, "No talk took place, and no letter came.")

    expect(page.get_by_role("heading", name="What should happen?")).to_be_visible()


def test_text_that_tries_to_run_stays_text_in_every_field(opened):
    """With the policy off, escaping alone has to hold."""
    page = opened.page("employee", person=WHO, bypass_csp=True)
    dialogs = []
    page.on("dialog", lambda dialog: dialogs.append(dialog))  # noqa: PLW0108 - it marks what it is given
    draft = begun(page)
    for label in ("Something in it is not true", "It treats me unfairly", "What AI was shown"):
        page.get_by_label(label).check()
    onward(page)
    while "/ask/" in page.url:
        if page.get_by_role("textbox").count():
            page.get_by_role("textbox").fill(HOSTILE)
        elif page.get_by_label("None of these").count():
            page.get_by_label("None of these").check()
        onward(page)
        page.wait_for_load_state()
    shown = [page.locator("main").inner_text()]
    page.get_by_role("button", name="Send it").click()
    page.get_by_text("Add evidence", exact=True).click()
    page.locator("#q-evidence_title").fill(HOSTILE[:200])
    page.locator("#q-evidence_text").fill(HOSTILE)
    page.get_by_role("button", name="Add it").click()
    shown.append(page.locator("main").inner_text())
    page.get_by_text("Take it back", exact=True).first.click()
    page.locator("#q-withdraw").fill(HOSTILE)
    page.get_by_role("button", name="Take it back").click()
    page.goto("/speakers")
    page.locator("#q-speaker").fill(HOSTILE[:200])
    page.get_by_role("button", name="Let them speak for me").click()
    shown.append(page.locator("main").inner_text())

    assert draft.startswith(opened.site.settings.origin)
    for text in shown:
        assert "<script>window.ran = 1</script>" in text
        assert "49" not in text
    assert "[U+202E]" in shown[0]
    assert 0 == page.locator("main img, main script, main svg, main [onfocus]").count()
    assert page.evaluate("window.ran") is None
    assert not dialogs


def test_reviews_and_evidence_that_try_to_run_stay_text(opened):
    store = opened.site.contests.store
    made = store.intake.reviews(WHO)[0]
    hostile = {
        "review_id": HOSTILE,
        "draft": HOSTILE,
        "final": f"{HOSTILE} more",
        "author": HOSTILE,
        "disclosure": HOSTILE,
        "evidence": tuple(
            one.model_copy(update=dict.fromkeys(("id", "kind", "text", "source"), HOSTILE))
            for one in made.evidence[:1]
        ),
    }
    store.intake.put_reviews([made.model_copy(update=hostile)])
    page = opened.page("employee", person=WHO, bypass_csp=True)
    page.goto(f"/reviews/{ref_of(HOSTILE)}")

    assert 6 <= page.locator("main").inner_text().count("<script>window.ran = 1</script>")
    assert 0 == page.locator("main img, main script, main [onload], main [onfocus]").count()
    assert page.evaluate("window.ran") is None


@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_and_nothing_runs_off_the_side(opened, width):
    site = opened.site
    size = {"width": width, "height": 900}
    wrong = []

    def look(page, *paths):
        for path in paths:
            page.goto(path)
            page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            found = Axe().run(page).response
            assert found["passes"]
            wrong.extend((path, one["id"], one["nodes"][0]["html"]) for one in found["violations"])
            if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
                wrong.append((path, "wider than the window", wide))
            levels = page.evaluate(
                "[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])"
            )
            assert [1, 1] == [levels[0], levels.count(1)], path

    page = opened.page("employee", person=WHO, viewport=size, bypass_csp=True)
    draft = begun(page)
    page.get_by_label("What AI was shown is wrong").check()
    onward(page)
    look(
        page,
        *("/", "/reviews", REVIEW, f"{REVIEW}/contest", "/mine", "/speakers", "/written", draft),
        *(f"{draft}/ask/{step}" for step in ("grounds", "about-wrong_evidence", "pay", "remedy")),
    )
    page = opened.page("employee", person=DECIDED, viewport=size, bypass_csp=True)
    look(page, f"/mine/{site.case_of(DECIDED)}")
    page.locator("details").first.locator("button").click()
    assert not Axe().run(page).response["violations"]
    page = opened.page("employee", person="invented-author", viewport=size, bypass_csp=True)
    look(page, "/written", f"/written/{site.case_of(DECIDED)}")
    author = Actor(person="invented-author", role="employee")
    mandate = Mandate(employee=author.person, representative=REP)
    give(site.contests, author, mandate, now=site.now)
    page = opened.page("representative", person=REP, viewport=size, bypass_csp=True)
    theirs = f"/represent/reviews/{ref_of('review-of-invented-author')}"
    case_id = site.case_of("invented-employee-3")
    look(page, "/represent", theirs, f"{theirs}/contest", f"/represent/cases/{case_id}")

    assert not wrong
