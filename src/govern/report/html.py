"""The report as one HTML file that needs nothing else and runs nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound
from markupsafe import Markup

from govern.errors import InputError
from govern.report.blocks import Figure
from govern.report.charts import drawn
from govern.report.page import Page, Plot
from govern.report.svg import forest, mark

TEMPLATE = "decision.html.j2"


def render(page: Page, templates: Path) -> str:
    """``page`` laid out by ``decision.html.j2`` in the folder ``templates``.

    Raises:
        InputError: the template is not there.
    """
    return laid_out(
        templates,
        TEMPLATE,
        page=page,
        clauses={clause.id: clause for clause in page.clauses},
    )


def laid_out(templates: Path, name: str, **given: Any) -> str:
    """What a template of the folder ``templates`` makes of ``given``.

    Raises:
        InputError: the template is not there.
    """
    environment = Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["forest"] = _forest
    environment.filters["drawn"] = _drawn
    environment.filters["shape"] = _shape
    try:
        template = environment.get_template(name)
    except TemplateNotFound as err:
        raise InputError(f"{templates}: expected {name} in this folder, found none") from err
    return template.render(**given)


def _forest(plot: Plot) -> Markup:
    # The drawing escapes every text itself.
    return Markup(forest(plot))  # noqa: S704


def _drawn(figure: Figure) -> Markup:
    return Markup(drawn(figure))  # noqa: S704


def _shape(kind: str) -> Markup:
    drawing = mark(kind, 7, 7)
    return Markup(f'<svg class="shape" aria-hidden="true" viewBox="0 0 14 14">{drawing}</svg>')  # noqa: S704
