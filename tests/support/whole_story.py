"""One contest from its first click to its end, by everybody's own hands in a real browser."""

from __future__ import annotations

import csv
import json
import shlex
import shutil
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import policy
from email.parser import BytesParser
from hashlib import sha256
from io import StringIO
from urllib.request import Request, urlopen

import pytest
import uvicorn
from made_keys import key
from playwright.sync_api import Browser, Page, sync_playwright

from govern.app.contests import Contests, open_contests
from govern.app.ledger import checkpoint
from govern.app.served import ProjectRecords
from govern.app.served_demo_contests import FINAL, LINES, MENDED
from govern.attest.trust import TrustRoot, read_trust, write_trust
from govern.cli import main
from govern.domain.access import Visitor
from govern.domain.contest import Role
from govern.sources.locate import Project
from govern.web.app import create_app
from govern.web.services import Services
from govern.web.sessions import offer_link
from govern.web.settings import Limits, Machine, Settings

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
TOKEN = "p" * 40
WHO, REVIEW = "story-person", "story-review"
SAID = "It says 41 tickets. It was 14."
NOTICES = """
[web]
public_url = "https://reviews.example"
[contests.notices]
sender = "contests@company.example"
people = "people.csv"
folder = "outbox"
[contests.notices.roles]
board = ["board@company.example"]
data-protection-officer = ["privacy@company.example"]
case-handler = ["cases@company.example"]
"""
EMPLOYEES = tuple(f"employee-{n}" for n in range(2, 8))
LOG = key("story-log", "log")


@dataclass
class Stage:
    """The application on a socket, a browser, and a clock that a story turns."""

    project: Project
    browser: Browser
    contests: Contests
    settings: Settings
    now: datetime

    def page(self, role: Role, person: str) -> Page:
        """A browser of its own in which somebody just signed in."""
        visitor = Visitor(person=person, name=person, roles=(role,), by="one-time link")
        until = self.now + timedelta(days=1)
        origin = self.settings.origin
        page = self.browser.new_context(base_url=origin).new_page()
        page.goto(offer_link(self.contests.store.doors, visitor, origin=origin, until=until))
        page.get_by_role("button", name="Continue as").click()
        page.wait_for_url("**/")
        return page

    def after(self, **span: float) -> None:
        self.now += timedelta(**span)

    def command(self, line: str) -> str:
        """What ``govern`` prints in the project's folder, at the moment of the story."""
        out = StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), chdir(self.project.root):
            patch.setattr(sys, "argv", shlex.split(line))
            patch.setattr("govern.cli.context.now", lambda: self.now)
            # A command ends with its process, and so do its connections; here there is one process.
            patch.setattr("govern.app.contests.open_contests", lambda _project: self.contests)
            with pytest.raises(SystemExit) as end:
                main()
        assert not end.value.code, line
        return out.getvalue()

    def bring(self, *reviews: dict[str, object]) -> None:
        """Reviews as another system brings them."""
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        url = f"{self.settings.origin}/api/intake/reviews"
        with urlopen(Request(url, json.dumps(reviews).encode(), headers)) as answer:
            assert 200 == answer.status

    def letters(self) -> list[tuple[str, str]]:
        """To whom each notice that left went, and what it says."""
        paths = (self.project.root / "outbox").glob("*.eml")
        mails = [BytesParser(policy=policy.default).parsebytes(p.read_bytes()) for p in paths]
        return [(str(mail["To"]), mail.get_content()) for mail in mails]


