"""The pictures in the documentation are there, are small, and say in words what they show."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "docs" / "images"
SCRIPT = (ROOT / "docs" / "screenshots.py").read_text("utf-8")
TAKEN = {f"{name}.png" for name in re.findall(r'^    Picture\("([\w-]+)"', SCRIPT, re.MULTILINE)}
PAGES = (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))
SHOWN = [
    (match["file"], match["alt"])
    for page in PAGES
    for match in re.finditer(
        r"!\[(?P<alt>[^]]*)\]\((?:docs/)?images/(?P<file>[\w-]+\.png)\)", page.read_text("utf-8")
    )
]


def test_every_picture_that_is_taken_is_kept_and_shown_somewhere():
    names = {path.name for path in IMAGES.glob("*.png")}

    assert names == {file for file, _ in SHOWN}
    assert names == TAKEN | {"report.png"}


def test_every_picture_says_in_words_what_it_shows():
    assert [] == [file for file, alt in SHOWN if len(alt.split()) < 8]


def test_pictures_are_small():
    assert sum(path.stat().st_size for path in IMAGES.glob("*.png")) < 1_500_000
