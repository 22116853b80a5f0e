"""The report as one HTML file that needs nothing else and runs nothing."""

from __future__ import annotations

import re
from calendar import month_name
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound
from markupsafe import Markup, escape

from govern.errors import InputError
from govern.report.blocks import Figure
from govern.report.charts import drawn
from govern.report.decision_diff import DecisionDiff
from govern.report.fitted import fitted
from govern.report.page import Page, Plot
from govern.report.svg import forest, mark
from govern.report.wording import field_words

TEMPLATE = "decision.html.j2"
DIFF = "diff.html.j2"
_TYPED = re.compile(r"`([^`]+)`")
_DATE = rf"\d{{1,2}} (?:{'|'.join(month_name[1:])}) \d{{4}}"
_WHOLE = re.compile(
    rf"(?<![\w-])(?:[A-Z]{{2,}}(?:-[A-Z0-9.]*[A-Z0-9])+|(?:one|two)-sided|{_DATE}|\d+ %)(?![\w-])"
)
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*(?![\w-])")
_LONGEST_KEPT = 24  # characters that a screen of 320 pixels has room for
_TIMES = " \N{MULTIPLICATION SIGN} "
_TIED = "\N{NO-BREAK SPACE}\N{MULTIPLICATION SIGN} "


def render(page: Page, templates: Path) -> str:
    """``page`` laid out by ``decision.html.j2`` in the folder ``templates``, as ``fitted`` cuts it.

    Raises:
        InputError: the template is not there.
    """
    shown = fitted(page)
    return laid_out(
        TEMPLATE,
        templates,
        page=shown,
        clauses={clause.id: clause for clause in shown.clauses},
    )


def render_diff(found: DecisionDiff, templates: Path) -> str:
    """Two decisions side by side, laid out by ``diff.html.j2``; raises as ``render``."""
    return laid_out(DIFF, templates, found=found)


def laid_out(name: str, templates: Path, **shown: Any) -> str:
    """What a template of the folder ``templates`` makes of ``shown``.

    Raises:
        InputError: the template is not there.
    """
    try:
        template = _environment(templates).get_template(name)
    except TemplateNotFound as err:
        raise InputError(f"{templates}: expected {name} in this folder, found none") from err
    return template.render(shown)


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
    environment.filters["forest"] = _forest
    environment.filters["drawn"] = _drawn
    environment.filters["shape"] = _shape
    environment.filters["told"] = told
    environment.filters["command"] = command
    environment.filters["said"] = field_words
    return environment


def told(text: str) -> Markup:
    """``text`` escaped; what is to be typed as code, and ids, groups and dates kept on a line."""
    typed = _TYPED.sub(lambda it: f"<code>{_whole_options(it[1])}</code>", str(escape(text)))
    return Markup(_WHOLE.sub(_kept, typed).replace(_TIMES, _TIED))  # noqa: S704


def command(line: str) -> Markup:
    """``line`` escaped, no option of it parted, so that who copies it by hand sees all of it."""
    return Markup(_whole_options(str(escape(line))))  # noqa: S704


def _whole_options(escaped: str) -> str:
    return _OPTION.sub(_kept, escaped)


def _kept(found: re.Match[str]) -> str:
    word = found[0]
    return f'<span class="whole">{word}</span>' if len(word) <= _LONGEST_KEPT else word


def _forest(plot: Plot) -> Markup:
    # The drawing escapes every text itself. The style sheet shows one of the two.
    return Markup(forest(plot) + forest(plot, narrow=True))  # noqa: S704


def _drawn(figure: Figure) -> Markup:
    return Markup(drawn(figure) + drawn(figure, narrow=True))  # noqa: S704


def _shape(kind: str) -> Markup:
    drawing = mark(kind, 7, 7)
    return Markup(f'<svg class="shape" aria-hidden="true" viewBox="0 0 14 14">{drawing}</svg>')  # noqa: S704
