"""Generates the reference pages and checks every relative link: ``python docs/build.py``.

With ``--check`` nothing is written, and a generated page that is not as it would be is a problem.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import typer
from markdown_it import MarkdownIt

from govern.cli.commands import app
from govern.contest.deadlines import ESCALATES_TO, OUTER, PAUSABLE, Deadlines
from govern.contest.independence import APPEAL_TIES, TIES
from govern.contest.machine import TRANSITIONS
from govern.contest.notices import NOTICES
from govern.contest.rules import MAY, TWO_PEOPLE
from govern.contest.visibility import SEES
from govern.domain import Decision, Deployment, Docket, Noun
from govern.metrics import METRICS
from govern.policy.lint_property import FITTING, answer_of
from govern.policy.schema import KINDS, SCHEMAS
from govern.report.page import Page

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
LIMITS = {
    "minimum": "from",
    "exclusiveMinimum": "above",
    "maximum": "to",
    "exclusiveMaximum": "below",
}
TEST = re.compile(r"`([\w/]+\.py)::(test_\w+)`")
MADE = "Made by `make docs` from the code; changes by hand are lost."


def main(arguments: list[str]) -> int:
    """Write or compare the generated pages, then check links; the exit code."""
    problems = stale(DOCS) if "--check" in arguments else write(DOCS)
    problems += broken_links(ROOT)
    problems += missing_tests(ROOT)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


def write(docs: Path) -> list[str]:
    """Write every generated page; there are no problems in that."""
    for name, page in PAGES.items():
        path = docs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page(), encoding="utf-8")
    return []


def stale(docs: Path) -> list[str]:
    """Generated pages that are absent or not as they would be now."""
    return [
        f"docs/{name}: stale; run `make docs`"
        for name, page in PAGES.items()
        if not (docs / name).is_file() or (docs / name).read_text(encoding="utf-8") != page()
    ]


def missing_tests(root: Path) -> list[str]:
    """Tests that the threat model names and that are not there."""
    page = Path("docs/threat-model.md")
    named = TEST.findall((root / page).read_text(encoding="utf-8"))
    return [
        f"{page}: tests/{file} has no {test}"
        for file, test in named
        if not _has_test(root / "tests" / file, test)
    ]


def _has_test(path: Path, name: str) -> bool:
    if not path.is_file():
        return False
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return any(isinstance(node, ast.FunctionDef) and node.name == name for node in nodes)


def cli_page() -> str:
    """Every command with its arguments and options."""
    root = typer.main.get_command(app)
    parts = ["# Command line", MADE, root.help or "", *map(_command, _commands(root, "govern"))]
    return "\n\n".join(parts) + "\n"


def _commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Commands that do something, with their full names; groups are only walked through."""
    below = getattr(command, "commands", None)
    if below is None:
        yield name, command
        return
    for child, part in below.items():
        yield from _commands(part, f"{name} {child}")


def _command(named: tuple[str, Any]) -> str:
    name, command = named
    rows = [_parameter(p) for p in command.params if p.name != "help"]
    table = ["| | | default |", "|---|---|---|", *rows] if rows else []
    parts = [f"## {name}", _plain(command.help), *_examples(command.epilog), "\n".join(table)]
    return "\n\n".join(part for part in parts if part)


def _examples(epilog: str | None) -> list[str]:
    commands = re.sub(r"^Examples?: ", "", _plain(epilog)).split("; ")
    return ["```sh\n" + "\n".join(commands) + "\n```"] if epilog else []


def _parameter(parameter: Any) -> str:
    argument = parameter.param_type_name == "argument"
    shown = (parameter.metavar or parameter.name).upper() if argument else parameter.opts[0]
    default = "required" if parameter.required else _default(parameter.default)
    return f"| `{shown}` | {_cell(_plain(parameter.help))} | {_cell(default)} |"


def _default(value: Any) -> str:
    return "" if value in (None, False, "", ()) else f"`{value}`"


def _plain(text: str | None) -> str:
    return " ".join((text or "").split())


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def metrics_page() -> str:
    """Every metric with what its spec says."""
    rows = [
        f"| [{s.id}](../metrics/{s.id.partition('.')[0]}.md#{slug(s.id)}) | {s.version} "
        f"| {s.question} | {s.unit} | {s.sense.replace('_', ' ')} | {s.shape} | {s.method} |"
        for s in (metric.spec for metric in METRICS.values())
    ]
    head = "| metric | version | question | unit | direction | shape | method |"
    table = "\n".join([head, "|---|---|---|---|---|---|---|", *rows])
    return f"# Metrics at a glance\n\n{MADE}\n\n{table}\n"


