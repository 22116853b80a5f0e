"""Options that many commands have."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else on stdout.")]
Executor = Annotated[
    Literal["local", "ray"], typer.Option(help="Work here, or on a Ray cluster (extra ray).")
]
RayAddress = Annotated[
    str,
    typer.Option(help="Of the cluster: auto, HOST:PORT; local starts one of this machine's cores."),
]


def cluster_of(executor: str, ray_address: str) -> str | None:
    """The address of the cluster to work on, ``None`` for here.

    Raises:
        InputError: an address and no cluster asked for.
    """
    from govern.errors import InputError

    if executor == "local" and ray_address:
        raise InputError("--ray-address: goes with --executor ray")
    return (ray_address or "local") if executor == "ray" else None
