"""Pages from templates: everything that is put into one is escaped."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from govern.app.decision_folder import templates
from govern.canon import sha256
from govern.contest.side_by_side import side_by_side
from govern.domain.access import Visitor
from govern.report.wording import visible
from govern.web.routes import AREAS, BY_NAME, Route
from govern.web.texts import Texts

STYLE = "govern.css"
"""What pages and reports have in common in their look stands before it."""
STATIC = {STYLE: "text/css", "saved.js": "text/javascript", "icon.svg": "image/svg+xml"}


class Renderer:
    """The templates in one language, and the files that go with them."""

    def __init__(self, texts: Texts) -> None:
        root = Path(str(files("govern.web")))
        self.texts = texts
        self.static = {name: (root / "static" / name).read_bytes() for name in STATIC}
        self.static[STYLE] = (templates() / "look.css").read_bytes() + self.static[STYLE]
        self._environment = Environment(
            loader=FileSystemLoader(root / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            # What hides or reorders letters is written out before anybody reads it.
            finalize=lambda value: visible(value) if type(value) is str else value,
        )
        self._environment.globals |= {
            "t": texts,
            "language": texts.language,
            "url": url,
            "static": self._address,
            "side_by_side": side_by_side,
        }
        self._environment.filters |= {"day": texts.day, "moment": texts.moment}

    def page(self, template: str, *, visitor: Visitor | None, **values: Any) -> str:
        """A whole page."""
        return self._environment.get_template(template).render(
            visitor=visitor, areas=areas_of(visitor), **values
        )

    def _address(self, name: str) -> str:
        """Where a file is; the address changes with its bytes, so browsers may keep it."""
        return f"{url('static', name=name)}?v={sha256(self.static[name])[:12]}"


def url(name: str, /, **parts: str) -> str:
    """The path of a page."""
    return BY_NAME[name].path.format_map(parts)


def areas_of(visitor: Visitor | None) -> tuple[Route, ...]:
    """Where the navigation may lead somebody."""
    if visitor is None:
        return ()
    return tuple(BY_NAME[name] for name in AREAS if BY_NAME[name].admits(visitor.roles))
