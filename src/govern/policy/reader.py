"""From a policy's Markdown to its clauses, each with its prose and its line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from pydantic import TypeAdapter, ValidationError

from govern import strict_yaml
from govern.canon import sha256
from govern.domain.policy import KEYS, Clause, Policy
from govern.errors import PolicyError

FENCE = "yaml clause"
_CLAUSE: TypeAdapter[Clause] = TypeAdapter(Clause)
# The line ends that Markdown counts; others, such as U+2028, stand within a line.
_LINE_END = re.compile(r"\r\n?|\n")
_HEADED = re.compile(r"([A-Z]{2,8}-\d{1,3})\b[\s.:–—-]*")


@dataclass
class _Section:
    title: str
    line: int
    prose: list[str] = field(default_factory=list)
    block: str | None = None
    block_line: int = 0


def read_policy(raw: bytes, *, where: str) -> Policy:
    """The policy in ``raw``, its digest over exactly these bytes.

    Raises:
        PolicyError: with file and line, when it is not UTF-8, lacks its front matter or a
            clause block, or a field is unknown, missing or of the wrong kind.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as err:
        raise PolicyError(f"{where}: expected UTF-8, byte {err.start} is not") from err
    head, body, body_line = _split(text, where)
    title, sections = _sections(body, body_line, where)
    clauses = tuple(_clause(section, where) for section in sections if section.block is not None)
    _refuse_doubles(clauses, where)
    if not clauses:
        raise PolicyError(f"{where}: no ```{FENCE} block found; a policy binds the gate by them")
    fields = strict_yaml.load(head, where=where, error=PolicyError, first_line=2)
    try:
        return Policy(**fields, title=title, clauses=clauses, digest=sha256(raw), source=where)
    except (ValidationError, TypeError) as err:
        raise PolicyError(f"{where}: front matter: {_why(err)}") from err


def _split(text: str, where: str) -> tuple[str, str, int]:
    lines = _LINE_END.split(text)
    if lines[0].rstrip() != "---":
        raise PolicyError(f"{where}:1: expected front matter that starts with ---")
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == "---":
            return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :]), number + 2
    raise PolicyError(f"{where}:1: front matter has no closing ---")


def _sections(body: str, first_line: int, where: str) -> tuple[str, list[_Section]]:
    title, sections = "", []
    tokens = MarkdownIt("commonmark").parse(body)
    lines = _LINE_END.split(body)
    for index, token in enumerate(tokens):
        line = first_line + (token.map[0] if token.map else 0)
        if token.type == "heading_open" and token.tag == "h1":
            title = tokens[index + 1].content
        elif token.type == "heading_open" and token.tag == "h2":
            sections.append(_Section(tokens[index + 1].content, line))
        elif token.type == "fence" and token.info.strip() == FENCE:
            _take_block(sections, token.content, line, where)
        elif problem := _misleads(token):
            raise PolicyError(f"{where}:{line}: {problem}")
        elif _is_prose(token) and sections and sections[-1].block is None:
            sections[-1].prose.append("\n".join(lines[slice(*(token.map or (0, 0)))]))
    if not title:
        raise PolicyError(f"{where}: expected a title, a line that starts with '# '")
    return title, sections


def _misleads(token: Token) -> str | None:
    """What would look like a clause without binding, or bind without being seen."""
    words = token.info.split() if token.type == "fence" else []
    if words and (words[0].casefold().startswith("yaml") or "clause" in token.info.casefold()):
        return f"expected ```{FENCE}, found ```{token.info.strip()}"
    inline = token.children or []
    if (token.type == "code_block" and FENCE in token.content) or any(
        child.type == "code_inline" and child.content.startswith(f"{FENCE} ") for child in inline
    ):
        return f"the ```{FENCE} fence is indented, so it would not be read; start it at the margin"
    if token.type == "html_block" or any(child.type == "html_inline" for child in inline):
        return "HTML is not allowed in a policy: readers may not see what it holds"
    return None


def _is_prose(token: Token) -> bool:
    return token.level == 0 and token.map is not None and token.type != "heading_open"


def _take_block(sections: list[_Section], content: str, line: int, where: str) -> None:
    if not sections:
        raise PolicyError(f"{where}:{line}: a clause block stands before any '## ' heading")
    if sections[-1].block is not None:
        raise PolicyError(f"{where}:{line}: a second clause block under {sections[-1].title!r}")
    sections[-1].block, sections[-1].block_line = content, line


def _clause(section: _Section, where: str) -> Clause:
    line = section.block_line
    fields: dict[str, Any] = strict_yaml.load(
        section.block or "", where=where, error=PolicyError, first_line=line + 1
    )
    reserved = {"title", "prose", "line"} & set(fields)
    if reserved:
        raise PolicyError(f"{where}:{line}: unknown field(s) {', '.join(sorted(reserved))}")
    prose = "\n\n".join(part for part in section.prose if part.strip())
    headed = _HEADED.match(section.title)
    title = section.title[headed.end() :] if headed else section.title
    try:
        clause = _CLAUSE.validate_python(fields | {"title": title, "prose": prose, "line": line})
    except ValidationError as err:
        why = strict_yaml.explain(err, kinds=KEYS)
        raise PolicyError(f"{where}:{line}: clause {fields.get('id', '?')}: {why}") from err
    if headed and headed.group(1) != clause.id:
        raise PolicyError(
            f"{where}:{line}: clause {clause.id} stands under the heading of {headed.group(1)}"
        )
    return clause


def _why(err: ValidationError | TypeError) -> str:
    return strict_yaml.explain(err) if isinstance(err, ValidationError) else str(err)


def _refuse_doubles(clauses: tuple[Clause, ...], where: str) -> None:
    seen: dict[str, int] = {}
    for clause in clauses:
        if clause.id in seen:
            raise PolicyError(
                f"{where}:{clause.line}: clause {clause.id} already stands at {seen[clause.id]}"
            )
        seen[clause.id] = clause.line
