"""Written policies: what is wrong with them, what they say, what changed, whether they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from govern.cli import context
from govern.cli.keys import open_key
from govern.cli.options import Json

if TYPE_CHECKING:
    from govern.app.policies import Linted, Tried
    from govern.policy.diff import Change

policy = typer.Typer(help="Written policies.", no_args_is_help=True)

INVALID = 12
LOOSENS = {"looser": "LOOSER", "stricter": "stricter", "both": "LOOSER in part", "other": ""}

Which = Annotated[str, typer.Argument(metavar="POLICY", help="A policy's id or file.")]
Some = Annotated[
    list[str] | None, typer.Argument(metavar="[POLICY]...", help="Ids or files; all if none.")
]


@policy.callback()
def _policy() -> None:
    """Written policies."""


@policy.command("lint", epilog="Example: govern policy lint review-drafting")
def policy_lint(
    which: Some = None,
    simulate: Annotated[
        bool, typer.Option("--simulate", help="Also try how many fair pipelines would pass.")
    ] = False,
    runs: Annotated[int, typer.Option(help="Simulated runs, with --simulate.")] = 200,
    json: Json = False,
) -> None:
    """Find everything in policies that misleads people or could never be met; exit 12 if any."""
    from govern.app.policies import lint_policies, simulate_policies
    from govern.cli.output import Bars

    project = context.here()
    found = lint_policies(project, which or [], today=context.now().date())
    problems = found.problems
    if simulate and not problems:
        problems = simulate_policies(project, which or [], runs=runs, reporter=Bars())
    _show_problems(found, [vars(p) for p in problems], [str(p) for p in problems], as_json=json)
    if problems:
        raise typer.Exit(INVALID)


def _show_problems(
    found: Linted, rows: list[dict[str, Any]], lines: list[str], *, as_json: bool
) -> None:
    from govern.cli.output import print_json, print_line

    if as_json:
        print_json({"policies": found.policies, "clauses": found.clauses, "problems": rows})
        return
    for line in lines:
        print_line(line)
    if not lines:
        typer.echo(f"{', '.join(found.policies)}: {found.clauses} clauses, no problem")


@policy.command("show", epilog="Example: govern policy show review-drafting")
def policy_show(which: Which, json: Json = False) -> None:
    """Show each clause's first sentence beside what the gate reads."""
    from govern.app.policies import show_policy
    from govern.cli.output import print_json, print_line

    read, clauses = show_policy(context.here(), which)
    if json:
        facts = {"policy": read.policy, "version": read.version, "title": read.title}
        shown = {"digest": read.digest, "scope": read.scope.as_json()}
        print_json(facts | shown | {"clauses": [vars(c) for c in clauses]})
        return
    print_line(f"{read.title} ({read.policy} {read.version}, review by {read.review_by})")
    scope = "; ".join(
        f"{k.replace('_', ' ')} {in_words(v)}" for k, v in read.scope.as_json().items()
    )
    print_line(f"Scope: {scope}")
    for clause in clauses:
        typer.echo(f"\n{clause.id} {clause.title} ({clause.severity})")
        print_line(f"  {clause.prose}")
        print_line(f"  The gate reads this as: {clause.reading}")


@policy.command("diff", epilog="Example: govern policy diff old/our-reviews.md our-reviews")
def policy_diff(
    before: Annotated[str, typer.Argument(help="A policy's id or file.")],
    after: Annotated[str, typer.Argument(help="Another one, or the same changed.")],
    json: Json = False,
) -> None:
    """Show clause by clause what differs between two policies, and what got looser."""
    from govern.app.policies import diff_policies
    from govern.cli.output import print_json, print_rows

    changes = diff_policies(context.here(), before, after)
    if json:
        print_json([change.as_json() | {"loosens": change.loosens} for change in changes])
        return
    print_rows([change_row(change) for change in changes], empty="no difference")
    if changes:
        loosened = sum(change.loosens for change in changes)
        typer.echo(f"\n{len(changes)} differences, {loosened} of them let more through")


def change_row(change: Change) -> dict[str, Any]:
    """A difference between two policies as a row of a table."""
    return {
        "clause": change.clause or "(head)",
        "field": change.field,
        "before": in_words(change.before),
        "after": in_words(change.after),
        "effect": LOOSENS[change.effect],
    }


def in_words(value: Any) -> str:
    """A field's value on one line."""
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case dict():
            return ", ".join(f"{k} {in_words(v)}" for k, v in value.items() if v is not None)
        case list() | tuple():
            return ", ".join(map(in_words, value)) or "-"
        case _:
            return " ".join(str(value).split())


@policy.command("test", epilog="Example: govern policy test review-drafting")
def policy_test(which: Some = None, json: Json = False) -> None:
    """Try policies on the cases in policies/tests; exit 12 if one comes out otherwise."""
    from govern.app.policies import try_policies

    tried = try_policies(context.here(), which or [])
    _show_tried(tried, as_json=json)
    if any(one.misses for one in tried):
        raise typer.Exit(INVALID)


def _show_tried(tried: tuple[Tried, ...], *, as_json: bool) -> None:
    from govern.cli.output import print_json, print_line

    if as_json:
        print_json(
            [vars(one) | {"misses": [miss.as_json() for miss in one.misses]} for one in tried]
        )
        return
    wrong = [one for one in tried if one.misses]
    for one in wrong:
        print_line(f"{one.policy}/{one.file}: {one.case}")
        for miss in one.misses:
            of = miss.clause or "decision"
            print_line(f"  {of}: expected {miss.expected}, found {miss.found}")
    policies = len({one.policy for one in tried})
    came = f"{len(wrong)} came out otherwise" if wrong else "all came out as written"
    typer.echo(f"{len(tried)} cases of {policies} policies, {came}")


@policy.command("schema", epilog="Example: govern policy schema clause")
def policy_schema(
    part: Annotated[
        str,
        typer.Argument(
            help="policy (front matter, with clauses in $defs), clause, or case (of policy test)"
        ),
    ] = "policy",
) -> None:
    """Print the JSON Schema that editors check a policy's YAML by."""
    from govern.cli.output import print_json
    from govern.errors import InputError
    from govern.policy.schema import SCHEMAS

    if part not in SCHEMAS:
        raise InputError(f"no schema of {part!r}; there are {', '.join(SCHEMAS)}")
    print_json(SCHEMAS[part]())


@policy.command("sign", epilog="Example: govern policy sign review-drafting --key ana")
def policy_sign(
    which: Annotated[str, typer.Argument(metavar="POLICY", help="A policy's id or file.")],
    key: Annotated[str, typer.Option(help="Name of the key to sign with.")],
    json: Json = False,
) -> None:
    """Sign a policy's bytes together with how the gate reads each of its clauses."""
    from govern.app.docket import readings
    from govern.app.gate import sign_policy_file
    from govern.cli.output import print_json

    project = context.here()
    read, path = sign_policy_file(
        project, which, key=open_key(project.record, key), now=context.now()
    )
    if json:
        print_json({"envelope": str(path), "digest": read.digest, "readings": readings(read)})
        return
    for clause, sentence in readings(read).items():
        typer.echo(f"{clause}: the gate reads this as: {sentence}")
    typer.echo(f"\nSigned {read.policy} {read.version} (SHA-256 {read.digest[:12]}…): {path}")