def schema_page(part: str) -> str:
    """A JSON Schema for editors, of the front matter, a clause's block or a policy's case."""
    return json.dumps(SCHEMAS[part](), indent=1, sort_keys=True) + "\n"


def language_page() -> str:
    """The template with every key of the policy language, its meaning and its values."""
    policy, clause, case = (SCHEMAS[part]() for part in ("policy", "clause", "case"))
    kinds = {name: clause["$defs"][name] for name in KINDS}
    common = set.intersection(*(set(kind["properties"]) for kind in kinds.values()))
    made = {
        "made": MADE,
        "policy": _keys(policy, policy),
        "common": _keys(kinds[KINDS[0]], clause, only=common),
        "properties": _properties(),
        "PolicyCase": _described(case),
        "case": _keys(case, case),
    }
    for name, kind in kinds.items():
        made[name] = _described(kind)
        made[f"{name} keys"] = _keys(kind, clause, only=set(kind["properties"]) - common)
    template = (DOCS / "policy-language.md.in").read_text(encoding="utf-8")
    return re.sub(r"@@(.+?)@@", lambda found: made[found[1]], template)


def _keys(noun: Any, schema: Any, *, only: Collection[str] = ()) -> str:
    """A table of a noun's keys and of those below them, as dotted names."""
    rows = [
        f"| `{name}` | {_cell(meaning)} | {_cell(values)} |"
        for name, meaning, values in _rows(noun, schema, "")
        if not only or name.partition(".")[0] in only
    ]
    return "\n".join(["| key | meaning | value |", "|---|---|---|", *rows])


def _rows(noun: Any, schema: Any, prefix: str) -> Iterator[tuple[str, str, str]]:
    needed = noun.get("required", [])
    for name, value in noun["properties"].items():
        below = _noun(value, schema)
        default = value.get("default")
        left_out = "" if default in (None, [], {}) or below else f"; `{json.dumps(default)}`"
        must = ", needed" if name in needed else left_out
        meaning = value.get("description") or (below and _plain(below["description"])) or ""
        yield f"{prefix}{name}", meaning.replace("``", "`"), f"{_values(value, schema)}{must}"
        if below:
            yield from _rows(below, schema, f"{prefix}{name}.")


def _noun(value: Any, schema: Any) -> Any:
    """The noun that a key holds one or several of, or ``None``."""
    for part in (value, value.get("items", {}), *value.get("anyOf", [])):
        if "$ref" in part:
            return schema["$defs"][part["$ref"].rpartition("/")[2]]
        if "$ref" in part.get("items", {}):
            return _noun(part["items"], schema)
    return None


def _values(value: Any, schema: Any) -> str:
    if "anyOf" in value:
        parts = [_values(p, schema) for p in value["anyOf"] if p.get("type") != "null"]
        return " or ".join(dict.fromkeys(parts))
    if "enum" in value or "const" in value:
        return ", ".join(f"`{json.dumps(v)}`".replace('"', "") for v in _choices(value))
    if "$ref" in value:
        return "keys below"
    kind = value.get("type")
    if kind == "array":
        return f"list of {_values(value['items'], schema)}".replace("list of keys", "list, keys")
    if kind == "string":
        return f"`{value['pattern']}`" if "pattern" in value else value.get("format", "text")
    said = {"integer": "whole number", "number": "number", "boolean": "true, false"}
    limits = [f"{words} {value[key]:,}" for key, words in LIMITS.items() if key in value]
    return " ".join([said.get(kind or "", "keys of your own"), *limits])


def _choices(value: Any) -> list[Any]:
    return list(value.get("enum", [value.get("const")]))


def _described(noun: Any) -> str:
    return str(noun["description"]).replace("``", "`")


def _properties() -> str:
    rows = []
    for name in Deployment.model_fields:
        kind, choices = answer_of(name)
        words = ", ".join(f"`{c}`" for c in choices) or kind
        rows.append(f"| `{name}` | {words} | {', '.join(f'`{f}`' for f in FITTING[kind])} |")
    return "\n".join(["| property | answer | what `must` may ask |", "|---|---|---|", *rows])


