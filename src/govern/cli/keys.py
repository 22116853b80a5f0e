"""Keys and signatures."""

from __future__ import annotations

import os
import sys
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from govern.cli import context
from govern.cli.options import Json
from govern.errors import InputError

if TYPE_CHECKING:
    from govern.attest.keys import PrivateKey

keys = typer.Typer(help="Keys that sign policies and decisions.", no_args_is_help=True)
PASSPHRASE = "GOVERN_KEY_PASSPHRASE"  # noqa: S105 - the name of the variable, not its value


@keys.callback()
def _keys() -> None:
    """Keys that sign policies and decisions."""


@keys.command("init", epilog="Example: govern keys init ana --role board-chair")
def keys_init(
    name: Annotated[str, typer.Argument(help="Whose key; lower-case letters, digits, hyphens.")],
    role: Annotated[list[str], typer.Option(help="Role the holder signs in; repeat for more.")],
    valid_from: Annotated[
        str | None, typer.Option(help="First day (UTC) whose signatures count.")
    ] = None,
    valid_until: Annotated[
        str | None, typer.Option(help="First day (UTC) whose signatures do not count any more.")
    ] = None,
    json: Json = False,
) -> None:
    """Make an Ed25519 key: private half encrypted in record/keys, public half in the trust root.

    The passphrase comes from GOVERN_KEY_PASSPHRASE or is asked for.
    """
    from govern.attest.keys import create_key
    from govern.cli.output import print_json

    record = context.here().record
    window = [_midnight(day) for day in (valid_from, valid_until)]
    secret = passphrase(f"Passphrase for the new key {name}", confirm=True)
    made = create_key(
        record,
        name=name,
        roles=tuple(role),
        passphrase=secret,
        created=context.now(),
        valid_from=window[0],
        valid_until=window[1],
    )
    if json:
        print_json(made.as_json())
        return
    typer.echo(f"{record / 'keys' / name}.key (private, encrypted; do not share)")
    typer.echo(f"{record / 'trust.json'} now trusts {name} as {', '.join(made.roles)}")


@keys.command("rotate-vault", epilog="Example: govern keys rotate-vault")
def keys_rotate_vault(json: Json = False) -> None:
    """Draw a new vault key and wrap the keys of all cases and reviews under it.

    The old key stays in the file; backups made before need it.
    """
    from govern.app.case_store import rotate_vault
    from govern.cli.output import print_json

    path, wrapped = rotate_vault(context.here())
    if json:
        print_json({"vault_key": str(path), "rewrapped": wrapped})
        return
    typer.echo(f"{path} has a new key; {wrapped} data keys are wrapped under it")


@keys.command("list", epilog="Example: govern keys list --trust kept/trust.json")
def keys_list(
    trust: Annotated[
        Path | None, typer.Option(help="A trust root of your own; else the record's.")
    ] = None,
    json: Json = False,
) -> None:
    """Whose signatures count, in which roles, from when to when."""
    from govern.attest.trust import read_trust, read_trust_file
    from govern.cli.output import print_json, print_rows

    root = read_trust_file(trust) if trust else read_trust(context.here().record)
    now = context.now()
    if json:
        print_json([key.as_json() | {"status": key.status(now)} for key in root.keys])
        return
    print_rows(
        [
            {
                "name": key.name,
                "roles": ", ".join(key.roles),
                "key": key.keyid,
                "from": key.valid_from.date() if key.valid_from else "",
                "until": key.valid_until.date() if key.valid_until else "",
                "revoked": key.revoked.when.date() if key.revoked else "",
                "now": key.status(now),
            }
            for key in root.keys
        ],
        empty="the trust root has no key",
    )


@keys.command("revoke", epilog="Example: govern keys revoke ana --why retired")
def keys_revoke(
    name: Annotated[str, typer.Argument(help="Whose key.")],
    why: Annotated[
        str, typer.Option(help="retired: what it signed before counts; compromised: nothing does.")
    ],
    json: Json = False,
) -> None:
    """Mark a key as no longer to be trusted, and say what in the record rests on it."""
    from govern.app.acts import no_longer_counting
    from govern.attest.trust import read_trust, revoke_key
    from govern.cli.output import print_json

    record, now = context.here().record, context.now()
    revoked = revoke_key(record, name, why=why, when=now)
    lost = no_longer_counting(record, read_trust(record), now=now)
    if json:
        print_json({"key": revoked.as_json(), "does_not_count": lost})
        return
    typer.echo(f"{record / 'trust.json'}: {name} is {why} from {now.isoformat()} on")
    typer.echo("Hand the new trust root to everyone who verifies.")
    for line in lost:
        typer.echo(f"Does not count: {line}")


def open_key(record: Path, name: str) -> PrivateKey:
    """A private key, its passphrase from the environment or asked for."""
    from govern.attest.keys import load_key

    return load_key(record, name, passphrase(f"Passphrase for {name}", confirm=False))


def _midnight(day: str | None) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(day), time(), UTC) if day else None
    except ValueError as err:
        raise InputError(f"{day!r}: expected a day such as 2027-03-31") from err


def passphrase(prompt: str, *, confirm: bool) -> str:
    """From the environment, or asked for on a terminal; InputError where neither gives one."""
    given = os.environ.get(PASSPHRASE)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise InputError(
            f"{prompt.lower()}: there is no terminal to ask for it on; set {PASSPHRASE}"
        )
    try:
        return str(typer.prompt(prompt, hide_input=True, confirmation_prompt=confirm, err=True))
    except typer.Abort as err:
        raise InputError(f"{prompt.lower()}: none was given, so nothing was done") from err
