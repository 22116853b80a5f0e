"""``govern ledger``: what an auditor, a worker representative and a witness hold the record to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from govern.cli import context
from govern.cli.keys import open_key
from govern.cli.options import Json
from govern.errors import InputError

if TYPE_CHECKING:
    from govern.app.ledger import Verified, Witnessed
    from govern.ledger.checkpoint import Opened
    from govern.ledger.note import Note

NOTHING_TO_HOLD_IT_TO = 11

ledger = typer.Typer(help="Checkpoints and proofs of the record.", no_args_is_help=True)
Trust = Annotated[Path | None, typer.Option(help="A trust root of your own; else the record's.")]
Out = Annotated[Path | None, typer.Option(help="File to write.")]


@ledger.callback()
def _ledger() -> None:
    """Checkpoints and proofs of the record."""


@ledger.command(
    epilog="Examples: govern ledger checkpoint --key gate > week-48.txt; "
    "govern ledger checkpoint --cosigned week-48-ben.txt"
)
def checkpoint(
    key: Annotated[str, typer.Option(help="Key of the gate or the log.")] = "",
    cosigned: Annotated[
        Path | None, typer.Option(help="Keep this one, which a witness sent back.")
    ] = None,
    json: Json = False,
) -> None:
    """Sign what the record is now, also where nothing is new, and print it for others to keep."""
    from govern.app import ledger as records

    project = context.here()
    if bool(key) == bool(cosigned):
        raise InputError("--key NAME signs a checkpoint, --cosigned FILE keeps one: one of the two")
    if cosigned:
        note = records.keep_cosigned(project, cosigned).note
    else:
        signer = open_key(project.record, key)
        note = records.checkpoint(project, key=signer, now=context.now())
    _print_note(note, as_json=json)


@ledger.command(epilog="Examples: govern ledger prove 12; govern ledger prove --since week-47.txt")
def prove(
    entry: Annotated[str, typer.Argument(help="An entry's number or digest, or a leaf's id.")] = "",
    since: Annotated[
        Path | None, typer.Option(help="Prove that the log still begins as in this checkpoint.")
    ] = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Write the proof that an entry is in the record, or that the record only grew."""
    from govern.app import proofs
    from govern.cli.output import print_json

    if bool(entry) == bool(since):
        raise InputError("name an ENTRY, or --since CHECKPOINT: one of the two")
    said: dict[str, Any]
    if since:
        path, growth = proofs.prove_growth(context.here(), since, out)
        said = {"file": str(path), "old_size": growth.old, "hashes": len(growth.hashes)}
    else:
        path, proof = proofs.prove_entry(context.here(), entry, out)
        said = {"file": str(path), "index": proof.index, "hashes": len(proof.hashes)}
    if json:
        print_json(said)
    else:
        typer.echo(f"{path}: {said['hashes']} hashes")


@ledger.command(
    epilog="Examples: govern ledger verify --since week-47.txt --trust kept/trust.json; "
    "govern ledger verify --proof leaf-13.tlog-proof"
)
def verify(
    since: Annotated[Path | None, typer.Option(help="A checkpoint that you have kept.")] = None,
    proof: Annotated[
        Path | None, typer.Option(help="Check this proof alone, without the record.")
    ] = None,
    trust: Trust = None,
    json: Json = False,
) -> None:
    """Check the record against its checkpoints. Exit code 13: something does not match."""
    from govern.app import ledger as records

    if since and proof:
        raise InputError("--since or --proof, not both")
    if proof:
        _check_proof(proof, trust, as_json=json)
        return
    found = records.verify_record(context.here(), since=since, trust=trust, now=context.now())
    _print_verified(found, as_json=json)
    if found.newest is None:
        raise typer.Exit(NOTHING_TO_HOLD_IT_TO)


