"""Generates the reference pages and checks every relative link: ``python docs/build.py``.

With ``--check`` nothing is written, and a generated page that is not as it would be is a problem.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import typer
from markdown_it import MarkdownIt

from govern.cli.commands import app
from govern.domain import Decision, Docket, Noun, Policy
from govern.metrics import METRICS

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
# What the reader takes from the document itself; nobody writes it into a block.
READ = frozenset({"title", "prose", "line", "digest", "source", "clauses"})
MADE = "Made by `make docs` from the code; changes by hand are lost."


def main(arguments: list[str]) -> int:
    """Write or compare the generated pages, then check links; the exit code."""
    problems = stale(DOCS) if "--check" in arguments else write(DOCS)
    problems += broken_links(ROOT)
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


def policy_schema() -> str:
    """JSON Schema of what authors write: a policy's front matter, and in ``$defs`` a clause."""
    schema = Policy.model_json_schema()
    for part in (schema, schema["$defs"]["Clause"]):
        part["properties"] = {k: v for k, v in part["properties"].items() if k not in READ}
        part["required"] = [name for name in part["required"] if name not in READ]
    return json.dumps(schema, indent=1, sort_keys=True) + "\n"


def schema_of(noun: type[Noun]) -> Callable[[], str]:
    """JSON Schema of a file of a decision's folder, as it stands there."""

    def page() -> str:
        schema = noun.model_json_schema(mode="serialization")
        draft = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
        return json.dumps(draft | _optional(schema), indent=1, sort_keys=True) + "\n"

    return page


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
        "reference/cli.md": cli_page,
        "reference/metrics-table.md": metrics_page,
        "reference/policy.schema.json": policy_schema,
        "reference/decision.schema.json": schema_of(Decision),
        "reference/docket.schema.json": schema_of(Docket),
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
