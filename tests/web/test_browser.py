"""The pages in a real Chromium: read aloud, by keyboard, on a phone, in the dark, on paper; and
with texts that try to run.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from itertools import pairwise

import pytest
from accessible import violations

from govern.app.acts_in_force import ActsInForce
from govern.app.served import ProjectRecords

PAYLOADS = (
    "<script>window.ran = 1</script>",
    "<img src=x onerror='window.ran = 1'>",
    "</td></table><svg onload=window.ran=1>",
    "javascript:window.ran=1",
    "{{ 7 * 7 }}${7*7}",
    '" autofocus onfocus=window.ran=1 x="',
    "\u202etxt.exe",
)


READERS = ("board", "auditor", "data-protection-officer", "employee")


def paths_of(site) -> list[str]:
    acorn, cedar = site.decision("acorn"), site.decision("cedar")
    [closed] = [line.case_id for line in site.contests.store.cases(states=("closed",))]
    return [
        "/",
        "/board",
        "/board/acts",
        f"/board/decisions/{acorn}",
        f"/board/decisions/{cedar}",
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


@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_and_nothing_runs_off_the_side(opened, width):
    """In the light and in the dark."""
    size = {"width": width, "height": 900}
    page = opened.page(*READERS, viewport=size, bypass_csp=True)
    wrong = []
    for path in paths_of(opened.site):
        page.goto(path)
        wrong += [(path, *one) for one in violations(page)]
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
            wrong.append((path, "wider than the window", wide))

    assert not wrong


@pytest.mark.parametrize("path", ["/sign-in", "/enter/" + "t" * 43])
def test_axe_finds_nothing_at_the_door(opened, path):
    page = opened.page(bypass_csp=True)
    page.goto(path)

    assert not violations(page)


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
        page.get_by_role("link", name="Download the audit bundle").click()
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


CASE_PEOPLE = {
    "case-handler": "invented-case-handler",
    "decider": "invented-decider",
    "appeal-decider": "invented-appeal-decider",
}


def case_paths(site, role) -> list[str]:
    """The pages of those who handle and decide contests."""
    sent, waiting, opened, decided, appealed = (
        site.case_of(f"invented-employee-{n}") for n in range(2, 7)
    )
    review = "person=invented-employee-3&review=review-of-invented-employee-3"
    return {
        "case-handler": [
            "/handling",
            f"/handling/{sent}",
            f"/handling/{decided}",
            "/paper?person=invented-employee-3",
            f"/paper/contest?{review}",
        ],
        "decider": [
            "/deciding",
            f"/deciding/{waiting}/open",
            f"/deciding/{opened}",
            f"/deciding/{opened}/decision",
            f"/deciding/{decided}",
        ],
        "appeal-decider": ["/appeals", f"/appeals/{appealed}/open"],
    }[role]


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("role", CASE_PEOPLE)
def test_axe_finds_nothing_on_the_pages_of_contests(opened, role, width):
    """With every form unfolded, in the light and in the dark."""
    size = {"width": width, "height": 900}
    page = opened.page(role, person=CASE_PEOPLE[role], viewport=size, bypass_csp=True)
    wrong = []
    for path in case_paths(opened.site, role):
        assert page.goto(path).status == 200
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        wrong += [(path, *one) for one in violations(page)]
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
            wrong.append((path, "wider than the window", wide))
        levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map(h => +h.tagName[1])")
        if levels[0] != 1 or any(after - before > 1 for before, after in pairwise(levels)):
            wrong.append((path, "headings", levels))
        ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
        if len(ids) != len(set(ids)):
            wrong.append((path, "ids", sorted(one for one in ids if ids.count(one) > 1)))

    assert not wrong


def test_a_contest_is_handled_and_decided_without_scripts(opened):
    site = opened.site
    case_id = site.case_of("invented-employee-2")
    page = opened.page("case-handler", person="invented-case-handler", java_script_enabled=False)
    page.goto(f"/handling/{case_id}")
    for step in ("Take it on", "Admit it"):
        page.locator("summary", has_text=step).first.click()
        page.get_by_role("button", name=step, exact=True).click()
    assert "Admitted, waits for a decider" in page.locator("main").inner_text()
    page = opened.page("decider", person="invented-decider", java_script_enabled=False)
    page.goto(f"/deciding/{case_id}/open")
    page.get_by_label("Nothing ties me to it").check()
    page.get_by_role("button", name="Open the case").click()
    page.get_by_role("link", name="Write the decision").click()
    page.get_by_role("button", name="Decide").click()
    page.get_by_role("link", name="A fact is wrong: Please choose: Your ruling").click()
    assert page.url.endswith("#q-ruling_wrong_fact")
    page.get_by_label("Upheld: the person is right").check()
    page.get_by_label("Why?").fill("The export says 14.")
    page.get_by_label("Your reasons on the whole").fill("It was checked.")
    page.get_by_role("button", name="Decide").click()

    assert "Upheld. It was checked." in page.locator("main").inner_text()


@pytest.mark.parametrize("csp", [True, False], ids=["policy on", "policy off"])
def test_what_people_write_in_a_contest_stays_text_for_those_who_handle_it(opened, csp):
    from govern.app.contest_steps import act, file
    from govern.domain.contest import Acknowledged, Actor, Admitted, Complaint, Drafted, Paused

    site = opened.site
    all_of_it = "\n".join((*PAYLOADS, "../../etc/passwd"))
    store = site.contests.store
    review = store.review("review-of-invented-employee-4")
    shown = tuple(
        one.model_copy(update={"id": f"{n}{payload}", "text": payload, "kind": payload})
        for n, (one, payload) in enumerate(zip(review.evidence * 2, PAYLOADS, strict=False))
    )
    changes = {"review_id": "r-9", "employee": "e<b>9", "evidence": shown}
    texts = {"draft": f"She closed 41 tickets. {all_of_it}", "final": all_of_it}
    store.intake.put_reviews([review.model_copy(update=changes | texts)])
    draft = Drafted(
        review_id="r-9",
        review_version=1,
        complaints=(Complaint(ground="wrong_fact", statement=all_of_it, about=all_of_it),),
        remedy_sought=all_of_it,
        accommodation=all_of_it,
    )
    me, handler = (
        Actor(person="e<b>9", role="employee"),
        Actor(person="invented-case-handler", role="case-handler"),
    )
    case_id = file(site.contests, me, draft, now=site.now).case_id
    for payload in (Acknowledged(handler=handler.person), Admitted(), Paused(reason=all_of_it)):
        act(site.contests, handler, case_id, payload, now=site.now)
    page = opened.page("decider", person="invented-decider", bypass_csp=not csp)
    page.goto(f"/deciding/{case_id}/open")
    page.get_by_label("Nothing ties me to it").check()
    page.get_by_role("button", name="Open the case").click()
    page.goto(f"/deciding/{case_id}/decision")
    page.get_by_label("Partly upheld").check()
    for field in ("Why?", "Your reasons on the whole", "Where else can the person go?"):
        page.get_by_label(field).fill(all_of_it)
    page.get_by_role("button", name="Decide").click()
    other = opened.page("case-handler", person=handler.person, bypass_csp=not csp)
    for one, paths in (
        (page, ["/deciding", f"/deciding/{case_id}"]),
        (other, ["/handling", f"/handling/{case_id}", "/paper?person=e%3Cb%3E9"]),
    ):
        for path in paths:
            assert one.goto(path).status == 200
            one.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
            assert one.evaluate("window.ran") is None
            assert 0 == one.locator("main img, main script, main [onload], main b").count()
    text = page.locator("main").inner_text()
    assert "<img src=x onerror" in text
    assert "[U+202E]txt.exe" in text
    assert "{{ 7 * 7 }}${7*7}" in text
    assert "Partly upheld" in text
