"""Foreign text made inert in GitHub-flavoured Markdown: shown letter by letter, never obeyed."""

from __future__ import annotations

import re

from govern.report.wording import visible

_MARKED = re.compile(r"([\\`*_\[\]|~$])")
_LEADING = re.compile(r"^(?=[#+=>-])|^(\d+)(?=[.)])")
_EMOJI = re.compile(r":(?=(?!\d\d:)(?:\\_|[A-Za-z0-9+-])+:)")
_ISSUE = re.compile(r"\bGH-(?=\d)")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
#: Breaks what follows off without showing: GitHub makes people, issues and mail of it otherwise.
_APART = "\u2060"


def inline(text: str) -> str:
    """``text`` as one line of Markdown that shows it and does nothing else.

    No markup, HTML, link, table cell, formula, heading, list, emoji, mention of a person or issue
    comes of it.
    """
    line = " ".join(visible(text).split())
    line = _MARKED.sub(r"\\\1", line)
    line = re.sub("[&<>]", lambda found: _ENTITIES[found[0]], line)
    line = re.sub(r"(?i)(https?|ftp):(?=//)|(www)\.", _unlinked, line)
    line = re.sub(r"(?<![&])([@#])(?=\w)", rf"\1{_APART}", line)
    line = _EMOJI.sub(rf":{_APART}", line)
    line = _ISSUE.sub(rf"\g<0>{_APART}", line)
    return _LEADING.sub(lambda found: f"{found[1] or ''}\\", line)


def code(text: str) -> str:
    """``text`` as code, for digests and ids that are copied; backticks become apostrophes."""
    line = " ".join(visible(text).split()).replace("`", "'").replace("|", "¦")
    return f"`{line}`" if line else "—"


def _unlinked(found: re.Match[str]) -> str:
    return f"{found[1]}\\:" if found[1] else f"{found[2]}\\."