@contextmanager
def stage(project: Project, now: datetime) -> Iterator[Stage]:
    """What a story needs, over a made-up record."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("the browser tests need chromium; `make browser` installs Debian's")
    with (project.root / "govern.toml").open("a", encoding="utf-8") as stream:
        stream.write(NOTICES)
    others = (f"invented-{one}" for one in ("junior", "representative", *EMPLOYEES))
    people = (WHO, *LINES, *others)
    rows = "".join(f"{one},{one}@company.example\n" for one in people)
    (project.root / "people.csv").write_text(f"person,email\n{rows}", encoding="utf-8")
    trust = read_trust(project.record)
    write_trust(project.record, TrustRoot(keys=(*trust.keys, LOG.trusted)))
    contests = open_contests(project)
    listener = socket.create_server(("127.0.0.1", 0))
    machine = Machine(token_sha256=sha256(TOKEN.encode()).hexdigest(), may=("reviews",))
    settings = Settings(
        secret=b"a secret of the tests, long enough",
        port=listener.getsockname()[1],
        limits=Limits(per_session=10_000, per_address=10_000, tries_per_address=10_000),
        machines={"people-system": machine},
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        set_up = Stage(project, browser, contests, settings, now)
        services = Services(ProjectRecords(project), contests, lambda: set_up.now)
        app = create_app(services, settings)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False, ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield set_up
        finally:
            browser.close()
            server.should_exit = True
            thread.join()
            contests.store.close()


def play(on: Stage) -> None:
    """The story; it ends with all that others can check afterwards."""
    base = on.contests.store.review("review-of-invented-manager").as_json()
    ours = {"review_id": REVIEW, "employee": WHO, "manager": "invented-manager"}
    first = base | ours | {"line": ["invented-manager", "invented-director"]}
    on.bring(first)
    earlier = checkpoint(on.project, key=LOG, now=on.now)
    (on.project.root / "earlier.txt").write_text(str(earlier), encoding="utf-8")

    _files(on.page("employee", WHO))
    assert "false" == _told_hr(on)
    case_id = _case_id(on)
    on.after(days=1)
    _admits(on.page("case-handler", "invented-case-handler"))
    on.command("govern contest send")
    on.after(days=3)
    _decides(on.page("decider", "invented-decider"), "deciding")
    on.after(days=2)
    _appeals(on.page("employee", WHO))
    on.after(days=4)
    _decides(on.page("appeal-decider", "invented-appeal-decider"), "appeals")
    on.after(days=1)
    on.bring(first | {"version": 2, "final": MENDED, "finalised": on.now.isoformat()})
    _puts_right_and_closes(on.page("case-handler", "invented-case-handler"))
    assert "true" == _told_hr(on)
    on.command("govern contest clock")
    on.command("govern contest send")

    _reads_the_end(on.page("employee", WHO))
    _nothing_but_links_left(on)
    checkpoint(on.project, key=LOG, now=on.now)
    _proves(on, on.page("auditor", "invented-auditor"), case_id)
    _exports(on.page("data-protection-officer", "invented-data-protection-officer"))
    checked = json.loads(on.command("govern contest check --json"))
    assert 0 == checked["waiting"]
    assert checked["events"] > len(on.contests.store.events(case_id))
    verified = json.loads(on.command("govern ledger verify --since earlier.txt --json"))
    assert (0, 0) == (verified["uncovered_leaves"], verified["pending_entries"])
    assert verified["since"]["size"] < verified["newest"]["size"]


def _files(page: Page) -> None:
    answers = {
        "grounds": ("Something in it is not true", "It says nothing about me"),
        "statement-wrong_fact": SAID,
        "about-wrong_fact": "closed 41 tickets",
        "statement-generic_text": "It is said to everybody.",
        "about-generic_text": "She could be more visible.",
        "remedy": "Put the number right.",
        "pay": ("No",),
        "accommodation": "",
    }
    page.get_by_role("link", name="My reviews").first.click()
    page.get_by_role("link", name="1 January 2026 to 30 June 2026").click()
    page.get_by_role("link", name="Contest this review").click()
    page.get_by_role("button", name="Start").click()
    for step, answer in answers.items():
        page.wait_for_url(f"**/ask/{step}")
        if isinstance(answer, str):
            page.get_by_role("textbox").fill(answer)
        else:
            for label in answer:
                page.get_by_label(label, exact=label == "No").check()
        page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("button", name="Send it").click()
    page.get_by_text("It was sent. Nobody has confirmed it yet.").first.wait_for()


def _admits(page: Page) -> None:
    page.goto("/handling")
    page.get_by_role("link", name=WHO, exact=True).click()
    for step in ("Take it on", "Admit it"):
        _step(page, step)
    page.get_by_text("Admitted, waits for a decider").first.wait_for()


def _decides(page: Page, area: str) -> None:
    """The first decider upholds one ground of two, the decider of the appeal both."""
    page.goto(f"/{area}")
    page.locator("tr", has_text=WHO).get_by_role("link").click()
    page.get_by_label("Nothing ties me to it").check()
    page.get_by_role("button", name="Open the case").click()
    page.get_by_text("contradicted: ticket-export").first.wait_for()
    page.get_by_role("link", name="Write the decision").click()
    upheld = page.get_by_label("Upheld: the person is right")
    reasons = page.get_by_label("Why?")
    upheld.nth(0).check()
    reasons.nth(0).fill("The export shows 14.")
    reasons.nth(1).fill("The notes of the talk were read.")
    if area == "deciding":
        page.get_by_label("Rejected").nth(1).check()
    else:
        upheld.nth(1).check()
    page.get_by_label("The text of the review").fill(MENDED)
    page.get_by_label("Your reasons on the whole").fill("Each was held against its source.")
    page.get_by_role("button", name="Decide").click()
    said = "Partly upheld" if area == "deciding" else "Appeal decided"
    page.get_by_text(said).first.wait_for()


def _appeals(page: Page) -> None:
    page.goto("/mine")
    page.get_by_role("link", name="1 January 2026 to 30 June 2026").click()
    page.get_by_text("You were right in part.").first.wait_for()
    page.get_by_text("Appeal", exact=True).first.click()
    page.locator("#q-appeal").fill("The sentence stands in every review of the team.")
    page.get_by_role("button", name="Send the appeal").click()
    page.get_by_text("An appeal was made.").first.wait_for()


def _puts_right_and_closes(page: Page) -> None:
    page.goto("/handling")
    page.get_by_role("link", name=WHO, exact=True).click()
    _step(page, "Enter that it was put right")
    _step(page, "Close the case")
    page.get_by_text("Closed. Handled by invented-case-handler.").first.wait_for()


def _step(page: Page, name: str) -> None:
    page.locator("summary", has_text=name).first.click()
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


def _reads_the_end(page: Page) -> None:
    page.goto("/mine")
    page.get_by_role("link", name="1 January 2026 to 30 June 2026").click()
    page.get_by_text("It is closed.").first.wait_for()
    page.get_by_text("You were right.").first.wait_for()
    page.goto("/reviews")
    page.get_by_role("link", name="1 January 2026 to 30 June 2026").click()
    page.get_by_text(MENDED).first.wait_for()


def _told_hr(on: Stage) -> str:
    """What the HR system reads in its file: whether the rating may be used."""
    on.command("govern contest flags --out flags.csv")
    with (on.project.root / "flags.csv").open(encoding="utf-8", newline="") as stream:
        [found] = [row["in_use"] for row in csv.DictReader(stream) if row["review_id"] == REVIEW]
    return found


def _case_id(on: Stage) -> str:
    [case_id] = (line.case_id for line in on.contests.store.cases(person=WHO))
    return case_id


def _nothing_but_links_left(on: Stage) -> None:
    letters = on.letters()
    assert f"{WHO}@company.example" in {to for to, _ in letters}
    for _, text in letters:
        assert "https://reviews.example/cases/" in text
        for personal in (WHO, "ticket", "visible"):
            assert personal not in text


def _proves(on: Stage, page: Page, case_id: str) -> None:
    """The auditor reads it without a name, and takes away a proof that stands by itself."""
    page.goto("/audit/cases")
    page.get_by_role("link", name=case_id[:8]).click()
    shown = page.locator("main").inner_text()
    assert "(withheld)" in shown
    for personal in (WHO, "tickets", "invented-"):
        assert personal not in shown
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Proof of step 1", exact=True).click()
    downloading.value.save_as(on.project.root / "step.tlog-proof")
    line = "govern ledger verify --proof step.tlog-proof --trust record/trust.json --json"
    assert case_id not in (said := on.command(line))
    assert "contest.drafted" == json.loads(said)["leaf"]["kind"]


def _exports(page: Page) -> None:
    page.goto("/privacy/people")
    page.locator("#person").fill(WHO)
    page.locator("form button", has_text="Look").first.click()
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Download as text").click()
    held = downloading.value.path().read_text(encoding="utf-8")
    assert SAID in held
    assert MENDED in held
    assert FINAL in held
    assert "invented-auditor" in held