@ledger.command(epilog="Example: govern ledger witness week-48.txt --key ben > week-48-ben.txt")
def witness(
    checkpoint: Annotated[
        Path, typer.Argument(help="A checkpoint, or what `prove --since` wrote.")
    ],
    key: Annotated[str, typer.Option(help="Your key, of the role witness.")],
    trust: Trust = None,
    state: Annotated[
        Path | None, typer.Option(help="What you cosigned before; else in .govern.")
    ] = None,
    json: Json = False,
) -> None:
    """Cosign a checkpoint if it continues what you cosigned before, and print it."""
    from govern.app import proofs

    project = context.here()
    done = proofs.witness(
        project,
        checkpoint,
        key=open_key(project.record, key),
        trust=trust,
        state=state,
        now=context.now(),
    )
    if done.seen is None:
        typer.echo("The first checkpoint of this log that you see: keep it.", err=True)
    _print_note(done.note, as_json=json)


def _print_note(note: Note, *, as_json: bool) -> None:
    from govern.cli.output import print_json
    from govern.ledger.checkpoint import read_checkpoint

    if not as_json:
        typer.echo(str(note), nl=False)
        return
    said = read_checkpoint(note, "checkpoint")
    print_json(
        {"origin": said.origin, "size": said.size, "root": said.root.hex(), "note": str(note)}
    )


def _print_verified(found: Verified, *, as_json: bool) -> None:
    from govern.cli.output import print_json

    if as_json:
        print_json(
            {
                "origin": found.log.origin,
                "entries": found.entries,
                "leaves": found.log.frontier.size,
                "root": found.log.frontier.root().hex(),
                "checkpoints": found.checkpoints,
                "newest": _opened(found.newest) if found.newest else None,
                "since": _opened(found.since) if found.since else None,
                "uncovered_leaves": found.uncovered,
                "pending_entries": found.pending,
                "independent_witnesses": list(found.witnessed.names),
                "witnesses_set_aside": list(found.witnessed.set_aside),
                "largest_size_witnessed": found.last_witnessed,
            }
        )
        return
    if found.newest is None:
        typer.echo(f"{found.entries} entries hold together, under no checkpoint: nothing shows")
        typer.echo(
            "whether they were written anew. Sign one: `govern ledger checkpoint --key NAME`"
        )
        return
    newest = found.newest
    typer.echo(
        f"{found.entries} entries and {found.log.frontier.size} leaves hold together, as in all "
        f"checkpoints kept ({found.checkpoints})."
    )
    typer.echo(f"Newest: {newest.checkpoint.size} leaves, {newest.log.at:%Y-%m-%d %H:%M} UTC.")
    if found.uncovered or found.pending:
        typer.echo(
            f"Under no checkpoint yet: {found.uncovered} leaves and {found.pending} entries."
        )
    if found.since:
        typer.echo(f"They begin as in the checkpoint kept: {found.since.checkpoint.size} leaves.")
    else:
        typer.echo(
            "No checkpoint kept elsewhere was given (--since): the record speaks for itself."
        )
    _print_witnessed(found.witnessed)


def _print_witnessed(found: Witnessed) -> None:
    names = ", ".join(found.names)
    if found.names:
        typer.echo(f"Independent witnesses: {len(found.names)} ({names}).")
    else:
        typer.echo(
            "Independent witnesses: 0. Whoever runs the log could have shown others another one."
        )
    for why in found.set_aside:
        typer.echo(f"Not counted: {why}.")


def _check_proof(path: Path, trust: Path | None, *, as_json: bool) -> None:
    from govern.app.proofs import check_proof
    from govern.cli.output import print_json

    shown = check_proof(context.here(), path, trust=trust, now=context.now())
    if as_json:
        print_json(
            {
                "leaf": shown.leaf.as_json(),
                "index": shown.index,
                "checkpoint": _opened(shown.opened),
                "independent_witnesses": list(shown.witnessed.names),
                "witnesses_set_aside": list(shown.witnessed.set_aside),
            }
        )
        return
    checkpoint = shown.opened.checkpoint
    typer.echo(f"Leaf {shown.index} of {checkpoint.size} in {checkpoint.origin}:")
    for name, value in shown.leaf.as_json().items():
        typer.echo(f"  {name}: {value}")
    _print_witnessed(shown.witnessed)


def _opened(opened: Opened) -> dict[str, Any]:
    said = opened.checkpoint
    return {"size": said.size, "root": said.root.hex(), "at": opened.log.at.isoformat()}
