"""Keys and signatures."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from govern.cli import context

if TYPE_CHECKING:
    from govern.attest.keys import PrivateKey

keys = typer.Typer(help="Keys that sign policies and decisions.", no_args_is_help=True)
policy = typer.Typer(help="Written policies.", no_args_is_help=True)
PASSPHRASE = "GOVERN_KEY_PASSPHRASE"  # noqa: S105 - the name of the variable, not its value


@keys.callback()
def _keys() -> None:
    """Keys that sign policies and decisions."""


@policy.callback()
def _policy() -> None:
    """Written policies."""


@keys.command("init", epilog="Example: govern keys init ana --role board-chair")
def keys_init(
    name: Annotated[str, typer.Argument(help="Whose key; lower-case letters, digits, hyphens.")],
    role: Annotated[list[str], typer.Option(help="Role the holder signs in; repeat for more.")],
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make an Ed25519 key: private half encrypted in record/keys, public half in the trust root.

    The passphrase comes from GOVERN_KEY_PASSPHRASE or is asked for.
    """
    from govern.attest.keys import create_key
    from govern.cli.output import print_json

    record = context.here().record
    secret = _passphrase(f"Passphrase for the new key {name}", confirm=True)
    made = create_key(
        record, name=name, roles=tuple(role), passphrase=secret, created=context.now()
    )
    if json:
        print_json(made.as_json())
        return
    typer.echo(f"{record / 'keys' / name}.key (private, encrypted; do not share)")
    typer.echo(f"{record / 'trust.json'} now trusts {name} as {', '.join(made.roles)}")


@policy.command("sign", epilog="Example: govern policy sign review-drafting --key ana")
def policy_sign(
    which: Annotated[str, typer.Argument(metavar="POLICY", help="A policy's id or file.")],
    key: Annotated[str, typer.Option(help="Name of the key to sign with.")],
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Sign a policy's bytes together with how the gate reads each of its clauses."""
    from govern.app.docket import readings
    from govern.app.gate import readable_policy, sign_policy_file
    from govern.cli.output import print_json

    project = context.here()
    read = readable_policy(project, which, now=context.now())
    path = sign_policy_file(project, which, key=open_key(project.record, key), now=context.now())
    if json:
        print_json({"envelope": str(path), "digest": read.digest, "readings": readings(read)})
        return
    for clause, sentence in readings(read).items():
        typer.echo(f"{clause}: the gate reads this as: {sentence}")
    typer.echo(f"\nSigned {read.policy} {read.version} (SHA-256 {read.digest[:12]}…): {path}")


def open_key(record: Path, name: str) -> PrivateKey:
    """A private key, its passphrase from the environment or asked for."""
    from govern.attest.keys import load_key

    return load_key(record, name, _passphrase(f"Passphrase for {name}", confirm=False))


def _passphrase(prompt: str, *, confirm: bool) -> str:
    given = os.environ.get(PASSPHRASE)
    if given is not None:
        return given
    return str(typer.prompt(prompt, hide_input=True, confirmation_prompt=confirm, err=True))
