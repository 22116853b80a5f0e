"""What the board reads of contests: numbers of many people, never of a few."""

from __future__ import annotations

from fastapi import Response

from govern.app.contest_figures import figures
from govern.app.sending import open_directory, stuck
from govern.web.asked import Asked, Page

WINDOW_DAYS = 365


def board_contests(asked: Asked) -> Response:
    """How contests went in the last year, what became of those who contested, who was not told."""
    found = figures(asked.contests, now=asked.now, window_days=WINDOW_DAYS)
    untold = len(stuck(asked.contests, open_directory(asked.contests)))
    return asked.page("statistics.html.j2", found=found, days=WINDOW_DAYS, untold=untold)


PAGES: dict[str, Page] = {"board-contests": board_contests}
