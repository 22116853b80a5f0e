"""One question a page: what is taken for an answer, and how it goes in a real browser."""

from __future__ import annotations

from types import MappingProxyType

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from hypothesis import given
from hypothesis import strategies as st
from playwright import sync_api

from govern.web import texts as catalogues
from govern.web.forms import LONGEST, Answer, Question, read_answer
from govern.web.guard import CONTENT
from govern.web.render import STATIC, Renderer
from govern.web.texts import Texts, catalogue

WORDS = {
    "ask.grounds_label": "What is wrong with the review?",
    "ask.grounds_why": "Each point gets an answer of its own.",
    "ask.grounds_next": "We ask about each point that you choose.",
    "ask.grounds_hint": "Choose all that apply.",
    "ask.grounds_wrong_fact": "Something in it is not true",
    "ask.grounds_group_bias": "It treats me otherwise than others",
    "ask.statement_label": "What happened?",
    "ask.title_label": "Give it a name",
}
GROUNDS = Question("grounds", "many", ("wrong_fact", "group_bias"))
STATEMENT = Question("statement", "text")
TITLE = Question("title", "line", required=False)
QUESTIONS = (GROUNDS, STATEMENT, TITLE)


@pytest.fixture(autouse=True)
def words(monkeypatch):
    """The catalogue with questions of the tests."""
    whole = MappingProxyType(dict(catalogue()) | WORDS)
    monkeypatch.setattr(catalogues, "catalogue", lambda language="en": whole)


def read(question, **sent):
    return read_answer(question, sent, Texts())


def test_an_answer_is_taken_without_blanks_at_its_ends_and_with_plain_line_breaks():
    assert "a\nb" == read(STATEMENT, statement=(" a\r\nb\0 ",)).value
    assert "a b" == read(TITLE, title=(" a \n b",)).value


@pytest.mark.parametrize(
    ("question", "sent", "error"),
    [
        (STATEMENT, {}, "Please answer this"),
        (STATEMENT, {"statement": (" \n ",)}, "Please answer this"),
        (STATEMENT, {"statement": ("a", "b")}, "Please choose one of"),
        (STATEMENT, {"statement": ("x" * 15_003,)}, "3 characters too long"),
        (GROUNDS, {}, "Please choose: What is wrong"),
        (GROUNDS, {"grounds": ("wrong_fact", "made_up")}, "Please choose one of"),
        (TITLE, {}, ""),
        (TITLE, {"title": ("x" * 201,)}, "1 characters too long"),
    ],
)
def test_what_is_wrong_is_said_with_the_question(question, sent, error):
    found = read(question, **sent).error

    assert error in found
    assert bool(error) == bool(found)


@given(
    question=st.sampled_from(QUESTIONS),
    sent=st.dictionaries(
        st.sampled_from(["grounds", "statement", "title"]),
        st.lists(st.text(max_size=300), max_size=4).map(tuple),
    ),
)
def test_whatever_is_sent_is_an_answer_or_an_error_and_never_too_much(question, sent):
    texts = Texts.__new__(Texts)
    texts.language, texts._texts = "en", dict(catalogue()) | WORDS
    found = read_answer(question, sent, texts)

    if not found.error:
        assert all(len(value) <= LONGEST[question.kind] for value in found.values)
        assert not question.choices or set(found.values) <= set(question.choices)
        assert found.values or not question.required


@pytest.fixture
def page(listener, serve, chromium_path):
    """A form of the four questions, served as pages are; ``sent`` is what reached the server."""
    renderer, sent = Renderer(Texts()), []
    app = FastAPI(openapi_url=None)

    def show(number: int, answer: Answer) -> Response:
        html = renderer.page(
            "question.html.j2",
            visitor=None,
            here="",
            form_token="t" * 64,
            answer=answer,
            step=number + 1,
            steps=len(QUESTIONS),
            action=f"/{number}",
            back=f"/{number - 1}" if number else "",
            leave="/",
            saved=f"/{number}",
            labels={},
            ground="",
            for_whom="",
            seen=1,
            kept=[],
            button="form.continue",
        )
        return HTMLResponse(html, headers={"content-security-policy": CONTENT})

    @app.get("/static/{name}")
    def static(name: str) -> Response:
        return Response(renderer.static[name], media_type=STATIC[name])

    @app.get("/{number}")
    def ask(number: int) -> Response:
        return show(number, Answer(QUESTIONS[number], ()))

    @app.post("/{number}")
    async def answered(number: int, request: Request) -> Response:
        form = await request.form()
        fields = {name: tuple(map(str, form.getlist(name))) for name in form}
        sent.append(("x-saved" in request.headers, fields))
        return show(number, read_answer(QUESTIONS[number], fields, Texts()))

    with serve(app, listener), sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path, args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context(
            base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", bypass_csp=True
        )
        opened = context.new_page()
        opened.sent = sent
        yield opened
        browser.close()


def test_axe_finds_nothing_before_and_after_a_mistake(page):
    for number, _ in enumerate(QUESTIONS):
        page.goto(f"/{number}")
        assert not Axe().run(page).response["violations"]
        page.get_by_role("button").click()
        assert not Axe().run(page).response["violations"]


def test_a_mistake_is_told_at_the_top_and_beside_the_field_and_leads_to_it(page):
    page.goto("/1")
    page.get_by_role("button", name="Save and continue").click()
    summary = page.get_by_role("alert")
    summary.get_by_role("link").click()
    field = page.get_by_role("textbox", name="What happened?")

    assert "There is something to put right" in summary.inner_text()
    assert field.evaluate("f => document.activeElement === f || location.hash === '#' + f.id")
    assert "true" == field.get_attribute("aria-invalid")
    told = field.get_attribute("aria-describedby")
    assert "Please answer this" in page.locator(f"#{told}").inner_text()


def test_what_is_typed_is_saved_without_a_click(page):
    page.goto("/1")
    page.get_by_role("textbox").fill("My <b>target</b> was met.")
    page.get_by_text("Saved.").wait_for()

    assert page.sent[-1][0]
    assert ("My <b>target</b> was met.",) == page.sent[-1][1]["statement"]
    assert ("t" * 64,) == page.sent[-1][1]["form_token"]


def test_what_cannot_be_saved_is_said_and_stays_on_the_page(page):
    page.goto("/1")
    page.route("**/1", lambda route: route.abort())
    page.get_by_role("textbox").fill("Still here")
    page.get_by_text("Not saved.").wait_for()

    assert "Still here" == page.get_by_role("textbox").input_value()


def test_choices_are_kept_when_something_else_is_wrong(page):
    page.goto("/0")
    page.get_by_label("It treats me otherwise than others").check()
    page.get_by_role("button").click()

    assert page.get_by_label("It treats me otherwise than others").is_checked()
    assert not page.get_by_label("Something in it is not true").is_checked()
