"""From a policy's Markdown to its clauses, each with its prose and its line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

from markdown_it import MarkdownIt
from markdown_it.token import Token
from pydantic import TypeAdapter, ValidationError

from govern import strict_yaml
from govern.canon import sha256
from govern.domain.policy import KEYS, Clause, FrontMatter, Policy
from govern.errors import PolicyError
from govern.policy.visible import hidden_character, hidden_in

FENCE = "yaml clause"
MOST_BYTES = 250_000
_CLAUSE: TypeAdapter[Clause] = TypeAdapter(Clause)
# The line ends that Markdown counts; others, such as U+2028, stand within a line.
_LINE_END = re.compile(r"\r\n?|\n")
_FENCED_CLAUSE = re.compile(rf"^\s*[`~]{{3,}}\s*{FENCE}", re.MULTILINE)
_Part = TypeVar("_Part")
_Read = TypeVar("_Read")
_HEADED = re.compile(r"([A-Z]{2,8}-\d{1,3})\b[\s.:–—-]*")


@dataclass
class _Section:
    title: str
    line: int
    prose: list[str] = field(default_factory=list)
    block: str | None = None
    block_line: int = 0


@lru_cache(maxsize=64)
def read_policy(raw: bytes, *, where: str) -> Policy:
    """The policy in ``raw``, its digest over exactly these bytes; the same bytes are read once.

    Raises:
        PolicyError: with file and line, when it is too large or not UTF-8, holds what a reader
            does not see, lacks its front matter or a clause block, or fields are unknown,
            missing or of the wrong kind. All problems of fields are told at once.
    """
    text = _decoded(raw, where)
    head, body, body_line = _split(text, where)
    title, sections = _sections(body, body_line, where)
    problems: list[str] = []
    front = _tried(problems, _front_matter, head, where)
    clauses = [c for section in sections if (c := _tried(problems, _clause, section, where))]
    problems += _doubles(clauses, where)
    if front is None or problems:
        raise PolicyError("\n".join(problems))
    if not clauses:
        raise PolicyError(f"{where}: no ```{FENCE} block found; a policy binds the gate by them")
    return Policy(
        **dict(front), title=title, clauses=tuple(clauses), digest=sha256(raw), source=where
    )


def _tried(
    problems: list[str], read: Callable[[_Part, str], _Read], part: _Part, where: str
) -> _Read | None:
    """What ``read`` makes of a part, or nothing and one problem more."""
    try:
        return read(part, where)
    except PolicyError as err:
        problems.append(str(err))
        return None


def _decoded(raw: bytes, where: str) -> str:
    if len(raw) > MOST_BYTES:
        raise PolicyError(f"{where}: more than {MOST_BYTES} bytes; nobody reads such a policy")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as err:
        raise PolicyError(f"{where}: expected UTF-8, byte {err.start} is not") from err
    if text.startswith("\ufeff"):
        raise PolicyError(f"{where}:1: starts with a byte order mark; save it as UTF-8 without one")
    hidden = hidden_character(_LINE_END.sub("\n", text))
    if hidden:
        raise PolicyError(
            f"{where}:{hidden[0] + 1}: holds {hidden[1]}, which readers do not see or which "
            "changes what they see; take it out"
        )
    return text


def _split(text: str, where: str) -> tuple[str, str, int]:
    lines = _LINE_END.split(text)
    if lines[0].rstrip() != "---":
        raise PolicyError(f"{where}:1: expected front matter that starts with ---")
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == "---":
            return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :]), number + 2
    raise PolicyError(f"{where}:1: front matter has no closing ---")


def _sections(body: str, first_line: int, where: str) -> tuple[str, list[_Section]]:
    titles: list[str] = []
    sections: list[_Section] = []
    tokens = MarkdownIt("commonmark").parse(body)
    lines = _LINE_END.split(body)
    for index, token in enumerate(tokens):
        line = first_line + (token.map[0] if token.map else 0)
        if problem := _misleads(token):
            raise PolicyError(f"{where}:{line}: {problem}")
        if token.level == 0 and token.type == "heading_open" and token.tag == "h1":
            titles.append(tokens[index + 1].content)
        elif token.level == 0 and token.type == "heading_open" and token.tag == "h2":
            sections.append(_Section(tokens[index + 1].content, line))
        elif token.type == "fence" and token.info.strip() == FENCE:
            _take_block(sections, token.content, line, where)
        elif _is_prose(token) and sections and sections[-1].block is None:
            sections[-1].prose.append("\n".join(lines[slice(*(token.map or (0, 0)))]))
    if len(titles) != 1:
        found = f", found {len(titles)}" if titles else ""
        raise PolicyError(f"{where}: expected a title, a line that starts with '# '{found}")
    return titles[0], sections


def _misleads(token: Token) -> str | None:
    """What would look like a clause without binding, or bind or be said without being seen."""
    if token.type == "fence":
        return _odd_fence(token)
    inline = token.children or []
    if (token.type == "code_block" and FENCE in token.content) or any(
        child.type == "code_inline" and child.content.startswith(f"{FENCE} ") for child in inline
    ):
        return f"the ```{FENCE} fence is indented, so it would not be read; start it at the margin"
    if token.type == "html_block" or any(child.type == "html_inline" for child in inline):
        return "HTML is not allowed in a policy: readers may not see what it holds"
    hidden = next((h for child in inline if (h := hidden_character(child.content))), None)
    return f"holds {hidden[1]} by its number, which readers do not see" if hidden else None


def _odd_fence(token: Token) -> str | None:
    words = token.info.split()
    if token.info.strip() != FENCE:
        if words and (words[0].casefold().startswith("yaml") or "clause" in token.info.casefold()):
            return f"expected ```{FENCE}, found ```{token.info.strip()}"
        if _FENCED_CLAUSE.search(token.content):
            return f"a ```{FENCE} fence stands within another fence, so it would not be read"
    elif token.level:
        return f"the ```{FENCE} fence stands in a list or a quotation; start it at the margin"
    return None


def _is_prose(token: Token) -> bool:
    return token.level == 0 and token.map is not None and token.type != "heading_open"


def _take_block(sections: list[_Section], content: str, line: int, where: str) -> None:
    if not sections:
        raise PolicyError(f"{where}:{line}: a clause block stands before any '## ' heading")
    if sections[-1].block is not None:
        raise PolicyError(f"{where}:{line}: a second clause block under {sections[-1].title!r}")
    sections[-1].block, sections[-1].block_line = content, line


def _front_matter(head: str, where: str) -> FrontMatter:
    fields = _fields(head, where, 2)
    try:
        return FrontMatter.model_validate_json(strict_yaml.as_json(fields), strict=True)
    except ValidationError as err:
        raise PolicyError(f"{where}: front matter: {strict_yaml.explain(err)}") from err


def _fields(text: str, where: str, first_line: int) -> dict[str, Any]:
    fields = strict_yaml.load(text, where=where, error=PolicyError, first_line=first_line)
    if hidden := hidden_in(fields):
        raise PolicyError(
            f"{where}:{first_line}: holds {hidden} by its number, which readers do not see"
        )
    return fields


def _clause(section: _Section, where: str) -> Clause | None:
    headed = _HEADED.match(section.title)
    if section.block is None:
        if headed:
            raise PolicyError(
                f"{where}:{section.line}: {headed.group(1)} reads like a clause and has no "
                f"```{FENCE} block, so it would not bind; give it one, or another heading"
            )
        return None
    line = section.block_line
    fields = _fields(section.block, where, line + 1)
    reserved = {"title", "prose", "line"} & set(fields)
    if reserved:
        raise PolicyError(f"{where}:{line}: unknown field(s) {', '.join(sorted(reserved))}")
    prose = "\n\n".join(part for part in section.prose if part.strip())
    title = section.title[headed.end() :] if headed else section.title
    whole = fields | {"title": title, "prose": prose, "line": line}
    try:
        clause = _CLAUSE.validate_json(strict_yaml.as_json(whole), strict=True)
    except ValidationError as err:
        why = strict_yaml.explain(err, kinds=KEYS)
        raise PolicyError(f"{where}:{line}: clause {fields.get('id', '?')}: {why}") from err
    if headed and headed.group(1) != clause.id:
        raise PolicyError(
            f"{where}:{line}: clause {clause.id} stands under the heading of {headed.group(1)}"
        )
    return clause


def _doubles(clauses: Sequence[Clause], where: str) -> Iterator[str]:
    seen: dict[str, int] = {}
    for clause in clauses:
        if clause.id in seen:
            yield f"{where}:{clause.line}: clause {clause.id} already stands at {seen[clause.id]}"
        seen.setdefault(clause.id, clause.line)
