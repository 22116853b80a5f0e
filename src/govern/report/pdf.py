"""The report as one PDF: the page of the HTML laid out by Typst, its data attached.

Typst is in the extra ``pdf``. Its own fonts are used and none of the machine's, so that one page
and one day give the same bytes everywhere. Texts reach the template as data, never as source.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, get_args

from govern.canon import canonical_json
from govern.errors import InputError, with_extra
from govern.report.blocks import Figure
from govern.report.charts import drawn
from govern.report.fitted import fitted
from govern.report.page import Page
from govern.report.shown import Mark
from govern.report.svg import forest, mark

TEMPLATE = "report.typ"
STANDARDS: tuple[Literal["a-3a", "ua-1"], ...] = ("a-3a", "ua-1")
"""What the file declares itself to be. Typst refuses to write what it sees break them."""
_NAMED = re.compile(r'(?:the text|the codepoint) `"(.+?)"`')
_PROBE = b"""#set document(title: "words")
#set page(width: auto, height: auto)
#for word in json(bytes(sys.inputs.words)) [#word#parbreak()]"""
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


def render_pdf(page: Page, templates: Path, *, created: datetime) -> bytes:
    """``page`` laid out by ``report.typ`` in the folder ``templates``, as PDF/A-3a and PDF/UA-1.

    A character that no font has is written as ``[U+1F600]``, as ``visible`` does with hidden ones.
    What is too long is cut as ``fitted`` does. The attached ``report.json`` has all of it.

    Args:
        page: what the report says.
        templates: where the template and the style sheets of the HTML are.
        created: the date in the file, of the decision.

    Raises:
        InputError: Typst is not installed, a style sheet is not there, or Typst cannot lay it out.
    """
    try:
        import typst  # noqa: F401
    except ImportError as err:
        raise InputError(
            f"a PDF needs the package typst; install the extra: {with_extra('pdf')}"
        ) from err
    attached = canonical_json(page.as_json()).decode()
    try:
        return _compiled(attached, _lacking(attached), templates, created)
    except _RefusedError:
        pass
    try:
        return _compiled(attached, set(filter(_is_foreign, attached)), templates, created)
    except _RefusedError as err:
        why = str(err).partition("\n")[0]
        raise InputError(
            f"Typst cannot lay this report out ({why}); report.html and --json have all of it"
        ) from err


class _RefusedError(Exception):
    """Typst said no, or fell over."""


def _typeset(source: Path | bytes, **given: Any) -> bytes:
    """What Typst makes of a source, with its own fonts.

    Raises:
        _RefusedError: an error of the source, or a panic, which is no ``Exception``.
    """
    import typst

    fonts = typst.Fonts(include_system_fonts=False)
    try:
        made: bytes = typst.compile(
            source, font_paths=fonts, pdf_standards=list(STANDARDS), **given
        )
    except typst.TypstError as err:
        raise _RefusedError(err.diagnostic) from err
    except BaseException as err:
        if type(err).__module__ != "pyo3_runtime":
            raise
        raise _RefusedError(f"it fell over: {err}") from err
    return made


def _compiled(attached: str, lacking: set[str], templates: Path, created: datetime) -> bytes:
    """The PDF of the page that ``attached`` holds, with the ``lacking`` characters as numbers."""
    whole = Page.model_validate_json(_written(attached, lacking))
    page = fitted(whole)
    colours, style = _looks(templates)
    told = {
        "page": page.as_json(),
        "drawings": {name: _styled(svg, style) for name, svg in _drawings(page)},
        "marks": {kind: _styled(_shape(kind), style) for kind in get_args(Mark)},
        "colours": colours,
        "lacking": len(lacking),
        "cut": page != whole,
    }
    return _typeset(
        templates / TEMPLATE,
        sys_inputs={"told": json.dumps(told), "attached": attached},
        timestamp=int(created.timestamp()),
    )


def _written(text: str, lacking: set[str]) -> str:
    return text.translate({ord(char): f"[U+{ord(char):04X}]" for char in lacking})


def _lacking(text: str) -> set[str]:
    """The characters of ``text`` that Typst's fonts cannot show, alone or in their words."""
    alone = _unshown(set(filter(_is_foreign, text)))
    return alone | _unshown(set(filter(_is_foreign, _written(text, alone).split())))


def _unshown(words: set[str]) -> set[str]:
    """The characters in ``words`` that Typst finds no glyph for.

    Each word is set alone on an endless line: Typst 0.15 may crash where it breaks a line among
    characters of a right-to-left script that it has no glyph for.
    """
    try:
        _typeset(_PROBE, sys_inputs={"words": json.dumps(sorted(words))})
    except _RefusedError as err:
        named = "".join(_NAMED.findall(str(err)))
        return set(filter(_is_foreign, _ESCAPED.sub(lambda it: chr(int(it[1], 16)), named)))
    return set()


def _is_foreign(text: str) -> bool:
    return not text.isascii()


def _looks(templates: Path) -> tuple[dict[str, str], str]:
    """The HTML's light colours by name, and its style sheet with them in place, for drawings.

    Rules for screens, paper and the dark are left out.
    """
    look, sheet = (_read(templates / name) for name in ("look.css", "decision.css"))
    light = look.partition("}")[0]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light))
    named = rf"var\(--({'|'.join(map(re.escape, colours))})\)"
    style = re.sub(named, lambda found: colours[found[1]], sheet.partition("@media")[0])
    return colours, style


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as err:
        raise InputError(f"{path.parent}: expected {path.name} in this folder, found none") from err


def _drawings(page: Page) -> Iterator[tuple[str, str]]:
    """The drawings of the HTML, each by its id."""
    for clause in page.clauses:
        if clause.plot:
            yield clause.plot.id, forest(clause.plot)
    for section in page.sections:
        for block in section.blocks:
            if isinstance(block, Figure):
                yield block.id, drawn(block)


def _shape(kind: str) -> str:
    return f'<svg viewBox="0 0 14 14">{mark(kind, 7, 7)}</svg>'


def _styled(svg: str, style: str) -> str:
    """A drawing of the HTML as a file of its own."""
    head, _, body = svg.partition(">")
    return f'{head} xmlns="http://www.w3.org/2000/svg"><style>{style}</style>{body}'