def contests_page() -> str:
    """The tables behind a contest: what may follow, who may, who sees, by when, who is told."""
    parts = [
        "# Contests in tables",
        MADE,
        "What they mean: [contests.md](../contests.md).",
        "## What may follow what",
        _table(("event", "in the states", "leads to"), map(_transition, TRANSITIONS)),
        "## Who may enter it",
        _table(("event", "role", "and"), map(_permission, MAY)),
        "## What keeps somebody from deciding",
        _table(("tie", "said", "two people can set it aside", "for"), _ties()),
        "## Who sees what",
        _table(("sight", "what, and who"), SEES.items()),
        "## By when",
        _table(("duty", "ours", "a pause moves it", "silence escalates to"), _deadlines()),
        "## What the law and others say",
        _table(
            ("duty", "limit", "since", "source", "how we know", "binds here"),
            ((o.duty, o.limit, o.since, o.source, o.certainty, _yes(o.binds)) for o in OUTER),
        ),
        "## Who is told",
        _table(
            ("after", "notice", "to", "text"),
            ((kind, row.notice, row.to, row.text) for kind, of in NOTICES.items() for row in of),
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table with words for names: ``under_review`` is read as under review."""
    names = list(head)
    lines = [names, ["---"] * len(names), *map(list, rows)]
    return "\n".join(
        f"| {' | '.join(_cell(c.replace('_', ' ')) for c in line)} |" for line in lines
    )


def _transition(kind: str) -> tuple[str, str, str]:
    step = TRANSITIONS[kind]
    return kind, ", ".join(sorted(step.of)), step.to or "(stays)"


def _permission(kind: str) -> tuple[str, str, str]:
    second = ", ".join(sorted(TWO_PEOPLE.get(kind, ())))
    return kind, ", ".join(MAY[kind]), f"a second person: {second}" if second else ""


def _ties() -> Iterator[tuple[str, str, str, str]]:
    for ties, stage in ((TIES, "both decisions"), (APPEAL_TIES, "the appeal")):
        for name, tie in ties.items():
            yield name, tie.said, _yes(not tie.absolute), stage


def _deadlines() -> Iterator[tuple[str, str, str, str]]:
    for name, value in Deadlines():
        duty, _, unit = name.rpartition("_")
        if unit in ("days", "working") and name not in ("soon_working", "very_late_working"):
            days = f"{value} {'working ' if unit == 'working' else ''}days"
            above = ESCALATES_TO.get(duty, "nobody: it is the employee's own time")
            yield duty, days, _yes(duty in PAUSABLE), above


def _yes(so: bool) -> str:
    return "yes" if so else "no"


def folder_schema(noun: type[Noun]) -> str:
    """JSON Schema of a file of a decision's folder, as it stands there."""
    schema = noun.model_json_schema(mode="serialization")
    draft = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(draft | _optional(schema), indent=1, sort_keys=True) + "\n"


def _optional(schema: Any) -> Any:
    """Nothing that has a default must be there: a file leaves out what is absent."""
    if isinstance(schema, dict):
        kept = {name: _optional(value) for name, value in schema.items()}
        properties = kept.get("properties")
        if isinstance(properties, dict) and "required" in kept:
            kept["required"] = [n for n in kept["required"] if "default" not in properties[n]]
        return kept
    return [_optional(value) for value in schema] if isinstance(schema, list) else schema


PAGES: Mapping[str, Callable[[], str]] = MappingProxyType(
    {
        "reference/contests.md": contests_page,
        "reference/cli.md": cli_page,
        "reference/metrics-table.md": metrics_page,
        "policy-language.md": language_page,
        "reference/policy.schema.json": partial(schema_page, "policy"),
        "reference/clause.schema.json": partial(schema_page, "clause"),
        "reference/policy-case.schema.json": partial(schema_page, "case"),
        "reference/decision.schema.json": partial(folder_schema, Decision),
        "reference/docket.schema.json": partial(folder_schema, Docket),
        "reference/report.schema.json": partial(folder_schema, Page),
    }
)


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def broken_links(root: Path) -> list[str]:
    """Relative links of README.md and docs/ that lead to no file or no heading."""
    pages = [root / "README.md", *sorted((root / "docs").rglob("*.md"))]
    return [problem for page in pages for problem in _broken(page, root)]


def _broken(page: Path, root: Path) -> Iterator[str]:
    for link in _links(page):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists():
            yield f"{page.relative_to(root)}: no such file: {link}"
        elif anchor and target.suffix == ".md" and anchor not in anchors(target):
            yield f"{page.relative_to(root)}: no such heading: {link}"


def _links(page: Path) -> list[str]:
    return [
        str(child.attrGet("href") or child.attrGet("src"))
        for token in _tokens(page)
        for child in token.children or []
        if child.type in {"link_open", "image"}
    ]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings; a heading that occurs again gets a number."""
    tokens, found = _tokens(page), set[str]()
    for index, token in enumerate(tokens):
        if token.type == "heading_open":
            name, number = slug(_text(tokens[index + 1])), 1
            anchor = name
            while anchor in found:
                anchor, number = f"{name}-{number}", number + 1
            found.add(anchor)
    return found


def _text(inline: Any) -> str:
    return "".join(child.content for child in inline.children or [])


def _tokens(page: Path) -> list[Any]:
    return MarkdownIt("commonmark").enable("table").parse(page.read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
