"""Takes the pictures of the pages that the documentation shows: ``python docs/screenshots.py``.

A real Chromium opens what ``govern serve --demo`` makes up, as each role and at a fixed moment.
Ids of cases are drawn, so pictures differ in them from one time to the next.
"""

from __future__ import annotations

import secrets
import shutil
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import uvicorn
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from govern.app.contests import open_contests
from govern.app.served import ProjectRecords
from govern.app.served_demo import demo_visitors, seed_demo
from govern.domain.contest import Role
from govern.web.app import create_app
from govern.web.services import Services
from govern.web.sessions import offer_link
from govern.web.settings import Limits, Settings

IMAGES = Path(__file__).resolve().parent / "images"
REPORT = IMAGES.parents[1] / "reports" / "examples" / "planted" / "report.html"
REPORT_SIZE: ViewportSize = {"width": 1100, "height": 1180}
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
WIDTH, MARGIN = 1120, 16
COLOURS = 128
EDGES = """names => {
  const [first, last] = names.map(name => document.querySelector(name).getBoundingClientRect());
  return [first.top, last.bottom];
}"""
SENT, OPENED, APPEALED = (f"invented-employee-{n}" for n in (2, 4, 6))
"""Made-up people by what became of their contests."""


def review(page: Page) -> None:
    page.goto("/reviews")
    page.get_by_role("link", name="1 January 2026 to 30 June 2026").click()


def question(page: Page) -> None:
    review(page)
    page.get_by_role("link", name="Start another contest").click()
    page.get_by_role("button", name="Start").click()
    page.get_by_label("Something in it is not true").check()
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("textbox").fill("It says 41 tickets. It was 14, as the export shows.")
    page.get_by_text("Saved.").wait_for()


def case(page: Page) -> None:
    page.goto("/mine")
    page.locator("tr", has_text="It is decided.").get_by_role("link").click()


def appeal(page: Page) -> None:
    case(page)
    page.get_by_text("Appeal", exact=True).first.click()
    page.get_by_role("textbox").first.fill("Nobody asked my peers before they decided.")


def queue(page: Page) -> None:
    page.goto("/handling")


def handled(page: Page) -> None:
    queue(page)
    page.get_by_role("link", name=SENT, exact=True).click()
    page.get_by_text("Take it on", exact=True).first.click()


def compared(page: Page) -> None:
    page.goto("/deciding")
    page.get_by_role("link", name=OPENED).click()


def decision(page: Page) -> None:
    compared(page)
    page.get_by_role("link", name="Write the decision").click()
    page.get_by_label("Upheld: the person is right").first.check()
    page.get_by_label("Why?").first.fill("The export of tickets shows 14.")


def appealed(page: Page) -> None:
    page.goto("/appeals")
    page.locator("tr", has_text=APPEALED).get_by_role("link").click()


def represented(page: Page) -> None:
    page.goto("/represent")


def privacy(page: Page) -> None:
    page.goto("/privacy")
    page.locator("tr", has_text="closed").get_by_role("link").click()


def audited(page: Page) -> None:
    page.goto("/audit/cases")
    page.locator("tr", has_text="closed").get_by_role("link").click()


def statistics(page: Page) -> None:
    page.goto("/board/contests")


@dataclass(frozen=True)
class Picture:
    """One picture: who looks, how they get there, and from where to where it is cut.

    ``top`` and ``bottom`` are selectors of what it begins and ends with.
    """

    name: str
    role: Role
    walk: Callable[[Page], None]
    bottom: str
    top: str = "body"


PICTURES = (
    Picture("employee-review", "employee", review, "section:has(#texts)"),
    Picture("employee-question", "employee", question, "main"),
    Picture("employee-case", "employee", case, "section:has(#changes)"),
    Picture("employee-appeal", "employee", appeal, "details[open]", "#do"),
    Picture("handler-queue", "case-handler", queue, "main"),
    Picture("handler-case", "case-handler", handled, "section:has(#said)"),
    Picture("decider-side-by-side", "decider", compared, "section:has(#across)", "h1"),
    Picture("decider-decision", "decider", decision, "form section:nth-of-type(1)"),
    Picture("appeal-open", "appeal-decider", appealed, "main"),
    Picture("representative", "representative", represented, "main"),
    Picture("officer-case", "data-protection-officer", privacy, "section:has(#erase)"),
    Picture("auditor-case", "auditor", audited, "main", "section:has(#said)"),
    Picture("board-statistics", "board", statistics, "section.row:nth-of-type(3)"),
)


def main() -> int:
    """Take every picture; the exit code."""
    found = shutil.which("chromium")
    if found is None:
        print("The pictures need chromium; `make browser` installs Debian's.")
        return 1
    with (
        tempfile.TemporaryDirectory() as folder,
        _served(Path(folder) / "project") as link,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        for picture in PICTURES:
            _take(browser, link(picture.role), picture)
        _take_report(browser)
        browser.close()
    return 0


@contextmanager
def _served(root: Path) -> Iterator[Callable[[Role], str]]:
    """The made-up record on this machine while the block runs; gives a link for each role."""
    project = seed_demo(root, now=NOW)
    contests = open_contests(project)
    listener = socket.create_server(("127.0.0.1", 0))
    settings = Settings(
        secret=secrets.token_bytes(32),
        port=listener.getsockname()[1],
        limits=Limits(tries_per_address=10 * len(PICTURES)),
    )
    services = Services(ProjectRecords(project), contests, lambda: NOW)
    app = create_app(services, settings)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)

    def link(role: Role) -> str:
        [visitor] = (one for one in demo_visitors() if role in one.roles)
        until = NOW + timedelta(days=1)
        return offer_link(services.doors, visitor, origin=settings.origin, until=until)

    thread.start()
    try:
        yield link
    finally:
        server.should_exit = True
        thread.join()
        contests.store.close()


def _take(browser: Browser, link: str, picture: Picture) -> None:
    origin = link.partition("/enter/")[0]
    size = {"width": WIDTH, "height": 800}
    context = browser.new_context(base_url=origin, viewport=size, color_scheme="light")
    page = context.new_page()
    page.goto(link)
    page.get_by_role("button", name="Continue as").click()
    page.wait_for_url("**/")
    picture.walk(page)
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    top, bottom = page.evaluate(EDGES, [picture.top, picture.bottom])
    top = max(0, top - MARGIN)
    clip = {"x": 0, "y": top, "width": WIDTH, "height": bottom + MARGIN - top}
    _keep(picture.name, page.screenshot(full_page=True, clip=clip))
    context.close()


def _take_report(browser: Browser) -> None:
    """The first screen of the planted control's report."""
    page = browser.new_page(viewport=REPORT_SIZE, color_scheme="light")
    page.goto(REPORT.as_uri())
    _keep("report", page.screenshot())
    page.close()


def _keep(name: str, taken: bytes) -> None:
    few = Image.open(BytesIO(taken)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(IMAGES / f"{name}.png", optimize=True)
    print(f"docs/images/{name}.png")


if __name__ == "__main__":
    sys.exit(main())
