"""The report as one HTML file that needs nothing else and runs nothing."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound
from markupsafe import Markup

from govern.errors import InputError
from govern.report.page import Page, Plot
from govern.report.svg import forest, mark

TEMPLATE = "decision.html.j2"


def render(page: Page, templates: Path) -> str:
    """``page`` laid out by ``decision.html.j2`` in the folder ``templates``.

    Raises:
        InputError: the template is not there.
    """
    try:
        template = _environment(templates).get_template(TEMPLATE)
    except TemplateNotFound as err:
        raise InputError(f"{templates}: expected {TEMPLATE} in this folder, found none") from err
    return template.render(page=page)


@lru_cache(maxsize=8)
def _environment(templates: Path) -> Environment:
    """What compiles a folder's templates once, and anew when their files change."""
    environment = Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["forest"] = _drawn
    environment.filters["shape"] = _shape
    return environment


def _drawn(plot: Plot) -> Markup:
    # The drawing escapes every text itself.
    return Markup(forest(plot))  # noqa: S704


def _shape(kind: str) -> Markup:
    drawing = mark(kind, 7, 7)
    return Markup(f'<svg class="shape" aria-hidden="true" viewBox="0 0 14 14">{drawing}</svg>')  # noqa: S704
