"""The risk report: what was measured, against which threshold, and where to look. No text."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from govern.sources.anonymise.linkage import Linkage
from govern.sources.anonymise.problems import Problem

_MOST_LINES = 200


@dataclass(frozen=True)
class Thresholds:
    """What has to hold before anything is written."""

    k: int = 5
    l: int = 2  # noqa: E741 - the name the measure has
    most_unlisted: float = 0.05
    most_suppressed: float = 0.05
    most_linkage: float = 0.5


@dataclass(frozen=True)
class Look:
    """Somewhere for a person to look: line (or source row), characters, and why."""

    line: int
    start: int
    end: int
    kind: str

    def place(self) -> tuple[int, int, int]:
        """What looks are sorted by."""
        return self.line, self.start, self.end


@dataclass(frozen=True)
class Risk:
    """Everything the report says. ``written`` decides what ``look`` and linked rows count in.

    Lines of ``reviews.jsonl`` where the set was written, rows of the user's file where not:
    a report that had both would be a mapping.
    """

    written: bool
    thresholds: Thresholds
    reviews: int
    people: int
    k: int
    l: int | None  # noqa: E741
    levels: Mapping[str, str]
    suppressed: int
    unlisted_share: float
    without_text: int
    replaced: Mapping[str, int]
    leaks: int
    own: Linkage
    person: Linkage
    sample: int
    look: Sequence[Look]
    problems: Sequence[Problem]

    def as_json(self) -> dict[str, Any]:
        """Plain JSON; rows of linkage are in the problems alone."""
        plain = asdict(self)
        for name in ("own", "person"):
            link: Linkage = getattr(self, name)
            plain[name] = {
                "texts": link.n,
                "share": link.share,
                "chance": link.chance,
                "excess": link.excess,
            }
        plain["positions_are"] = "lines of reviews.jsonl" if self.written else "rows of the source"
        return plain

    def text(self) -> str:
        """The JSON document."""
        return json.dumps(self.as_json(), indent=1, ensure_ascii=False) + "\n"

    def page(self) -> str:
        """The same for people."""
        verdict = "written" if self.written else "NOT written"
        parts = [f"# Risk report: the data set was {verdict}"]
        if self.problems:
            parts.append("\n".join(f"- {problem.sentence()}" for problem in self.problems))
        parts += ["## What was measured", _table(self._rows())]
        if self.levels:
            names = "\n".join(f"- `{role}`: {level}" for role, level in self.levels.items())
            parts += ["## How coarse the columns are", names]
        if self.replaced:
            kinds = "\n".join(f"- {n} × {kind}" for kind, n in sorted(self.replaced.items()))
            parts += ["## What was replaced", kinds]
        parts += [
            "## What a person has to look at",
            self._looks(),
            "## What this cannot show",
            LIMITS,
        ]
        return "\n\n".join(parts) + "\n"

    def _rows(self) -> list[tuple[str, str, str]]:
        t = self.thresholds
        return [
            ("reviews, people", f"{self.reviews}, {self.people}", ""),
            ("k-anonymity, in people", str(self.k), f"at least {t.k}"),
            (
                "l-diversity of ratings",
                "no rating" if self.l is None else str(self.l),
                f"at least {t.l}",
            ),
            (
                "rows left out to reach them",
                str(self.suppressed),
                f"at most {t.most_suppressed:.1%}",
            ),
            (
                "rows about people not on the roster",
                f"{self.unlisted_share:.1%}",
                f"at most {t.most_unlisted:.1%}",
            ),
            ("rows without text, left out", str(self.without_text), ""),
            ("roster words left in the texts", str(self.leaks), "0"),
            (
                "texts linked to another text of the same person",
                _linked(self.person),
                f"excess at most {t.most_linkage:g}",
            ),
            ("texts linked to their own original", _linked(self.own), "for information"),
        ]

    def _looks(self) -> str:
        if not self.look:
            return "Nothing was flagged."
        what = "Line of `reviews.jsonl`" if self.written else "Row of the source"
        by_line: dict[int, list[str]] = {}
        for look in self.look:
            by_line.setdefault(look.line, []).append(f"{look.start}–{look.end} ({look.kind})")
        lines = sorted(by_line)
        shown = [(str(n), ", ".join(by_line[n]), "") for n in lines[:_MOST_LINES]]
        more = len(lines) - _MOST_LINES
        tail = f"\n\n{more} more in `risk.json`." if more > 0 else ""
        return (
            f"{len(self.look)} places in {len(lines)} texts hold a name-like phrase or a number "
            "that stands in one person's reviews alone, or a word that is also a name of whom the "
            "text is about. Read them: whoever knows the work may know the person.\n\n"
            + _table(shown, head=(what, "characters", ""))
            + tail
        )


LIMITS = (
    "- Whoever holds the originals can match them by their words: pseudonyms protect against "
    "readers who do not. The share linked to their own original says how easily.\n"
    "- A story may identify without any name. The flags find rare names and numbers, not rare "
    "events.\n"
    "- Names on no list are found only by the optional model, and not all of them.\n"
    "- English texts only.\n"
    "- Under data protection law this may still be personal data. That is for your counsel."
)


def _linked(link: Linkage) -> str:
    if link.share is None or link.chance is None:
        return f"not assessable: {link.n} texts can be tried, 20 needed"
    excess = "" if link.excess is None else f", excess {round(link.excess, 2) + 0.0:.2f}"
    return f"{link.share:.1%} of {link.n}, by chance {link.chance:.1%}{excess}"


def _table(rows: Sequence[tuple[str, str, str]], head: tuple[str, str, str] | None = None) -> str:
    names = head or ("measure", "found", "threshold")
    width = 3 if names[2] else 2
    lines = [names[:width], ("---",) * width, *(row[:width] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def refusal(risk: Risk, where: str) -> str:
    """The message of a data set that was not written."""
    reasons = "\n".join(f"  - {problem.sentence()}" for problem in risk.problems)
    return f"the data set was not written:\n{reasons}\nThe report: {where}"
